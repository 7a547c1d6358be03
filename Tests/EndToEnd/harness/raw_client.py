"""A client on a bare socket, for actions that Panda3D lacks: broken frames, half-closes, resets, and not reading."""

import socket
import struct

from .waiting import DEADLINE, wait_until

# The time limit for a local connect or send, in seconds.
SOCKET_TIMEOUT = 10.0


def free_port() -> int:
    """Returns a port that is free at this moment, for tests that must know the port before the daemon opens it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def frame(payload: bytes, header_size: int = 2) -> bytes:
    """Returns a frame of Panda3D over TCP: the payload's length, little-endian, then the payload."""
    return struct.pack("<H" if header_size == 2 else "<I", len(payload)) + payload


class RawClient:
    """Reads only when polled. `end` says how the daemon ended the connection: "closed" or "reset", else `None`."""

    def __init__(
        self,
        port: int,
        host: str = "127.0.0.1",
        header_size: int = 2,
        receive_buffer_bytes: int | None = None,
        timeout: float = SOCKET_TIMEOUT,
        source: str | None = None,
    ) -> None:
        self.header_size = header_size
        self.timeout = timeout
        self.frames: list[bytes] = []
        self.end: str | None = None
        self._partial = bytearray()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.settimeout(timeout)
        if receive_buffer_bytes is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer_bytes)
        if source is not None:
            self.socket.bind((source, 0))
        # getaddrinfo also finds the number of the interface, which a link-local address needs.
        self.socket.connect(socket.getaddrinfo(host, port, family, socket.SOCK_STREAM)[0][4])

    @property
    def port(self) -> int:
        return self.socket.getsockname()[1]

    def send(self, payload: bytes) -> None:
        self.send_bytes(frame(payload, self.header_size))

    def send_bytes(self, data: bytes) -> None:
        self.socket.sendall(data)

    def poll(self) -> bool:
        if self.end:
            return False
        # MSG_DONTWAIT is not enough: Python waits anyway on a socket that has a timeout.
        self.socket.settimeout(0)
        try:
            data = self.socket.recv(1 << 18)
        except BlockingIOError:
            return False
        except OSError:
            self.end = "reset"
            return True
        finally:
            self.socket.settimeout(self.timeout)
        if not data:
            self.end = "closed"
            return True
        self._partial += data
        self._split()
        return True

    def wait_for(self, count: int, timeout: float = DEADLINE) -> list[bytes]:
        """Returns the received frames as soon as there are at least `count`."""
        wait_until(f"{count} frames", lambda: len(self.frames) >= count, self, timeout=timeout)
        return self.frames

    def wait_for_end(self, timeout: float = DEADLINE) -> str:
        wait_until("the end of the connection", lambda: self.end is not None, self, timeout=timeout)
        assert self.end
        return self.end

    def half_close(self) -> None:
        """Closes the sending direction. The other direction stays open."""
        self.socket.shutdown(socket.SHUT_WR)

    def abort(self) -> None:
        """Closes the connection with a reset instead of a FIN."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def close(self) -> None:
        self.socket.close()

    def _split(self) -> None:
        start = 0
        while len(self._partial) - start >= self.header_size:
            payload = start + self.header_size
            end = payload + int.from_bytes(self._partial[start:payload], "little")
            if end > len(self._partial):
                break
            self.frames.append(bytes(self._partial[payload:end]))
            start = end
        del self._partial[:start]
