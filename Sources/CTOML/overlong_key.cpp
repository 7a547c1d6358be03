#include "overlong_key.h"

#include <algorithm>
#include <string>

namespace {

constexpr int dots_max = 15;

bool is_key_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

// Returns the index after the string that begins at `start`. toml++ refuses a string without an end.
size_t end_of_string(std::string_view text, size_t start) {
    const char quote = text[start];
    const bool is_multiline = text.substr(start, 3) == std::string(3, quote);
    const size_t quotes = is_multiline ? 3 : 1;
    for (size_t i = start + quotes; i < text.size(); i++) {
        if (text[i] == '\\' && quote == '"') {
            i++;
        } else if (text[i] == '\n' && !is_multiline) {
            return i;
        } else if (text.substr(i, quotes) == std::string(quotes, quote)) {
            i += quotes;
            // Up to two quotes directly before the closing quotes belong to a multi-line string.
            for (int own = 0; is_multiline && own < 2 && i < text.size() && text[i] == quote; own++) i++;
            return i;
        }
    }
    return text.size();
}

}  // namespace

size_t find_overlong_key(std::string_view text) {
    int dots = 0;
    for (size_t i = 0; i < text.size();) {
        const char c = text[i];
        if (c == '"' || c == '\'') {
            i = end_of_string(text, i);
            continue;
        }
        if (c == '#') {
            i = std::min(text.find('\n', i), text.size());
            continue;
        }
        if (c == '.') {
            if (++dots > dots_max) return i;
        } else if (!is_key_character(c) && c != ' ' && c != '\t') {
            dots = 0;
        }
        i++;
    }
    return std::string_view::npos;
}
