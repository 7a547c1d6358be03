"""Writes what three documents say of each setting, from the schema that `lobbyd --print-schema` prints.

usage: lobbyd --print-schema | settings.py [--check]

All of config/lobbyd.toml, and what is between the marks in docs/configuration.md and docs/man/lobbyd.toml.5. With
--check it writes nothing: it shows what would change, and exits with 1 when there is anything.
"""

import difflib
import json
import re
import sys
import textwrap
from pathlib import Path
from typing import Any, Callable, Iterator

from roff import bold, escaped

Section = dict[str, Any]
Key = dict[str, Any]

PROJECT = Path(__file__).resolve().parents[3]

TOML_TOP = """\
# The configuration of lobbyd: every key with its default. A key that is left out, or commented, has the default shown here.
#
# Check a change before it is used:  lobbyd --config FILE --check
# A key that does not exist, a wrong type or a value out of range is an error that names its line; nothing is ignored.
#
# scripts/generate has written this file from the schema in Sources/lobbyd/Configuration. An installed copy is yours to edit.
"""


def blocks(documented: Section | Key) -> list[str]:
    """Paragraphs, and the items of lists, which begin with "- ". The first paragraph begins with the summary."""
    return re.sub(r"\n(?!- )", " ", documented["documentation"]).splitlines()


def facts(key: Key) -> str:
    """What holds for a key besides its documentation, in the same marks."""
    expected = re.sub(r'"[^"]*"', r"`\g<0>`", key["expected"])
    return " ".join(
        [
            *(["Required."] if key["is_required"] else []),
            f"Takes {expected}.",
            *([f"Unit: {key['unit']}."] if key["unit"] else []),
            *([f'Only with `transport = "{key["transport"]}"`; elsewhere leave it out.'] if key["transport"] else []),
            key["reload"],
        ]
    )


def default(section: Section, key: Key) -> str:
    """As Markdown."""
    return "none" if section["is_example"] else f"`{key['value']}`"


# config/lobbyd.toml


def toml_file(schema: list[Section], _: str) -> str:
    return "\n".join([TOML_TOP, *(line for section in schema for line in toml_section(section))])


def toml_section(section: Section) -> Iterator[str]:
    off = "# " if section["is_example"] else ""
    yield "\n" + toml_comment(blocks(section))
    yield f"{off}{section['header']}\n"
    for key in section["keys"]:
        off_key = off or ("# " if key["is_left_out"] else "")
        yield toml_comment([*blocks(key), facts(key)])
        yield f"{off_key}{key['name']} = {key['value']}\n"


def toml_comment(paragraphs: list[str]) -> str:
    def lines(paragraph: str) -> str:
        further = "#   " if paragraph.startswith("- ") else "# "
        text = paragraph.replace("`", "")
        return textwrap.fill(
            text, 120, initial_indent="# ", subsequent_indent=further, break_long_words=False, break_on_hyphens=False
        )

    return "\n".join(map(lines, paragraphs))


# docs/configuration.md


def markdown(schema: list[Section], page: str) -> str:
    return between_marks(page, "\n".join(line for section in schema for line in markdown_section(section)))


def markdown_section(section: Section) -> Iterator[str]:
    yield f"\n### `{section['header']}`\n"
    yield " ".join(blocks(section)) + "\n"
    yield "| key | default | |"
    yield "|---|---|---|"
    for key in section["keys"]:
        text = "<br>".join([*blocks(key), facts(key)]).replace("|", "\\|")
        yield f"| `{key['name']}` | {default(section, key)} | {text} |"


# docs/man/lobbyd.toml.5


def manual(schema: list[Section], page: str) -> str:
    return between_marks(page, "\n".join(line for section in schema for line in manual_section(section)))


def manual_section(section: Section) -> Iterator[str]:
    yield f".SS {escaped(section['header'])}"
    yield " ".join(map(roff, blocks(section)))
    for key in section["keys"]:
        yield ".TP"
        yield f"{bold(key['name'])} (default: {escaped(default(section, key).strip('`'))})"
        yield "\n.br\n".join(roff(block) for block in [*blocks(key), facts(key)])


def roff(text: str) -> str:
    return re.sub("`([^`]*)`", r"\\fB\1\\fR", escaped(text))


# The documents


DOCUMENTS: dict[str, Callable[[list[Section], str], str]] = {
    "config/lobbyd.toml": toml_file,
    "docs/configuration.md": markdown,
    "docs/man/lobbyd.toml.5": manual,
}


def between_marks(page: str, text: str) -> str:
    before, after = re.fullmatch(r"(.*^[^\n]*\bsettings: [^\n]*\n).*?(^[^\n]*\bend of settings.*)", page, re.M | re.S).groups()
    return f"{before}{text}\n{after}"


def main() -> int:
    schema = json.load(sys.stdin)
    is_check = sys.argv[1:] == ["--check"]
    differences = []
    for name, render in DOCUMENTS.items():
        path = PROJECT / name
        old = path.read_text()
        new = render(schema, old)
        differences += difflib.unified_diff(
            old.splitlines(keepends=True), new.splitlines(keepends=True), f"{name}, as it is", f"{name}, from the schema"
        )
        if not is_check:
            path.write_text(new)
    if not is_check or not differences:
        return 0
    print(*differences, "scripts/generate puts this right\n", sep="", end="", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
