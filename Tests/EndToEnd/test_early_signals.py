"""A signal at any moment of the first half second: the daemon stops cleanly, ready or not; it never crashes."""

import random
import signal
import time

import pytest

from harness.configuration import configuration

RUNS = 20
moments = random.Random(20).sample(range(500), RUNS)


@pytest.mark.parametrize("milliseconds", sorted(moments))
def test_a_stop_signal_soon_after_the_start(launch, milliseconds):
    number = signal.SIGTERM if milliseconds % 2 else signal.SIGINT
    daemon = launch(configuration())
    time.sleep(max(0.0, daemon.started_at + milliseconds / 1000 - time.monotonic()))  # the moment under test
    daemon.send_signal(number)
    status = daemon.wait_for_exit()
    if status == -number:  # so early that the program had not begun to run: the system's own default ended it
        assert daemon.events == [], daemon.describe()
    else:
        assert status == 0, daemon.describe()
    assert daemon.stray_lines == []
