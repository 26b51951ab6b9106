"""What warnings say: kind, subject, condition, and what a deprecation names."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from linking import linked

from miner.formula.atom import Parameter
from miner.formula.disjunctive import atoms
from miner.formula.text import render
from miner.link.deprecation import replacement as named_replacement
from miner.link.linker import Linked
from miner.link.need import Bound
from miner.link.told import Told

HEAD = """
import logging
import warnings
logger = logging.getLogger(__name__)
TEXT = "`mode` is old"
"""


def told(body: str) -> list[Told]:
    """Return what a method `f` with these statements tells."""
    return mined(body).told


def bounds(body: str) -> list[Bound]:
    """Return what a method `f` with these statements demands of its parameters."""
    return mined(body).bounds


def mined(body: str) -> Linked:
    """Return what is linked of a method `f` with these statements."""
    lines = "".join(f"        {line}\n" for line in body.strip("\n").split("\n"))
    source = f"{HEAD}class C:\n    def f(self, mode, use_cache=True, sampling_rate=None, **kwargs):\n{lines}"
    return linked({"kit/__init__.py": "", "kit/a.py": source})


@pytest.mark.parametrize(
    ("body", "kind", "subject", "when"),
    [
        ("logger.warning('all is slow')", "warning", "f", "always"),
        ("if use_cache:\n    logger.warning('it is much slower')", "trade-off", "use_cache", "use_cache"),
        ("if mode == 'a':\n    logger.warning_once('please set it')", "recommendation", "mode", "mode == 'a'"),
        ("logger.warning('`b` does not go with `mode=1`')", "incompatibility", "mode", "always"),
        ("warnings.warn('x', FutureWarning)", "deprecation", "f", "always"),
        ("warnings.warn(TEXT, DeprecationWarning)", "deprecation", "mode", "always"),
        (
            "if mode:\n    logger.warning('setting `use_cache=False`')\n    use_cache = False",
            "default-override",
            "use_cache",
            "mode",
        ),
        ("logger.warning('no sampling rate is given')", "warning", "sampling_rate", "always"),
        ("if mode is None:\n    logger.warning('nothing to do')", "warning", "f", "mode == None"),
        ("logger.warning('`None` cannot be drawn')", "limitation", "f", "always"),
        ("logger.warning(f'{mode} is odd')", "warning", "mode", "always"),
        ("logger.warning(f'of {len(mode)} parts')", "warning", "mode", "always"),
        ("logger.warning(f'over {self.longest}s')", "warning", "longest", "always"),
        ("logger.warning('no input_ids are there')", "warning", "input_ids", "always"),
        ("if f(mode):\n    logger.warning('Use cache as is')", "recommendation", "use_cache", "[f(mode)]"),
        ("if mode:\n    logger.warning('no queue is found')", "warning", "f", "mode"),
        ("if mode == 'lazy':\n    logger.warning('lazy queues wait')", "warning", "mode", "mode == 'lazy'"),
        ("if mode:\n    logger.warning('no queue is left')\n    use_cache = False", "warning", "f", "mode"),
        (
            "if mode:\n    logger.warning('it will be set to none')\n    use_cache = False",
            "default-override",
            "use_cache",
            "mode",
        ),
        ("if mode:\n    logger.warning(\"set 'export KIT_WAIT_S=5' to wait\")", "recommendation", "KIT_WAIT_S", "mode"),
        ("if mode:\n    logger.warning('KIT_WAIT_S is not set')", "warning", "KIT_WAIT_S", "mode"),
        ("if mode:\n    logger.warning('no `mode` where KIT_WAIT_S=5')", "warning", "mode", "mode"),
        ("logger.warning('Queues wait. Silence this warning by setting KIT_QUIET=1')", "warning", "f", "always"),
        ("logger.warning('KIT_WAIT_S of the table is not read')", "warning", "f", "always"),
        ("logger.warning(f'pass {mode.dtype.type} as text')", "recommendation", "mode", "always"),
        ("if mode:\n    logger.warning('give it with --queue-size 5')", "warning", "queue_size", "mode"),
    ],
)  # fmt: skip
def test_kind_subject_and_condition(body, kind, subject, when):
    """The most specific kind; the option that the message or the condition names, else the object itself."""
    [found] = told(body)
    assert (found.kind, found.subject, render(found.when)) == (kind, subject, when)


@pytest.mark.parametrize(
    ("body", "kind", "subject"),
    [
        ("logger.warning('`mode` has no sampler. Defaulting to the first.')", "default-override", "mode"),
        ("logger.warning('`mode` must be a number, got None')", "requirement", "mode"),
        ("logger.warning('`mode` is too long and will be truncated')", "limitation", "mode"),
        ("logger.warning('The queue is broken. Pass `mode` to mend it.')", "recommendation", "mode"),
        ("logger.warning('On this machine `mode` will be slow')", "trade-off", "mode"),
        ("logger.warning('`mode` is odd. Please report any issues.')", "recommendation", "mode"),
        ("logger.warning('`mode` will be used. Please see the manual.')", "default-override", "mode"),
        ("logger.warning('`mode` is odd, which is safe to ignore')", "warning", "mode"),
        ("warnings.warn('More of `mode` than five are cut off', FutureWarning)", "warning", "mode"),
        ("logger.warning('If you need to set a mode, draw twice')", "warning", "f"),
    ],
)
def test_the_kind_of_a_warning_by_what_it_says_besides(body, kind, subject):
    """What the code does anyway, says so, and what is asked for without a please; courtesy comes last."""
    [found] = told(body)
    assert (found.kind, found.subject) == (kind, subject)


@pytest.mark.parametrize(
    ("body", "subject"),
    [
        ("if mode:\n    logger.warning('Setting use_cache to False, as asked')\n    use_cache = False", "use_cache"),
        ("logger.warning('The mode and use_cache are ignored since `sampling_rate` is given')", "mode"),
        ("if mode:\n    logger.warning(f'{mode} is low. Consider increasing your sampling_rate.')", "sampling_rate"),
        ("logger.warning(f'--use-cache is for lists; {type(mode).__name__} is none')", "use_cache"),
        ("logger.warning(f'Cannot read {self.disk.sector}')", "sector"),
        ("if self.rate_config._unit == 'odd':\n    logger.warning('an odd unit is slow')", "unit"),
        ("logger.warning('Write `mode = f(use_cache=1)` for it')", "use_cache"),
        ("if mode % self.parts:\n    logger.warning(f'`mode - 1` has to be even for {self.parts}')", "mode"),
    ],
)
def test_what_a_warning_is_about(body, subject):
    """What the message says is set, ignored or to be changed; no type of something, no name of a result."""
    [found] = told(body)
    assert found.subject == subject


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("logger.warning('%s of %d, %.1f%% off', mode, len(mode), 1.5)", "{mode} of {len(mode)}, {1.5}% off"),
        ("logger.warning('%s is odd' % mode)", "{mode} is odd"),
        ("logger.warning('%(a)s is odd' % kwargs)", "%(a)s is odd"),
        ("logger.warning('{} is {a!r} {:>3} {}'.format(mode, use_cache, a=1))", "{mode} is {1} {use_cache} {}"),
        ("logger.warning('{1} of {0}'.format('all', mode))", "{mode} of all"),
        ("logger.warning('{} is odd'.format(f'the {mode}'))", "the {mode} is odd"),
        (
            f"logger.warning('see {{}}'.format('{'a' * 90}' if mode else '{'b' * 90}'))",
            f"see {{'{'a' * 90}' if mode else '{'b' * 90}'}}",
        ),
        ("warnings.warn('{} is odd', UserWarning)", "{} is odd"),
        ("logger.warning('{} is odd'.format(*kwargs))", "{} is odd"),
    ],
)  # fmt: skip
def test_what_is_formatted_shows_what_it_is_given(call, message):
    """As an f-string does; what nothing is given for, or what is not told apart, stays as it is."""
    [found] = told(call)
    assert found.message == message


def test_will_be_removed_is_a_deprecation_where_a_release_is_meant():
    [found] = told("logger.warning('To mend this all `mode` will be removed.')")
    assert found.kind == "warning"


def test_what_marks_others_as_deprecated_and_what_tests_mark_is_no_advice():
    source = f"""{HEAD}
def deprecate_kwarg(old_name):
    \"\"\"Mark a keyword.

    Args:
        old_name: The deprecated name. It will be removed in v2.
    \"\"\"
    def check(old_name, deprecated_version=None):
        if deprecated_version is None and f(old_name):
            raise ValueError("deprecated_version must not be None when old_name is given")
"""
    marked = "@deprecated('`f` is deprecated')\ndef f():\n    pass\n"
    files = {"kit/__init__.py": "", "kit/a.py": source, "kit/tests/__init__.py": "", "kit/tests/test_b.py": marked}
    assert linked(files).told == []


def test_a_line_of_a_log_is_no_advice():
    assert told("logger.warning(f'[Request received] Mode: {mode}, parts: {len(mode)}')") == []


def test_a_warning_about_nothing_else_is_about_a_package_that_is_asked_for_or_the_class():
    """A method that is private or that many classes have says less than its class."""
    body = """
class {0}:
    def run(self):
        logger.warning("all is odd")
    def _hide(self):
        if importlib.util.find_spec("slate") is None:
            logger.warning("Slate is missing")
"""
    source = HEAD + "import importlib.util\n" + "".join(map(body.format, ("A", "B", "C")))
    found = linked({"kit/__init__.py": "", "kit/a.py": source}).told
    assert [each.subject for each in found] == ["A", "slate", "B", "slate", "C", "slate"]


@pytest.mark.parametrize(
    ("message", "since", "removed", "replacement", "subject"),
    [
        ("`old` is deprecated since version 4.1 and is removed in v5. Use `new` instead.", "4.1", "5", "new", "old"),
        ("`old` is deprecated! Use `mode` instead!", None, None, "mode", "old"),
        ("old_one is deprecated: please use new_one instead.", None, None, "new_one", "old_one"),
        ("`old` is deprecated and will be removed in a future version.", None, None, None, "old"),
        ("`old` has moved and will be deleted from a.py in v5.24, in favor of `new`", None, "5.24", "new", "old"),
        ("`old` will be removed in Transformers v5.10.", None, "5.10", None, "old"),
        ("`old` is deprecated, use `new['x']` instead", None, None, "new['x']", "old"),
        ("`old` is deprecated. Please use OldProcessor instead.", None, None, "OldProcessor", "old"),
        ("`old` is deprecated. Please use a.b(...) instead.", None, None, "a.b(...)", "old"),
        ("`old` is deprecated. Please use the equivalent `new` method instead.", None, None, "new", "old"),
        ("Passing `old` is deprecated, consider using `new`", None, None, "new", "old"),
        ("`old` is deprecated. Use it instead.", None, None, None, "old"),
        ("`old` is deprecated, it is removed in 3 steps", None, None, None, "old"),
        ("`old` is deprecated and will be removed in v.5.20.", None, "5.20", None, "old"),
        ("`old` is deprecated and will not be importable from here from v5.", None, "5", None, "old"),
        ("`old` was renamed in version 1.9 and will be removed in 1.11. Use `new`.", "1.9", "1.11", "new", "old"),
        ("The OLD_PLACE environment variable is deprecated, use `NEW_PLACE`.", None, None, "NEW_PLACE", "OLD_PLACE"),
        ("`old` is deprecated, please use `new` or `other` instead", None, None, "new or other", "old"),
        ("`old` is deprecated, please use `new`, `other` or `mode`", None, None, "new, other or mode", "old"),
        ("OldThing is deprecated, use `new=1` instead of `old`, or `mode`", None, None, "new=1 or mode", "OldThing"),
        ("`old` is deprecated. Your data should be passed to `Kit`.", None, None, "Kit", "old"),
        ("`old` is deprecated and kept when loading with `new=1`.", None, None, None, "old"),
        ("`b`, which is deprecated, will no longer be used in v6. Use `A` for a and `B`", None, "6", "A and B", "b"),
        ("Deprecated: specify '--new-one' instead of '--old-one'.", None, None, "--new-one", "old_one"),
        ("In v5.2 the value will be removed and `old` is deprecated.", None, "5.2", None, "old"),
    ],
)  # fmt: skip
def test_what_a_deprecation_names(message, since, removed, replacement, subject):
    """Releases and replacement as far as the message names them; what it does not name stays unknown."""
    [found] = told(f"logger.warning({message!r})")
    assert found.kind == "deprecation"
    assert (found.deprecated_since, found.removed_in, found.replacement) == (since, removed, replacement)
    assert found.subject == subject


@pytest.mark.parametrize(
    ("message", "replacement"),
    [
        ("`a` is deprecated, use `kit.b`.", "kit.b"),
        ("`a` is deprecated. Please set it directly on `Kit` instead.", "Kit"),
        ("a tuple is deprecated. You should pass an instance of `Kit` instead.", "Kit"),
        ("`a.b` is deprecated: import it from `a.c` instead.", "a.c"),
        ("`a` is deprecated. Load it with `b='c'` in the call to `d`.", "b='c'"),
        ("Passing a tuple of `a` is deprecated.", None),
    ],
)
def test_what_is_to_be_used_instead(message, replacement):
    (found,) = told(f'warnings.warn("{message}", FutureWarning)')
    assert found.replacement == replacement


@pytest.mark.parametrize(
    ("message", "replacement"),
    [
        ("Deprecated, use [`Kit.a`] instead.", "Kit.a"),
        ("Deprecated alias of [`~Kit.b`], will be removed in v6.", "Kit.b"),
        ("`a` is a deprecated alias of `'b'`.", "b"),
        ("`a` has been moved to kit/b.py and will be deleted from c.py in v5.24.", "kit/b.py"),
        ("`a` is deprecated. Use `kit.b` for the rest.", "kit.b"),
        ("`a` is deprecated. Use `b=True` and set the rest in `c` instead.", "b=True"),
        ("Using deprecated `--a`. Using `--b` is preferred.", "--b"),
        ("`a` is deprecated. Set `b` instead, with `c` in it.", "b"),
        ("Deprecated, pass directly as `a` to [`Kit.__call__`] instead.", "pass directly as `a` to [`Kit.__call__`]"),
        ("Passing `a` is deprecated. Pass it directly to the kit instead.", "Pass it directly to the kit"),
        ("`a` is deprecated. Choose from `b` or `c` instead", "Choose from `b` or `c`"),
        ("`a` has been called with b as an argument. This is deprecated; please pass it as `b`.", "b"),
        ("A tensor as `a` is deprecated. Make sure to pass `a` as a tuple to suppress this.", "pass `a` as a tuple"),
        ("`a` should be set to 1 instead of {b}. It is deprecated.", "`a` should be set to 1"),
        ("`a` is deprecated. Please use Kit for support.", "Kit for support"),
        ("Deprecated in favor of using the parts in `b.py`, and will be removed.", "the parts in `b.py`"),
        ("`a` is deprecated, pass `b` and `c` if required.", "pass `b` and `c` if required"),
        ("You have passed both. Please only pass `b`, `a` is deprecated.", "b"),
        ("`a` is deprecated. Please only use one of {KINDS}, and the rest will be inferred.", "one of {KINDS}"),
        (
            "`a` will be removed, kits should be handled with the Kit library.",
            "kits should be handled with the Kit library",
        ),
        ("`a` is deprecated. Please remove the first and pass the second.", "remove the first and pass the second"),
        ("`a` is deprecated. Please remove it.", None),
        ("`a` is deprecated and it will return a list instead.", None),
        ("`a` is deprecated. Please see the page of it.", None),
        ("`a` is deprecated.", None),
    ],
)
def test_replacements_that_are_named_or_asked_for(message, replacement):
    """A name or code, else the words of the request; what only tells what is to come is none."""
    assert named_replacement(message, "a") == replacement


@pytest.mark.parametrize(
    ("body", "subject"),
    [
        ("rate = sampling_rate or 1\nlogger.warning(f'{rate} is odd')", "sampling_rate"),
        ("shape = find(1)\nlogger.warning(f'{shape} is odd')", "f"),
        ("level = kwargs.pop('level', 1)\nif level > 2:\n    logger.warning(f'so much: {level}')", "level"),
        ("kind = getattr(mode, 'rope_kind', None)\nlogger.warning(f'{kind} is odd')", "rope_kind"),
        ("if self.done:\n    return\nlogger.warning('it may differ')", "f"),
        ("if self.done:\n    logger.warning('it may differ')", "done"),
        ("if not self._parts:\n    logger.warning('it may differ')", "f"),
        (
            "logger.warning(f'only {mode} frames: ' + '{}'.format(f'use_cache is set to {use_cache}, but is ignored'))",
            "use_cache",
        ),
        ("logger.warning('saved. {}'.format('see it' if use_cache else 'or not'))", "f"),
        ("logger.warning(f'resized to {mode} at a sampling rate')", "sampling_rate"),
        ("logger.warning(f'kernel ({mode.size}) with cache: {use_cache}')", "use_cache"),
        ("if use_cache:\n    logger.warning('`chunks=3` is too little')", "chunks"),
        (
            "max_row_size = kwargs.pop('max_row_size', 3)\nlogger.warning(f'more than `row_size` {max_row_size}')",
            "max_row_size",
        ),
        ("if use_cache:\n    logger.warning('--chunks is too little')", "chunks"),
        ("if use_cache:\n    logger.warning('sampling_rates are needed')", "sampling_rate"),
        ("if mode.config.rope_kind == 1:\n    logger.warning('it is odd')", "rope_kind"),
        ("if use_cache:\n    logger.warning('see https://kit.org/a_b')", "use_cache"),
        (
            "if not self.fast_sampled and mode.sampled:\n    logger.warning('Using sampled only works alone.')",
            "sampled",
        ),
        ("logger.warning(f'add `base_{kind}_plan`, or set {kind}_size')", "f"),
        ("if LONGEST_ROW > 2:\n    logger.warning('LONGEST_ROW is more than OTHER_ROW')", "LONGEST_ROW"),
        ("warnings.warn('`use_cache` is deprecated in favor of `mode`', FutureWarning)", "use_cache"),
        ("warnings.warn(f'The {self.__class__} is deprecated, see {mode}', FutureWarning)", "f"),
        ("deprecate('mode is old', '1.0.0', f'The class {self.__class__} is deprecated')", "f"),
        ("deprecate('Unsupported sampling_rate', '1.0.0', 'the sampling_rate has been set to `8`')", "sampling_rate"),
    ],
)
def test_a_local_stands_for_what_it_is_made_of(body, subject):
    """An option is a parameter, a field of what holds options, or a key taken from it; never a local by itself."""
    [found] = told(body)
    assert found.subject == subject


def test_a_deprecation_is_about_what_it_calls_deprecated():
    (found,) = told("warnings.warn('Like `mode`, `use_cache` is deprecated and removed in kit v3', FutureWarning)")
    assert (found.subject, found.removed_in) == ("use_cache", "3")


def test_a_message_of_the_table_of_backends():
    """What the table says of the backend, wherever it is defined."""
    source = f"""{HEAD}
SLATE_ERROR = "slate is needed: {{0}}"
BACKENDS_MAPPING = OrderedDict([("slate", (is_slate_available, SLATE_ERROR))])
def f(mode):
    if mode:
        logger.warning(BACKENDS_MAPPING["slate"][-1].format("f"))
    logger.warning(BACKENDS_MAPPING[mode][-1])
"""
    [found] = linked({"kit/__init__.py": "", "kit/a.py": source}).told
    assert (found.message, render(found.when)) == ("slate is needed: f", "mode")
    assert [place.role for place in found.places].count("message") == 1


def test_an_import_that_fails_although_it_is_there():
    """Under the test that it is there, the handler of its failure is reached by a broken installation."""
    source = f"""{HEAD}
import importlib.util
if importlib.util.find_spec("slate") is not None:
    try:
        import slate
    except ImportError:
        logger.warning("slate is broken")
"""
    [found] = linked({"kit/__init__.py": "", "kit/a.py": source}).told
    assert found.message == "slate is broken"
    assert render(found.when) == "slate and [import slate fails]"


def test_what_is_set_beside_it():
    """The assignments of the same branch to something that the message or the condition names; no plumbing."""
    body = "if mode:\n    logger.warning('`use_cache` is turned off')\n    use_cache = False\n    step = 1"
    [found] = told(body)
    assert found.action == "use_cache = False"


@pytest.mark.parametrize("call", ["logger.warning(mode)", "logger.warning(str(mode))", "logger.info('x')"])
def test_a_text_of_the_caller_is_not_published(call):
    """It is counted instead; what only informs is no warning."""
    assert told(call) == []


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        ("@deprecate_kwarg('old', version='v5.25', new_name='mode')", ("old", "5.25", "mode", None)),
        ("@deprecate_kwarg('old', version=VERSION)", ("old", "6.1", None, None)),
        ("@deprecated('Use `new` instead.')", ("g", None, "new", "Use `new` instead.")),
        ("@deprecated", None),
    ],
)
def test_what_a_decorator_marks(mark, expected):
    """Old name, release, replacement and message; a release may be a constant of the module."""
    source = f"{HEAD}VERSION = '6.1'\n{mark}\ndef g(mode):\n    return mode\n"
    found = linked({"kit/__init__.py": "", "kit/a.py": source}).told
    assert [(t.subject, t.removed_in, t.replacement, t.message) for t in found] == ([expected] if expected else [])
    assert all(t.kind == "deprecation" and t.owner == "kit.a.g" for t in found)


def test_what_a_call_marks():
    """Under its condition, with the message that a local holds."""
    [found] = told("if mode == 1:\n    text = 'it has no effect'\n    deprecate('mode', '1.0.0', text)")
    assert (found.subject, found.removed_in, found.message) == ("mode", "1.0.0", "it has no effect")
    assert render(found.when) == "mode == 1"


def test_what_a_table_marks():
    """One record for each row, of the module."""
    source = (
        f"{HEAD}__getattr__ = deprecate_attr(__name__, remove={{'Slow': (None, '5')}}, rename={{'Old': (New, '6')}})"
    )
    found = linked({"kit/__init__.py": "", "kit/a.py": source}).told
    assert sorted((t.subject, t.removed_in, t.replacement) for t in found) == [("Old", "6", "New"), ("Slow", "5", None)]


def test_sentence_of_a_docstring_is_about_its_parameter_or_the_object():
    """Private objects and parameters are left out; a directive gives the release since which it is deprecated."""
    source = '''
class Net:
    """A net. Training is slower with it.

    Args:
        depth (`int`): Must be odd.
        _width (`int`): Must be odd.
        old (`int`):
            .. deprecated:: 1.2
               Use `depth` instead. It goes in 2.0.
    """

    def _walk(self):
        """It must be walked."""
'''
    found = linked({"kit/__init__.py": "", "kit/a.py": source}).told
    assert [(t.origin, t.kind, t.owner, t.subject, t.message, t.when) for t in found] == [
        ("documentation", "trade-off", "kit.a.Net", "Net", "Training is slower with it.", True),
        ("documentation", "requirement", "kit.a.Net", "depth", "Must be odd.", True),
        ("documentation", "deprecation", "kit.a.Net", "old", "Use `depth` instead. It goes in 2.0.", True),
    ]
    assert (found[-1].deprecated_since, found[-1].replacement) == ("1.2", "depth")


def test_a_sentence_that_says_what_else_is_so_is_told_with_the_one_before():
    """And is judged alone; a deprecation goes on past one sentence about something else."""
    source = '''
def fit(labels, old):
    """Fit it.

    Args:
        labels: Labels of -100 are ignored. Other labels must be positive.
        old: It is deprecated. The best is taken. It will be removed in 2.0. It must be odd.
    """
'''
    found = linked({"kit/__init__.py": "", "kit/a.py": source}).told
    assert [(t.kind, t.message) for t in found] == [
        ("requirement", "Labels of -100 are ignored. Other labels must be positive."),
        ("deprecation", "It is deprecated. The best is taken. It will be removed in 2.0."),
        ("requirement", "It must be odd."),
    ]
    assert found[1].removed_in == "2.0"


def test_a_deprecation_of_a_docstring_is_about_what_it_begins_with():
    """The parameter in whose entry it stands may be what takes its place; a word that is no name says nothing."""
    source = '''
def fit(new, best):
    """Fit it.

    Args:
        new (`int`): old_size has been deprecated, it goes in 3.0.
        best (`int`): Which. Positions are deprecated.
    """
'''
    found = linked({"kit/__init__.py": "", "kit/a.py": source}).told
    assert [(t.kind, t.subject) for t in found] == [("deprecation", "old_size"), ("deprecation", "best")]


@pytest.mark.parametrize(
    ("sentence", "subject", "replacement"),
    [
        ("This supersedes the `old` argument, which is now deprecated.", "old", "new"),
        ("It replaces `old`, now deprecated.", "old", "new"),
        ("It replaces `old` and is deprecated.", "new", None),
        ("This is deprecated, it replaces `old`.", "new", None),
    ],
)
def test_what_takes_the_place_of_something_deprecated(sentence, subject, replacement):
    """The deprecation is of that, and what it is described for is to be used instead."""
    source = f'def fit(new):\n    """Fit it.\n\n    Args:\n        new (`int`): {sentence}\n    """\n'
    (found,) = linked({"kit/__init__.py": "", "kit/a.py": source}).told
    assert (found.subject, found.replacement) == (subject, replacement)
    named = [source[at.span.start_byte : at.span.end_byte] for at in found.places if at.role == "declaration"]
    assert named == ([replacement] if replacement else [])  # where what stands in for it is named


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ('class New:\n    """It replaces `Old`, now deprecated."""\n', "class New"),
        ('class Kit:\n    new: int = 1\n    """It replaces `old`, now deprecated."""\n', "new"),
    ],
)
def test_where_what_stands_in_for_something_is_named(source, place):
    """Its name is evidence, of a class and of a field as of a parameter."""
    (found,) = linked({"kit/__init__.py": "", "kit/a.py": source}).told
    assert found.replacement is not None
    assert found.replacement in place
    named = [source[at.span.start_byte : at.span.end_byte] for at in found.places if at.role == "declaration"]
    assert named == [place]


def test_what_the_docstrings_of_tests_say_is_no_advice():
    """They say what is tested; what only is called so is something else."""
    source = 'def test_step():\n    """It must be odd."""\n'
    places = ("kit/__init__.py", "kit/tests/__init__.py", "kit/testing.py", "kit/tests/a.py")
    found = linked({path: source if path.endswith(("a.py", "testing.py")) else "" for path in places}).told
    assert [t.owner for t in found] == ["kit.testing.test_step"]


def test_a_sentence_is_about_the_one_parameter_or_member_that_it_quotes():
    """First of all: what comes late is what something is done with, and one of two is open."""
    source = '''
def fit(model, depth=1):
    """Fit it. The `depth` must be odd. It must be walked upon by the `depth`. A `model` must match its `depth`.

    The lower the depth value, the faster it is. The lower the width value, the slower it is.
    row_size must match the batch.
    """

class Net:
    """A net. `walk` must be used with care.

    A net must be deep, as those say that have seen `walk`."""

    def walk(self):
        return self
'''
    found = linked({"kit/__init__.py": "", "kit/a.py": source}).told
    assert [advice.subject for advice in found] == ["depth", "fit", "fit", "depth", "fit", "row_size", "walk", "Net"]


def test_what_keeps_an_argument_where_it_is_given_overrides_nothing():
    """The warning is about the option, but nothing is set."""
    said = "'`use_cache` is slower in this mode'"
    body = f"if use_cache == 'paged':\n    mode = mode if mode is not None else 1\n    logger.warning({said})"
    found = [advice for advice in told(body) if advice.origin == "warning"]
    assert [(advice.kind, advice.subject, advice.action) for advice in found] == [("trade-off", "use_cache", None)]


def test_a_text_that_grows_is_told_from_its_beginning():
    body = "text = 'setting'\nif mode:\n    text += ' mode'\ntext = text.strip()\nlogger.warning(text)"
    found = told(body)
    assert [advice.message for advice in found] == ["setting{...}"]


def test_a_text_of_several_branches_is_the_last_of_its_block():
    branches = [f"if {name}:\n    text = 'a {name}'\n    logger.warning(text)\n" for name in ("mode", "cache")]
    body = "".join(branches)
    assert sorted(advice.message or "" for advice in told(body)) == ["a cache", "a mode"]


def test_a_text_that_another_block_may_bind_anew_is_not_told():
    assert told("text = 'setting'\nif mode:\n    text = 'mode'\nlogger.warning(text)") == []


@pytest.mark.parametrize(
    ("body", "kind", "subject"),
    [
        ("if any(use_cache):\n    raise ValueError('`mode` does not support sharding')", "limitation", "mode"),
        ("if f(mode):\n    raise ValueError('use_cache is not compatible with it')", "incompatibility", "use_cache"),
    ],
)
def test_the_words_of_a_gate_whose_condition_is_not_understood(body, kind, subject):
    (found,) = told(body)
    assert (found.origin, found.kind, found.subject) == ("gate", kind, subject)


@pytest.mark.parametrize(
    "body", ["if mode == 'a':\n    raise ValueError('not supported')", "if f(mode):\n    raise ValueError('no')"]
)
def test_a_gate_that_is_a_constraint_or_says_nothing_is_no_advice(body):
    assert told(body) == []


@pytest.mark.parametrize(
    ("body", "parameters"),
    [
        ("if f(mode):\n    raise ValueError('no')", ["mode"]),
        (
            "size = mode.shape[0]\nif size % sampling_rate:\n    raise ValueError(f'{size} is odd')",
            ["mode", "sampling_rate"],
        ),
        ("if use_cache and self.config.depth % 2:\n    raise ValueError('no')", ["depth", "use_cache"]),
        ("torch_compilable_check(mode.shape[0] == 1, 'no')", ["mode"]),
        ("torch_compilable_check(mode == 1, 'no')", ["mode"]),
    ],
)
def test_a_gate_that_advises_nothing_bounds_the_options_that_its_condition_asks_for(body, parameters):
    (bound,) = bounds(body)
    exception = "ValueError" if "raise" in body else None
    assert (bound.owner, bound.effect, bound.exception) == ("kit.a.C.f", "raise", exception)
    assert bound.message is not None
    asked = {atom.param for atom in atoms(bound.when) if isinstance(atom, Parameter)}
    assert sorted({name.rpartition(".")[2] for name in (*bound.parameters, *asked)}) == parameters


@pytest.mark.parametrize(
    "body",
    [
        "if f():\n    raise ValueError('no')",
        "if f(mode):\n    raise ValueError",
        "if f(mode):\n    raise ValueError('`mode` does not support sharding')",
    ],
)
def test_a_gate_without_options_or_words_or_with_advice_bounds_nothing(body):
    assert bounds(body) == []


def test_an_assertion_tells_a_trade_off_only_where_it_says_what_is_gained_or_lost():
    """What it measures is a matter of right and wrong."""
    (found,) = told("assert f(mode), 'It may degrade the results of use_cache'")
    assert (found.kind, found.subject) == ("trade-off", "use_cache")
    assert told("assert f(mode), 'Better accuracy expected'") == []


def test_a_parameter_that_holds_the_words_of_a_message_is_not_what_it_is_about():
    """Nor is one that says whether there is one."""
    source = (
        f"{HEAD}def f(mode, prefix, warn, _):\n    if warn:\n        logger.warning(f'{{prefix}} no queue is left')\n"
    )
    (found,) = linked({"kit/__init__.py": "", "kit/a.py": source}).told
    assert found.subject == "f"


def test_a_flag_that_is_set_again_between_two_tests():
    """The call is reached, whatever the flag was before; what is never so in one state is told by nobody."""
    source = f"""{HEAD}
import importlib.util
import os
from packaging import version
_kit_available = importlib.util.find_spec("kitlib") is not None
_old = False
if os.environ.get("USE_KIT") == "1":
    if _kit_available:
        _kit_available = version.parse(importlib.metadata.version("kitlib")) >= version.parse("2.1")
        if not _kit_available:
            logger.warning("it is too old")
"""
    [found] = linked({"kit/__init__.py": "", "kit/a.py": source}).told
    assert (found.message, "USE_KIT" in render(found.when)) == ("it is too old", True)


@pytest.mark.parametrize(
    ("name", "message", "subject"),
    [
        ("_draw", "{kind} of {ink} is odd", "ink"),
        ("_draw", "{kind} is odd", "C"),
        ("draw", "{kind} is odd", "kind"),
        ("_draw", "{size} is odd", "size"),
        ("draw", "no 'top' and 'left' keys are there", "draw"),
        ("draw", "`self.pen` is not used", "pen"),
        ("draw", "`queue_x` is not used", "queue_x"),
        ("draw", "a `num.dtype` is no number", "draw"),
        ("draw", "one of `(pen_a, pen_b)` is None", "draw"),
    ],
)
def test_what_a_private_function_has_to_be_given_is_no_option(name, message, subject):
    """Unless users give it to something public too, or it may be left out; nor are keys of something."""
    source = f"""{HEAD}
def paint(ink): pass
class C:
    def {name}(self, kind, ink, size=3):
        logger.warning(f"{message}")
"""
    [found] = linked({"kit/__init__.py": "", "kit/a.py": source}).told
    assert found.subject == subject


def test_a_failure_that_a_handler_above_has_not_taken():
    """Past the handler of a failed import, what is imported is there."""
    body = """
try:
    from drum import beat
    beat()
except ImportError:
    pass
except Exception:
    logger.warning('drum is there and failed')
"""
    [found] = told(body)
    assert render(found.when) == "drum and [Exception is handled]"
