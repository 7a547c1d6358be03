"""Verifies drop-ins of systemd units with systemd-analyze."""

import shutil
import subprocess
from pathlib import Path

from ..daemon import REPOSITORY

UNITS = REPOSITORY / "systemd"
# The unit of a drop-in, by its sections.
SECTIONS = {"[Socket]": "lobbyd.socket", "[Service]": "lobbyd.service", "[Unit]": "lobbyd.service"}


def check_drop_in(text: str, directory: Path) -> list[str]:
    """The complaints of systemd about a drop-in. The programs of the service may be absent on this machine."""
    unit = next((unit for section, unit in SECTIONS.items() if section in text.splitlines()), None)
    if unit is None:
        return [f"none of the sections {', '.join(SECTIONS)}"]
    for file in (*UNITS.glob("*.service"), *UNITS.glob("*.socket")):
        shutil.copy(file, directory)
    drop_in = directory / f"{unit}.d" / "page.conf"
    drop_in.parent.mkdir()
    drop_in.write_text(text, encoding="utf-8")
    command = ["systemd-analyze", "verify", "--man=no", str(directory / unit)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return [line.replace(str(drop_in), unit) for line in ran.stderr.splitlines() if str(drop_in) in line]
