"""Waits for a condition with a deadline. Tests wait only for events; they never sleep for an assumed duration."""

import os
import time
from typing import Callable, Protocol

# The factor by which the binary under test may be slower than a release. A sanitizer slows it down.
SLOWNESS = float(os.environ.get("LOBBYD_SLOWNESS") or 1)
# The time after which a missing event counts as a failure, in seconds. Only a failing test waits this long.
DEADLINE = 20.0 * SLOWNESS
# Whether the binary under test has a sanitizer. If so, the tests do not check its memory and how evenly it serves.
IS_SANITIZED = bool(os.environ.get("LOBBYD_SANITIZER"))
# The pause between two polls of idle sockets, in seconds.
POLL_PAUSE = 0.001


class Pollable(Protocol):
    """Clients that are polled. One call takes the arrived data and returns whether there was any."""

    def poll(self) -> bool: ...


def wait_until(what: str, condition: Callable[[], bool], *clients: Pollable, timeout: float = DEADLINE) -> None:
    """Polls `clients` until `condition` holds. After `timeout` seconds, fails with the text `what`."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"after {timeout:g} s still waiting for {what}")
        busy = [client.poll() for client in clients]
        if not any(busy):
            time.sleep(POLL_PAUSE)
