"""The subcommands and options of lobbyd, lobbyctl and the scripts, to check commands that a page only mentions."""

import functools
import json
import os
import re
import shlex
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from ..control import LOBBYCTL
from ..daemon import BINARY, REPOSITORY

ASSIGNMENT = re.compile(r"\w+=\S*$")
PLACEHOLDER = re.compile(r"\[?[A-Z][A-Z_-]*(?:…|\.\.\.)?\]?$")
FILE_IN_HELP = re.compile(r"\b(?:Tests|scripts|Sources)/[\w./-]+")
# Words that are not arguments, in a usage such as `scripts/test [unit | e2e] [--filter REGEX]`.
USAGE_MARKS = ("|", "[", "]", "…", "...")


@dataclass
class Command:
    """A program or a subcommand. Options have their dashes. An option in `with_value` takes the next word."""

    options: set[str] = field(default_factory=set)
    with_value: set[str] = field(default_factory=set)
    subcommands: dict[str, "Command"] = field(default_factory=dict)


@functools.cache
def command_of(program: Path) -> Command:
    """The description that the program itself prints."""
    dumped = subprocess.run(
        [program, "--experimental-dump-help"], capture_output=True, text=True, timeout=20, check=True
    ).stdout
    return _command(json.loads(dumped)["command"])


def _command(described: dict) -> Command:
    command = Command({"--experimental-dump-help", "--generate-completion-script"}, {"--generate-completion-script"})
    for argument in described.get("arguments") or []:
        names = {("-" if name["kind"] == "short" else "--") + name["name"] for name in argument.get("names") or []}
        command.options |= names
        command.with_value |= names if argument["kind"] == "option" else set()
    for subcommand in described.get("subcommands") or []:
        command.subcommands[subcommand["commandName"]] = _command(subcommand)
    return command


@functools.cache
def help_of(script: Path) -> str:
    """The help of a script, and the texts of the files that the help names."""
    text = script.read_text(encoding="utf-8")
    if "print_help_if_asked" in text or "argparse" in text:
        ran = subprocess.run([script, "--help"], capture_output=True, text=True, timeout=60, check=False)
        text = ran.stdout + ran.stderr
    named = [REPOSITORY / name.rstrip(".") for name in FILE_IN_HELP.findall(text)]
    return text + "".join(file.read_text(encoding="utf-8") for file in named if file.is_file() and file != script)


def check_command(text: str) -> list[str]:
    """The faults of a command: a script, subcommand or option that does not exist.

    It knows the programs of this project. It finds no fault in the command of another program.
    """
    if "[" not in text:  # a pipe, and not the alternatives of a usage
        text = text.partition(" | ")[0]
    try:
        words = shlex.split(text, comments=True)
    except ValueError:  # a part of a command, with an unmatched quote
        words = text.split()
    while words and (words[0] in ("sudo", "env", "exec", "timeout") or ASSIGNMENT.match(words[0])):
        words.pop(0)
    if not words:
        return []
    name, arguments = words[0], words[1:]
    if re.match(r"(\./)?(scripts|\.ci)/", name):
        return [f"`{text}`: {fault}" for fault in _check_script(name.removeprefix("./"), arguments)]
    programs = {"lobbyd": BINARY, "lobbyctl": LOBBYCTL}
    if (program := programs.get(name.rpartition("/")[2])) is not None:
        return [f"`{text}`: {fault}" for fault in _check_program(command_of(program), arguments)]
    return []


def is_checked(code: str) -> bool:
    """Whether inline code is a command of this project."""
    return bool(re.match(r"(sudo )?((\S*/)?(lobbyd|lobbyctl) |scripts/)", code))


def _check_script(name: str, arguments: list[str]) -> list[str]:
    path = name.partition("/")[2]
    if PLACEHOLDER.match(path):
        return []
    file = REPOSITORY / name
    if not file.exists():
        return [f"there is no {name}"]
    if not arguments:
        return []
    if not os.access(file, os.X_OK) or file.is_dir():
        return [f"{name} is not a program"]
    options = [word.strip("[]").partition("=")[0] for word in arguments if word.strip("[]").startswith("-")]
    text = help_of(file)
    known = set(re.findall(r"(?<![\w-])--?[\w-]+", text)) | {"--help", "-h"}
    if file.name == "run":  # its options are those of lobbyd
        known |= command_of(BINARY).options
    return [f"{name} has no option {option}" for option in options if option not in known]


def _check_program(command: Command, arguments: list[str]) -> list[str]:
    faults: list[str] = []
    words = [word.strip("[]") for word in arguments if word not in USAGE_MARKS]
    current, is_at_subcommand = command, bool(command.subcommands)
    known = set(command.options)
    takes_value = False
    for word in words:
        if takes_value:
            takes_value = False
        elif word in ("&", "&&", ";", ">", "<"):
            break
        elif word.startswith("-") and word != "-":
            option = word.partition("=")[0]
            if option not in known:
                faults.append(f"there is no option {option}")
            takes_value = option in current.with_value | command.with_value and "=" not in word
        elif is_at_subcommand and word and not PLACEHOLDER.match(word):
            is_at_subcommand = False
            if word not in command.subcommands:
                return [*faults, f"there is no command {word}"]
            current = command.subcommands[word]
            known |= current.options
    return faults
