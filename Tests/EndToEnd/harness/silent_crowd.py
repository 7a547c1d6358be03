"""Thousands of connections on one epoll that do not read. The time at which each one ends is recorded."""

import select
import socket
import time

from .waiting import DEADLINE


class SilentCrowd:
    """Opens `count` connections. `ended_at` holds the time at which each one ended (seconds, monotonic)."""

    def __init__(self, port: int, count: int, receive_buffer_bytes: int | None = None) -> None:
        self.epoll = select.epoll()
        self.sockets: dict[int, socket.socket] = {}
        self.ended_at: dict[int, float] = {}
        for _ in range(count):
            opened = socket.socket()
            if receive_buffer_bytes is not None:
                opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer_bytes)
            opened.connect(("127.0.0.1", port))
            opened.setblocking(False)
            self.sockets[opened.fileno()] = opened
            # EPOLLRDHUP reports an end or a reset even if data is unread.
            self.epoll.register(opened.fileno(), select.EPOLLRDHUP)

    def send(self, data: bytes) -> None:
        """Sends the same data on each open connection."""
        for descriptor, connection in self.sockets.items():
            if descriptor not in self.ended_at:
                try:
                    connection.send(data)
                except (BrokenPipeError, ConnectionResetError):
                    pass  # epoll reports the end soon

    def wait_for_data(self, timeout: float = DEADLINE) -> float:
        """Waits until the first connection has data. Returns the time."""
        first = next(iter(self.sockets.values()))
        assert select.select([first], [], [], timeout)[0], "no data arrived"
        return time.monotonic()

    def watch(self, seconds: float) -> None:
        """Waits for `seconds`, or until all connections have ended."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0 and len(self.ended_at) < len(self.sockets):
            for descriptor, _ in self.epoll.poll(left):
                self.ended_at[descriptor] = time.monotonic()
                self.epoll.unregister(descriptor)

    def wait_for_ends(self, timeout: float = DEADLINE) -> None:
        self.watch(timeout)
        assert len(self.ended_at) == len(self.sockets), f"{len(self.ended_at)} of {len(self.sockets)} have ended"

    def close(self) -> None:
        self.epoll.close()
        for opened in self.sockets.values():
            opened.close()
