"""The installed service on a machine, used like an operator uses it."""

import json
from typing import Any

from harness.waiting import wait_until

from .base import REPOSITORY
from .machine import Machine

SHIPPED = (REPOSITORY / "config" / "lobbyd.toml").read_text()
UNITS = ("lobbyd.socket", "lobbyd-udp.socket", "lobbyd.service")
# The port in the shipped configuration.
PORT = 9099


class Service:
    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.file = machine.root / "etc" / "lobbyd" / "lobbyd.toml"
        self.drop_ins = machine.root / "etc" / "systemd" / "system" / "lobbyd.service.d"

    def reset(self) -> None:
        """Restores the state after the installation: stopped, with the shipped configuration."""
        self.machine.run("systemctl", "stop", *UNITS)
        self.machine.run("systemctl", "reset-failed", *UNITS, check=False)
        self.override(None)
        self.configure()

    def configure(self, **replaced: str) -> None:
        """Writes the shipped configuration with other values for some keys."""
        text = SHIPPED
        for key, value in replaced.items():
            (before,) = [line for line in text.splitlines() if line.startswith(f"{key} = ")]
            text = text.replace(before, f"{key} = {value}")
        self.file.write_text(text)

    def override(self, setting: str | None) -> None:
        """Overrides a setting of the unit's [Service], like `systemctl edit`. With `None`, removes the override."""
        file = self.drop_ins / "override.conf"
        if setting:
            self.drop_ins.mkdir(parents=True, exist_ok=True)
            file.write_text(f"[Service]\n{setting}\n")
        elif file.exists():
            file.unlink()
        else:
            return
        self.machine.run("systemctl", "daemon-reload")

    def systemctl(self, verb: str, check: bool = True) -> int:
        return self.machine.run("systemctl", verb, "lobbyd", check=check).returncode

    def show(self, name: str) -> str:
        return self.machine.run("systemctl", "show", "lobbyd", "--property", name, "--value").stdout.strip()

    def has_ended(self) -> bool:
        return self.show("ActiveState") in ("inactive", "failed")

    def is_running(self) -> bool:
        return self.show("ActiveState") == "active"

    def lobbyctl(self, *words: str, **options: Any) -> Any:
        return self.machine.run("lobbyctl", *words, **options)

    def journal(self, *matches: str) -> list[dict[str, str]]:
        """Returns the entries of the latest run, oldest first."""
        run = self.show("InvocationID")
        found = self.machine.run("journalctl", "--quiet", "--unit=lobbyd", "--output=json", *matches).stdout
        entries = [json.loads(line) for line in found.splitlines()]
        return [entry for entry in entries if run in (entry.get("_SYSTEMD_INVOCATION_ID"), entry.get("INVOCATION_ID"))]

    def wait_for(self, *matches: str, count: int = 1) -> list[dict[str, str]]:
        """Like `journal`, but waits for `count` entries, because an entry can reach the journal late."""
        wait_until(f"{count} x {matches} in the journal", lambda: len(self.journal(*matches)) >= count)
        return self.journal(*matches)

    def wait_for_text(self, text: str, lines: int = 1000) -> None:
        wait_until(f"{text!r} in the journal", lambda: text in self.text(lines))

    def text(self, lines: int = 30) -> str:
        """Returns the end of the journal as text."""
        return self.machine.run("journalctl", "--unit=lobbyd", f"--lines={lines}", "--output=cat").stdout
