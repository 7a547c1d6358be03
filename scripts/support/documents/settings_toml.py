"""config/lobbyd.toml."""

import textwrap
from typing import Iterator

from settings import Section, blocks, facts

TOP = """\
# The configuration of lobbyd: every key with its default. A key that is left out, or commented, has the default shown here.
#
# Check a change before it is used:  lobbyd --config FILE --check
# A key that does not exist, a wrong type or a value out of range is an error that names its line.
#
# scripts/generate has written this file from the schema in Sources/lobbyd/Configuration. An installed copy is yours to edit.
"""


def settings(schema: list[Section]) -> str:
    return "\n".join([TOP, *(line for each in schema for line in section(each))])


def section(section: Section) -> Iterator[str]:
    off = "# " if section["is_example"] else ""
    yield "\n" + comment(blocks(section))
    yield f"{off}{section['header']}\n"
    for key in section["keys"]:
        off_key = off or ("# " if key["is_left_out"] else "")
        yield comment([*blocks(key), facts(key)])
        yield f"{off_key}{key['name']} = {key['value']}\n"


def comment(paragraphs: list[str]) -> str:
    def lines(paragraph: str) -> str:
        further = "#   " if paragraph.startswith("- ") else "# "
        text = paragraph.replace("`", "")
        return textwrap.fill(
            text, 120, initial_indent="# ", subsequent_indent=further, break_long_words=False, break_on_hyphens=False
        )

    return "\n".join(map(lines, paragraphs))
