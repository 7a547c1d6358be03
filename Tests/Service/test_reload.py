"""systemctl reload, with a client that stays connected."""

import os
import re

from harness.waiting import wait_until


def connected(panda, service):
    """Starts the service. Returns two clients of the shipped configuration, which broadcasts."""
    service.systemctl("start")
    first, second = panda.connect(9099), panda.connect(9099)
    round_trip(second)
    wait_for_broadcast(first, second)
    return first, second


def round_trip(client) -> bytes:
    """Sends a datagram that comes back, and waits for it. All earlier datagrams have arrived by then."""
    token = b"\x07" + os.urandom(8)
    assert client.send(token)
    wait_until("its own datagram", lambda: token in client.received, client.program)
    return token


def wait_for_broadcast(sender, receiver) -> None:
    token = round_trip(sender)
    wait_until("a broadcast", lambda: token in receiver.received, sender.program)


def is_echoed(sender, receiver) -> bool:
    """Whether a datagram reaches only its sender."""
    token = round_trip(sender)
    for _ in range(3):  # an echo can overtake a broadcast that is on its way between two event loops
        round_trip(receiver)
    return token not in receiver.received


def test_new_routes_are_in_force_with_the_client_still_connected(service, panda):
    first, second = connected(panda, service)
    process = service.show("MainPID")

    service.configure(default='"echo"')
    service.systemctl("reload")

    assert is_echoed(first, second) and is_echoed(second, first)
    assert not first.ended and not second.ended
    assert service.show("MainPID") == process


def test_a_broken_file_fails_the_reload_and_changes_nothing(service, panda):
    first, second = connected(panda, service)
    service.configure(default='"echoo"')
    line = service.file.read_text().splitlines().index('default = "echoo"') + 1

    assert service.systemctl("reload", check=False) != 0

    place = f"/etc/lobbyd/lobbyd.toml:{line}:11"
    service.wait_for_text(place)
    assert re.search(rf'Status: ".*{line}:11', service.machine.run("systemctl", "status", "lobbyd").stdout)
    (rejected,) = service.wait_for("MESSAGE_ID=b88dee3cc7134cbc9dc52c4440e61a0f")
    assert (rejected["CONFIG_LINE"], rejected["CONFIG_COLUMN"]) == (str(line), "11")
    assert service.show("ActiveState") == "active"
    wait_for_broadcast(first, second)
    assert not first.ended and not second.ended
