"""Docstrings as passages: what is said of the object or of one parameter, plainly or in a marked block.

Read line by line, since every passage keeps its place: the docstring parsers that are kept elsewhere give texts
without offsets. Known are the sections of Google, numpy and Hugging Face style, the fields of Sphinx, and the blocks of
HTML (`<Tip>`), GitHub (`> [!TIP]`), reStructuredText (`.. note::`) and plain text (`Note:`). Code is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

_PREFIX = re.compile(r"[rRuU]?(\"\"\"|'''|\"|')")
_SECTION = re.compile(
    r"(?:>\s*)?\**(?P<name>[A-Z][\w ]{1,40}?|args?|arguments?|param(?:eter)?s|returns?)\**\s*:{1,2}\**\s*$"
)
_TITLE = re.compile(r"#{1,4}\s+(?P<name>[A-Z][\w ]{1,40}?)\s*:?$")
"""A heading of Markdown, below which entries are in either style: `name : type`, `name: what it is`."""
_RULE = re.compile(r"[-=~]{3,}\s*$")
_OF_PARAMETERS = re.compile(
    r"(?:(?:keyword|other|method|optional|common|model|class|call|input|init|shared|additional|required|config\w*)\s+)?"
    r"(?:args?|arguments?|parameters?|params|attributes?|kwargs|fields?|members|environment(?:\s+variables)?)"
    r"(?:\s+for\b.*)?",
    re.IGNORECASE,
)
_OF_RESULTS = re.compile(
    r"(?:returns?|yields?|raises?|warns|see also|references?|outputs?|return value|shape|inputs?)", re.IGNORECASE
)
_OF_CODE = re.compile(r"(?:(?:usage |code )?(?:examples?|usage|snippets?|doctest))\b.*", re.IGNORECASE)
_MARKS = {
    "note": "note", "notes": "note", "tip": "tip", "tips": "tip", "hint": "tip", "warning": "warning",
    "warnings": "warning", "caution": "warning", "attention": "warning", "danger": "warning", "important": "important",
    "deprecated": "deprecated", "versionchanged": "changed",
}  # fmt: skip
_ENTRY = re.compile(
    r"(?:[-*•]\s+)?[`*]*(?P<name>[A-Za-z_]\w*(?:\.\w+)*)[`*]*(?:\s*,\s*[`*]*[A-Za-z_]\w*[`*]*)*"
    r"(?:\s*\((?P<type>.*?)\)\s*,?\s*(?::(?!:)|--|\u2013|$)|\s*\((?=[^()]*$|.*[\[(,]\s*$)|\s*(?::(?!:)|--)(?=\s|$))\s*"
)
_LOOSE_ENTRY = re.compile(r"(?:[-*]\s+)?`*(?P<name>[A-Za-z_]\w*)`*\s*\(`[^)]*.*\)\s*:(?:\s+|$)")
"""An entry that needs no heading above it, and may stand within another: `name (`type`, *optional*):`."""
_WITHIN = re.compile(r"\s(?=\.\.\s[\w-]+::\s)")
_NUMPY_ENTRY = re.compile(r"[`*]*(?P<name>[A-Za-z_]\w*)[`*]*(?:\s*,\s*[`*]*\w+[`*]*)*\s*(?::\s*\S.*)?$")
_TYPED = re.compile(r"\w+ : ")
_FIELD = re.compile(r":(?P<role>\w+)(?:\s+[^:]*?)??\s*(?P<name>\w+)?\s*:(?=\s|$)\s*")
_DIRECTIVE = re.compile(r"\.\.\s+(?P<name>[\w-]+) ?::\s*")
_HTML = re.compile(r"<(?P<close>/?)(?P<name>Tip|Note|Warning|tip|note|warning)\b(?P<rest>[^>]*)>")
_QUOTED = re.compile(r">\s*\[!(?P<name>\w+)\]\s*")
_QUOTE = re.compile(r">(?=\s|\[|$)")
_INLINE = re.compile(
    r"(?:<b>|\*\*|__|_)?(?P<name>Note|NOTE|Tip|TIP|Warning|WARNING|Important|IMPORTANT|Caution|Deprecated)"
    r"(?:</b>|\*\*|__|_)?\s*:(?:\*\*)?\s+"
)
_BULLET = re.compile(r"(?:[-*•]|\d+[.)])\s+")
_FENCE = re.compile(r"(?:>\s*)?(?:```|~~~)")
_TARGET = r"[\w.]+(?:\[[^\]]*\])?"
_CODE = re.compile(
    r"(?:async )?def \w+\(|class [A-Z]\w*(?:\(.*\))?:$|from [\w.]+ import \w|import [\w.]+(?: as \w+)?$"
    r"|@\w[\w.]*(?:\(.*)?$"
    rf"|{_TARGET}(?:, {_TARGET})* [-+*/|]?= (?!.*\b[a-z]+ [a-z]+ [a-z]+\b)\S|[\w.]*[(\[{{]$"
)
"""How a line begins that is code and begins some more."""
_MORE_CODE = re.compile(
    r"#|[)\]}]|(?:if|elif|for|while|with|except) .*:$|(?:else|try|finally):$|return\b|[\w.]+\(.*\)$"
)
"""A line that is code where the one before it is."""
_END = re.compile(r"[.!?][)\"'`*]*(?=\s+(?:[\"'`*(\[<]*[A-Z\d]|[`\[]|[a-z]\w*_\w)|\s*$)")
_SHORT = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|resp|Fig|Eq|No|al|incl|max|min)|\b[A-Z]|\A\s*\d{1,2})\.$")
_SPACE = re.compile(r"\s+")


class Sentence(NamedTuple):
    """One sentence: its text with single spaces, and where it stands in the source of the string (characters)."""

    text: str
    start: int
    end: int


@dataclass
class Passage:
    """Some lines that belong together.

    `subject` is the parameter that they describe, None for the object itself; `mark` the kind of block that they stand
    in: tip, note, warning, important, deprecated, changed, or empty; `label` what stands after the marker of a
    deprecation. `pieces` are the places of the text in each line, in characters of the source of the string.
    """

    subject: str | None
    mark: str
    label: str = ""
    pieces: list[tuple[int, int]] = field(default_factory=list)

    def sentences(self, source: str) -> Iterator[Sentence]:
        """Yield the sentences of the passage; `source` is what its places count in."""
        text, at = "", []
        for start, end in self.pieces:
            if text:
                text += " "
                at.append(start - 1)
            text += source[start:end]
            at.extend(range(start, end))
        begin = 0
        for match in _END.finditer(text):
            if _SHORT.search(text[begin : match.start() + 1]) and match.end() < len(text):
                continue
            yield from _sentence(text, at, begin, match.end())
            begin = match.end()
        yield from _sentence(text, at, begin, len(text))


def _sentence(text: str, at: list[int], begin: int, end: int) -> Iterator[Sentence]:
    said = text[begin:end]
    lead = len(said) - len(said.lstrip())
    said = said.strip()
    if said:
        yield Sentence(_SPACE.sub(" ", said), at[begin + lead], at[begin + lead + len(said) - 1] + 1)


def is_string(source: str) -> bool:
    """Say whether a source text is that of a plain string, as docstrings are."""
    return _PREFIX.match(source) is not None


def passages(source: str) -> list[Passage]:
    """Return the passages of a docstring, given as the source text of its string."""
    opening = _PREFIX.match(source)
    if opening is None:
        return []
    reader = _Reader()
    position, last = opening.end(), len(source) - len(opening[1])
    lines = source[position:last].split("\n")
    indents = [len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()]
    closing = [len(lines[-1])] if len(lines) > 1 and not lines[-1].strip() else []
    first: int | None = min(indents + closing, default=0)
    for number, line in enumerate(lines):
        following = lines[number + 1].strip() if number + 1 < len(lines) else ""
        reader.read(line, position, following, first)
        first = None
        position += len(line) + 1
    return [passage for passage in reader.found if passage.pieces]


class _Reader:
    """What the lines read so far say of the next one."""

    def __init__(self) -> None:
        self.found: list[Passage] = []
        self._section = ""  # parameters, numpy, titled, results, code, or none
        self._section_indent = 0
        self._entry: tuple[int, str] | None = None
        self._entry_indent = -1
        self._nested: tuple[int, str] | None = None
        self._block: tuple[str, int, str] | None = None  # mark, indent, how it ends
        self._is_fenced = self._is_doctest = self._is_open = self._in_head = False
        self._code: int | None = None  # what is indented further is code
        self._last = ""

    def read(self, line: str, position: int, following: str, first: int | None) -> None:
        """Take one line, which begins at `position`; `following` is the next one without its indent.

        `first` is the indent that the first line has after its quotation marks: the least of the others.
        """
        text = line.strip()
        indent = first if first is not None else len(line) - len(line.lstrip())
        start = position + len(line) - len(line.lstrip())
        if _FENCE.match(text):
            self._is_fenced = not self._is_fenced
            self._is_open = False
            return
        if self._is_fenced or self._is_doctest_line(text) or (text and self._is_code(text, indent)):
            return
        if not text:
            self._is_open = False
            if self._block is not None and self._block[2] == "blank":
                self._block = None
            return
        if _RULE.fullmatch(text):
            return
        self._leave(text, indent)
        if self._in_head:  # a type that goes on over several lines
            self._in_head = not re.search(r"\)\s*(?::|--)\s*$", text)
            return
        if self._heads(text, indent, following) or (self._section == "code" and indent > self._section_indent):
            self._is_open = False
            return
        if self._section == "code":
            self._section = ""
        text, start = self._marked(text, indent, start)
        if self._block is None or self._block[2] != "html":
            text, start = self._entered(text, indent, start)
        if text:
            self._add(text, start)
            self._last = text
            self._code = indent if text.endswith("::") else None

    def _is_doctest_line(self, text: str) -> bool:
        self._is_doctest = text.startswith(">>>") or (self._is_doctest and bool(text))
        return self._is_doctest

    def _is_code(self, text: str, indent: int) -> bool:
        """Say whether a line is of a listing: of a literal block, or of lines that follow one that begins like code."""
        if self._code is not None and indent > self._code:
            return True
        begins = _CODE.match(text) is not None
        goes_on = self._code == indent and (begins or _MORE_CODE.match(text) is not None)
        if goes_on or (begins and (not self._is_open or self._last.endswith(":"))):
            self._code, self._is_open = indent, False
            return True
        self._code = None
        return False

    def _leave(self, text: str, indent: int) -> None:
        """Close the block, entry and section that a line of this indent no longer stands in."""
        if self._block is not None:
            _, least, ends = self._block
            if (ends == "quote" and not text.startswith(">")) or (ends == "indent" and indent <= least):
                self._block, self._is_open = None, False
        if self._nested is not None and indent <= self._nested[0]:
            self._nested, self._is_open = None, False
        if self._entry is not None and indent <= self._entry[0] and (self._block is None or self._block[2] != "html"):
            self._entry, self._is_open = None, False
        if self._section and self._section != "numpy" and indent < self._section_indent:
            self._section = ""

    def _heads(self, text: str, indent: int, following: str) -> bool:
        """Say whether a line is the heading of a section, and enter it."""
        underlined = _RULE.fullmatch(following) is not None
        titled = _TITLE.match(text)
        match = titled or _SECTION.match(text)
        name = match["name"] if match is not None else text if underlined else ""
        if not name or (self._entry is not None and indent > self._entry[0]):
            return False
        if titled is not None and not any(each.fullmatch(name) for each in (_OF_PARAMETERS, _OF_RESULTS, _OF_CODE)):
            self._section, self._entry, self._is_open = "", None, False
            return False
        self._section_indent, self._entry_indent, self._entry, self._block = indent, -1, None, None
        if _OF_PARAMETERS.fullmatch(name):
            self._section = "numpy" if underlined else "titled" if titled is not None else "parameters"
        elif _OF_RESULTS.fullmatch(name):
            self._section = "results"
        elif _OF_CODE.fullmatch(name):
            self._section = "code"
        elif name.lower() in _MARKS:
            self._section, self._block = "", (_MARKS[name.lower()], indent - underlined, "indent")
        else:
            self._section = ""
            return underlined
        return True

    def _marked(self, text: str, indent: int, start: int) -> tuple[str, int]:
        """Open or close a block at a line, and return what of it is text."""
        within = _WITHIN.search(text)
        if within is not None:
            self._add(text[: within.start()], start)
            found = self._marked(text[within.end() :], indent, start + within.end())
            if self._block is not None and self._block[2] == "indent" and found[0]:  # it goes on below, as far in
                self._block = (self._block[0], indent - 1, "blank")
            return found
        html = _HTML.match(text)
        if html is not None:
            self._is_open = False
            mark = "warning" if "warning" in html["rest"] else html["name"].lower()
            self._block = None if html["close"] else (mark, indent, "html")
            rest = text[html.end() :]
            closing = rest.find("</")
            if closing != -1:
                self._add(rest[:closing].strip(), start + html.end() + len(rest) - len(rest.lstrip()))
                self._block, rest = None, ""
            return rest.strip(), start + html.end() + len(rest) - len(rest.lstrip())
        directive = _DIRECTIVE.match(text)
        if directive is not None:
            self._is_open = False
            mark = _MARKS.get(directive["name"], "")
            self._block = (mark, indent, "indent")
            rest = text[directive.end() :]
            if directive["name"] in {"deprecated", "versionchanged"}:
                label, _, rest = rest.partition(" ")
                self.found.append(Passage(self._subject(), mark, label))
                self._is_open = True
                return rest.strip(), start + directive.end() + len(label) + 1
            if not mark:
                self._section, self._section_indent = "code", indent
            return (rest, start + directive.end()) if mark else ("", start)
        quoted = _QUOTED.match(text)
        if quoted is not None:
            self._is_open = False
            self._block = (_MARKS.get(quoted["name"].lower(), "note"), indent, "quote")
            return text[quoted.end() :], start + quoted.end()
        if _QUOTE.match(text) is not None:
            rest = text[1:].lstrip()
            return (rest, start + len(text) - len(rest)) if self._block is not None else ("", start)
        inline = _INLINE.match(text)
        if inline is not None and (self._block is None or self._block[2] != "html"):
            self._is_open = False
            self._block = (_MARKS[inline["name"].lower()], indent - 1, "blank")
            return text[inline.end() :], start + inline.end()
        return text, start

    def _entered(self, text: str, indent: int, start: int) -> tuple[str, int]:
        """Open the entry of a parameter at a line, and return what of it is text."""
        fields = _FIELD.match(text)
        if fields is not None:
            is_parameter = fields["role"] in {"param", "parameter", "arg", "argument", "keyword", "ivar", "cvar", "var"}
            self._entry = (indent, fields["name"] or "") if is_parameter else None
            self._section = "" if is_parameter else "results"
            self._section_indent, self._is_open = indent, False
            return text[fields.end() :], start + fields.end()
        if not self._section and self._entry is None and _LOOSE_ENTRY.match(text):
            self._section, self._section_indent, self._entry_indent = "parameters", indent, indent
        if self._section == "titled":
            self._section = "numpy" if _TYPED.match(text) is not None else "parameters"
        if self._section not in {"parameters", "numpy"} or self._entry is not None:
            nested = _LOOSE_ENTRY.match(text) if self._entry is not None else None
            if nested is not None:
                self._nested, self._is_open = (indent, nested["name"]), False
                return text[nested.end() :], start + nested.end()
            return self._without_bullet(text, start)
        if self._section == "parameters" and indent <= self._section_indent and self._entry_indent < 0:
            self._entry_indent = indent if _ENTRY.match(text) else -1
        elif self._entry_indent < 0:
            self._entry_indent = indent
        match = (_NUMPY_ENTRY if self._section == "numpy" else _ENTRY).match(text)
        if match is None or indent != self._entry_indent:
            return self._without_bullet(text, start)
        self._entry, self._is_open = (indent, match["name"]), False
        if self._section == "numpy":
            return "", start
        self._in_head = match[0].rstrip().endswith("(")
        return ("", start) if self._in_head else (text[match.end() :], start + match.end())

    def _without_bullet(self, text: str, start: int) -> tuple[str, int]:
        bullet = _BULLET.match(text)
        if bullet is None:
            return text, start
        self._is_open = False
        return text[bullet.end() :], start + bullet.end()

    def _subject(self) -> str | None:
        entry = self._entry if self._nested is None else self._nested
        return entry[1] or None if entry is not None else None

    def _add(self, text: str, start: int) -> None:
        if self._section == "results" or not text:
            return
        mark = self._block[0] if self._block is not None else ""
        if not self._is_open or (self.found and self.found[-1].subject != self._subject()):
            self.found.append(Passage(self._subject(), mark))
        self.found[-1].pieces.append((start, start + len(text)))
        self._is_open = True
