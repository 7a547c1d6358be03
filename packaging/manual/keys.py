"""The keys of the configuration, from the comments of the shipped file, in which every key stands with its default."""

import re

from roff import bold, escaped

TABLE = re.compile(r"^(?:# )?(\[\[?\w+\]\]?)$")
KEY = re.compile(r"^(# )?(\w+) = (.*)$")


def keys(configuration: str) -> list[str]:
    """A section for each table, with an entry for each key. What stands above the first table is for the file alone."""
    out: list[str] = []
    comment: list[str] = []
    for line in configuration.splitlines():
        if table := TABLE.match(line):
            out += [".SS " + escaped(table[1]), *paragraphs(comment, ".PP")]
        elif key := KEY.match(line):
            out += [*entry(key[2], key[3], is_example=bool(key[1])), *paragraphs(comment, ".IP")]
        elif line.startswith("#"):
            comment.append(line[1:].removeprefix(" "))
            continue
        comment = []
    return out


def entry(key: str, value: str, is_example: bool) -> list[str]:
    note = "for example" if is_example else "default"
    return [".TP", f"{bold(key)} ({note}: {escaped(value)})"]


def paragraphs(comment: list[str], break_: str) -> list[str]:
    """A comment's lines; an empty one begins a paragraph, and indented ones keep their shape."""
    out: list[str] = []
    shaped = False
    for line in "\n".join(comment).strip("\n").splitlines():
        if line.startswith("  ") != shaped:
            out.append(".EE" if shaped else ".EX")
            shaped = not shaped
        out.append(escaped(line.removeprefix("  ")) if line else break_)
    return out + [".EE"] * shaped
