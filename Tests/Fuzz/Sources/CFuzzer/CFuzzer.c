// The compiler driver links the fuzzer itself; a target needs a file to be built.
#include "CFuzzer.h"
