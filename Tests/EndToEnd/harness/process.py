"""The kernel's figures for a process."""

import os
from pathlib import Path


def memory_bytes(pid: int, key: str) -> int:
    """Returns the memory of a process: `VmRSS` is the current resident memory, `VmHWM` its peak."""
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith(f"{key}:"))


def cpu_seconds(pid: int) -> float:
    """Returns the processor time of all threads of a process, in user and in system mode."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def is_stopped(pid: int) -> bool:
    """Returns whether SIGSTOP has stopped all threads of a process. Each thread stops at a different time."""
    states = (stat.read_text().rpartition(")")[2].split()[0] for stat in Path(f"/proc/{pid}/task").glob("*/stat"))
    return all(state == "T" for state in states)
