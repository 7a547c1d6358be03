// The interface of libFuzzer as a library. Source: clang's docs/LibFuzzer.rst, "Using libFuzzer as a library".
#pragma once

#include <stddef.h>
#include <stdint.h>

// Runs the fuzzer with a command line. Returns only after a run without a crash. `target` must return 0.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*target)(const uint8_t *bytes, size_t count));
