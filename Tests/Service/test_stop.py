"""systemctl stop, with clients."""


def test_every_client_sees_the_end_and_lobbyd_exits_with_0(service, raw):
    service.systemctl("start")
    clients = [raw() for _ in range(20)]
    for number, client in enumerate(clients):
        client.send(bytes([1, number]))
    for client in clients:
        client.wait_for(20)

    service.systemctl("stop")

    assert [client.wait_for_end() for client in clients] == ["closed"] * 20
    assert (service.show("Result"), service.show("ExecMainCode"), service.show("ExecMainStatus")) == ("success", "1", "0")
