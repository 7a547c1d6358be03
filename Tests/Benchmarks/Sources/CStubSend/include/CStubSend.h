// A stub of send(2): an executable that links it accepts all bytes and discards them. The engine itself is unchanged,
// so the benchmark measures the real code except the kernel.
#pragma once

#include <stdint.h>

// Returns the bytes that were given to send(2) so far.
uint64_t stub_sent_bytes(void);
