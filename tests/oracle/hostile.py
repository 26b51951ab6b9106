"""Files made to hurt whoever reads them: deep, wide, long, oddly encoded, or written against a pattern."""

from __future__ import annotations

from collections.abc import Callable, Mapping

DEEP: Mapping[str, Callable[[int], str]] = {
    "parentheses": lambda n: f"x = {'(' * n}1{')' * n}\n",
    "brackets": lambda n: f"x = {'[' * n}1{']' * n}\n",
    "braces": lambda n: f"x = {'{1:' * n}1{'}' * n}\n",
    "open": lambda n: f"x = {'(' * n}\n",
    "calls": lambda n: f"x = f{'()' * n}\n",
    "nested_calls": lambda n: f"x = {'f(' * n}{')' * n}\n",
    "attributes": lambda n: f"x = a{'.b' * n}\n",
    "subscripts": lambda n: f"x = a{'[0]' * n}\n",
    "elif": lambda n: "if a:\n    pass\n" + "elif is_x_available():\n    raise ValueError('x')\n" * n,
    "indent": lambda n: "".join(f"{' ' * i}if a:\n" for i in range(min(n, 1500))) + " " * min(n, 1500) + "pass\n",
    "strings": lambda n: f"x = {chr(34)}a{chr(34)}" + ' "a"' * n + "\n",
    "long_strings": lambda n: "raise ValueError(\n" + '    "a"\n' * n + ")\n",
    "unary": lambda n: f"x = {'-' * n}1\n",
    "not": lambda n: f"x = {'not ' * n}a\n",
    "plus": lambda n: f"x = a{' + a' * n}\n",
    "and": lambda n: f"if a{' and is_x_available()' * n}:\n    raise ValueError('x')\n",
    "and_or": lambda n: f"if a{' and b or not c' * n}:\n    raise ImportError('x')\n",
    "comparison": lambda n: f"x = a{' < a' * n}\n",
    "power": lambda n: f"x = a{' ** a' * n}\n",
    "ternary": lambda n: f"x = {'a if b else ' * n}c\n",
    "lambda": lambda n: f"x = {'lambda: ' * n}1\n",
    "await": lambda n: f"async def f():\n    {'await ' * n}x\n",
    "comprehension": lambda n: f"x = [a{' for a in b' * n}]\n",
    "decorators": lambda n: "@requires(backends=('x',))\n" * n + "def f():\n    pass\n",
    "decorator_depth": lambda n: f"@requires({'(' * n}{')' * n})\nclass A:\n    pass\n",
    "parameters": lambda n: f"def f({', '.join(f'a{i}=is_x_available()' for i in range(n))}):\n    pass\n",
    "arguments": lambda n: f"raise ValueError({'a, ' * n})\n",
    "keywords": lambda n: f"requires({', '.join(f'a{i}=1' for i in range(n))})\n",
    "bases": lambda n: f"class A({', '.join(f'B{i}' for i in range(n))}):\n    pass\n",
    "imports": lambda n: f"from a import ({', '.join(f'b{i}' for i in range(n))})\n",
    "dots": lambda n: f"from {'.' * n}a import b\n",
    "table": lambda n: "BACKENDS_MAPPING = {" + "".join(f"'a{i}': (is_x_available, 'a'), " for i in range(n)) + "}\n",
    "targets": lambda n: f"{'a = ' * n}is_x_available()\n",
    "f_string": lambda n: f"x = f{chr(34)}{'{a}' * n}{chr(34)}\n",
    "f_string_depth": lambda n: f"x = f'{'{a:' * n}{'}' * n}'\n",
    "try": lambda n: "try:\n    import a\nexcept ImportError:\n    a = None\n" * n,
    "except": lambda n: "try:\n    import a\n" + "except ImportError:\n    a = None\n" * n,
    "raises": lambda n: "def f():\n" + "    if is_x_available():\n        raise ValueError('a')\n" * n,
    "exits": lambda n: (
        "def f():\n" + "    if a:\n        return\n    if is_x_available():\n        raise ValueError('a')\n" * n
    ),
    "locals": lambda n: "def f():\n" + "    a = is_x_available()\n    if a:\n        raise ValueError('a')\n" * n,
    "uses": lambda n: "def f():\n    a = is_x_available()\n" + "    b = 1 if a else 2\n    c = a and b\n" * n,
    "variables": lambda n: "".join(f"a{i} = os.getenv('A{i}')\n" for i in range(n)),
    "returns": lambda n: "def is_x_available():\n" + "    if a:\n        return False\n" * n + "    return True\n",
    "match": lambda n: "match a:\n" + "    case 1:\n        raise ValueError('a')\n" * n,
    "semicolons": lambda n: f"{'a; ' * n}\n",
    "continuation": lambda n: f"x = 1{' +' + chr(92) + chr(10) + ' 1' if n else ''}" + f" +{chr(92)}\n 1" * n + "\n",
    "comments": lambda n: "# comment\n" * n,
    "blank": lambda n: "\n" * n,
    "lines": lambda n: "x = 1\n" * n,
    "names": lambda n: f"def is_{'x' * n}_available():\n    return True\n",
    "number": lambda n: f"x = {'9' * n}\nif a >= {'9' * n}:\n    raise ValueError('a')\n",
    "version": lambda n: f"def is_x_available():\n    return version.parse('{'1.' * n}1') >= version.parse('2')\n",
    "exponent": lambda n: "if a >= 9**9**9**9**9:\n    raise ValueError('a')\n" * min(n, 100),
    "repetition": lambda n: (
        "MIN = 'a' * 9999999999\nif a >= MIN * 99999999:\n    raise ValueError(MIN)\n" * min(n, 100)
    ),
    "shift": lambda n: "A = 1 << 99999999999\nif a >= A << A:\n    raise ValueError(A)\n" * min(n, 100),
    "spaces": lambda n: f"x = 1{' ' * n}\n",
    "tabs": lambda n: f"if a:\n{chr(9) * n}x = 1\n",
    "docstring": lambda n: f'def f():\n    """{"a " * n}"""\n',
    "docstring_pattern": lambda n: f'def f():\n    """{"`" * n}{"(" * n}{"[" * n}requires {"a" * n}!"""\n',
    "advice_pattern": lambda n: (
        f"warnings.warn('`a` is deprecated{' ' * n}, {'use the ' * n}{'`' * n} instead of', FutureWarning)\n"
    ),
    "advice_names": lambda n: (
        f"def f({', '.join(f'a_{i}=1' for i in range(n))}):\n"
        f"    warnings.warn('{' '.join(f'b_{i}' for i in range(n))}')\n"
    ),
    "loops": lambda n: (
        "def f():\n"
        + "    for a in b:\n        if is_x_available():\n            return\n" * n
        + "    raise ValueError('a')\n"
    ),
    "message_pattern": lambda n: f"raise ImportError('{'pip install ' * n}{'a' * n}>={'1' * n}')\n",
    "header_pattern": lambda n: f"#{' ' * n}-*- coding{' ' * n}\nx = 1\n",
    "coding_pattern": lambda n: f"# coding{':' * n}{'coding: ' * n}\nx = 1\n",
    "print_pattern": lambda n: (
        f"{' ' * n}print{' ' * n}=1\n" if n < 10 else f"print{' ' * n}(1)\nexec{chr(9) * n}(1)\n"
    ),
}
"""Python, or nearly, that nests or repeats `n` times."""

ODD: Mapping[str, bytes] = {
    "lone_surrogate": b"x = '\\ud800'\nraise ValueError('\\udfff')\n",
    "big_escape": b"x = '\\U00110000 \\N{NO SUCH NAME} \\x1'\nraise ValueError('\\x1')\n",
    "bidi": "def is_\u202ex\u202c_available():\n    return True\n".encode(),
    "bidi_text": "def f():\n    raise ValueError('\u202e\u2066x\u2069 \x1b[31m\x07')  # \u202e\n".encode(),
    "homoglyph": "def is_\u0445_available():\n    return True\n\ndef is_x_available():\n    return False\n".encode(),
    "normal_form": "def is_\ufb01_available():\n    return True\n\ndef is_fi_available():\n    return False\n".encode(),
    "form_feed": b"x = 1\n\x0c\ndef f():\n    raise ValueError('\x0c\x0b\x1c')\n",
    "separators": "x = '\u2028\u2029\x85'\nraise ValueError(x)\n".encode(),
    "overlong": b"x = '\xc0\xaf'\n",
    "surrogate_bytes": b"x = '\xed\xa0\x80'\n",
    "utf7": b"# coding: utf-7\nx = +AC8-\n",
    "idna": b"# coding: idna\nx = 1\n",
    "undefined": b"# coding: undefined\nx = 1\n",
    "zlib": b"# coding: zlib\nx = 1\n",
    "two_boms": b"\xef\xbb\xbf\xef\xbb\xbfx = 1\n",
    "bom_and_latin": b"\xef\xbb\xbf# coding: latin-1\nx = 1\n",
    "gbk": "# coding: gbk\nx = '\u4e2d'\n".encode("gbk"),
    "all_bytes": bytes(range(256)) * 100,
    "high_bytes": b"\xff" * 100_000,
    "one_line": b"x = 1;" * 100_000,
    "no_newline": b"x = 1",
    "only_backslash": b"\\",
    "only_quote": b'"""',
    "only_at": b"@",
    "dunder_all": b"__all__ = __all__ + __all__\n__all__ += __all__\n" * 200,
    "self_import": b"from self_import import *\nfrom . import self_import\nimport self_import.self_import\n",
    "self_base": b"class A(A):\n    class A(A):\n        pass\n",
    "mutual": b"is_a_available = lambda: is_b_available()\nis_b_available = lambda: is_a_available()\n",
    "doubling": b"def is_x_available():\n    s = 'a'\n" + b"    s = s + s\n" * 100 + b"    return s\n",
    "fan": b"".join(
        b"def is_p%d_available():\n    return is_p%d_available() or not is_p%d_available()\n" % (i, i + 1, i + 1)
        for i in range(60)
    ),
    "xor": b"import os\ndef is_x_available():\n    f = False\n"
    + b"".join(b"    f = f != ('A%d' in os.environ)\n" % i for i in range(80))
    + b"    return f\n",
}
"""Bytes that are no text, text that is no Python, and Python that means nothing."""

_FILTER = """

def define_import_structure(folder):
    structure = {}
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if os.path.isdir(path):
            structure[name] = define_import_structure(path)
            continue
        if not name.endswith(".py") or name == "__init__.py":
            continue
        with open(path, encoding="utf-8") as file:
            content = file.read()
        backends = ()
        for check, found in BASE_FILE_REQUIREMENTS.items():
            if check(name, content):
                backends = found
                break
        structure[name] = backends
    return structure
"""
_CHAIN = "A0 = lambda n: False\n" + "".join(f"A{i} = lambda n: A{i - 1}(n) or A{i - 1}(n)\n" for i in range(1, 40))

RULES: Mapping[str, tuple[str, str]] = {
    "pattern": ("", r're.compile(r"(a+)+$").search(content)'),
    "pattern_groups": ("", 're.compile(r"(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)[0-9]{99}").search(content)'),
    "pattern_repeats": ("", 're.compile(r"((((a{1,1000}){1,1000}){1,1000}){1,1000}){1,1000}").search(content)'),
    "pattern_long": ("", f're.compile(r"{"a?" * 5000}{"a" * 5000}").search(content)'),
    "pattern_none": ("", "re.compile().search(content)"),
    "growth": ("", "'aaaaaaaa'" + ".replace('a', 'aaaaaaaa')" * 40 + " == name"),
    "growth_content": ("", "content.replace('a', content).replace('a', content) == name"),
    "width": ("", "f'{name:>9999999999}' == name.center(9999999999)"),
    "endless": ("A = lambda n: A(n)\n", "A(name)"),
    "exponential": (_CHAIN, "A39(name) or " + " or ".join(f"A{i} is None" for i in range(40))),
    "loops": ("", "[[[[[1 for e in L] for d in L] for c in L] for b in L] for a in L]".replace("L", repr("a" * 50))),
    "loop_over_text": ("", "any(c == 'a' for c in content)"),
    "loop_over_number": ("", "[a for a in 5]"),
    "no_length": ("", "len(True)"),
    "no_order": ("", "sorted([1, 'a'])"),
    "no_hash": ("", "{[1]: 2}"),
    "no_step": ("", "name[1:2:0]"),
    "division": ("", "1 / 0"),
    "arity": ("A = lambda: 1\n", "A(name)"),
    "attribute": ("", "name.__class__.__base__.__subclasses__()"),
}
"""(Statements before, the body of a rule on file names): the linker evaluates the rules of a library symbolically."""


def with_rule(name: str) -> dict[str, str]:
    """Return a library whose rule on file names is hostile, and ten files that the rule is about."""
    before, body = RULES[name]
    table = f"BASE_FILE_REQUIREMENTS = {{\n    lambda name, content: {body}: ('torch',),\n}}\n"
    use = "define_import_structure(globals()['__file__'])"
    files = {
        "src/kit/__init__.py": "",
        "src/kit/structure.py": f"import os\nimport re\n\n{before}\n{table}{_FILTER}",
        "src/kit/models/__init__.py": (
            f"import sys\n\nfrom ..structure import define_import_structure\n\nsys.modules[__name__] = Lazy({use})\n"
        ),
    }
    for number in range(10):
        files[f"src/kit/models/m{number}.py"] = (
            f"# {'a' * 3000}! {number}\n\n\nclass A:\n    pass\n\n\n__all__ = ['A']\n"
        )
    return files
