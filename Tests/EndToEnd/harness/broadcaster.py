"""Sends small datagrams to a relay on schedule until it is ended. Prints its own port before the first datagram.

Usage: broadcaster.py PORT DATAGRAMS-A-SECOND MESSAGE-TYPE
"""

import select
import socket
import struct
import sys
import time


def main() -> None:
    port, rate, message_type = map(int, sys.argv[1:])
    connection = socket.create_connection(("127.0.0.1", port))
    payload = bytes([message_type]) + b"chat"
    datagram = struct.pack("<H", len(payload)) + payload
    print(connection.getsockname()[1], flush=True)
    due = time.perf_counter()
    while True:
        now = time.perf_counter()
        while due <= now:
            connection.sendall(datagram)
            due += 1 / rate
        if select.select([connection], [], [], max(0.0, due - now))[0] and not connection.recv(1 << 18):
            sys.exit("the relay has closed the connection")


if __name__ == "__main__":
    main()
