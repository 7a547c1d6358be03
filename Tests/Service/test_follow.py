"""Observation: the fields of the journal, the status line, the explanations of the catalog, and lobbyctl."""

from harness.waiting import wait_until

MOVED = ["BYTES_IN", "BYTES_OUT", "DATAGRAMS_IN", "DATAGRAMS_OUT"]
FIELDS = ["PEER_ADDRESS", "PEER_PORT", "LISTENER", "CLOSE_REASON", *MOVED]


def test_the_journal_finds_a_connection_by_its_id(service, raw):
    service.configure(level='"debug"')
    service.systemctl("start")
    client = raw()
    client.send(b"\x01hello")
    client.wait_for(1)
    port = client.port
    client.close()
    opened, closed = service.wait_for("CONNECTION_ID=1", count=2)
    assert opened["MESSAGE"].startswith("connection.opened") and closed["MESSAGE"].startswith("connection.closed")
    facts = ["127.0.0.1", str(port), "game", "peerClosed", "8", "8", "1", "1"]
    assert [closed[field] for field in FIELDS] == facts
    assert int(closed["DURATION_USEC"]) > 0
    for entry in (opened, closed):
        assert (entry["SYSLOG_IDENTIFIER"], entry["PRIORITY"]) == ("lobbyd", "7")
        assert entry["_SYSTEMD_UNIT"] == "lobbyd.service"
        assert all(entry[field] for field in ("MESSAGE_ID", "CODE_FILE", "CODE_LINE", "CODE_FUNC", "LOGGER"))


def test_the_journal_explains_its_entries(service):
    service.systemctl("start")
    bound = "MESSAGE_ID=89583b78efde404495031f442e95d5b3"
    service.wait_for(bound)
    explained = service.machine.run("journalctl", "--unit=lobbyd", "--catalog", "--lines=1", bound).stdout
    assert "Port 9099 is open: listener game" in explained
    assert "Clients can connect to listener game over tcp" in explained


def test_the_status_is_that_of_now(service, raw):
    def status() -> str:
        return service.machine.run("systemctl", "status", "lobbyd").stdout

    service.systemctl("start")
    assert 'Status: "0 connections on 1 listener"' in status()
    raw(), raw()
    wait_until("two connections in the status", lambda: 'Status: "2 connections on 1 listener"' in status())


def test_lobbyctl_sees_what_is_connected(service, raw):
    service.systemctl("start")
    client = raw()
    client.send(b"\x01hello")
    client.wait_for(1)
    listed = service.lobbyctl("list").stdout
    assert "game" in listed and "127.0.0.1" in listed
    assert service.lobbyctl("kick", "1", "--reason", "a test").returncode == 0
    assert client.wait_for_end() == "closed"
