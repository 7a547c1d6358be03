"""The shell completions of the package: each shell on this machine can read its own."""

import subprocess

from machines.package import run


def test_bash_completes_the_commands(deb, tmp_path):
    run("dpkg-deb", "--extract", deb, tmp_path)
    script = tmp_path / "usr/share/bash-completion/completions/lobbyctl"
    asked = "COMP_WORDS=(lobbyctl sta) COMP_CWORD=1; _lobbyctl lobbyctl sta lobbyctl; echo ${COMPREPLY[@]}"
    completed = subprocess.run(["bash", "-c", f"source {script}; {asked}"], capture_output=True, text=True, check=False)
    assert sorted(completed.stdout.split()) == ["stats", "status"], completed.stderr
