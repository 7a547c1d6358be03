"""The runners: a rule for each kind of block. Exactly one runner claims each block."""

import re
from dataclasses import dataclass

from .markdown import Block, Page

FRAGMENT = re.compile(r'fragment: (?P<path>\S+) (?:(?P<new>new)|(?:after|(?P<place>in place of)) "(?P<line>.+)")')
WALKTHROUGH = re.compile(r"run: walkthrough (?P<name>\S+)")
PROGRAM = re.compile(r"program: (?P<name>\S+)")


@dataclass(frozen=True)
class Runner:
    """Claims the blocks with one of the languages and with the marker. Without languages, any language matches.

    `check` describes the check. `is_docc` limits the runner to articles of DocC, or to the other pages.
    """

    name: str
    languages: tuple[str, ...]
    marker: re.Pattern[str]
    check: str
    is_docc: bool | None = None

    def claims(self, block: Block) -> bool:
        if self.languages and block.language not in self.languages:
            return False
        if self.is_docc is not None and self.is_docc != (".docc/" in block.page):
            return False
        return bool(self.marker.fullmatch(block.marker))


def _runner(name: str, languages: str, marker: str, check: str, is_docc: bool | None = None) -> Runner:
    return Runner(name, tuple(languages.split()), re.compile(marker), check, is_docc)


# Tests/Service/test_documents.py runs the blocks of `service`, and Tests/EndToEnd/test_documents.py checks the others.
RUNNERS = (
    _runner("checkout", "sh", "(run: checkout)?", "runs in a scratch checkout beside lobbyd"),
    _runner("service", "sh", "run: service", "runs on a Debian with systemd and the package"),
    _runner("ci", "sh", "run: ci", "each line is in .ci/run or in a script that it calls"),
    _runner("long", "sh", "run: long", "the programs accept the options; runs with --long"),
    _runner("walkthrough", "sh", WALKTHROUGH.pattern, "the targets compile with the fragments; runs with --long"),
    _runner("output", "text", "output", "matches the output of the block before it"),
    _runner("picture", "text", "picture", "not checked"),
    _runner("configuration", "toml", "", "lobbyd --check accepts it"),
    _runner("client", "python", "", "runs beside lobbyd", is_docc=False),
    _runner("library", "swift", "", "compiles", is_docc=False),
    _runner("beside", "swift", "run: beside lobbyd", "compiles and runs beside lobbyd"),
    _runner("program", "python swift", PROGRAM.pattern, "the parts are one program: Swift compiles, Python runs"),
    _runner("article", "python swift", "", "the parts are one program: Swift compiles, Python runs", is_docc=True),
    _runner("fragment", "", FRAGMENT.pattern, "fits into its file; the target compiles with it"),
    _runner("control", "json", "", "lobbyd answers as shown"),
    _runner("drop-in", "ini", "", "systemd-analyze verify accepts it"),
)
# An output block can follow a block of these runners.
PRINTING = ("checkout", "service", "long", "walkthrough", "configuration", "client", "beside")
LANGUAGES = sorted({language for runner in RUNNERS for language in runner.languages})


def claims(block: Block) -> list[Runner]:
    return [runner for runner in RUNNERS if runner.claims(block)]


def runner_of(block: Block) -> str:
    """The name of the runner that claims the block; empty unless exactly one claims it."""
    found = claims(block)
    return found[0].name if len(found) == 1 else ""


def unclaimed(page: Page) -> list[str]:
    """The faults: a block with no runner or with several runners, and an output without a command before it."""
    faults = []
    previous = ""
    for block in page.blocks:
        found = claims(block)
        if not block.language:
            pass  # a fault of the page
        elif not found:
            marker = f"the marker '{block.marker}'" if block.marker else "no marker"
            faults.append(f"{block.place}: no runner for a block of '{block.language}' with {marker}")
        elif len(found) > 1:
            faults.append(f"{block.place}: more than one runner: {', '.join(runner.name for runner in found)}")
        elif found[0].name == "output" and previous not in PRINTING:
            faults.append(f"{block.place}: an output without a command before it")
        previous = runner_of(block)
    return faults


def expected_output(page: Page, block: Block) -> Block | None:
    """The output block directly after a block."""
    index = page.blocks.index(block) + 1
    if index < len(page.blocks) and runner_of(page.blocks[index]) == "output":
        return page.blocks[index]
    return None
