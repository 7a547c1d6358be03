"""Puts the same workloads on lobbyd and on other servers in turn, and prints the figures side by side.

Usage: compare.py [--quick] [--only WORK,...] [--rounds N]

Each server runs on one core and the load generator on another core, over loopback. CPU is the processor time that the
kernel has accounted to the server. Only the ratios carry over to another machine.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time

from generators import has_lobbyctl_bench, lobbyctl_bench, peer_load
from servers import Server, all_servers, running
from works import Figure, Work, all_works

Results = dict[str, dict[str, float]]


def measure(server: Server, work: Work, cores: tuple[int, int], seconds: float) -> dict[str, float]:
    server_core, generator_core = cores
    with running(server, server_core) as (process, port):
        return peer_load(server, work, process.pid, port, generator_core, seconds)


def compare(work: Work, servers: list[Server], rounds: int, cores: tuple[int, int], seconds: float) -> Results:
    """Returns the median of each figure. The servers take turns, so other work of the machine affects all of them."""
    found: dict[str, list[dict[str, float]]] = {}
    for _ in range(rounds):
        for server in servers:
            if work.name in server.cannot:
                continue
            try:
                found.setdefault(server.name, []).append(measure(server, work, cores, seconds))
            except (RuntimeError, OSError, subprocess.TimeoutExpired) as error:
                print(f"  {server.name}: {error}", flush=True)
    return {name: {figure.key: median(counted, figure.key) for figure in work.figures} for name, counted in found.items()}


def median(counted: list[dict[str, float]], key: str) -> float:
    values = [one[key] for one in counted if one.get(key) is not None]
    return statistics.median(values) if values else float("nan")


def show(work: Work, results: Results) -> None:
    for figure in work.figures:
        cells = [f"{name} {results[name][figure.key]:,.0f}{ratio(figure, name, results)}" for name in results]
        print(f"{work.name:<7} {figure.label:<20} " + "   ".join(cells), flush=True)


def ratio(figure: Figure, name: str, results: Results) -> str:
    """Returns the factor by which lobbyd's figure is better."""
    ours, theirs = results.get("lobbyd", {}).get(figure.key), results[name][figure.key]
    if name == "lobbyd" or not ours or not theirs:
        return ""
    return f" ({ours / theirs if figure.more_is_better else theirs / ours:.2f}x)"


def show_lobbyctl(works: list[Work], lobbyd: Server, cores: tuple[int, int], seconds: float) -> None:
    for work in works:
        if work.kind in ("idle", "churn"):
            continue
        with running(lobbyd, cores[0]) as (_, port):
            print(f"\nlobbyctl bench, {work.name}: {work.about}")
            print(lobbyctl_bench(work, port, cores[1], seconds).rstrip(), flush=True)


def pick_cores() -> tuple[int, int]:
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        print("only one core: the servers and the generator share it, so throughput figures mean little")
    return cores[0], cores[-1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="half a second per workload instead of two")
    parser.add_argument("--only", default="", help="the workloads to run, separated by commas")
    parser.add_argument("--rounds", type=int, default=1, help="the number of rounds; each figure is their median")
    options = parser.parse_args()
    started = time.monotonic()
    works = all_works(options.quick)
    chosen = [work for work in works if work.name in options.only.split(",")] if options.only else works
    if not chosen:
        parser.error(f"--only: choose from {', '.join(work.name for work in works)}")
    servers = all_servers()
    for server in servers:
        if server.missing:
            print(f"without {server.name}: {server.missing}")
    servers = [server for server in servers if not server.missing]
    cores, seconds = pick_cores(), 0.5 if options.quick else 2.0
    print("in parentheses: the factor by which lobbyd is better")
    for work in chosen:
        show(work, compare(work, servers, options.rounds, cores, seconds))
    if has_lobbyctl_bench():
        show_lobbyctl(chosen, servers[0], cores, seconds)
    else:
        print("without lobbyctl bench: this lobbyctl does not have it")
    print(f"took {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
