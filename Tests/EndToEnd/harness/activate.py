"""Starts a program with open sockets, as a service manager does: at descriptors from 3 on, with names.

Usage: activate.py NAMES DESCRIPTORS COMMAND...

Both lists are separated by colons. LISTEN_FDS and LISTEN_FDNAMES keep their values if the environment has them already,
even wrong ones.
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
