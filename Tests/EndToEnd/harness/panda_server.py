"""A real Panda3D program as an echo server in a process of its own. Prints its port first."""

import argparse
import socket
import time

from panda3d.core import (
    ConnectionWriter,
    NetAddress,
    NetDatagram,
    PointerToConnection,
    QueuedConnectionListener,
    QueuedConnectionManager,
    QueuedConnectionReader,
    loadPrcFileData,
)

# The pause between two polls of idle sockets, in seconds.
POLL_PAUSE = 0.001


def free_port() -> int:
    """Returns a port that is free at this moment. Panda3D does not report a port that the system has chosen."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class PandaServer:
    """The manual's server: a manager, a listener, a reader and a writer without threads."""

    def __init__(self, header_size: int, raw: bool) -> None:
        self.manager = QueuedConnectionManager()
        self.listener = QueuedConnectionListener(self.manager, 0)
        self.reader = QueuedConnectionReader(self.manager, 0)
        self.writer = ConnectionWriter(self.manager, 0)
        self.reader.setTcpHeaderSize(header_size)
        self.writer.setTcpHeaderSize(header_size)
        # With a header of 0 bytes, Panda3D writes without a header, but reads without one only in raw mode.
        self.reader.setRawMode(raw or header_size == 0)
        self.writer.setRawMode(raw)
        self.rendezvous = None
        while not self.rendezvous:
            self.port = free_port()
            self.rendezvous = self.manager.openTCPServerRendezvous("127.0.0.1", self.port, 1000)
        self.listener.addConnection(self.rendezvous)

    def poll(self) -> bool:
        """Runs the manual's polling tasks once. Returns whether there was an event."""
        busy = False
        while self.listener.newConnectionAvailable():
            rendezvous, address, connection = PointerToConnection(), NetAddress(), PointerToConnection()
            if self.listener.getNewConnection(rendezvous, address, connection):
                busy = True
                self.reader.addConnection(connection.p())
        while self.reader.dataAvailable():
            datagram = NetDatagram()
            if self.reader.getData(datagram):
                busy = True
                self.writer.send(datagram, datagram.getConnection())
        while self.manager.resetConnectionAvailable():
            lost = PointerToConnection()
            if self.manager.getResetConnection(lost):
                busy = True
                self.reader.removeConnection(lost.p())
                self.manager.closeConnection(lost.p())
        return busy


class PandaUDPServer:
    """A UDP socket, and a reader and a writer without threads."""

    def __init__(self, raw: bool) -> None:
        self.manager = QueuedConnectionManager()
        self.reader = QueuedConnectionReader(self.manager, 0)
        self.writer = ConnectionWriter(self.manager, 0)
        self.reader.setRawMode(raw)
        self.writer.setRawMode(raw)
        self.connection = None
        while not self.connection:
            self.port = free_port()
            self.connection = self.manager.openUDPConnection("127.0.0.1", self.port)
        self.reader.addConnection(self.connection)

    def poll(self) -> bool:
        """Answers the arrived datagrams. Returns whether there was one."""
        busy = False
        while self.reader.dataAvailable():
            datagram = NetDatagram()
            if self.reader.getData(datagram):
                busy = True
                self.writer.send(datagram, self.connection, datagram.getAddress())
        return busy


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--header-size", type=int, default=2)
    parser.add_argument("--raw", action="store_true")
    parser.add_argument("--udp", action="store_true")
    options = parser.parse_args()
    loadPrcFileData("", "notify-level-net fatal")
    server = PandaUDPServer(options.raw) if options.udp else PandaServer(options.header_size, options.raw)
    print(server.port, flush=True)
    while True:
        if not server.poll():
            time.sleep(POLL_PAUSE)


if __name__ == "__main__":
    main()
