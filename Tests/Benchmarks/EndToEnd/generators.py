"""The two load generators: PeerLoad, which speaks each server's protocol, and lobbyctl bench, the users' tool.

Only `lobbyctl_bench` calls `lobbyctl bench`.
"""

import json
import subprocess
from pathlib import Path

from servers import PROJECT, Server, prepare
from works import Work

PEER_LOAD = PROJECT / ".build/benchmarks/release/PeerLoad"
LOBBYCTL = PROJECT / ".build/release/lobbyctl"
PAYLOAD_BYTES = 64


def peer_load(server: Server, work: Work, pid: int, port: int, core: int, seconds: float) -> dict[str, float]:
    """Runs PeerLoad. Returns its counts, and the figures of the workloads that are computed from them."""
    command = [str(PEER_LOAD), work.kind, "--dialect", server.dialect, "--port", str(port), "--pid", str(pid)]
    command += [*work.load(), "--size", str(PAYLOAD_BYTES), "--seconds", str(seconds), "--warm-up", str(seconds / 4)]
    counted = run(command, core, timeout=60 + 4 * seconds)
    if counted.get("disordered"):
        raise RuntimeError(f"{server.name} lost or reordered {counted['disordered']} messages")
    if counted.get("delivered") == 0:
        raise RuntimeError(f"{server.name} delivered no messages")
    if "delivered" in counted:
        counted["deliveries_per_second"] = counted["delivered"] / counted["seconds"]
        counted["cpu_ns_per_delivery"] = counted["cpu_seconds"] / counted["delivered"] * 1e9
    if "resident_bytes" in counted:
        counted["resident_kib"] = counted["resident_bytes"] / 1024
    if "connections" in counted:
        counted["cpu_us_per_connection"] = counted["cpu_seconds"] / counted["connections"] * 1e6
    return counted


def lobbyctl_bench(work: Work, port: int, core: int, seconds: float) -> str:
    """Returns the report that a user gets for the same workload on lobbyd."""
    kind = ["--type", "2", "--expect", "echo"] if work.kind == "echo" else ["--type", "1", "--expect", "broadcast"]
    command = [str(LOBBYCTL), "bench", "--host", "127.0.0.1", "--port", str(port), *work.load(), *kind]
    command += ["--size", str(PAYLOAD_BYTES), "--duration", milliseconds(seconds), "--warm-up", milliseconds(seconds / 4)]
    return execute(command, core, timeout=60 + 4 * seconds)


def milliseconds(seconds: float) -> str:
    """Returns a duration as an option value of lobbyctl."""
    return f"{round(seconds * 1000)}ms"


def has_lobbyctl_bench() -> bool:
    if not LOBBYCTL.exists():
        return False
    probe = subprocess.run([str(LOBBYCTL), "bench", "--help"], capture_output=True, text=True, check=False)
    return probe.returncode == 0 and "--connections" in probe.stdout


def run(command: list[str], core: int, timeout: float) -> dict[str, float]:
    return json.loads(execute(command, core, timeout))


def execute(command: list[str], core: int, timeout: float) -> str:
    result = subprocess.run(
        command, capture_output=True, text=True, timeout=timeout, check=False, preexec_fn=lambda: prepare(core)
    )
    if result.returncode != 0:
        raise RuntimeError(f"{Path(command[0]).name}: {(result.stderr or result.stdout).strip()}")
    return result.stdout
