"""For each family of Datagram methods, a real Panda3D and PandaNet read each other's bytes.

Panda3D writes random fields. PandaNet reads their values, writes them again and sends the new datagram. The bytes must
be the same, and Panda3D must read the original values from them.
"""

import random

import pytest

from harness import fields
from harness.program import Program

DATAGRAMS = 10_000
IN_FLIGHT = 100  # both directions fit the kernel's buffers: a blocking send never waits for this test to read


@pytest.mark.parametrize("header_size", [2, 4])
def test_each_reads_what_the_other_writes(run, panda, header_size):
    server = run(Program.panda_net("fields", "--header-size", header_size))
    client = panda(header_size).connect(server.port())
    source = random.Random(header_size)
    seen = set()

    for start in range(0, DATAGRAMS, IN_FLIGHT):
        batch = [fields.random_values(source) for _ in range(IN_FLIGHT)]
        payloads = [fields.written(values, is_double=source.random() < 0.5) for values in batch]
        for payload in payloads:
            assert client.send(payload)
        for number, (values, payload, answer) in enumerate(zip(batch, payloads, client.take(IN_FLIGHT)), start):
            assert answer == payload, f"datagram {number}, of the fields {values!r}"
            # Compares the representations: a NaN is unequal to itself, and -0.0 must differ from 0.0.
            assert repr(fields.read(answer)) == repr(values), f"datagram {number}"
            seen.update(tag for tag, _ in values)

    assert seen == set(range(len(fields.KINDS)))
