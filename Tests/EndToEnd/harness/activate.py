"""Starts a program as a service manager does that has opened its sockets: at descriptors from 3 on, with their names.

usage: activate.py NAMES DESCRIPTORS COMMAND...   (both lists with colons)

What the environment says already of LISTEN_FDS and LISTEN_FDNAMES stays, however wrong it is.
"""

import os
import sys

FIRST = 3

names, descriptors, *command = sys.argv[1:]
# Out of the way first: one of them may stand where another has to go.
moved = [os.dup(int(descriptor)) for descriptor in descriptors.split(":")]
while any(descriptor < FIRST + len(moved) for descriptor in moved):
    moved = [os.dup(descriptor) for descriptor in moved]
for place, descriptor in enumerate(moved, FIRST):
    os.dup2(descriptor, place)
os.closerange(FIRST + len(moved), max(moved) + 1)
told = {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": str(len(moved)), "LISTEN_FDNAMES": names}
os.environ |= told | {key: os.environ[key] for key in told if key in os.environ}
os.execvp(command[0], command)
