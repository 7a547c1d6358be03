"""20,000 connections reset at random points. Afterwards lobbyd has the same descriptors and connections as before."""

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
        # Some clients send no byte, some stop in mid-frame, and some leave received data unread.
        whole = frame(b"x" * chance.randrange(100))
        client.send(whole[: chance.randrange(len(whole) + 1)])
        while len(open_now) >= AT_ONCE:
            open_now.pop(chance.randrange(len(open_now))).close()
        bystander.poll()
    for client in open_now:
        client.close()

    wait_until("the old number of descriptors", lambda: len(os.listdir(f"/proc/{pid}/fd")) == descriptors, bystander)
    bystander.send(b"after")
    wait_until("an answer", lambda: b"after" in bystander.frames[-5:], bystander)
    assert daemon.terminate() == 0
    finished = daemon.wait_for("shutdown.finished")
    assert daemon.wait_for("shutdown.started").number("connections") == 1
    assert finished.number("connections_refused") == finished.number("refused_client_gone")
    # A client that resets before it is accepted never becomes a connection.
    assert finished.number("connections") + finished.number("refused_client_gone") <= RESETS + 1
    print(f"{RESETS} resets, {finished['connections']} connections: {descriptors} descriptors before and after")
