// A TOML 1.0 text as a tree of plain structs, each node with the place it came from.
//
// A thin C face over toml++, which is C++ and header only. No call throws or aborts on any text, however it is made: nesting
// and the number of parts of a dotted key are bounded, so no walk of the tree can run out of stack.
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
    // Any date, time or both; no getter, since nothing takes one.
    CTOML_DATE,
} ctoml_type;

// Both count from 1; the column counts code points.
typedef struct ctoml_position {
    uint32_t line;
    uint32_t column;
} ctoml_position;

// UTF-8, not terminated by a zero, which may be part of it.
typedef struct ctoml_text {
    const char *bytes;
    size_t count;
} ctoml_text;

typedef struct ctoml_node {
    ctoml_type type;
    ctoml_position position;
    // In a table only: what names this node there.
    ctoml_text key;
    ctoml_position key_position;
    // Of a table and of an array, in the order of the text.
    const struct ctoml_node *children;
    size_t child_count;
    // The one that `type` names is set.
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

// Never NULL; free it with ctoml_free. The text must be UTF-8; it is not needed afterwards.
ctoml_document *ctoml_parse(const char *text, size_t count) CTOML_NOTHROW;

// The root table; NULL when the text is not TOML. It and everything below lives as long as the document.
const ctoml_node *ctoml_root(const ctoml_document *document) CTOML_NOTHROW;

// What is wrong with the text; meaningful only where ctoml_root is NULL.
ctoml_error ctoml_syntax_error(const ctoml_document *document) CTOML_NOTHROW;

void ctoml_free(ctoml_document *document) CTOML_NOTHROW;

#ifdef __cplusplus
}
#endif
