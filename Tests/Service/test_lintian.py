"""lintian, Debian's package checker, finds only faults for which the package gives a reason."""

import shutil
import subprocess

import pytest


@pytest.mark.skipif(not shutil.which("lintian"), reason="NOT TESTED: needs lintian")
def test_it_has_nothing_to_say(deb):
    command = ["lintian", "--fail-on=error,warning", "--allow-root", deb]
    checked = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    assert (checked.returncode, checked.stdout) == (0, ""), checked.stdout + checked.stderr
