#pragma once

#include <cstddef>
#include <string_view>

// Returns the index of the first dot that gives a key of this TOML text too many parts; npos if every key is short
// enough.
//
// toml++ 3.3 limits the nesting of values but not the number of parts in a dotted key, and frees its tables by
// recursion. Without this check, a key of 500,000 parts would overflow the stack. With at most 16 parts in a key and at
// most 16 nested values, a tree has fewer than 300 levels.
size_t find_overlong_key(std::string_view text);
