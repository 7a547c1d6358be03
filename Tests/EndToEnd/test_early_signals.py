"""A signal at any moment of the first half second: lobbyd obeys it, ready or not, and never crashes."""

import random
import signal
import time

import pytest

from harness.configuration import configuration
from harness.waiting import wait_until

RUNS = 200
# Several daemons start at once. On a busy machine a start takes longer, so signals hit more of its steps.
AT_ONCE = 20
WINDOW = 0.5


@pytest.mark.parametrize("batch", range(RUNS // AT_ONCE))
def test_a_stop_signal_soon_after_the_start(launch, batch):
    daemons = send_at_random(launch, batch, signal.SIGTERM, signal.SIGINT)
    statuses = [daemon.wait_for_exit() for daemon in daemons]
    for daemon, status in zip(daemons, statuses):
        if status in (-signal.SIGTERM, -signal.SIGINT):  # the signal came before the program ran
            assert daemon.events == [], daemon.describe()
        else:
            assert status == 0, daemon.describe()
        assert daemon.stray_lines == []


@pytest.mark.parametrize("batch", range(RUNS // AT_ONCE))
def test_a_hangup_soon_after_the_start(launch, batch):
    for daemon in send_at_random(launch, batch, signal.SIGHUP):
        wait_until("an end or READY", lambda: daemon.log_ended or daemon.logged("ready"))
        if daemon.logged("ready"):
            assert daemon.terminate() == 0, daemon.describe()
        else:  # the signal came before the program ran
            assert daemon.wait_for_exit() == -signal.SIGHUP and daemon.events == [], daemon.describe()
        assert daemon.stray_lines == []


def send_at_random(launch, seed: int, *signals: signal.Signals) -> list:
    """Starts daemons and sends each, at a random moment, one of the signals in turn."""
    source = random.Random(seed)
    daemons = [launch(configuration()) for _ in range(AT_ONCE)]
    moments = [(daemon.started_at + source.uniform(0, WINDOW), daemon) for daemon in daemons]
    for number, (moment, daemon) in enumerate(sorted(moments, key=lambda pair: pair[0])):
        time.sleep(max(0.0, moment - time.monotonic()))  # the moment under test
        daemon.send_signal(signals[number % len(signals)])
    return daemons
