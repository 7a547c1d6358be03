"""20,000 connections that end with a reset at random points: descriptors and registry are back where they were."""

import os
import random
import socket
import struct

from harness.raw_client import frame
from harness.waiting import wait_until

RESETS = 20_000
AT_ONCE = 200
ABORT = struct.pack("ii", 1, 0)


def test_nothing_is_left_of_them(start, raw):
    daemon = start(relay={"default": "broadcast"})
    pid, port, chance = daemon.process.pid, daemon.port(), random.Random(9)
    bystander = raw(port)
    bystander.send(b"before")
    bystander.wait_for(1)
    descriptors = len(os.listdir(f"/proc/{pid}/fd"))

    open_now: list[socket.socket] = []
    for _ in range(RESETS):
        client = socket.create_connection(("127.0.0.1", port))
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
        open_now.append(client)
        # Some never say a thing, some stop in mid-frame, some leave what they were sent unread.
        whole = frame(b"x" * chance.randrange(100))
        client.send(whole[: chance.randrange(len(whole) + 1)])
        while len(open_now) >= AT_ONCE:
            open_now.pop(chance.randrange(len(open_now))).close()
        bystander.poll()
    for client in open_now:
        client.close()

    wait_until("descriptors to be back", lambda: len(os.listdir(f"/proc/{pid}/fd")) == descriptors, bystander)
    bystander.send(b"after")
    wait_until("an answer", lambda: b"after" in bystander.frames[-5:], bystander)
    assert daemon.terminate() == 0
    finished = daemon.wait_for("shutdown.finished")
    assert daemon.wait_for("shutdown.started").number("connections") == 1
    assert finished.number("connections_refused") == finished.number("refused_client_gone")
    # One that was reset while it waited to be accepted never became a connection.
    assert finished.number("connections") + finished.number("refused_client_gone") <= RESETS + 1
    print(f"{RESETS} resets, {finished['connections']} connections: {descriptors} descriptors before and after")
