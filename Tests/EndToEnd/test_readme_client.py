"""The client that the README shows gets the answer that the README promises, from a daemon on the shipped configuration."""

import re
import subprocess
import sys

from harness.daemon import BINARY, REPOSITORY
from harness.raw_client import free_port

README = (REPOSITORY / "README.md").read_text()
CONFIGURATION = (REPOSITORY / "docs" / "configuration.md").read_text()


def test_it_gets_its_datagram_back(launch):
    program = re.search(r"```python\n(.*?)```", README, re.DOTALL)[1]
    promise = re.search(r"It prints `(.*?)`", README)[1]
    port = free_port()
    shipped = (REPOSITORY / "config" / "lobbyd.toml").read_text()
    config = shipped.replace("port = 9099", f"port = {port}").replace("/run/lobbyd/control.sock", "")
    launch(config).wait_for("ready")
    ran = subprocess.run(
        [sys.executable, "-c", program.replace("9099", str(port))], capture_output=True, text=True, timeout=20
    )
    assert ran.stdout.splitlines()[-1] == promise, ran.stderr


def test_each_configuration_in_the_documents_is_valid(tmp_path):
    examples = re.findall(r"```toml\n(.*?)```", README + CONFIGURATION, re.DOTALL)
    assert len(examples) >= 2
    for number, text in enumerate(examples):
        file = tmp_path / f"{number}.toml"
        file.write_text(text)
        ran = subprocess.run([BINARY, "--config", file, "--check"], capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
