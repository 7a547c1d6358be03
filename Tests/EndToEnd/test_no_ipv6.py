"""On a host without IPv6, address "*" means every IPv4 interface."""

import subprocess

from harness.configuration import configuration, listener

# Simulates a kernel without IPv6.
WITHOUT_IPV6 = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <sys/socket.h>
int socket(int family, int type, int protocol) {
    if (family == AF_INET6) { errno = EAFNOSUPPORT; return -1; }
    return ((int (*)(int, int, int))dlsym(RTLD_NEXT, "socket"))(family, type, protocol);
}
"""


def test_ipv4_clients_are_served(launch, panda, tmp_path):
    source, library = tmp_path / "without_ipv6.c", tmp_path / "without_ipv6.so"
    source.write_text(WITHOUT_IPV6)
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", library, source], check=True)
    daemon = launch(configuration(listeners=[listener(address="*")]), LD_PRELOAD=str(library))
    assert daemon.wait_for("listener.bound")["address"] == "0.0.0.0"
    client = panda().connect(daemon.port())
    client.send(b"served")
    assert client.take(1) == [b"served"]
