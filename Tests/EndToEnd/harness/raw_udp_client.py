"""A UDP client on a bare socket, for actions that Panda3D lacks: broken datagrams and spoofed sources."""

import socket
import struct

from .waiting import DEADLINE, wait_until


def udp_datagram(payload: bytes) -> bytes:
    """Returns a datagram of Panda3D over UDP: the sum of the payload's bytes, little-endian, then the payload."""
    return struct.pack("<H", sum(payload) & 0xFFFF) + payload


class RawUDPClient:
    """Reads only when polled. `received` holds the datagrams as they were on the wire, with their checksums."""

    def __init__(self, port: int, source: str = "127.0.0.1") -> None:
        self.received: list[bytes] = []
        self.bytes_sent = 0
        self.socket = self._bound(source)
        if self.socket.getsockname()[1] == port:
            # lobbyd ignores datagrams from its own port at any address of this machine, so this client takes another
            # port.
            with self.socket:
                self.socket = self._bound(source)
        # The socket is not connected: on a connected one, a port that is closed for a moment would cause an error.
        self.peer = ("127.0.0.1", port)
        self.socket.setblocking(False)

    @staticmethod
    def _bound(source: str) -> socket.socket:
        bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        bound.bind((source, 0))
        return bound

    @property
    def bytes_received(self) -> int:
        return sum(map(len, self.received))

    def send(self, payload: bytes) -> None:
        self.send_bytes(udp_datagram(payload))

    def send_bytes(self, data: bytes) -> None:
        self.bytes_sent += self.socket.sendto(data, self.peer)

    def poll(self) -> bool:
        try:
            self.received.append(self.socket.recv(1 << 16))
        except BlockingIOError:
            return False
        return True

    def wait_for(self, payload: bytes, timeout: float = DEADLINE) -> None:
        wanted = udp_datagram(payload)
        wait_until(f"an answer with {payload!r}", lambda: wanted in self.received, self, timeout=timeout)

    def close(self) -> None:
        self.socket.close()


def send_spoofed(source: tuple[str, int], port: int, payload: bytes) -> None:
    """Sends a datagram to 127.0.0.1 with a spoofed source. Needs root."""
    data = udp_datagram(payload)
    # A UDP checksum of 0 means that there is no checksum. The kernel fills in the length and the checksum of the IP
    # header.
    udp = struct.pack("!HHHH", source[1], port, 8 + len(data), 0) + data
    ip = struct.pack(
        "!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, socket.IPPROTO_UDP, 0,
        socket.inet_aton(source[0]), socket.inet_aton("127.0.0.1"),
    )  # fmt: skip
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
        raw.sendto(ip + udp, ("127.0.0.1", 0))
