"""Sends the requests of a page to the control socket. `…` in an answer stands for members, elements or a value."""

import json
from typing import Any, Callable, Iterator

from .output import ELLIPSIS, pattern_of

# These members must have the shown values. A `message` is compared as a line of output is. Other members need only a
# value of the shown kind, and null matches every kind.
EXACT = ("command", "code", "name", "transport", "ok", "more", "version", "protocol")
# The largest number of connections that a page may need.
CONNECTIONS_MAX = 100


def values(text: str) -> Iterator[tuple[int, Any]]:
    """The JSON values of a block, each with the index of its line."""
    decoder = json.JSONDecoder()
    source = _with_ellipses(text)
    start = 0
    while True:
        while start < len(source) and source[start].isspace():
            start += 1
        if start == len(source):
            return
        line = source.count("\n", 0, start)
        try:
            value, start = decoder.raw_decode(source, start)
        except json.JSONDecodeError as error:
            raise ValueError(f"line {line + 1} of the block is not JSON: {error.msg}") from None
        yield line, value


def connections_in(text: str) -> int:
    """The number of connections that a block needs: each id in a successful request must exist. Ids count from 1."""
    try:
        shown = [value for _, value in values(text)]
    except ValueError:
        return 0
    succeeding = [one["id"] for one, other in zip(shown, shown[1:]) if "id" in one and other.get("ok") is not False]
    return max([0, *(number for number in succeeding if isinstance(number, int) and number < CONNECTIONS_MAX)])


def check(text: str, send: Callable[[bytes], None], answer: Callable[[], Any]) -> list[tuple[int, str]]:
    """Sends each request and compares each shown answer with the next one. Returns the faults with their lines."""
    faults: list[tuple[int, str]] = []
    has_sent = False
    try:
        for line, shown in values(text):
            if isinstance(shown, dict) and "command" in shown:
                send(json.dumps(shown).encode() + b"\n")
                has_sent = True
            elif isinstance(shown, dict) and "ok" in shown:
                if not has_sent:
                    faults.append((line, "an answer without a request before it"))
                    break
                if (got := answer()) is None:
                    faults.append((line, "no answer: lobbyd has closed the connection"))
                    break
                faults += [(line, f"{fault}; the answer is {json.dumps(got)[:600]}") for fault in compare(shown, got)]
            else:
                faults.append((line, "neither a request with a command nor an answer with ok"))
    except ValueError as error:
        faults.append((0, str(error)))
    if not has_sent and not faults:
        faults.append((0, "no request"))
    return faults


def compare(shown: Any, got: Any, path: str = "") -> Iterator[str]:
    """The differences: absent members, members that the page leaves out without `…`, and values of another kind."""
    name = path.rpartition(".")[2].partition("[")[0]
    if shown == ELLIPSIS:
        return
    if isinstance(shown, dict) and isinstance(got, dict):
        yield from _compare_members(shown, got, path)
    elif isinstance(shown, list) and isinstance(got, list):
        elided = ELLIPSIS in shown
        elements = [element for element in shown if element != ELLIPSIS]
        if len(elements) > len(got):
            yield f"{path} has {len(got)} elements, the page shows {len(elements)}"
        elif elements and not elided and len(got) > len(elements):
            yield f"{path} has {len(got)} elements, the page shows {len(elements)} and no …"
        for index, (one, other) in enumerate(zip(elements, got)):
            yield from compare(one, other, f"{path}[{index}]")
    elif kind(shown) != kind(got) and None not in (shown, got):
        yield f"{path} is {json.dumps(got)}, the page shows {json.dumps(shown)}"
    elif name in EXACT and shown != got:
        yield f"{path} is {json.dumps(got)}, the page shows {json.dumps(shown)}"
    elif name == "message" and not pattern_of(str(shown)).fullmatch(str(got)):
        yield f"{path} is {json.dumps(got)}, the page shows {json.dumps(shown)}"


def kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, (int, float)) else type(value).__name__


def _compare_members(shown: dict[str, Any], got: dict[str, Any], path: str) -> Iterator[str]:
    place = path or "the answer"
    for member, value in shown.items():
        if member == ELLIPSIS:
            continue
        if member not in got:
            yield f"{place} has no member {member}"
        else:
            yield from compare(value, got[member], f"{path}.{member}" if path else member)
    if ELLIPSIS not in shown and (more := sorted(got.keys() - shown.keys())):
        yield f"{place} also has {', '.join(more)}, and the page shows no …"


def _with_ellipses(text: str) -> str:
    """The text as JSON: an ellipsis becomes a member, an element or a value with this name."""
    out: list[str] = []
    nesting: list[str] = []
    in_string = is_escaped = False
    for index, letter in enumerate(text):
        if in_string:
            in_string = letter != '"' or is_escaped
            is_escaped = letter == "\\" and not is_escaped
            out.append(letter)
            continue
        if letter == ELLIPSIS:
            before = "".join(out).rstrip()[-1:]
            after = text[index + 1 :].lstrip()[:1]
            is_member = nesting[-1:] == ["{"] and before != ":"
            lead = "," if before not in ("{", "[", ",", ":", "") else ""
            tail = "," if after not in ("}", "]", ",", "") else ""
            out.append(lead + (f'"{ELLIPSIS}": null' if is_member else f'"{ELLIPSIS}"') + tail)
            continue
        if letter in "{[":
            nesting.append(letter)
        elif letter in "}]":
            nesting[-1:] = []
        in_string = letter == '"'
        out.append(letter)
    return "".join(out)
