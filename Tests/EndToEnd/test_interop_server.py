"""A PandaNet server with real Panda3D clients."""

import random

import pytest

from harness.program import Program
from harness.waiting import wait_until


@pytest.mark.parametrize("header_size", [2, 4])
def test_payloads_of_every_size_come_back_unchanged(run, panda, header_size):
    server = run(Program.panda_net("echo-server", "--header-size", header_size))
    client = panda(header_size).connect(server.port())
    source = random.Random(header_size)
    for size in (0, 1, 255, 256, 1_500, 65_534, 65_535):
        payload = source.randbytes(size)
        assert client.send(payload)
        assert client.take(1) == [payload]


def test_with_four_bytes_a_payload_may_be_longer_than_two_can_say(run, panda):
    server = run(Program.panda_net("echo-server", "--header-size", 4))
    client = panda(4).connect(server.port())
    payload = random.Random(4).randbytes(100_000)
    assert client.send(payload)
    assert client.take(1) == [payload]


@pytest.mark.parametrize("header_size", [2, 4])
def test_fifty_clients_each_get_their_own_back_in_order(run, panda, header_size):
    server = run(Program.panda_net("echo-server", "--header-size", header_size))
    port, program = server.port(), panda(header_size)
    clients = [program.connect(port) for _ in range(50)]
    source = random.Random(50)
    payloads = [[source.randbytes(source.randrange(1_000)) for _ in range(20)] for _ in clients]

    for turn in zip(*payloads):
        for client, payload in zip(clients, turn):
            assert client.send(payload)
    wait_until("every answer", lambda: all(len(c.received) >= 20 for c in clients), program)

    assert [client.received for client in clients] == payloads


def test_a_client_that_leaves_does_not_disturb_the_others(run, panda):
    server = run(Program.panda_net("echo-server"))
    port, program = server.port(), panda()
    leaver, other = program.connect(port), program.connect(port)
    for client in (leaver, other):
        assert client.send(b"here")
        assert client.take(1) == [b"here"]
    leaver.close()
    assert other.send(b"still here")
    assert other.take(1) == [b"still here"]
    assert not other.ended
