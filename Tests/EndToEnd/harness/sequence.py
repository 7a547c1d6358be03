"""Numbered datagrams, which show a receiver each loss, repetition and change of order."""

import struct
from collections import defaultdict
from typing import Iterable

_HEAD = struct.Struct("<BHI")


def numbered(sender: int, number: int, message_type: int = 0, padding: int = 0) -> bytes:
    return _HEAD.pack(message_type, sender, number) + bytes(padding)


def numbers_by_sender(payloads: Iterable[bytes]) -> dict[int, list[int]]:
    """Returns the numbers of each sender, in the order in which they arrived."""
    result: dict[int, list[int]] = defaultdict(list)
    for payload in payloads:
        _, sender, number = _HEAD.unpack_from(payload)
        result[sender].append(number)
    return dict(result)
