// A TOML 1.0 text as a tree of plain structs. Each node has its position in the text.
//
// This is a thin C interface to toml++, a header-only C++ library. No call throws or aborts, whatever the text. The
// nesting of values and the number of parts in a dotted key are limited, so walking the tree cannot overflow the stack.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define CTOML_NOTHROW noexcept
extern "C" {
#else
#define CTOML_NOTHROW
#endif

typedef enum ctoml_type {
    CTOML_TABLE,
    CTOML_ARRAY,
    CTOML_STRING,
    CTOML_INTEGER,
    CTOML_FLOAT,
    CTOML_BOOLEAN,
    // A date, a time, or both. It has no value field because no setting takes dates.
    CTOML_DATE,
} ctoml_type;

// Line and column count from 1; the column counts code points.
typedef struct ctoml_position {
    uint32_t line;
    uint32_t column;
} ctoml_position;

// UTF-8 without a terminating zero. A zero may be part of the text.
typedef struct ctoml_text {
    const char *bytes;
    size_t count;
} ctoml_text;

typedef struct ctoml_node {
    ctoml_type type;
    ctoml_position position;
    // The node's key; set only for a child of a table.
    ctoml_text key;
    ctoml_position key_position;
    // The children of a table or an array, in the order of the text.
    const struct ctoml_node *children;
    size_t child_count;
    // Only the field that `type` names is set.
    ctoml_text string;
    int64_t integer;
    double floating;
    bool boolean;
} ctoml_node;

typedef struct ctoml_error {
    ctoml_text message;
    ctoml_position position;
} ctoml_error;

typedef struct ctoml_document ctoml_document;

// Parses a text, which must be UTF-8. The caller may free the text after the call. Never returns NULL; free the result
// with ctoml_free.
ctoml_document *ctoml_parse(const char *text, size_t count) CTOML_NOTHROW;

// Returns the root table; NULL if the text is not TOML. All nodes live as long as the document.
const ctoml_node *ctoml_root(const ctoml_document *document) CTOML_NOTHROW;

// Returns the syntax error. It is valid only if ctoml_root returns NULL.
ctoml_error ctoml_syntax_error(const ctoml_document *document) CTOML_NOTHROW;

void ctoml_free(ctoml_document *document) CTOML_NOTHROW;

#ifdef __cplusplus
}
#endif
