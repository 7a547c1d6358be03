"""Floods a relay without a pause, each way at once, and reads what comes back; once it begins it prints its own ports.

usage: flood.py TCP-PORT UDP-PORT
"""

import socket
import sys

# Empty datagrams; and two types by turns, so that what becomes of a datagram changes with each of a read.
EMPTY, BY_TURNS = b"\0\0", b"\1\0\1\1\0\2"
# Datagrams over UDP of the first of these types, each with its sum. One alone would be a loop of echoes.
UDP = b"\1\0\1", b"\2\0\1\1"
# Many reads of the relay; and datagrams between two looks at the connections.
CHUNK_BYTES, UDP_BURST = 1 << 20, 64


class Stream:
    """A connection on which a pattern is repeated for ever."""

    def __init__(self, port: int, pattern: bytes) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setblocking(False)
        self._chunk = memoryview(pattern * (CHUNK_BYTES // len(pattern)))
        self._period = len(pattern)
        self._start = 0
        self._received = bytearray(1 << 18)

    def turn(self) -> None:
        """Reads all that has come back, and sends as much as goes at once."""
        try:
            while self.socket.recv_into(self._received):
                pass
            sys.exit("the relay has ended a connection")
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
