// The writer's stub: an executable that links this has a send(2) which takes everything and does nothing. The engine
// itself is not changed for it, so that the benchmark measures the very code that runs, all but the kernel.
#pragma once

#include <stdint.h>

// Bytes that were given to send(2) so far.
uint64_t stub_sent_bytes(void);
