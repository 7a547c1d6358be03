"""A daemon with random configurations, compared with a model: each client must receive exactly the model's datagrams.

The rounds vary the header sizes, UDP, routes, event loops, coalescing, reloads in the middle of traffic, and clients
that join late, leave, half-close and reset. LOBBYD_MODEL_SEED repeats one seed. LOBBYD_MODEL_SECONDS sets the duration.
"""

import os
import secrets
import time
from typing import Iterator

import pytest

from harness.deliveries.checks import Receipts, Stream, faults
from harness.deliveries.choices import marker
from harness.deliveries.round import Round
from harness.deliveries.rules import Route, Rules

SECONDS = float(os.environ.get("LOBBYD_MODEL_SECONDS") or 60)


def seeds() -> Iterator[int]:
    if seed := os.environ.get("LOBBYD_MODEL_SEED"):
        yield int(seed)
        return
    ends_at = time.monotonic() + SECONDS
    while time.monotonic() < ends_at:
        yield secrets.randbits(32)


def test_every_client_receives_what_the_model_says(launch, capsys):
    rounds, steps, deliveries = 0, 0, 0
    for seed in seeds():
        try:
            played = Round(seed, launch)
            played.play()
            assert played.daemon.wait_for_exit() == 0
        except BaseException as error:
            error.add_note(f"to repeat this round: LOBBYD_MODEL_SEED={seed}")
            raise
        rounds, steps, deliveries = rounds + 1, steps + len(played.steps), deliveries + played.deliveries
        with capsys.disabled():
            print(f"\nseed {seed}: {len(played.steps)} steps, {played.deliveries} deliveries", end="", flush=True)
    with capsys.disabled():
        print(f"\n{rounds} rounds, {steps} steps, {deliveries} deliveries, all as in the model")
    assert deliveries > 0


# Tests of the model itself: it must find each possible fault of a daemon.

ROUTES = Rules(
    default="broadcast",
    include_sender=False,
    routes=(Route((255,), "broadcast", True), Route((1,), "echo"), Route((2,), "drop")),
)
SENT = [bytes((kind, 0, 1, 0, number, 0, 0, 0)) for number, kind in enumerate((0, 1, 2, 0))]
STREAM = Stream(1, "tcp2", [*SENT, marker(1, 9)])
TO_SENDER = [SENT[1], STREAM.payloads[-1]]
TO_OTHER = [SENT[0], SENT[3], STREAM.payloads[-1]]


def found(
    to_sender: list[bytes], to_other: list[bytes], after: Rules | None = None, **extra: frozenset[int]
) -> list[str]:
    receipts = [Receipts(1, "tcp2", payloads=to_sender), Receipts(2, "tcp4", payloads=to_other)]
    return faults([STREAM], receipts, ROUTES, after, **extra)


def test_the_model_has_no_fault_to_find_in_a_right_delivery():
    assert found(TO_SENDER, TO_OTHER) == []


@pytest.mark.parametrize(
    "to_sender, to_other",
    [
        (TO_SENDER[1:], TO_OTHER),
        (TO_SENDER, TO_OTHER[1:]),
        (TO_SENDER, [*TO_OTHER, TO_OTHER[-1]]),
        (TO_SENDER, [TO_OTHER[1], TO_OTHER[0], TO_OTHER[2]]),
        (TO_SENDER[::-1], TO_OTHER),
        ([SENT[0], *TO_SENDER], TO_OTHER),
        (TO_SENDER, [SENT[0], SENT[1], *TO_OTHER[1:]]),
        ([SENT[1], SENT[2], TO_SENDER[1]], TO_OTHER),
        (TO_SENDER, [TO_OTHER[0][:-1] + b"x", *TO_OTHER[1:]]),
        (TO_SENDER, [*TO_OTHER, marker(7, 1)]),
        (TO_SENDER, [*TO_OTHER, b"\0"]),
    ],
)
def test_the_model_finds_what_is_lost_doubled_swapped_astray_or_changed(to_sender, to_other):
    assert found(to_sender, to_other) != []


def test_a_reload_in_the_middle_is_one_moment_for_all_receivers():
    silent = Rules("uint8", "drop", routes=(Route((255,), "broadcast", True),))
    assert found([SENT[1], TO_SENDER[1]], [SENT[0], TO_OTHER[-1]], silent) == []
    assert found([TO_SENDER[1]], [TO_OTHER[-1]], silent) == []
    assert found([TO_SENDER[1]], [SENT[0], SENT[3], TO_OTHER[-1]], silent) != [], "the earlier echo is missing"


def test_a_sender_that_was_cut_off_has_one_end_for_all_receivers():
    aborted = frozenset([1])
    assert found([SENT[1]], [SENT[0]], aborted=aborted) == []
    assert found([], [SENT[0], SENT[3]], aborted=aborted) != []


def test_what_a_header_cannot_carry_is_left_out():
    long = bytes(65_536)
    rules = Rules()
    assert [rules.receives(long, False, way) for way in ("tcp2", "tcp4", "udp")] == [False, True, False]
    assert rules.receives(bytes(1500), False, "udp") and not rules.receives(bytes(1501), False, "udp")
    assert rules.receives(bytes(65_535), False, "tcp2")
