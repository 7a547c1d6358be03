"""Random configurations and payloads. One generator makes them, so the same seed gives the same ones."""

import secrets
import socket
from random import Random

from ..configuration import Table
from .checks import NAMED_BYTES
from .rules import MARKER, MARKER_HEAD, Route, Rules

HANDLERS = ("broadcast", "broadcast", "echo", "drop")
COALESCE = ("0s", "0s", "1ms", "5ms", "20ms")
FIRST_BYTES, SECOND_BYTES = range(6), range(2)


def rules(random: Random) -> Rules:
    message_type = random.choice(("uint8", "uint8", "uint16", "none"))
    coalesce = random.choice(COALESCE)
    marker = MARKER[message_type]
    if marker is None:
        # Without message types, the marker has no route. So the default must be to broadcast.
        return Rules(message_type, "broadcast", True, coalesce)
    types = [first | second << 8 for first in FIRST_BYTES for second in SECOND_BYTES]
    free = sorted({each & 0xFF if message_type == "uint8" else each for each in types})
    random.shuffle(free)
    routes = [Route((marker,), "broadcast", True)]
    while free and random.random() < 0.7:
        count = random.randint(1, min(4, len(free)))
        handler = random.choice(HANDLERS)
        include_sender = random.choice((None, True, False)) if handler == "broadcast" else None
        routes.append(Route(tuple(sorted(free[:count])), handler, include_sender))
        del free[:count]
    random.shuffle(routes)
    return Rules(message_type, random.choice(HANDLERS), random.random() < 0.5, coalesce, tuple(routes))


def listeners(random: Random, taken: set[int], name: str = "tcp", udp: bool = True) -> list[Table]:
    """Returns listeners on unused ports and adds these ports to `taken`. The first one is over TCP."""
    tables: list[Table] = [
        {"name": f"{name} {number}", "port": _unused_port(taken), "header_size": random.choice((2, 4))}
        for number in range(random.randint(1, 3))
    ]
    if udp and random.random() < 0.6:
        tables.append({"name": "udp", "transport": "udp", "port": _unused_port(taken)})
    for table in tables:
        table["address"] = "127.0.0.1"
    return tables


def _unused_port(taken: set[int]) -> int:
    """Returns a port outside the range from which the system gives ports to clients."""
    while True:
        port = 10_000 + secrets.randbelow(20_000)
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            try:
                tcp.bind(("", port))
                udp.bind(("", port))
            except OSError:
                continue
        if port not in taken:
            taken.add(port)
            return port


def payload(random: Random, sender: int, number: int, longest: int, may_be_short: bool) -> bytes:
    first, second = random.choice(FIRST_BYTES), random.choice(SECOND_BYTES)
    if may_be_short and random.random() < 0.1:
        return bytes((first, second))[: random.randint(0, 2)]
    size = random.choices(
        (random.randint(NAMED_BYTES, 64), random.randint(1000, 2000), random.randint(20_000, 70_000)), (40, 4, 1)
    )[0]
    head = bytes((first, second)) + sender.to_bytes(2, "little") + number.to_bytes(4, "little")
    return head + random.randbytes(max(0, min(size, longest) - NAMED_BYTES))


def marker(sender: int, number: int) -> bytes:
    return MARKER_HEAD + sender.to_bytes(2, "little") + number.to_bytes(4, "little")
