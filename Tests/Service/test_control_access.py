"""Access to the control socket: only root and the members of the group may use lobbyctl."""

import pytest


@pytest.fixture
def users(machine):
    for name, *groups in (["member", "--groups=lobbyd"], ["stranger"]):
        if machine.run("getent", "passwd", name, check=False).returncode:
            machine.run("useradd", *groups, name)


def test_a_stranger_can_not_reach_the_control_socket(service, users):
    service.systemctl("start")
    refused = service.lobbyctl("status", user="stranger", check=False)
    assert refused.returncode == 71
    assert "ermission denied" in refused.stderr


def test_a_member_of_the_group_can_and_is_named_in_the_log(service, users):
    service.systemctl("start")
    assert "game" in service.lobbyctl("status", user="member").stdout
    service.lobbyctl("loglevel", "debug", user="member")
    (entry,) = service.wait_for("ADMIN_COMMAND=loglevel")
    assert entry["ADMIN_UID"] == service.machine.run("id", "--user", "member").stdout.strip()


def test_root_can(service):
    service.systemctl("start")
    assert service.lobbyctl("status").returncode == 0


def test_a_member_of_the_group_can_not_take_the_lock_that_a_start_needs(service, users):
    service.systemctl("start")
    taken = service.machine.run("flock", "--nonblock", "/run/lobbyd/control.lock", "true", user="member", check=False)
    assert taken.returncode != 0
    assert "ermission denied" in taken.stderr


def test_a_stop_leaves_neither_socket_nor_lock(service):
    service.systemctl("start")
    service.systemctl("stop")
    assert service.machine.run("test", "-e", "/run/lobbyd", check=False).returncode == 1


def test_the_socket_is_there_again_after_a_reload(service):
    service.systemctl("start")
    service.machine.run("rm", "/run/lobbyd/control.sock")
    # The unit's reload uses the control socket, which is gone. So this sends the signal directly.
    service.machine.run("systemctl", "kill", "--kill-whom=main", "--signal=HUP", "lobbyd")
    (lost,) = service.wait_for("SOCKET=/run/lobbyd/control.sock", "PRIORITY=4")
    assert lost["MESSAGE"].startswith("control.lost")
    service.wait_for("PRIORITY=5", "SOCKET=/run/lobbyd/control.sock")
    assert service.lobbyctl("status").returncode == 0
