"""The machine stops for a while: players that stay within their rate lose no datagram."""

import os
import signal
import time

from harness.waiting import wait_until

PLAYERS = 20
# Datagrams per second.
SENT, LIMIT = 30, 60
STOP_SECONDS = 2.5


def test_players_within_their_rate_stay(start, raw):
    daemon = start(limits={"datagrams_per_second": LIMIT}, relay={"default": "echo"})
    players = [raw(daemon.port()) for _ in range(PLAYERS)]
    number = 0

    def play(seconds: float) -> None:
        """Sends on schedule, without waiting for the answers."""
        nonlocal number
        start = time.monotonic()
        for step in range(int(seconds * SENT)):
            time.sleep(max(0.0, start + step / SENT - time.monotonic()))
            for player in players:
                player.send(number.to_bytes(4, "big"))
            number += 1

    play(0.5)
    os.kill(daemon.process.pid, signal.SIGSTOP)
    try:
        play(STOP_SECONDS)
    finally:
        os.kill(daemon.process.pid, signal.SIGCONT)
    play(1)
    sent = [count.to_bytes(4, "big") for count in range(number)]
    wait_until("every echo", lambda: all(player.frames == sent for player in players), *players)
    assert not any(player.end for player in players)
    assert daemon.terminate() == 0
    assert daemon.wait_for("shutdown.finished").number("exceeded_datagrams_per_second") >= PLAYERS
