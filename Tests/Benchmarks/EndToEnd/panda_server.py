"""The server of the manual's page "Client-Server Connection", written with Panda3D itself.

Usage: panda_server.py PORT

It sends a datagram that begins with a 2 back to its sender, and every other datagram to all.
"""

import sys

from panda3d.core import (
    ConnectionWriter,
    NetAddress,
    NetDatagram,
    PointerToConnection,
    QueuedConnectionListener,
    QueuedConnectionManager,
    QueuedConnectionReader,
)

ECHO = 2


def main(port: int) -> None:
    manager = QueuedConnectionManager()
    listener = QueuedConnectionListener(manager, 0)
    reader = QueuedConnectionReader(manager, 0)
    writer = ConnectionWriter(manager, 0)
    active = []
    listener.addConnection(manager.openTCPServerRendezvous(port, 1000))
    datagram = NetDatagram()
    while True:
        # A game polls once per frame. This server has no other work, so it waits.
        manager.waitForReaders(0.001)
        if listener.newConnectionAvailable():
            rendezvous, address, connection = PointerToConnection(), NetAddress(), PointerToConnection()
            if listener.getNewConnection(rendezvous, address, connection):
                connection = connection.p()
                connection.setNoDelay(True)
                active.append(connection)
                reader.addConnection(connection)
        while reader.dataAvailable():
            if reader.getData(datagram):
                if datagram.getMessage()[:1] == bytes([ECHO]):
                    writer.send(datagram, datagram.getConnection())
                else:
                    for connection in active:
                        writer.send(datagram, connection)
        while manager.resetConnectionAvailable():
            lost = PointerToConnection()
            if manager.getResetConnection(lost):
                active = [connection for connection in active if connection != lost.p()]
                reader.removeConnection(lost.p())
                manager.closeConnection(lost.p())


if __name__ == "__main__":
    main(int(sys.argv[1]))
