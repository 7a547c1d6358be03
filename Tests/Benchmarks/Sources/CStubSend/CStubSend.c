#include "CStubSend.h"

#include <sys/socket.h>

static uint64_t sent_bytes;

ssize_t send(int socket, const void *bytes, size_t count, int flags) {
    (void)socket, (void)bytes, (void)flags;
    sent_bytes += count;
    return (ssize_t)count;
}

uint64_t stub_sent_bytes(void) { return sent_bytes; }
