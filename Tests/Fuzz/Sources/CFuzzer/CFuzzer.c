// The compiler driver links the fuzzer. This file exists because a target needs a source file.
#include "CFuzzer.h"
