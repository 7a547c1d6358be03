"""What the kernel has counted for a process."""

import os
from pathlib import Path


def memory_bytes(pid: int, key: str) -> int:
    """`VmRSS` is what it has in memory, `VmHWM` the most that it ever had."""
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith(f"{key}:"))


def cpu_seconds(pid: int) -> float:
    """Processor time of all its threads, in the program and in the kernel."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def is_stopped(pid: int) -> bool:
    """Whether SIGSTOP has reached all its threads: each stops in its own time."""
    states = (stat.read_text().rpartition(")")[2].split()[0] for stat in Path(f"/proc/{pid}/task").glob("*/stat"))
    return all(state == "T" for state in states)
