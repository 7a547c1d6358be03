"""The settings, as one table for each section."""

from markdown import code, table
from settings import Section, blocks, default, facts


def settings(schema: list[Section]) -> str:
    return "\n\n".join(map(section, schema))


def section(section: Section) -> str:
    rows = (
        [code(key["name"]), default(section, key), "\n".join([*blocks(key), facts(key)])] for key in section["keys"]
    )
    head = f"### `{section['header']}`\n\n{' '.join(blocks(section))}\n\n"
    return head + table(["key", "default", ""], rows)
