"""The settings, for lobbyd.toml(5)."""

from typing import Iterator

from roff import bold, escaped, marked_up
from settings import Section, blocks, default, facts


def settings(schema: list[Section]) -> str:
    return "\n".join(line for each in schema for line in section(each))


def section(section: Section) -> Iterator[str]:
    yield f".SS {escaped(section['header'])}"
    yield " ".join(map(marked_up, blocks(section)))
    for key in section["keys"]:
        yield ".TP"
        yield f"{bold(key['name'])} (default: {escaped(default(section, key).strip('`'))})"
        yield "\n.br\n".join(marked_up(block) for block in [*blocks(key), facts(key)])
