"""lobbyctl bench: run to its end, with the JSON of its report."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .daemon import BINARY, clean_environment
from .waiting import DEADLINE

LOBBYCTL = Path(os.environ.get("LOBBYCTL_BINARY") or BINARY.with_name("lobbyctl")).resolve()


@dataclass
class BenchResult:
    """How it ended; `report` is None when it printed none."""

    status: int
    report: dict[str, Any] | None
    error: str

    def __getitem__(self, key: str) -> Any:
        assert self.report is not None, f"no report, exit status {self.status}: {self.error}"
        return self.report[key]


def run_lobbyctl(*arguments: object, timeout: float = 2 * DEADLINE) -> subprocess.CompletedProcess[str]:
    assert os.access(LOBBYCTL, os.X_OK), f"no lobbyctl at {LOBBYCTL}: build it, or name another with LOBBYCTL_BINARY"
    return subprocess.run(
        [str(LOBBYCTL), *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        env=clean_environment(),
    )


def bench(port: int, *arguments: object, timeout: float = 2 * DEADLINE) -> BenchResult:
    """Runs it on loopback with `--json`."""
    result = run_lobbyctl("bench", "--host", "127.0.0.1", "--port", port, "--json", *arguments, timeout=timeout)
    return BenchResult(result.returncode, json.loads(result.stdout) if result.stdout else None, result.stderr)
