"""A command as ArgumentParser describes it (`--experimental-dump-help`)."""

from typing import Any

Command = dict[str, Any]
Argument = dict[str, Any]


def subcommands(command: Command) -> list[Command]:
    return [each for each in command.get("subcommands", []) if each["commandName"] != "help"]


def shown(command: Command) -> list[Argument]:
    """The options and arguments that `--help` shows."""
    return [argument for argument in command.get("arguments", []) if argument["shouldDisplay"]]


def own(subcommand: Command, command: Command) -> list[Argument]:
    """The options and arguments that the subcommand has and the command itself lacks."""
    common = {name(argument) for argument in shown(command)}
    return [argument for argument in shown(subcommand) if name(argument) not in common]


def missing(subcommand: Command, command: Command) -> list[Argument]:
    """The options that the command has and the subcommand lacks."""
    present = {name(argument) for argument in shown(subcommand)}
    return [argument for argument in shown(command) if name(argument) not in present]


def name(argument: Argument) -> str:
    return argument.get("preferredName", {}).get("name", argument.get("valueName", ""))


def dashed(name: dict[str, str]) -> str:
    return ("--" if name["kind"] == "long" else "-") + name["name"]


def texts(described: Command | Argument) -> list[str]:
    """The paragraphs about a command or an argument."""
    return [described[key] for key in ("abstract", "discussion") if described.get(key)]


def facts(argument: Argument) -> list[str]:
    """Sentences about the values that an argument takes."""
    found = []
    if values := argument.get("allValues"):
        found.append(f"One of {', '.join(values)}.")
    if "defaultValue" in argument and argument["kind"] == "option":
        found.append(f"Default: {argument['defaultValue']}.")
    return found
