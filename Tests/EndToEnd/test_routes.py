"""Routes: a payload's message type selects the handler. A payload without a type gets the default."""

import struct

import pytest

from harness.raw_client import frame

ECHO_TYPES = [1, 2, "10-19"]


def sent_and_answered(client, payloads: list[bytes], barrier: bytes) -> list[bytes]:
    for payload in payloads:
        assert client.send(payload)
    return client.barrier(barrier)


@pytest.mark.parametrize("message_type, pack", [("uint8", "<B"), ("uint16", "<H")])
def test_single_types_and_ranges(start, panda, message_type, pack):
    """Exactly the listed types and the whole range are echoed. Their neighbours are not."""
    daemon = start(
        relay={"message_type": message_type, "default": "drop"},
        routes=[{"types": ECHO_TYPES, "handler": "echo"}, {"types": [200], "handler": "echo"}],
    )
    client = panda().connect(daemon.port())
    payloads = {number: struct.pack(pack, number) + b"rest" for number in range(0, 30)}

    answered = sent_and_answered(client, list(payloads.values()), struct.pack(pack, 200))

    assert answered == [payloads[number] for number in (1, 2, *range(10, 20))]


def test_uint16_types_are_little_endian_and_use_all_16_bits(start, panda):
    daemon = start(
        relay={"message_type": "uint16", "default": "drop"},
        routes=[{"types": [0x0102, "60000-65535"], "handler": "echo"}],
    )
    client = panda().connect(daemon.port())
    echoed = [b"\x02\x01", b"\x60\xea", b"\xff\xff tail"]
    dropped = [b"\x01\x02", b"\x5f\xea", b"\x02\x00"]

    payloads = [payload for pair in zip(dropped, echoed) for payload in pair]

    assert sent_and_answered(client, payloads, b"\xfe\xff") == echoed


@pytest.mark.parametrize("message_type, too_short", [("uint8", [b""]), ("uint16", [b"", b"\x01"])])
@pytest.mark.parametrize("default", ["echo", "drop"])
def test_a_payload_too_short_for_a_type_gets_the_default(start, panda, message_type, too_short, default):
    typed = "drop" if default == "echo" else "echo"
    last = 255 if message_type == "uint8" else 65_535
    daemon = start(
        relay={"message_type": message_type, "default": default},
        routes=[{"types": [f"0-{last - 1}"], "handler": typed}, {"types": [last], "handler": "echo"}],
    )
    client = panda().connect(daemon.port())
    assert sent_and_answered(client, too_short, b"\xff\xff") == (too_short if default == "echo" else [])


def test_without_a_message_type_everything_gets_the_default(start, panda):
    daemon = start(relay={"message_type": "none", "default": "echo"})
    client = panda().connect(daemon.port())
    payloads = [bytes([first, 0, 1]) for first in range(256)] + [b""]
    for payload in payloads:
        client.send(payload)
    assert client.take(len(payloads)) == payloads


def test_neighbouring_datagrams_of_different_routes_keep_their_order(start, panda, raw):
    """The route changes at each of a hundred frames in one write. Each frame takes its own route."""
    daemon = start(
        relay={"default": "drop"},
        routes=[{"types": [1, 255], "handler": "echo"}, {"types": [2], "handler": "broadcast", "include_sender": True}],
    )
    watcher = panda().connect(daemon.port())
    watcher.barrier()
    sender = raw(daemon.port())
    payloads = [bytes([number % 3, number]) for number in range(100)] + [b"\x02last"]

    sender.send_bytes(b"".join(map(frame, payloads)))

    broadcast = [payload for payload in payloads if payload[0] == 2]
    assert watcher.take(len(broadcast)) == broadcast
    assert watcher.barrier() == []
    to_sender = [payload for payload in payloads if payload[0] in (1, 2)]
    assert sender.wait_for(len(to_sender)) == to_sender
