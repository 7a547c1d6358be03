"""The reference model: the receivers of one datagram, in a few lines that share no code with the daemon."""

from dataclasses import dataclass

from ..configuration import Table

# The longest payload of each transport and header size.
PAYLOAD_MAX = {"tcp2": 65_535, "tcp4": 1 << 32, "udp": 1500}
# The type of a marker. All rules broadcast it to everyone, including its sender. A client that has received a marker
# has received all earlier datagrams of that sender.
MARKER = {"uint8": 0xFF, "uint16": 0xFFFF, "none": None}
MARKER_HEAD = b"\xff\xff"


@dataclass(frozen=True)
class Route:
    types: tuple[int, ...]
    handler: str
    include_sender: bool | None = None


@dataclass(frozen=True)
class Rules:
    """The tables `[relay]` and `[[route]]` of a configuration."""

    message_type: str = "uint8"
    default: str = "broadcast"
    include_sender: bool = True
    coalesce: str = "0s"
    routes: tuple[Route, ...] = ()

    def receives(self, payload: bytes, is_sender: bool, way: str) -> bool:
        """Whether a client, the sender itself or another one, receives a payload. `way` is a key of `PAYLOAD_MAX`."""
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
        """Returns `[relay]` and the routes as tables of a configuration file."""
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
