"""A real Panda3D program as a client: the manual's classes in the manual's polled mode.

Like a game, one `PandaProgram` has one manager, one reader and one writer. It may have any number of connections and
polls them together. Panda3D polls with select(), so a test process must stay under 1,024 descriptors.
"""

import os
from typing import Iterable

from panda3d.core import (
    ConnectionWriter,
    Datagram,
    NetAddress,
    NetDatagram,
    PointerToConnection,
    QueuedConnectionManager,
    QueuedConnectionReader,
    loadPrcFileData,
)

from .configuration import BARRIER_TYPE
from .waiting import DEADLINE, wait_until

loadPrcFileData("", "notify-level-net fatal")

CONNECT_TIMEOUT_MS = 10_000


class PandaClient:
    """One connection of a program: the received datagrams, and how often Panda3D has reported its loss."""

    def __init__(self, program: "PandaProgram", connection: object) -> None:
        self.program = program
        self.connection = connection
        self.received: list[bytes] = []
        self.resets = 0

    @property
    def ended(self) -> bool:
        return self.resets > 0

    def send(self, payload: bytes) -> bool:
        return self.program.writer.send(Datagram(payload), self.connection)

    def wait_for(self, count: int, timeout: float = DEADLINE) -> list[bytes]:
        """Returns the received datagrams as soon as there are at least `count`."""
        try:
            wait_until(f"{count} datagrams", lambda: len(self.received) >= count, self.program, timeout=timeout)
        except TimeoutError as error:
            raise AssertionError(f"{error}; {len(self.received)} arrived, ended: {self.ended}") from None
        return self.received

    def take(self, count: int) -> list[bytes]:
        """Removes and returns the next `count` datagrams. Later ones stay for the next call or for `barrier`."""
        taken = self.wait_for(count)[:count]
        del self.received[:count]
        return taken

    def barrier(self, prefix: bytes = bytes([BARRIER_TYPE])) -> list[bytes]:
        """Sends a datagram that is echoed. Returns the datagrams that arrived before the echo."""
        token = prefix + os.urandom(8)
        assert self.send(token)
        wait_until("the answer to a barrier", lambda: token in self.received or self.ended, self.program)
        assert token in self.received, "the connection ended before the answer to a barrier"
        before = self.received.index(token)
        return self.take(before + 1)[:-1]

    def close(self) -> None:
        self.program.reader.removeConnection(self.connection)
        self.program.manager.closeConnection(self.connection)
        self.program.clients.pop(self.connection, None)


class PandaUDPClient(PandaClient):
    """A UDP connection of a program, and the address that it sends to."""

    def __init__(self, program: "PandaProgram", connection: object, address: NetAddress) -> None:
        super().__init__(program, connection)
        self.address = address

    def send(self, payload: bytes) -> bool:
        return self.program.writer.send(Datagram(payload), self.connection, self.address)


class PandaProgram:
    """The manual's client: a manager, a reader and a writer without threads."""

    def __init__(self, header_size: int = 2) -> None:
        self.manager = QueuedConnectionManager()
        self.reader = QueuedConnectionReader(self.manager, 0)
        self.writer = ConnectionWriter(self.manager, 0)
        self.clients: dict[object, PandaClient] = {}
        if header_size != 2:  # 2 is Panda3D's default, for which a program calls no setter
            self.reader.setTcpHeaderSize(header_size)
            self.writer.setTcpHeaderSize(header_size)

    def connect(self, port: int, host: str = "127.0.0.1") -> PandaClient:
        connection = self.manager.openTCPClientConnection(host, port, CONNECT_TIMEOUT_MS)
        assert connection, f"Panda3D could not connect to {host}, port {port}"
        self.reader.addConnection(connection)
        client = self.clients[connection] = PandaClient(self, connection)
        return client

    def open_udp(self, port: int, host: str = "127.0.0.1", source: str = "") -> PandaUDPClient:
        """Opens a UDP connection on a port that the system chooses. `source` is the address that it sends from."""
        opened = self.manager.openUDPConnection(source, 0) if source else self.manager.openUDPConnection(0)
        assert opened, "Panda3D could not open a UDP connection"
        self.reader.addConnection(opened)
        address = NetAddress()
        assert address.setHost(host, port)
        client = self.clients[opened] = PandaUDPClient(self, opened, address)
        return client

    def connect_many(self, port: int, count: int, prefix: bytes = bytes([BARRIER_TYPE])) -> list[PandaClient]:
        """Opens `count` connections. Each has had an answer, so the daemon has registered all of them."""
        clients = [self.connect(port) for _ in range(count)]
        for client in clients:
            client.barrier(prefix)
        return clients

    def poll(self) -> bool:
        """Runs the manual's polling tasks once. Returns whether there was an event."""
        busy = False
        while self.reader.dataAvailable():
            datagram = NetDatagram()
            if self.reader.getData(datagram):
                busy = True
                if client := self.clients.get(datagram.getConnection()):
                    client.received.append(datagram.getMessage())
        while self.manager.resetConnectionAvailable():
            lost = PointerToConnection()
            if self.manager.getResetConnection(lost):
                busy = True
                self.manager.closeConnection(lost.p())
                if client := self.clients.get(lost.p()):
                    client.resets += 1
        return busy

    def close(self) -> None:
        for client in list(self.clients.values()):
            client.close()


def all_ended(clients: Iterable[PandaClient]) -> bool:
    return all(client.ended for client in clients)
