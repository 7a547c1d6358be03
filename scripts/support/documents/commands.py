"""Options and subcommands, from what ArgumentParser tells about a command (`--experimental-dump-help`)."""

from typing import Any

from roff import bold, escaped, italic

Command = dict[str, Any]
Argument = dict[str, Any]


def options(command: Command) -> list[str]:
    """Each option and argument of the command itself."""
    return [line for argument in shown(command) for line in described(argument)]


def subcommands(command: Command) -> list[str]:
    """Each subcommand, with the options that only it has."""
    common = {name(argument) for argument in shown(command)}
    lines: list[str] = []
    for subcommand in command.get("subcommands", []):
        if subcommand["commandName"] == "help":
            continue
        own = [argument for argument in shown(subcommand) if name(argument) not in common]
        lines += [f'.SS "{usage(subcommand, own)}"', "\n.PP\n".join(map(escaped, texts(subcommand)))]
        lines += [line for argument in own for line in described(argument)]
    return lines


def usage(command: Command, arguments: list[Argument]) -> str:
    words = [bold(command["commandName"])]
    for argument in arguments:
        word = spellings(argument)[-1]
        words.append(f"[{word}]" if argument["isOptional"] else word)
    return " ".join(words)


def described(argument: Argument) -> list[str]:
    return [".TP", ", ".join(spellings(argument)), escaped(" ".join(texts(argument) + facts(argument)))]


def facts(argument: Argument) -> list[str]:
    """What the command knows about the values that it takes."""
    found = []
    if values := argument.get("allValues"):
        found.append(f"One of {', '.join(values)}.")
    if "defaultValue" in argument and argument["kind"] == "option":
        found.append(f"Default: {argument['defaultValue']}.")
    return found


def spellings(argument: Argument) -> list[str]:
    if argument["kind"] == "positional":
        return [italic(argument["valueName"])]
    value = f" {italic(argument['valueName'])}" if argument["kind"] == "option" else ""
    return [bold(dashed(name)) + value for name in argument["names"]]


def dashed(name: dict[str, str]) -> str:
    return ("--" if name["kind"] == "long" else "-") + name["name"]


def name(argument: Argument) -> str:
    return argument.get("preferredName", {}).get("name", argument.get("valueName", ""))


def shown(command: Command) -> list[Argument]:
    return [argument for argument in command.get("arguments", []) if argument["shouldDisplay"]]


def texts(described: dict[str, Any]) -> list[str]:
    return [described[key] for key in ("abstract", "discussion") if described.get(key)]
