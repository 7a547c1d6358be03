"""The reasons why a connection closes, or why a client is refused, as tables."""

from typing import Any

from markdown import code, table

Reason = dict[str, Any]


def close_reasons(reasons: list[Reason]) -> str:
    rows = ([code(each["reason"]), each["meaning"], each["client_sees"], each["level"]] for each in reasons)
    return table(["reason", "meaning", "the client", "level"], rows)


def refusal_reasons(reasons: list[Reason]) -> str:
    rows = ([code(each["reason"]), each["meaning"], each["level"]] for each in reasons)
    return table(["reason", "meaning", "level"], rows)
