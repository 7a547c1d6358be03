"""A signal at any moment of the first half second: the daemon stops cleanly, ready or not; it never crashes."""

import random
import signal
import time

import pytest

from harness.configuration import configuration

RUNS = 200
# Several start at once: on a busy machine a start takes longer, and a signal meets more of its steps.
AT_ONCE = 20
WINDOW = 0.5


@pytest.mark.parametrize("batch", range(RUNS // AT_ONCE))
def test_a_stop_signal_soon_after_the_start(launch, batch):
    source = random.Random(batch)
    daemons = [launch(configuration()) for _ in range(AT_ONCE)]
    moments = [(daemon.started_at + source.uniform(0, WINDOW), daemon) for daemon in daemons]
    for number, (moment, daemon) in enumerate(sorted(moments, key=lambda pair: pair[0])):
        time.sleep(max(0.0, moment - time.monotonic()))  # the moment under test
        daemon.send_signal(signal.SIGTERM if number % 2 else signal.SIGINT)
    statuses = [daemon.wait_for_exit() for daemon in daemons]
    for daemon, status in zip(daemons, statuses):
        if status in (-signal.SIGTERM, -signal.SIGINT):  # so early that the program had not begun to run
            assert daemon.events == [], daemon.describe()
        else:
            assert status == 0, daemon.describe()
        assert daemon.stray_lines == []
