"""The log events, as one table."""

from typing import Any

from markdown import code, table

Event = dict[str, Any]


def events(described: list[Event]) -> str:
    rows = ([code(event["name"]), levels(event), event["meaning"], fields(event)] for event in described)
    return table(["event", "level", "meaning", "fields"], rows)


def levels(event: Event) -> str:
    others = [f"{other['level']} {other['condition']}" for other in event["other_levels"]]
    return "; ".join([event["level"], *others])


def fields(event: Event) -> str:
    names = [code(name) for name in event["fields"]]
    return ", ".join([*names, *(["every counter"] if event["has_counters"] else [])])
