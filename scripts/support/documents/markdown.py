"""Markdown source."""

from typing import Iterable


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    return "\n".join([line(head), "|" + "---|" * len(head), *map(line, rows)])


def line(cells: list[str]) -> str:
    return "".join(["|", *(f" {cell} |" if cell else " |" for cell in map(in_cell, cells))])


def in_cell(text: str) -> str:
    """Escapes line breaks, which would end the row, and bars, which would end the cell even between backticks."""
    return text.replace("\n", "<br>").replace("|", r"\|")


def code(text: str) -> str:
    return f"`{text}`"
