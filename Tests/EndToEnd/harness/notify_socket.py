"""The receiving end of a service manager's notification socket."""

import socket
from pathlib import Path

from .waiting import DEADLINE, wait_until

Message = dict[str, str]


class NotifySocket:
    """Collects the reports of a service. Each datagram consists of lines KEY=value."""

    def __init__(self, directory: Path) -> None:
        self.path = str(directory / "notify")
        self.messages: list[Message] = []
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.setblocking(False)

    def poll(self) -> bool:
        try:
            text = self.socket.recv(1 << 16).decode()
        except BlockingIOError:
            return False
        self.messages.append(dict(line.split("=", 1) for line in text.splitlines() if "=" in line))
        return True

    def wait_for(self, key: str, containing: str = "", timeout: float = DEADLINE) -> Message:
        """Returns the newest message in which the value of `key` contains `containing`."""

        def matching() -> list[Message]:
            return [message for message in self.messages if containing in message.get(key, "\0")]

        wait_until(f"{key} with {containing!r}", lambda: bool(matching()), self, timeout=timeout)
        return matching()[-1]

    def close(self) -> None:
        self.socket.close()
