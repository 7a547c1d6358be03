"""Echo: a payload of any size, even an empty one, comes back unchanged to its sender and to no other client."""

import random

import pytest

from harness.configuration import listener


@pytest.mark.parametrize("header_size", [2, 4])
@pytest.mark.parametrize("size", [0, 1, 255, 256, 65_535])
def test_a_payload_comes_back_unchanged(start, panda, header_size, size):
    daemon = start(listeners=[listener(header_size=header_size)], relay={"default": "echo"})
    program = panda(header_size)
    sender, other = program.connect(daemon.port()), program.connect(daemon.port())
    payload = random.Random(size).randbytes(size)

    assert sender.send(payload)
    assert sender.take(1) == [payload]

    assert other.barrier() == []
    assert sender.barrier() == []


def test_a_hundred_thousand_datagrams_come_back_identical_and_in_order(start, panda):
    daemon = start(relay={"default": "echo"})
    client = panda().connect(daemon.port())
    source = random.Random(100_000)
    # The sizes that games use, and sometimes any size up to the maximum.
    sizes = [source.randrange(65_536) if number % 100 == 0 else source.randrange(1_501) for number in range(100_000)]
    pool = source.randbytes(1 << 20)
    payloads = [pool[start : start + size] for size in sizes for start in (source.randrange(len(pool) - 65_535),)]

    in_flight = 256  # both directions fit the kernel's buffers: a blocking send never waits for this test to read
    for sent, payload in enumerate(payloads):
        assert client.send(payload)
        if sent % in_flight == in_flight - 1:
            client.wait_for(sent + 1 - in_flight // 2)

    assert client.wait_for(len(payloads)) == payloads
