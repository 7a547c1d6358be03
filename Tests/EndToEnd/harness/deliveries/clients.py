"""The clients of a round. They send their datagrams in pieces, and keep the received datagrams in order."""

import socket
from random import Random

from ..raw_client import RawClient, frame
from ..raw_udp_client import RawUDPClient, udp_datagram
from ..waiting import DEADLINE, wait_until
from .checks import Receipts, Stream

RECEIVE_BUFFER_BYTES = 4 << 20


class ModelClient:
    """One connection. `stream` holds the payloads of this step, and `_outgoing` their unsent bytes."""

    def __init__(self, number: int, way: str, client: RawClient | RawUDPClient) -> None:
        self.number = number
        self.way = way
        self.client = client
        self.sent = 0
        self.stream = Stream(number, way)
        self._taken = 0
        self._outgoing = bytearray()

    @staticmethod
    def tcp(number: int, port: int, header_size: int) -> "ModelClient":
        return ModelClient(number, f"tcp{header_size}", RawClient(port, header_size=header_size, timeout=DEADLINE))

    @staticmethod
    def udp(number: int, port: int) -> "ModelClient":
        client = RawUDPClient(port)
        # The buffer is large enough that the kernel drops no datagram. Only root gets more than the system's maximum.
        option = socket.SO_RCVBUFFORCE if hasattr(socket, "SO_RCVBUFFORCE") else 33
        try:
            client.socket.setsockopt(socket.SOL_SOCKET, option, RECEIVE_BUFFER_BYTES)
        except PermissionError:
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        return ModelClient(number, "udp", client)

    @property
    def is_udp(self) -> bool:
        return self.way == "udp"

    @property
    def port(self) -> int:
        return self.client.socket.getsockname()[1]

    def queue(self, payload: bytes) -> None:
        self.stream.payloads.append(payload)
        if not self.is_udp:
            self._outgoing += frame(payload, self.client.header_size)

    def send_some(self, random: Random) -> bool:
        """Sends a piece of the queue, which may end within a datagram. Returns whether the queue has more."""
        if self.is_udp:
            if self.sent < len(self.stream.payloads):
                self.client.send(self.stream.payloads[self.sent])
                self.sent += 1
            return self.sent < len(self.stream.payloads)
        count = min(len(self._outgoing), random.choice((1, 50, 500, 5000, 100_000)))
        self.client.send_bytes(self._outgoing[:count])
        del self._outgoing[:count]
        return bool(self._outgoing)

    def send_all(self) -> None:
        while self.is_udp and self.sent < len(self.stream.payloads):
            self.client.send(self.stream.payloads[self.sent])
            self.sent += 1
        if not self.is_udp:
            self.client.send_bytes(self._outgoing)
            self._outgoing.clear()

    def poll(self) -> bool:
        return self.client.poll()

    @property
    def received(self) -> list[bytes]:
        """All payloads that were received in this step."""
        if not self.is_udp:
            return self.client.frames[self._taken :]
        datagrams = self.client.received[self._taken :]
        assert all(each == udp_datagram(each[2:]) for each in datagrams), "a datagram with a wrong checksum"
        return [each[2:] for each in datagrams]

    def receipts(self, extent: str) -> Receipts:
        return Receipts(self.number, self.way, extent, self.received)

    @property
    def last_payload(self) -> bytes:
        return self.stream.payloads[-1]

    def wait_for(self, payload: bytes, *others: "ModelClient") -> None:
        wait_until(f"{payload[:8].hex()} at client {self.number}", lambda: payload in self.received, self, *others)

    def next_step(self) -> None:
        self._taken = len(self.client.received if self.is_udp else self.client.frames)
        self.stream = Stream(self.number, self.way)
        self.sent = 0

    def close(self) -> None:
        self.client.close()
