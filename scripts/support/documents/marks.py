"""The generated parts of a page, each between two marks on lines of their own.

Markdown: `<!-- generated: NAME -->` and `<!-- end of NAME -->`. roff: `.\\" generated: NAME` and `.\\" end of NAME`.
"""

import re
from typing import Callable

Part = Callable[[], str]

MARK = re.compile(
    r'^(?P<open><!-- |\.\\" )generated: (?P<name>[a-z-]+)(?P<close>| -->)\n'
    r".*?"
    r"^(?P=open)end of (?P=name)(?P=close)$",
    re.MULTILINE | re.DOTALL,
)


def filled(page: str, parts: dict[str, Part]) -> str:
    """The page with each of the parts between its marks. Raises ValueError unless the page has exactly their marks."""
    names = [mark["name"] for mark in MARK.finditer(page)]
    if sorted(names) != sorted(parts) or page.count("generated: ") != len(parts):
        raise ValueError(f"it must have the marks of exactly these parts: {', '.join(parts)}")
    return MARK.sub(lambda mark: between(mark, parts[mark["name"]]()), page)


def between(mark: re.Match[str], text: str) -> str:
    opening, name, closing = mark["open"], mark["name"], mark["close"]
    # An empty line is text in roff. In Markdown it ends the comment.
    space = "\n" if closing else ""
    return f"{opening}generated: {name}{closing}\n{space}{text}\n{space}{opening}end of {name}{closing}"
