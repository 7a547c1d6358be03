#pragma once

#include <cstddef>
#include <string_view>

// The index of the first dot that gives a key of this TOML text too many parts; npos when there is none.
//
// toml++ 3.3 bounds nested values but not the parts of a dotted key, and frees its tables by recursion: a key of 500,000
// parts would overflow the stack. With 16 parts a key and 16 nested values a tree stays under 300 levels.
size_t find_overlong_key(std::string_view text);
