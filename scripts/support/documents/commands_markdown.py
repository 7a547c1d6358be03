"""Options and subcommands of a command, as two tables."""

from commands import Argument, Command, dashed, facts, missing, own, shown, subcommands, texts
from markdown import code, table


def commands(command: Command) -> str:
    return "\n\n".join([subcommand_table(command), common_table(command)])


def subcommand_table(command: Command) -> str:
    return table(["command", "meaning, and options of its own"], (row(each, command) for each in subcommands(command)))


def row(subcommand: Command, command: Command) -> list[str]:
    arguments = own(subcommand, command)
    positional = [f" {spelling(each)}" for each in arguments if each["kind"] == "positional"]
    lines = [" ".join(texts(subcommand))]
    lines += [f"{code(spelling(each))}: {meaning(each)}" for each in arguments]
    lines += [f"It does not have {code(spelling(each))}." for each in missing(subcommand, command)]
    return [code(f"{command['commandName']} {subcommand['commandName']}{''.join(positional)}"), "\n".join(lines)]


def common_table(command: Command) -> str:
    return table(["option of each command", "meaning"], ([code(spelling(each)), meaning(each)] for each in shown(command)))


def meaning(argument: Argument) -> str:
    return " ".join(texts(argument) + facts(argument))


def spelling(argument: Argument) -> str:
    """The option and its value, with the value in capitals as in `--option VALUE`."""
    value = argument["valueName"].upper()
    if argument["kind"] == "positional":
        return value
    words = ", ".join(map(dashed, argument["names"]))
    return f"{words} {value}" if argument["kind"] == "option" else words
