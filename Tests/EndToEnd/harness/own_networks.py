"""A network of the test's own with two linked interfaces that have link-local addresses."""

import subprocess
import time
from contextlib import contextmanager
from ipaddress import IPv6Address
from pathlib import Path
from typing import Iterator

from .loopback_only import loopback_only
from .waiting import DEADLINE

ENDS = ("lobby0", "lobby1")


@contextmanager
def linked_interfaces() -> Iterator[dict[str, str]]:
    """Within the block, this thread's new sockets and programs are in a network with two linked interfaces.

    Yields the interfaces' link-local addresses by name. Raises PermissionError without root, and possibly also as root
    in a container.
    """
    with loopback_only():
        _ip("link", "add", ENDS[0], "type", "veth", "peer", "name", ENDS[1])
        for end in ENDS:
            # Duplicate detection is unnecessary: no other machine is in this network.
            Path(f"/proc/sys/net/ipv6/conf/{end}/accept_dad").write_text("0")
            _ip("link", "set", end, "up")
        deadline = time.monotonic() + DEADLINE
        while not all((addresses := {end: _link_local(end) for end in ENDS}).values()):
            assert time.monotonic() < deadline, "the interfaces got no link-local addresses"
        yield addresses


def _link_local(interface: str) -> str:
    """Returns the link-local address of an interface, or an empty string while it has no usable one."""
    for line in Path("/proc/net/if_inet6").read_text().splitlines():
        digits, _, _, scope, flags, name = line.split()
        # 0x20 is link-local scope. The flag 0x40 marks a tentative address.
        if name == interface and scope == "20" and not int(flags, 16) & 0x40:
            return str(IPv6Address(int(digits, 16)))
    return ""


def _ip(*arguments: str) -> None:
    ran = subprocess.run(["ip", *arguments], capture_output=True, text=True)
    if ran.returncode != 0:
        raise PermissionError(ran.stderr)
