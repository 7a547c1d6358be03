"""Without headers: a PandaNet server and a real Panda3D client exchange bytes. The boundaries of datagrams are lost."""

import random

import pytest

from harness.program import Program
from harness.waiting import wait_until


@pytest.mark.parametrize("server_framing", [("--raw",), ("--header-size", 0)], ids=["raw server", "server of size 0"])
@pytest.mark.parametrize("client_is_raw", [True, False], ids=["raw client", "client of size 0"])
def test_the_bytes_come_back_in_order(run, panda, server_framing, client_is_raw):
    server = run(Program.panda_net("echo-server", *server_framing))
    program = panda(2 if client_is_raw else 0)
    program.reader.setRawMode(True)  # Panda3D reads without headers in raw mode only
    program.writer.setRawMode(client_is_raw)
    client = program.connect(server.port())
    source = random.Random(0)

    for size in (1, 2, 255, 1_502, 1_503, 10_000):
        payload = source.randbytes(size)
        client.received.clear()
        assert client.send(payload)
        wait_until("all bytes", lambda: sum(map(len, client.received)) >= size, program)
        assert b"".join(client.received) == payload
