// libFuzzer as a library: clang's docs/LibFuzzer.rst, "Using libFuzzer as a library".
#pragma once

#include <stddef.h>
#include <stdint.h>

// Runs the fuzzer as its command line says. It returns only after a run without a crash; `target` returns 0.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*target)(const uint8_t *bytes, size_t count));
