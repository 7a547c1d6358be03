"""Hundreds of connections on one epoll. A test keeps them busy and checks them datagram by datagram."""

import select
import socket
import struct
import time

from .raw_client import frame
from .waiting import DEADLINE

# The types of a round, in the order in which one write sends them. Each set of rules echoes either EITHER or OR and
# drops the other. All rules echo ALWAYS. TO_ALL is the type of the broadcasts.
EITHER, OR, ALWAYS, TO_ALL = 1, 2, 3, 4
_HEAD = struct.Struct("<BHI")
_LENGTH = struct.Struct("<H")


class BusyConnection:
    """Sends a round after the previous round has come back. Collects each unexpected datagram as a fault."""

    def __init__(self, number: int, port: int) -> None:
        self.number = number
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rounds = 0
        self.is_waiting = False
        self.kinds: dict[int, int] = {EITHER: 0, OR: 0}
        self.heard: dict[int, int] = {}
        self.published = 0
        self.faults: list[str] = []
        self._seen: list[int] = []
        self._partial = b""

    def begin_round(self) -> None:
        payloads = (_HEAD.pack(kind, self.number, self.rounds) for kind in (EITHER, OR, ALWAYS))
        self.socket.sendall(b"".join(map(frame, payloads)))
        self.is_waiting = True

    def publish(self) -> None:
        self.socket.sendall(frame(_HEAD.pack(TO_ALL, self.number, self.published)))
        self.published += 1

    def receive(self) -> None:
        data = self.socket.recv(1 << 18)
        if not data:
            self.faults.append("its connection ended")
        data = self._partial + data
        start = 0
        while start + 2 <= len(data):
            end = start + 2 + _LENGTH.unpack_from(data, start)[0]
            if end > len(data):
                break
            self._take(*_HEAD.unpack_from(data, start + 2))
            start = end
        self._partial = data[start:]

    def _take(self, kind: int, sender: int, number: int) -> None:
        if kind == TO_ALL:
            expected = self.heard.get(sender, 0)
            self.heard[sender] = number + 1
        else:
            expected = self.rounds
            self._seen.append(kind)
        if number != expected or (kind != TO_ALL and sender != self.number):
            self.faults.append(f"type {kind} of {sender}: {number} where {expected} was next")
        if kind == ALWAYS:
            self._end_round()

    def _end_round(self) -> None:
        if self._seen in ([EITHER, ALWAYS], [OR, ALWAYS]):
            self.kinds[self._seen[0]] += 1
        else:
            self.faults.append(f"round {self.rounds} came back as {self._seen}")
        self._seen = []
        self.rounds += 1
        self.is_waiting = False


class BusyConnections:
    """All busy connections. The first ones also publish to everyone."""

    def __init__(self, port: int, count: int, publishers: int) -> None:
        self.all = [BusyConnection(number, port) for number in range(count)]
        self.publishers = self.all[:publishers]
        self.epoll = select.epoll()
        self._by_descriptor = {connection.socket.fileno(): connection for connection in self.all}
        for descriptor in self._by_descriptor:
            self.epoll.register(descriptor, select.EPOLLIN)

    @property
    def rounds(self) -> int:
        return sum(connection.rounds for connection in self.all)

    @property
    def are_all_in(self) -> bool:
        """Whether the daemon has answered each connection. If so, each must receive every later broadcast."""
        return all(connection.rounds > 0 for connection in self.all)

    @property
    def published(self) -> int:
        return sum(connection.published for connection in self.publishers)

    @property
    def delivered(self) -> int:
        return sum(sum(connection.heard.values()) for connection in self.all)

    @property
    def faults(self) -> list[str]:
        return [f"connection {c.number}: {fault}" for c in self.all for fault in c.faults]

    def turn(self) -> None:
        """Starts a round on each connection without one, and reads the arrived datagrams."""
        for connection in self.all:
            if not connection.is_waiting:
                connection.begin_round()
        self._receive()

    def settle(self) -> None:
        """Reads until every round and every broadcast has arrived."""
        deadline = time.monotonic() + DEADLINE
        wanted = self.published * len(self.all)
        while any(connection.is_waiting for connection in self.all) or self.delivered < wanted:
            assert time.monotonic() < deadline, f"{self.delivered} of {wanted} broadcasts arrived; {self.faults[:5]}"
            self._receive()

    def close(self) -> None:
        self.epoll.close()
        for connection in self.all:
            connection.socket.close()

    def _receive(self) -> None:
        for descriptor, _ in self.epoll.poll(0.05):
            connection = self._by_descriptor[descriptor]
            connection.receive()
            if connection.faults:
                self.epoll.unregister(descriptor)
                raise AssertionError(f"connection {connection.number}: {connection.faults[:5]}")
