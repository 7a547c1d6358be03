"""Runs lobbyctl bench to its end and reads the JSON of its report."""

import json
from dataclasses import dataclass
from typing import Any

from .control import run_lobbyctl
from .waiting import DEADLINE


@dataclass
class BenchResult:
    """The result of a run. `report` is `None` if lobbyctl printed no report."""

    status: int
    report: dict[str, Any] | None
    error: str

    def __getitem__(self, key: str) -> Any:
        assert self.report is not None, f"no report, exit status {self.status}: {self.error}"
        return self.report[key]


def bench(port: int, *arguments: object, timeout: float = 2 * DEADLINE) -> BenchResult:
    """Runs lobbyctl bench on loopback with `--json`."""
    result = run_lobbyctl("bench", "--host", "127.0.0.1", "--port", port, "--json", *arguments, timeout=timeout)
    return BenchResult(result.returncode, json.loads(result.stdout) if result.stdout else None, result.stderr)
