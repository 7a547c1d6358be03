"""Completes a page of the manual with the options and commands of its program, and with version and date.

usage: manual TEMPLATE VERSION DATE [COMMAND-DUMP]

COMMAND-DUMP is the JSON description of the program. The options of the program replace a line `@OPTIONS@` of the page,
and its commands replace a line `@COMMANDS@`. VERSION and DATE replace `@VERSION@` and `@DATE@`.
"""

import argparse
import json
from pathlib import Path
from typing import Callable

from commands_roff import options, subcommands


def parts(arguments: argparse.Namespace) -> dict[str, Callable[[], list[str]]]:
    def command() -> dict:
        return json.loads(arguments.command.read_text())["command"]

    return {
        "@OPTIONS@": lambda: options(command()),
        "@COMMANDS@": lambda: subcommands(command()),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("template", type=Path)
    parser.add_argument("version")
    parser.add_argument("date")
    parser.add_argument("command", type=Path, nargs="?")
    arguments = parser.parse_args()
    known = parts(arguments)
    for line in arguments.template.read_text().splitlines():
        if line in known:
            print("\n".join(known[line]()))
        else:
            print(line.replace("@VERSION@", arguments.version).replace("@DATE@", arguments.date))


if __name__ == "__main__":
    main()
