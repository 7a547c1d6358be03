"""Reads a Markdown file: fenced blocks with their markers, headings, links and inline code, each with its line."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

FENCE = re.compile(r"^(\s*)(`{3,}|~{3,})\s*([^`]*)$")
COMMENT = re.compile(r"^\s*<!--\s*(.*?)\s*-->\s*$")
HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$")
LIST_ITEM = re.compile(r"^\s*([-*+]|\d+[.)])\s")
CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
INLINE_LINK = re.compile(r"\[((?:[^\[\]]|\[[^\]]*\])*)\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
REFERENCE_LINK = re.compile(r"\[[^\[\]]*\]\[([^\[\]]+)\]")
REFERENCE = re.compile(r"^ {0,3}\[([^\]]+)\]:\s*<?(\S+?)>?(?:\s+\"[^\"]*\")?\s*$", re.MULTILINE)
ATTRIBUTE = re.compile(r"\b(?:href|src)=\"([^\"]+)\"")
AUTOLINK = re.compile(r"<((?:https?|mailto|doc):[^>\s]+)>")
BARE_LINK = re.compile(r"(?<![(<\"\w])https?://[^\s)>\"'`|]+")
HTML_ANCHOR = re.compile(r"<a\s+(?:id|name)=\"([^\"]+)\"")
# Comments of scripts/generate. They are not markers, even directly above a block.
GENERATED = re.compile(r"generated: |end of ")
MARKER_KINDS = ("run:", "output", "picture", "fragment:", "program:")


@dataclass(frozen=True)
class Block:
    """A fenced block. `markers` are the comments directly above it; `section` is the `##` heading above it."""

    page: str
    line: int
    language: str
    markers: tuple[str, ...]
    text: str
    section: str = ""

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def marker(self) -> str:
        """The markers as one text. Without a marker it is empty."""
        return " + ".join(self.markers)

    def line_of(self, index: int) -> str:
        """The place of the line with this index in the text."""
        return f"{self.page}:{self.line + 1 + index}"


@dataclass(frozen=True)
class Heading:
    line: int
    level: int
    anchor: str


@dataclass(frozen=True)
class Link:
    line: int
    target: str


@dataclass(frozen=True)
class Code:
    """Inline code. Double backticks, as in DocC's links to symbols, set `is_symbol`."""

    line: int
    text: str
    is_symbol: bool = False


@dataclass
class Page:
    """A page. Each of its `faults` begins with the file and the line."""

    name: str
    blocks: list[Block] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    codes: list[Code] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    @property
    def is_docc(self) -> bool:
        return ".docc/" in self.name


def read_page(file: Path, root: Path) -> Page:
    """Reads a file. Its name is relative to `root`."""
    return parse(str(file.relative_to(root)), file.read_text(encoding="utf-8"))


def parse(name: str, text: str) -> Page:
    page = Page(name)
    prose = _take_blocks(page, text.splitlines())
    _take_headings(page, prose)
    _take_inline(page, prose)
    return page


def github_anchor(heading: str) -> str:
    """The anchor that GitHub gives a heading, without the number that tells duplicates apart."""
    text = INLINE_LINK.sub(r"\1", heading).replace("`", "")
    text = re.sub(r"(\*\*|\*|~~)(\S(?:.*?\S)?)\1", r"\2", text)
    kept = (letter for letter in text.strip().lower() if letter in " -_" or unicodedata.category(letter)[0] in "LNM")
    return "".join(kept).replace(" ", "-")


def _take_blocks(page: Page, lines: list[str]) -> list[str]:
    """Adds the fenced blocks to the page. Returns the lines of the text, with empty lines for blocks and comments."""
    prose: list[str] = []
    comments: list[tuple[int, str]] = []  # directly above the current line
    section, is_in_list, previous = "", False, ""
    number = 0
    while number < len(lines):
        line = lines[number]
        fence, comment = FENCE.match(line), COMMENT.match(line)
        if fence:
            end = _end_of_fence(lines, number, fence)
            if end is None:
                page.faults.append(f"{page.name}:{number + 1}: this block is not closed")
                end = len(lines)
            _take_block(page, lines[number + 1 : end], number + 1, fence, comments, section)
            comments = []
            prose += [""] * (min(end, len(lines) - 1) - number + 1)
            number = end + 1
            previous = "```"
            continue
        if comment:
            comments.append((number + 1, comment[1]))
            prose.append("")
            number += 1
            continue
        if "<!--" in line and "-->" not in line:
            while number < len(lines) and "-->" not in lines[number]:
                prose.append("")
                number += 1
            prose.append("")
            number += 1
            continue
        _refuse_lonely_markers(page, comments)
        comments = []
        if heading := HEADING.match(line):
            section = heading[2] if len(heading[1]) == 2 else section
        if line.strip() and not line.startswith(" "):
            is_in_list = False
        is_in_list = is_in_list or bool(LIST_ITEM.match(line))
        if re.match(r" {4}|\t", line) and line.strip() and not previous.strip() and not is_in_list:
            page.faults.append(f"{page.name}:{number + 1}: an indented block of code: use a fence with a language")
        prose.append(re.sub(r"<!--.*?-->", "", line))
        previous = line
        number += 1
    _refuse_lonely_markers(page, comments)
    return prose


def _end_of_fence(lines: list[str], start: int, fence: re.Match[str]) -> int | None:
    for number in range(start + 1, len(lines)):
        text = lines[number].strip()
        if len(text) >= len(fence[2]) and text == fence[2][0] * len(text):
            return number
    return None


def _take_block(
    page: Page, lines: list[str], line: int, fence: re.Match[str], comments: list[tuple[int, str]], section: str
) -> None:
    indent = len(fence[1])
    text = "".join(content[indent if not content[:indent].strip() else 0 :] + "\n" for content in lines)
    markers = tuple(comment for _, comment in comments if not GENERATED.match(comment))
    language = fence[3].strip()
    if not language:
        page.faults.append(f"{page.name}:{line}: a block without a language")
    page.blocks.append(Block(page.name, line, language, markers, text, section))


def _refuse_lonely_markers(page: Page, comments: list[tuple[int, str]]) -> None:
    for line, comment in comments:
        if comment.startswith(MARKER_KINDS):
            page.faults.append(f"{page.name}:{line}: the marker '{comment}' is not directly above a block")


def _take_headings(page: Page, prose: list[str]) -> None:
    seen: Counter[str] = Counter()
    for number, line in enumerate(prose, 1):
        page.anchors.update(HTML_ANCHOR.findall(line))
        if match := HEADING.match(line):
            anchor = github_anchor(match[2])
            times = seen[anchor]
            seen[anchor] += 1
            while times and f"{anchor}-{times}" in page.anchors:
                times += 1
            page.headings.append(Heading(number, len(match[1]), f"{anchor}-{times}" if times else anchor))
            page.anchors.add(page.headings[-1].anchor)


def _take_inline(page: Page, prose: list[str]) -> None:
    text = "\n".join(prose)
    for paragraph in re.finditer(r"(?:.+\n?)+", text):
        for match in CODE_SPAN.finditer(paragraph[0]):
            line = text.count("\n", 0, paragraph.start() + match.start()) + 1
            page.codes.append(Code(line, " ".join(match[2].split()), is_symbol=match[1] == "``"))
    without_code = CODE_SPAN.sub(lambda match: re.sub(r"[^\n]", "x", match[0]), text)
    defined = {name.lower() for name, _ in REFERENCE.findall(without_code)}
    links = [(match.start(), match[2]) for match in INLINE_LINK.finditer(without_code)]
    links += [(match.start(), match[2]) for match in REFERENCE.finditer(without_code)]
    for pattern in (ATTRIBUTE, AUTOLINK):
        links += [(match.start(), match[1]) for match in pattern.finditer(without_code)]
    links += [(match.start(), match[0].rstrip(".,;:")) for match in BARE_LINK.finditer(without_code)]
    for start, target in sorted(links):
        page.links.append(Link(without_code.count("\n", 0, start) + 1, target))
    for match in REFERENCE_LINK.finditer(without_code):
        if match[1].lower() not in defined:
            line = without_code.count("\n", 0, match.start()) + 1
            page.faults.append(f"{page.name}:{line}: no definition of the link [{match[1]}]")
