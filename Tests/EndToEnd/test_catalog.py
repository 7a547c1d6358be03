"""The journal's catalog: systemd takes the file, and has an explanation for each event."""

import subprocess
from pathlib import Path

from harness.daemon import REPOSITORY

CATALOG = REPOSITORY / "systemd" / "lobbyd.catalog"


def journalctl(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["journalctl", f"--root={root}", *arguments], capture_output=True, text=True, timeout=20, check=False
    )


def test_systemd_takes_every_entry(tmp_path):
    directory = tmp_path / "usr" / "lib" / "systemd" / "catalog"
    directory.mkdir(parents=True)
    (tmp_path / "var" / "lib" / "systemd" / "catalog").mkdir(parents=True)
    (directory / CATALOG.name).write_text(CATALOG.read_text())

    update = journalctl(tmp_path, "--update-catalog")
    assert (update.returncode, update.stderr) == (0, "")

    ids = [line.split()[1] for line in CATALOG.read_text().splitlines() if line.startswith("-- ")]
    listed = {line.split()[0]: line for line in journalctl(tmp_path, "--list-catalog").stdout.splitlines()}
    assert sorted(listed) == sorted(ids)
    assert all(" lobbyd: " in line for line in listed.values())


def test_every_entry_says_what_it_means():
    """Each entry has a subject, the name of the program that defines it, and at least a sentence."""
    for entry in CATALOG.read_text().split("\n-- ")[1:]:
        head, _, text = entry.partition("\n\n")
        assert "Subject: " in head and "Defined-By: lobbyd" in head, head
        assert text.strip().rstrip('"').endswith("."), text
