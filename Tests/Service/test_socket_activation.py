"""Socket activation: systemd holds the port, and the first client starts lobbyd."""


def test_the_first_client_starts_it_and_is_answered(service, raw):
    service.machine.run("systemctl", "start", "lobbyd.socket")
    assert service.show("ActiveState") == "inactive"

    client = raw()
    client.send(b"\x01hello")

    assert client.wait_for(1) == [b"\x01hello"]
    assert service.is_running()
    bound = service.wait_for("MESSAGE_ID=89583b78efde404495031f442e95d5b3")
    assert [(entry["LISTENER"], entry["INHERITED"]) for entry in bound] == [("game", "true")]


def test_a_client_waits_through_a_restart(service, raw):
    service.machine.run("systemctl", "start", "lobbyd.socket", "lobbyd.service")
    service.systemctl("stop")
    client = raw()
    client.send(b"\x01hello")
    assert client.wait_for(1) == [b"\x01hello"]
