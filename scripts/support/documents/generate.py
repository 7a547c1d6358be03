"""Writes the generated files, and the generated parts of other files, from the facts that the programs print.

usage: generate.py REFERENCE COMMANDS [--check]

REFERENCE is the output of `lobbyd --print-reference`. COMMANDS is the output of `lobbyctl --experimental-dump-help`.
With --check it writes no file: it shows each difference, and exits with 1 when there is one.
"""

import argparse
import difflib
import json
import sys
from pathlib import Path
from typing import Any, Callable

import exit_statuses
import settings_markdown
import settings_roff
import settings_toml
from catalog import catalog
from commands_markdown import commands
from control_errors import control_errors
from counters import counters
from events import events
from marks import Part, filled
from reasons import close_reasons, refusal_reasons

PROJECT = Path(__file__).resolve().parents[3]


def files(reference: dict[str, Any]) -> dict[str, Part]:
    """The files that are generated as a whole."""
    return {
        "config/lobbyd.toml": lambda: settings_toml.settings(reference["settings"]),
        "systemd/lobbyd.catalog": lambda: catalog(reference["events"]),
    }


def pages(reference: dict[str, Any], lobbyctl: dict[str, Any]) -> dict[str, dict[str, Part]]:
    """The files with generated parts."""
    statuses = reference["exit_statuses"]
    return {
        "docs/configuration.md": {"settings": lambda: settings_markdown.settings(reference["settings"])},
        "docs/limits.md": {
            "close-reasons": lambda: close_reasons(reference["close_reasons"]),
            "refusal-reasons": lambda: refusal_reasons(reference["refusal_reasons"]),
        },
        "docs/man/lobbyctl.1": {"exit-statuses": lambda: exit_statuses.roff(statuses["lobbyctl"])},
        "docs/man/lobbyd.8": {"exit-statuses": lambda: exit_statuses.roff(statuses["lobbyd"])},
        "docs/man/lobbyd.toml.5": {"settings": lambda: settings_roff.settings(reference["settings"])},
        "docs/operations.md": {
            "commands": lambda: commands(lobbyctl),
            "events": lambda: events(reference["events"]),
            "exit-statuses": lambda: exit_statuses.markdown(statuses),
        },
        "docs/protocol.md": {
            "control-errors": lambda: control_errors(reference["control_errors"]),
            "counters": lambda: counters(reference["counters"]),
        },
    }


def generated(reference: dict[str, Any], lobbyctl: dict[str, Any]) -> dict[str, Callable[[str], str]]:
    """Returns for each file a function that makes the new text from the old one."""

    def whole(text: Part) -> Callable[[str], str]:
        return lambda _: text()

    def parts(named: dict[str, Part]) -> Callable[[str], str]:
        return lambda old: filled(old, named)

    return {
        **{name: whole(text) for name, text in files(reference).items()},
        **{name: parts(named) for name, named in pages(reference, lobbyctl).items()},
    }


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("reference", type=Path)
    parser.add_argument("commands", type=Path)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    reference = json.loads(arguments.reference.read_text())
    lobbyctl = json.loads(arguments.commands.read_text())["command"]
    differences = []
    for name, render in generated(reference, lobbyctl).items():
        path = PROJECT / name
        old = path.read_text()
        try:
            new = render(old)
        except ValueError as error:
            sys.exit(f"{name}: {error}")
        differences += difflib.unified_diff(
            old.splitlines(keepends=True), new.splitlines(keepends=True), f"{name}, as it is", f"{name}, generated"
        )
        if not arguments.check:
            path.write_text(new)
    if not arguments.check or not differences:
        return 0
    print(*differences, "run scripts/generate to correct this\n", sep="", end="", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
