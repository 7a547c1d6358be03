"""Repeated requests on one control connection do not leak memory."""

import json
import socket

import pytest

from harness.configuration import listener
from harness.waiting import IS_SANITIZED

REQUESTS = 100_000
# The number of requests in flight.
BATCH = 500
GROWTH_MAX = 4 << 20


def resident_bytes(daemon) -> int:
    with open(f"/proc/{daemon.process.pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS:"))


def ask_often(path, request: bytes, count: int) -> None:
    with socket.socket(socket.AF_UNIX) as control:
        control.connect(str(path))
        with control.makefile("rb") as lines:
            for _ in range(count // BATCH):
                control.sendall(request * BATCH)
                for _ in range(BATCH):
                    assert json.loads(lines.readline())["version"] == 1


@pytest.mark.parametrize(
    "arguments",
    [
        # A week, the longest duration.
        {"command": "loglevel", "level": "info", "for_usec": 604_800_000_000},
        {"command": "loglevel", "level": "info", "for_usec": 1},
        {"command": "kick", "id": 1, "reason": "x" * 256},
        {"command": "status"},
        {"command": "dance"},
    ],
    ids=lambda arguments: "-".join(str(value) for value in arguments.values() if len(str(value)) < 20),
)
def test_memory_does_not_grow(start, tmp_path, arguments):
    path = tmp_path / "c.sock"
    daemon = start(listeners=[listener()], control={"socket": str(path)})
    request = json.dumps({"version": 1, **arguments}).encode() + b"\n"
    ask_often(path, request, REQUESTS // 10)
    before = resident_bytes(daemon)
    ask_often(path, request, REQUESTS)
    growth = resident_bytes(daemon) - before
    assert IS_SANITIZED or growth <= GROWTH_MAX, f"{growth} bytes"
    assert daemon.terminate() == 0
