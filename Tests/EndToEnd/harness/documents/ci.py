"""The commands of the continuous integration: each must be in .ci/run, or in a script that .ci/run calls."""

import re
from pathlib import Path

from . import shell
from .markdown import Block

RUN = ".ci/run"


def check(block: Block, root: Path) -> list[str]:
    faults = []
    first = _command_words(root / RUN)
    called = sorted({word for words in first for word in words if re.fullmatch(r"scripts/\w+", word)})
    known = first + [words for script in called for words in _command_words(root / script)]
    for command in shell.commands(block.text):
        words = command.split()
        if words != [RUN] and not any(_contains(line, words) for line in known):
            faults.append(f"{block.place}: '{command}' is not in {' or '.join([RUN, *called])}")
    return faults


def _command_words(script: Path) -> list[list[str]]:
    """The words of each command, with paths relative to the checkout."""
    text = re.sub(r"\"?\$(?:\{project\}|project)/([^\"\s]*)\"?", r"\1", script.read_text(encoding="utf-8"))
    return [command.split() for command in shell.commands(text)]


def _contains(line: list[str], words: list[str]) -> bool:
    return any(line[start : start + len(words)] == words for start in range(len(line)))
