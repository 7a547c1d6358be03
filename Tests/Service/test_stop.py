"""systemctl stop, with connected clients."""


def test_every_client_sees_the_end_and_lobbyd_exits_with_0(service, raw):
    # systemd forgets a stopped unit and its result, so the unit itself writes the result to a file.
    service.override("ExecStopPost=+/bin/sh -c 'echo $SERVICE_RESULT $EXIT_CODE $EXIT_STATUS >/run/ended'")
    service.systemctl("start")
    clients = [raw() for _ in range(20)]
    for client in clients:
        client.send(b"\x01hello")
        client.wait_for(1)

    service.systemctl("stop")

    assert [client.wait_for_end() for client in clients] == ["closed"] * 20
    assert service.machine.run("cat", "/run/ended").stdout == "success exited 0\n"
    service.wait_for_text("shutdown.finished", lines=5)
