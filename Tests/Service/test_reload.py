"""systemctl reload, with a client that stays connected."""

import re

ECHO_ONLY = '"echo"'


def connected(panda, service):
    """Two clients; a broadcast of the first reaches both."""
    service.systemctl("start")
    first, second = panda.connect(9099), panda.connect(9099)
    second.send(b"\x07here")
    second.take(1)
    first.send(b"\x07all")
    assert b"\x07all" in second.take(1)
    return first, second


def is_broadcast(sender, receiver) -> bool:
    """Whether the receiver gets what the sender sends; an own datagram of its, sent later, shows that it is over."""
    sender.received.clear()
    receiver.received.clear()
    sender.send(b"\x07question")
    sender.take(1)
    receiver.send(b"\x07after")
    receiver.wait_for(1)
    return b"\x07question" in receiver.received


def test_new_routes_are_in_force_with_the_client_still_connected(service, panda):
    first, second = connected(panda, service)
    assert is_broadcast(first, second)
    process = service.show("MainPID")

    service.configure(default=ECHO_ONLY)
    service.systemctl("reload")

    assert not is_broadcast(first, second)
    assert not first.ended and not second.ended
    assert service.show("MainPID") == process


def test_a_broken_file_fails_the_reload_and_changes_nothing(service, panda):
    first, second = connected(panda, service)
    service.configure(default='"echoo"')
    line = service.file.read_text().splitlines().index('default = "echoo"') + 1

    assert service.systemctl("reload", check=False) != 0

    place = f"/etc/lobbyd/lobbyd.toml:{line}:11"
    assert place in service.text()
    assert re.search(rf'Status: ".*{line}:11', service.machine.run("systemctl", "status", "lobbyd").stdout)
    rejected = service.journal("MESSAGE_ID=b88dee3cc7134cbc9dc52c4440e61a0f")
    assert [entry["CONFIG_LINE"] for entry in rejected] == [str(line)]
    assert service.show("ActiveState") == "active"
    assert is_broadcast(first, second)
    assert not first.ended and not second.ended
