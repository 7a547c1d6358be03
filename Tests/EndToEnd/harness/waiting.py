"""Waiting for a condition with a deadline. Tests synchronise on events only; no sleep stands for "long enough"."""

import os
import time
from typing import Callable, Protocol

# By how much longer than a release the binary under test may take for what it has to do in time: more with a sanitizer.
SLOWNESS = float(os.environ.get("LOBBYD_SLOWNESS") or 1)
# Seconds after which something that should have happened counts as broken. Only a failing test waits this long.
DEADLINE = 20.0 * SLOWNESS
# Whether the binary under test has a sanitizer in it: then nothing is said of how much memory it takes, nor of how evenly
# it serves.
IS_SANITIZED = bool(os.environ.get("LOBBYD_SANITIZER"))
# Seconds between two looks at sockets that had nothing to say.
POLL_PAUSE = 0.001


class Pollable(Protocol):
    """Clients that are polled: one call takes what has arrived, and says whether anything had."""

    def poll(self) -> bool: ...


def wait_until(what: str, condition: Callable[[], bool], *clients: Pollable, timeout: float = DEADLINE) -> None:
    """Polls `clients` until `condition` holds; fails with `what` once `timeout` seconds are over."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"after {timeout:g} s still waiting for {what}")
        busy = [client.poll() for client in clients]
        if not any(busy):
            time.sleep(POLL_PAUSE)
