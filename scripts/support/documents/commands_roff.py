"""Options and subcommands of a command, for its manual page."""

from commands import Argument, Command, dashed, facts, own, shown, texts
from commands import subcommands as subcommands_of
from roff import bold, escaped, italic


def options(command: Command) -> list[str]:
    """Each option and argument of the command itself."""
    return [line for argument in shown(command) for line in described(argument)]


def subcommands(command: Command) -> list[str]:
    """Each subcommand, with the options and arguments that the command itself lacks."""
    lines: list[str] = []
    for subcommand in subcommands_of(command):
        arguments = own(subcommand, command)
        lines += [f'.SS "{usage(subcommand, arguments)}"', "\n.PP\n".join(map(escaped, texts(subcommand)))]
        lines += [line for argument in arguments for line in described(argument)]
    return lines


def usage(command: Command, arguments: list[Argument]) -> str:
    words = [bold(command["commandName"])]
    for argument in arguments:
        word = spellings(argument)[-1]
        words.append(f"[{word}]" if argument["isOptional"] else word)
    return " ".join(words)


def described(argument: Argument) -> list[str]:
    return [".TP", ", ".join(spellings(argument)), escaped(" ".join(texts(argument) + facts(argument)))]


def spellings(argument: Argument) -> list[str]:
    if argument["kind"] == "positional":
        return [italic(argument["valueName"])]
    value = f" {italic(argument['valueName'])}" if argument["kind"] == "option" else ""
    return [bold(dashed(name)) + value for name in argument["names"]]
