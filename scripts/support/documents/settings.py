"""A section of settings and its keys, as `lobbyd --print-reference` describes them."""

import re
from typing import Any

Section = dict[str, Any]
Key = dict[str, Any]


def blocks(documented: Section | Key) -> list[str]:
    """Paragraphs, and the items of lists, which begin with "- ". The first paragraph begins with the summary."""
    return re.sub(r"\n(?!- )", " ", documented["documentation"]).splitlines()


def facts(key: Key) -> str:
    """The facts about a key besides its documentation, in Markdown too."""
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
    """The default, in Markdown."""
    return "none" if section["is_example"] else f"`{key['value']}`"
