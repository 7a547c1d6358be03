"""The exit statuses of the programs."""

from typing import Any

from markdown import code, table
from roff import bold, marked_up

Statuses = list[dict[str, Any]]


def markdown(programs: dict[str, Statuses]) -> str:
    """One table for each program."""

    def program(name: str, statuses: Statuses) -> str:
        rows = ([str(each["status"]), each["meaning"]] for each in statuses)
        return f"{code(name)} exits with:\n\n" + table(["status", "meaning"], rows)

    return "\n\n".join(program(*each) for each in programs.items())


def roff(statuses: Statuses) -> str:
    return "\n".join(
        line for each in statuses for line in [".TP", bold(str(each["status"])), marked_up(each["meaning"])]
    )
