"""A section of settings and its keys, as `lobbyd --print-reference` describes them."""

import re
from typing import Any

Section = dict[str, Any]
Key = dict[str, Any]


def blocks(documented: Section | Key) -> list[str]:
    """The paragraphs and list items of a documentation. Items begin with "- ". The first paragraph has the summary."""
    return re.sub(r"\n(?!- )", " ", documented["documentation"]).splitlines()


def facts(key: Key) -> str:
    """The facts about a key that its documentation does not contain, in Markdown."""
    expected = re.sub(r'"[^"]*"', r"`\g<0>`", key["expected"])
    return " ".join(
        [
            *(["Required."] if key["is_required"] else []),
            f"Takes {expected}.",
            *([f"Unit: {key['unit']}."] if key["unit"] else []),
            *([f'Only with `transport = "{key["transport"]}"`.'] if key["transport"] else []),
            key["reload"],
        ]
    )


def default(section: Section, key: Key) -> str:
    """The default, in Markdown."""
    return "none" if section["is_example"] else f"`{key['value']}`"
