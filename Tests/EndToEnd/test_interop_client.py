"""A PandaNet client with a real Panda3D server, and with a PandaNet server in another process."""

import pytest

from harness.program import Program

COUNT = 1_000
FRAMINGS = [("--header-size", 2), ("--header-size", 4), ("--header-size", 0), ("--raw",)]


def echo(run, port: int, *options: object) -> None:
    """Runs a PandaNet client that compares its echoes. The sizes include the limits of each header."""
    client = run(Program.panda_net("echo-client", "--port", port, "--count", COUNT, *options))
    assert client.line() == f"{COUNT} echoed"
    assert client.wait() == 0


@pytest.mark.parametrize("framing", FRAMINGS, ids=lambda framing: " ".join(map(str, framing)))
def test_a_panda3d_server_gives_back_what_a_client_sends(run, framing):
    server = run(Program.panda_server(*framing))
    echo(run, server.port(), *framing, "--host", "localhost")


@pytest.mark.parametrize("framing", FRAMINGS, ids=lambda framing: " ".join(map(str, framing)))
def test_a_panda_net_server_in_another_process_gives_back_what_a_client_sends(run, framing):
    server = run(Program.panda_net("echo-server", *framing))
    echo(run, server.port(), *framing, "--host", "localhost")


def test_a_panda3d_server_that_is_killed_is_one_reset(run):
    server = run(Program.panda_server())
    client = run(Program.panda_net("reset-client", "--port", server.port()))
    assert client.line() == "ready"
    server.kill()
    assert client.line() == "1 reset"
    assert client.wait() == 0
