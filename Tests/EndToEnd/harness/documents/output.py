"""Compares the output of a command with the output that a page shows."""

import re
from dataclasses import dataclass

ELLIPSIS = "…"
# A number with its separators, spaces, an ellipsis, or any other character.
TOKEN = re.compile(rf"\d+(?:[.,]\d+)*|\s+|{ELLIPSIS}|.")


@dataclass(frozen=True)
class Ran:
    """A command that has ended. The output includes standard error."""

    status: int
    output: str


def differs(shown: str, printed: str) -> str:
    """A text with the first line of the page that has no match, and the end of the output; empty if all lines match.

    A number matches any number. Spaces match any spaces, because the width of columns varies with the numbers. `…`
    matches any text within a line, and a line of `…` any lines. Empty lines at the start and the end do not count.
    """
    wanted = [line.rstrip() for line in shown.strip("\n").splitlines()]
    lines = [line.rstrip() for line in printed.strip("\n").splitlines()]
    reached = _match(wanted, lines)
    if reached is None:
        return ""
    missing = wanted[reached] if reached < len(wanted) else "the end"
    return f"no match for '{missing.strip()}' in the output:\n" + "\n".join(lines[-40:])


def _match(wanted: list[str], lines: list[str]) -> int | None:
    """The number of lines of the page before the first one without a match; None if all lines match."""
    places = {0}  # the lines of the output that the next line of the page may match
    for number, shown in enumerate(wanted):
        if shown.strip() == ELLIPSIS:
            places = set(range(min(places), len(lines) + 1))
            continue
        pattern = pattern_of(shown)
        places = {place + 1 for place in places if place < len(lines) and pattern.fullmatch(lines[place])}
        if not places:
            return number
    return None if len(lines) in places else len(wanted)


def pattern_of(shown: str) -> re.Pattern[str]:
    return re.compile("".join(map(_pattern_of_token, TOKEN.findall(shown.rstrip()))))


def _pattern_of_token(token: str) -> str:
    if token == ELLIPSIS:
        return ".*"
    if token[0].isdigit():
        return r"\d+(?:[.,]\d+)*"
    return r"\s+" if token.isspace() else re.escape(token)
