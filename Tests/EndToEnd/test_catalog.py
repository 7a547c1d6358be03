"""The journal's catalog: systemd accepts the file, and it explains each event of lobbyd."""

import json
import subprocess
from pathlib import Path

from harness.daemon import BINARY, REPOSITORY

CATALOG = REPOSITORY / "systemd" / "lobbyd.catalog"


def events() -> list[dict]:
    reference = subprocess.run([BINARY, "--print-reference"], capture_output=True, timeout=20, check=True)
    return json.loads(reference.stdout)["events"]


def journalctl(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["journalctl", f"--root={root}", *arguments], capture_output=True, text=True, timeout=20, check=False
    )


def test_systemd_accepts_an_entry_for_each_event(tmp_path):
    directory = tmp_path / "usr" / "lib" / "systemd" / "catalog"
    directory.mkdir(parents=True)
    (tmp_path / "var" / "lib" / "systemd" / "catalog").mkdir(parents=True)
    (directory / CATALOG.name).write_text(CATALOG.read_text())

    update = journalctl(tmp_path, "--update-catalog")
    assert (update.returncode, update.stderr) == (0, "")

    listed = dict(line.split(maxsplit=1) for line in journalctl(tmp_path, "--list-catalog").stdout.splitlines())
    assert listed == {event["id"]: f"lobbyd: {event['subject']}" for event in events()}


def test_each_entry_ends_with_a_sentence():
    entries = CATALOG.read_text().split("\n-- ")[1:]
    assert len(entries) == len(events())
    for entry in entries:
        head, _, text = entry.partition("\n\n")
        assert "Subject: " in head and "Defined-By: lobbyd" in head, head
        assert text.strip().endswith("."), text
