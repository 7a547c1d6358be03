"""Text as roff source, for the man macros."""

import re


def escaped(text: str) -> str:
    """Escapes the text for a line of its own: roff finds no instruction in it, and hyphens stay hyphens."""
    text = text.replace("\\", r"\e").replace("-", r"\-")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.MULTILINE)


def marked_up(markdown: str) -> str:
    """A sentence of Markdown: words between backticks become bold."""
    return re.sub("`([^`]*)`", r"\\fB\1\\fR", escaped(markdown))


def bold(text: str) -> str:
    return rf"\fB{escaped(text)}\fR"


def italic(text: str) -> str:
    return rf"\fI{escaped(text)}\fR"
