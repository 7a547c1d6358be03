"""Compares the received datagrams of each client with the model, sender by sender."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Sequence

from .rules import Rules

# The length of a named payload's head: two bytes of the type, the number of the sender, the number of the datagram.
NAMED_BYTES = 8


def sender_of(payload: bytes) -> int | None:
    """Returns the number of the sender, or `None` if the payload is too short to contain one."""
    return int.from_bytes(payload[2:4], "little") if len(payload) >= NAMED_BYTES else None


@dataclass
class Stream:
    """All datagrams that one client has sent in a step, in order."""

    sender: int
    way: str
    payloads: list[bytes] = field(default_factory=list)

    def expected(self, receiver: int, way: str, parts: Sequence[tuple[Rules | None, int]]) -> list[bytes]:
        """Returns the payloads that a receiver must get.

        Each item of `parts` has rules and the index of the payload at which they stop applying. `None` instead of rules
        means that the sender had ended.
        """
        expected: list[bytes] = []
        start = 0
        for rules, end in parts:
            if rules is not None:
                part = self.payloads[start:end]
                expected += [each for each in part if rules.receives(each, receiver == self.sender, way)]
            start = end
        return expected


@dataclass
class Receipts:
    """All datagrams that one client has received since the step began."""

    client: int
    way: str
    # The expected part of each stream: "all", its "end" (the client joined late), its "beginning" (the client left), or
    # "none" if the test does not know.
    extent: str = "all"
    payloads: list[bytes] = field(default_factory=list)


def faults(
    streams: Sequence[Stream],
    receipts: Sequence[Receipts],
    before: Rules,
    after: Rules | None = None,
    aborted: frozenset[int] = frozenset(),
) -> list[str]:
    """Returns the differences from the model. All receivers must get the same beginning from an `aborted` sender."""
    found: list[str] = []
    named: dict[int, dict[int | None, list[bytes]]] = {}
    for receipt in receipts:
        by_sender: dict[int | None, list[bytes]] = defaultdict(list)
        for payload in receipt.payloads:
            by_sender[sender_of(payload)].append(payload)
        named[receipt.client] = by_sender
        known = {stream.sender for stream in streams} | {None}
        found += [f"client {receipt.client} got unknown sender {stranger}" for stranger in by_sender.keys() - known]
    for stream in streams:
        found += _stream_faults(stream, receipts, named, before, after, stream.sender in aborted)
    if after is None and not aborted:
        found += _short_faults(streams, receipts, named, before)
    return found


def _stream_faults(
    stream: Stream,
    receipts: Sequence[Receipts],
    named: dict[int, dict[int | None, list[bytes]]],
    before: Rules,
    after: Rules | None,
    is_aborted: bool,
) -> list[str]:
    """Checks that one moment, at which the rules changed or the sender ended, explains all receipts."""
    count = len(stream.payloads)
    best: list[str] | None = None
    for turn in range(count, -1, -1) if after or is_aborted else [count]:
        parts = [(before, turn), (after, count)]
        wrong = []
        for receipt in receipts:
            got = named[receipt.client][stream.sender]
            sent = stream.expected(receipt.client, receipt.way, parts)
            expected = [each for each in sent if sender_of(each) is not None]
            if not _fits(got, expected, receipt.extent):
                who = f"client {receipt.client} ({receipt.way}) of {stream.sender}"
                wrong.append(f"{who}: {_difference(got, expected)}")
        if not wrong:
            return []
        if best is None or len(wrong) < len(best):
            best = wrong
    return best or []


def _fits(got: list[bytes], expected: list[bytes], extent: str) -> bool:
    match extent:
        case "all":
            return got == expected
        case "end":
            return got == expected[len(expected) - len(got) :] and len(got) <= len(expected)
        case "beginning":
            return got == expected[: len(got)]
    return True


def _short_faults(
    streams: Sequence[Stream],
    receipts: Sequence[Receipts],
    named: dict[int, dict[int | None, list[bytes]]],
    rules: Rules,
) -> list[str]:
    """Checks the number of each short payload, over all senders. A short payload does not contain its sender."""
    found = []
    for receipt in receipts:
        if receipt.extent != "all":
            continue
        expected: Counter[bytes] = Counter()
        for stream in streams:
            parts = [(rules, len(stream.payloads))]
            sent = stream.expected(receipt.client, receipt.way, parts)
            expected.update(each for each in sent if sender_of(each) is None)
        got = Counter(named[receipt.client][None])
        if got != expected:
            found.append(f"client {receipt.client} ({receipt.way}): short {dict(got)}, expected {dict(expected)}")
    return found


def _difference(got: list[bytes], expected: list[bytes]) -> str:
    at = next((i for i, pair in enumerate(zip(got, expected)) if pair[0] != pair[1]), min(len(got), len(expected)))
    first, wanted = _short(got[at : at + 1]), _short(expected[at : at + 1])
    return f"{len(got)} of {len(expected)}, number {at + 1} is {first}, not {wanted}"


def _short(payloads: list[bytes]) -> str:
    return f"{payloads[0][:NAMED_BYTES].hex()} of {len(payloads[0])} bytes" if payloads else "none"
