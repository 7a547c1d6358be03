"""systemd/lobbyd.catalog: an explanation of each log event, for `journalctl --catalog`."""

import re
import textwrap

from events import Event

TOP = """\
# The meaning of each event of lobbyd and its remedy, for "journalctl --catalog".
# scripts/generate has written this file from Sources/lobbyd/Events.
"""


def catalog(described: list[Event]) -> str:
    return "\n".join([TOP, *map(entry, described)])


def entry(event: Event) -> str:
    head = [
        f"-- {event['id']}",
        f"Subject: {plain(event['subject'])}",
        "Defined-By: lobbyd",
        f"Documentation: man:{event['manual']}",
    ]
    return "\n".join([*head, "", *map(paragraph, event["body"].splitlines()), ""])


def paragraph(text: str) -> str:
    further = "  " if text.startswith("- ") else ""
    return textwrap.fill(
        plain(text), 120, subsequent_indent=further, break_long_words=False, break_on_hyphens=False
    )


def plain(markdown: str) -> str:
    """Turns backticks into quotation marks, or drops them around text that stands out without them."""

    def quoted(code: re.Match[str]) -> str:
        stands_out = '"' in code[1] or code[1].startswith("[") or code[1].endswith("=")
        return code[1] if stands_out else f'"{code[1]}"'

    return re.sub("`([^`]*)`", quoted, markdown)
