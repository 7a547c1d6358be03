"""Text as roff source, for the man macros."""

import re


def escaped(text: str) -> str:
    """As it reads, on a line of its own: nothing in it is an instruction, and a hyphen stays one."""
    text = text.replace("\\", r"\e").replace("-", r"\-")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.MULTILINE)


def bold(text: str) -> str:
    return rf"\fB{escaped(text)}\fR"


def italic(text: str) -> str:
    return rf"\fI{escaped(text)}\fR"
