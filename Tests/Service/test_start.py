"""The start: the service becomes active only when its port answers."""

import re
import socket
import subprocess
import sys

from harness.raw_client import RawClient

from machines.base import REPOSITORY
from machines.service import PORT

README = (REPOSITORY / "README.md").read_text()


def test_the_port_answers_as_soon_as_systemctl_start_is_back(service):
    for _ in range(4):  # the unit allows 5 starts within a minute
        service.systemctl("restart")
        client = RawClient(PORT)
        client.send(b"\x01hello")
        assert client.wait_for(1) == [b"\x01hello"]
        client.close()


def test_it_is_never_ready_on_a_port_that_it_can_not_have(service):
    service.override("Restart=no")
    with socket.create_server(("127.0.0.1", PORT)):
        assert service.systemctl("start", check=False) != 0
    assert (service.show("Result"), service.show("ExecMainStatus")) == ("exit-code", "71")
    service.wait_for("MESSAGE_ID=3019d77aca8145f59af97dd4cbafec4b")  # listener.failed
    assert not service.journal("MESSAGE_ID=7d9553a3d18f43778595b5c2eed6a807")  # ready


def test_the_client_of_the_manual_gets_its_datagram(service):
    """Runs the README's program in a process of its own, with the real Panda3D."""
    program = re.search(r"```python\n(.*?)```", README, re.DOTALL)[1]
    promise = re.search(r"It prints `(.*?)`", README)[1]
    service.systemctl("start")
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=20, check=False)
    assert ran.stdout.splitlines()[-1:] == [promise], ran.stderr


def test_it_runs_as_a_user_of_its_own_without_capabilities(service):
    service.systemctl("start")
    status = service.machine.run("cat", f"/proc/{service.show('MainPID')}/status").stdout
    user = service.machine.run("id", "--user", "lobbyd").stdout.strip()
    assert re.search(rf"^Uid:\t{user}\t{user}\t{user}\t{user}$", status, re.MULTILINE)
    assert re.search(r"^CapEff:\t0+$", status, re.MULTILINE)
