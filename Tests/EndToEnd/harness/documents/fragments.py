"""The walkthroughs of a page: the reader inserts pieces of code into the checkout, and then runs commands."""

from dataclasses import dataclass, field
from pathlib import Path

from .markdown import Block, Page
from .runners import FRAGMENT, WALKTHROUGH, runner_of


@dataclass
class Walkthrough:
    """The fragments and the commands of a section, in the order of the page."""

    name: str
    section: str
    blocks: list[Block] = field(default_factory=list)

    @property
    def place(self) -> str:
        return self.blocks[0].place


def walkthroughs(page: Page) -> tuple[list[Walkthrough], list[str]]:
    """The walkthroughs of a page, one for each section, and the faults."""
    faults = []
    sections: dict[str, list[Block]] = {}
    for block in page.blocks:
        if runner_of(block) in ("fragment", "walkthrough"):
            sections.setdefault(block.section, []).append(block)
    found = []
    for section, blocks in sections.items():
        names = {WALKTHROUGH.fullmatch(block.marker)["name"] for block in blocks if runner_of(block) == "walkthrough"}
        if len(names) != 1:
            said = "no commands" if not names else f"commands of several walkthroughs: {', '.join(sorted(names))}"
            faults.append(f"{blocks[0].place}: the section '{section}' has fragments and {said}")
        else:
            found.append(Walkthrough(names.pop(), section, blocks))
    return found, faults


def apply(walkthrough: Walkthrough, root: Path) -> tuple[dict[str, str], list[str]]:
    """Returns the new texts of the changed files by their paths, and the faults. It writes no file."""
    texts: dict[str, str] = {}
    faults = []
    for block in walkthrough.blocks:
        match = FRAGMENT.fullmatch(block.marker)
        if match is None:
            continue
        path = match["path"]
        exists = path in texts or (root / path).exists()
        if match["new"]:
            if exists:
                faults.append(f"{block.place}: {path} already exists")
            texts[path] = block.text
        elif not exists:
            faults.append(f"{block.place}: there is no {path}")
        else:
            text = texts[path] if path in texts else (root / path).read_text(encoding="utf-8")
            lines = text.splitlines(keepends=True)
            places = [number for number, line in enumerate(lines, 1) if match["line"] in line]
            if len(places) != 1:
                faults.append(f"{block.place}: {len(places)} lines of {path} contain '{match['line']}'")
            else:
                lines[places[0] - bool(match["place"]) : places[0]] = [block.text]
                texts[path] = "".join(lines)
    return texts, faults


def targets(paths: list[str]) -> list[str]:
    """The SwiftPM targets whose files are among the paths."""
    swift = [Path(path) for path in paths if path.endswith(".swift")]
    return sorted({path.parts[1] for path in swift if path.parts[0] in ("Sources", "Tests")})
