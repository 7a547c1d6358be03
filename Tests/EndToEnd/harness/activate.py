"""Starts a program like a service manager: with open sockets at descriptors 3 and up, and with their names.

Usage: activate.py NAMES DESCRIPTORS COMMAND...

Colons separate the items of both lists. If the environment has LISTEN_FDS or LISTEN_FDNAMES already, they keep their
values, even wrong ones.
"""

import os
import sys

FIRST = 3

names, descriptors, *command = sys.argv[1:]
# First moves all descriptors up, because one of them may have the number that another one needs.
moved = [os.dup(int(descriptor)) for descriptor in descriptors.split(":")]
while any(descriptor < FIRST + len(moved) for descriptor in moved):
    moved = [os.dup(descriptor) for descriptor in moved]
for place, descriptor in enumerate(moved, FIRST):
    os.dup2(descriptor, place)
os.closerange(FIRST + len(moved), max(moved) + 1)
told = {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": str(len(moved)), "LISTEN_FDNAMES": names}
os.environ |= told | {key: os.environ[key] for key in told if key in os.environ}
os.execvp(command[0], command)
