"""The reference model: what becomes of one datagram, in a few lines that share nothing with the daemon."""

from dataclasses import dataclass

from ..configuration import Table

# The longest payload that each way of travelling can carry.
PAYLOAD_MAX = {"tcp2": 65_535, "tcp4": 1 << 32, "udp": 1500}
# Every set of rules broadcasts these types to everybody, the sender included: who has had one has had all before it.
MARKER = {"uint8": 0xFF, "uint16": 0xFFFF, "none": None}
MARKER_HEAD = b"\xff\xff"


@dataclass(frozen=True)
class Route:
    types: tuple[int, ...]
    handler: str
    include_sender: bool | None = None


@dataclass(frozen=True)
class Rules:
    """`[relay]` and every `[[route]]`."""

    message_type: str = "uint8"
    default: str = "broadcast"
    include_sender: bool = True
    coalesce: str = "0s"
    routes: tuple[Route, ...] = ()

    def receives(self, payload: bytes, is_sender: bool, way: str) -> bool:
        """Whether a client of that way is sent a payload that came from itself or from another."""
        if len(payload) > PAYLOAD_MAX[way]:
            return False
        handler, includes_sender = self._handling(payload)
        return handler == "broadcast" and (includes_sender or not is_sender) or handler == "echo" and is_sender

    def _handling(self, payload: bytes) -> tuple[str, bool]:
        size = {"uint8": 1, "uint16": 2, "none": 0}[self.message_type]
        number = int.from_bytes(payload[:size], "little") if 0 < size <= len(payload) else None
        for route in self.routes:
            if number in route.types:
                return route.handler, self.include_sender if route.include_sender is None else route.include_sender
        return self.default, self.include_sender

    def tables(self) -> tuple[Table, list[Table]]:
        """`[relay]` and the routes as a configuration file has them."""
        relay = {
            "message_type": self.message_type,
            "default": self.default,
            "include_sender": self.include_sender,
            "coalesce": self.coalesce,
        }
        return relay, [_table(route) for route in self.routes]


def _table(route: Route) -> Table:
    table: Table = {"types": list(route.types), "handler": route.handler}
    if route.include_sender is not None:
        table["include_sender"] = route.include_sender
    return table
