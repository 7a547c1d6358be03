"""Idle clients: the connections that the commands of a page list, show and close."""

import re
import selectors
import socket
import threading

# The number for a page that names no connection.
CLIENTS_MIN = 2
NUMBERS = re.compile(r"(?:\b(?:show|kick) |CONNECTION_ID=)(\d{1,2})\b")


def ids_in(text: str) -> int:
    """The number of clients that a block needs: each id that it names must exist, and a new lobbyd counts from 1."""
    return max([CLIENTS_MIN, *map(int, NUMBERS.findall(text))])


class IdleClients:
    """Connections that send no datagram. A thread reads from them: lobbyd would close a slow consumer."""

    def __init__(self, port: int, count: int) -> None:
        self._wake, self._woken = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._sockets = []
        for _ in range(count):
            self._sockets.append(socket.create_connection(("127.0.0.1", port), timeout=10))
            self._selector.register(self._sockets[-1], selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._wake.close()
        self._thread.join()
        self._selector.close()
        for opened in (*self._sockets, self._woken):
            opened.close()

    def _read(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._woken:
                    return
                try:
                    data = key.fileobj.recv(1 << 18)
                except OSError:
                    data = b""
                if not data:
                    self._selector.unregister(key.fileobj)
