"""UDP between PandaNet and a real Panda3D, or between two processes with PandaNet."""

import random

import pytest

from harness.program import Program

COUNT = 500
HEADERS = pytest.mark.parametrize("options", [(), ("--raw",)], ids=["checksum header", "raw"])


@HEADERS
def test_a_panda_net_server_gives_back_what_a_panda3d_client_sends(run, panda, options):
    server = run(Program.panda_net("udp-echo-server", *options))
    program = panda()
    program.reader.setRawMode(bool(options))
    program.writer.setRawMode(bool(options))
    client = program.open_udp(server.port())
    source = random.Random(1)
    sizes = [1, 255, 256, 1_500] + [source.randrange(1, 1_500) for _ in range(COUNT)]
    if not options:
        sizes.append(0)  # in raw mode this is an empty datagram, which Panda3D may take for the end of the socket

    for size in sizes:
        payload = source.randbytes(size)
        assert client.send(payload)
        assert client.take(1) == [payload]


def echo(run, port: int, *options: object) -> None:
    client = run(Program.panda_net("udp-echo-client", "--port", port, "--count", COUNT, *options))
    assert client.line() == f"{COUNT} echoed"
    assert client.wait() == 0


@HEADERS
def test_a_panda3d_server_gives_back_what_a_panda_net_client_sends(run, options):
    server = run(Program.panda_server("--udp", *options))
    echo(run, server.port(), *options)


@HEADERS
def test_a_panda_net_server_in_another_process_gives_back_what_a_client_sends(run, options):
    server = run(Program.panda_net("udp-echo-server", *options))
    echo(run, server.port(), *options)
