"""The counters of `lobbyctl stats`, as one table for each group."""

from typing import Any

from markdown import code, table

Group = dict[str, Any]


def counters(groups: list[Group]) -> str:
    return "\n\n".join(map(group, groups))


def group(group: Group) -> str:
    rows = ([code(each["name"]), each["kind"], each["meaning"]] for each in group["counters"])
    return f"{group['title']}:\n\n" + table(["counter", "kind", "meaning"], rows)
