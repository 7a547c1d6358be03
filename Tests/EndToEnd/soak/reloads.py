"""Reloads the configuration every two seconds. Every fifth file is invalid."""

import threading

from harness.configuration import configuration, listener
from harness.daemon import Daemon

from .nuisances import ECHO_TYPE

INTERVAL = 2.0
INVALID_EVERY = 5
# A short limit: even in a soak of a minute, lobbyd closes each slowloris connection several times.
FRAME_TIMEOUT = "5s"


def settings(tcp_port: int, udp_port: int, number: int = 0) -> str:
    """Returns the configuration of reload `number`. The differences do not affect well-behaved clients."""
    return configuration(
        [
            listener(port=tcp_port, name=f"game {number % 3}", backlog=1_000 + number % 2),
            listener(port=udp_port, name="udp", transport="udp"),
        ],
        [{"types": [ECHO_TYPE, *([99] if number % 2 else [])], "handler": "echo"}],
        limits={"pending_bytes": 262_144 + number % 7, "frame_timeout": FRAME_TIMEOUT},
        log={"level": "info"},
        server={"drain": "2s"},
    )


class Reloads:
    """Reloads on its own thread until it is closed."""

    def __init__(self, daemon: Daemon, tcp_port: int, udp_port: int) -> None:
        self.count = 0
        self.wrong: list[str] = []
        self._daemon, self._ports = daemon, (tcp_port, udp_port)
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._is_over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._is_over.wait(INTERVAL):
            self.count += 1
            is_invalid = self.count % INVALID_EVERY == 0
            text = settings(*self._ports, self.count) + ("\nnonsense" if is_invalid else "")
            try:
                outcome = self._daemon.reload(text)[0].message
            except AssertionError as error:
                outcome = str(error)
            if outcome != ("reload.rejected" if is_invalid else "reload.applied"):
                self.wrong.append(outcome)
