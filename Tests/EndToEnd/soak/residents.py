"""Players that stay to the end. Each must get every broadcast of the group, once and in order."""

import struct
import time
from multiprocessing.synchronize import Event

from harness.raw_client import RawClient

from .nuisances import CONTEXT, Tally

CONNECTIONS, PUBLISHERS = 10, 3
# Seconds between two broadcasts of each publisher.
INTERVAL = 0.1
# The time limit for the last deliveries, in seconds.
SETTLING_MAX = 10.0
# The message types of the other steady players and of the residents.
BENCH_TYPE, TYPE = 1, 3
HEAD = struct.Struct("<BBI")


class Resident:
    """One connection, and the number that it expects next from each publisher."""

    def __init__(self, port: int) -> None:
        self.client = RawClient(port)
        self.expected = [0] * PUBLISHERS

    def take(self) -> tuple[int, int]:
        """Reads the arrived datagrams. Returns the number of deliveries and the number of faulty ones."""
        while self.client.poll():
            pass
        frames, self.client.frames = self.client.frames, []
        ours = [payload for payload in frames if payload[:1] != bytes([BENCH_TYPE])]
        return len(ours), sum(not self._is_due(payload) for payload in ours)

    def _is_due(self, payload: bytes) -> bool:
        if len(payload) != HEAD.size:
            return False
        kind, publisher, number = HEAD.unpack(payload)
        if kind != TYPE or publisher >= PUBLISHERS:
            return False
        due, self.expected[publisher] = self.expected[publisher], number + 1
        return number == due


def stay(port: int, tally: Tally, is_over: Event) -> None:
    """Publishes and checks until `is_over`, then waits until all deliveries have arrived."""
    residents = [Resident(port) for _ in range(CONNECTIONS)]
    sent = 0
    while not is_over.wait(INTERVAL):
        for publisher in range(PUBLISHERS):
            residents[publisher].client.send(HEAD.pack(TYPE, publisher, sent))
        sent += 1
        take_all(residents, tally)
    deadline = time.monotonic() + SETTLING_MAX
    while missing(residents, sent) and time.monotonic() < deadline:
        take_all(residents, tally)
        time.sleep(0.01)
    tally.add(failed=missing(residents, sent) + sum(resident.client.end is not None for resident in residents))


def take_all(residents: list[Resident], tally: Tally) -> None:
    for resident in residents:
        tally.add(*resident.take())


def missing(residents: list[Resident], sent: int) -> int:
    return sum(sent - expected for resident in residents for expected in resident.expected)


class Residents:
    """Runs all residents in a process of their own, until `close`."""

    def __init__(self, port: int) -> None:
        self.tally = Tally()
        self._is_over = CONTEXT.Event()
        self._process = CONTEXT.Process(target=stay, args=(port, self.tally, self._is_over), daemon=True)
        self._process.start()

    def close(self) -> bool:
        """Returns whether the process has ended without an error."""
        self._is_over.set()
        self._process.join(2 * SETTLING_MAX)
        return self._process.exitcode == 0
