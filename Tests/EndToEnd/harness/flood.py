"""Floods a relay over two TCP connections and UDP without a pause, and reads the answers. Prints its own ports first.

Usage: flood.py TCP-PORT UDP-PORT
"""

import socket
import sys

# Empty datagrams, and datagrams of two alternating types: within one read, every datagram changes the handler.
EMPTY, BY_TURNS = b"\0\0", b"\1\0\1\1\0\2"
# UDP datagrams of the first of these types, each with its checksum. A single repeated datagram would look like an
# echo loop.
UDP = b"\1\0\1", b"\2\0\1\1"
# A chunk fills many reads of the relay. A burst is the number of UDP datagrams between two turns of the connections.
CHUNK_BYTES, UDP_BURST = 1 << 20, 64


class Stream:
    """A connection on which a pattern repeats without end."""

    def __init__(self, port: int, pattern: bytes) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setblocking(False)
        self._chunk = memoryview(pattern * (CHUNK_BYTES // len(pattern)))
        self._period = len(pattern)
        self._start = 0
        self._received = bytearray(1 << 18)

    def turn(self) -> None:
        """Reads all arrived bytes, and sends as many bytes as the kernel takes."""
        try:
            while self.socket.recv_into(self._received):
                pass
            sys.exit("the relay has closed a connection")
        except BlockingIOError:
            pass
        try:
            self._start = (self._start + self.socket.send(self._chunk[self._start :])) % self._period
        except BlockingIOError:
            pass


def main() -> None:
    tcp_port, udp_port = map(int, sys.argv[1:])
    streams = [Stream(tcp_port, EMPTY), Stream(tcp_port, BY_TURNS)]
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.connect(("127.0.0.1", udp_port))
    print(*(each.getsockname()[1] for each in (*(stream.socket for stream in streams), udp)), flush=True)
    while True:
        for stream in streams:
            stream.turn()
        for number in range(UDP_BURST):
            udp.send(UDP[number % 2])


if __name__ == "__main__":
    main()
