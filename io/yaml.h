// YAML as a tree that remembers its lines, and a writer of plain YAML 1.1. Errors read `file:line: key: what, what was
// expected`.
#ifndef RIG_IO_YAML_H
#define RIG_IO_YAML_H

#include "core/arena.h"
#include "core/status.h"
#include "io/file.h"

#include <stdbool.h>
#include <stdio.h>

typedef enum rig_yaml_kind { RIG_YAML_SCALAR, RIG_YAML_LIST, RIG_YAML_MAP } rig_yaml_kind;

typedef struct rig_yaml rig_yaml;
struct rig_yaml {
    rig_yaml_kind kind;
    int line;              // from 1
    const char *key;       // of this item in its map, "" in a list or at the top
    bool quoted;           // a quoted scalar is a string, never null, a number or a boolean
    bool alias;            // an alias: its items are those of the anchor and belong to it
    unsigned short column; // characters before it in its line; where lines are longer than is of use, the most there is
    int place;             // in its list, of an item that came alone (rig_yaml_stream_next)
    const char *text;      // of a scalar
    int n;                 // items of a list or map
    rig_status status;     // what rig_yaml_fail returns
    rig_yaml *items;
    const char *file; // the file it stands in
    rig_yaml *parent;
};

// Read a file's only document. Anchors and aliases are resolved; a key that stands twice in a map is refused.
// Refused too: a second document, keys that are not scalars, more than 64 levels, more than 1 GiB, aliases that add up
// to more than a million items. Fails with RIG_ERR_IO (cannot be opened, naming it), RIG_ERR_FORMAT (file:line: what
// libyaml says), RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_yaml_read(const char *path, rig_yaml **root, rig_arena *out, rig_err *err);
// The same, with `status` in the place of RIG_ERR_FORMAT, here and in all that rig_yaml_fail says of the tree.
RIG_CHECKED rig_status rig_yaml_read_as(const char *path, rig_status status, rig_yaml **root, rig_arena *out,
                                        rig_err *err);

// A file whose top is a map, in which the list of one key may be longer than memory: *root is the map, with that list
// empty, and belongs to the stream; the list's items come one by one. Whatever else the file is, *root is all of it.
// Refused is what rig_yaml_read refuses; 1 GiB, and a million items by aliases, may the map have, and each item.
typedef struct rig_yaml_stream rig_yaml_stream;
RIG_CHECKED rig_status rig_yaml_stream_open(const char *path, const char *key, rig_yaml_stream **stream,
                                            const rig_yaml **root, rig_err *err);
// The next item, the stream's until the next call; NULL: there is none.
RIG_CHECKED rig_status rig_yaml_stream_next(rig_yaml_stream *stream, const rig_yaml **item, rig_err *err);
// The next item as the file has it, for who knows how it is laid out: lines of a block list, from its first to the end
// of its last, and bytes behind them that may be read. It counts as handed out; `back` gives it once more, as a node,
// and from then on there are only nodes. false: there is no such text, `next` has the item, if there is one.
bool rig_yaml_stream_text(rig_yaml_stream *stream, const char **text, size_t *n);
RIG_CHECKED rig_status rig_yaml_stream_back(rig_yaml_stream *stream, const rig_yaml **item, rig_err *err);
double rig_yaml_stream_share(const rig_yaml_stream *stream); // of the file that was read, 0..1
void rig_yaml_stream_close(rig_yaml_stream *stream);         // NULL is fine

// Fail with `file:line: path.to.key[2]: ` + text; status is RIG_ERR_CONFIG or RIG_ERR_FORMAT as the reader was told.
RIG_CHECKED rig_status rig_yaml_fail(const rig_yaml *node, rig_err *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

const rig_yaml *rig_yaml_find(const rig_yaml *map, const char *key); // NULL: absent, or null
bool rig_yaml_is_null(const rig_yaml *node);
// Every key of map must be one of the list (NULL ended); else fails naming the key and the allowed ones.
RIG_CHECKED rig_status rig_yaml_only_keys(const rig_yaml *map, const char *const *keys, rig_err *err);
// Fail as that does for an item whose key is none of the list.
RIG_CHECKED rig_status rig_yaml_fail_unknown(const rig_yaml *item, const char *const *keys, rig_err *err);
// The first item, in the order of keys, whose key an earlier one has; *twin = NULL where all differ. O(n log n).
// Returns false when memory is out.
RIG_CHECKED bool rig_yaml_twin_find(const rig_yaml *items, int n, const rig_yaml **twin);
// The item of a key, which must be there. `map` must be a map.
RIG_CHECKED rig_status rig_yaml_need(const rig_yaml *map, const char *key, const rig_yaml **item, rig_err *err);
RIG_CHECKED rig_status rig_yaml_need_kind(const rig_yaml *node, rig_yaml_kind kind, rig_err *err);
// The file's `schema` must be this one.
RIG_CHECKED rig_status rig_yaml_need_schema(const rig_yaml *root, const char *schema, rig_err *err);

// Typed values of a node; fail naming type and range expected. Numbers must be finite.
RIG_CHECKED rig_status rig_yaml_string(const rig_yaml *node, const char **text, rig_err *err);
RIG_CHECKED rig_status rig_yaml_name(const rig_yaml *node, char name[RIG_NAME_MAX],
                                     rig_err *err); // 1..63 bytes, no '/'
// The key of a map's item as such a name.
RIG_CHECKED rig_status rig_yaml_key_name(const rig_yaml *item, char name[RIG_NAME_MAX], rig_err *err);
RIG_CHECKED rig_status rig_yaml_double(const rig_yaml *node, double low, double high, double *value, rig_err *err);
RIG_CHECKED rig_status rig_yaml_int(const rig_yaml *node, int low, int high, int *value, rig_err *err);
RIG_CHECKED rig_status rig_yaml_bool(const rig_yaml *node, bool *value, rig_err *err);
RIG_CHECKED rig_status rig_yaml_doubles(const rig_yaml *node, int n, double *values,
                                        rig_err *err); // a list of n numbers
// A word out of a NULL ended list; *index is its place.
RIG_CHECKED rig_status rig_yaml_choice(const rig_yaml *node, const char *const *words, int *index, rig_err *err);

// SHA-256 in hex of a node's contents (keys, kinds and texts; not lines, order of keys or comments).
RIG_CHECKED rig_status rig_yaml_digest(const rig_yaml *node, char hex[65], rig_err *err);

// --- writing: straight to a stream; the first failure is remembered and told by close --------------------------------
// Equal values give equal bytes: numbers are the shortest text that reads back as the same double. Bytes of strings
// that are not UTF-8 become the characters of their values. Keys have at most 160 bytes. A failure names no file: the
// caller does.
typedef struct rig_yaml_writer rig_yaml_writer;
RIG_CHECKED rig_status rig_yaml_writer_open(FILE *stream, rig_yaml_writer **writer, rig_arena *arena, rig_err *err);
// From here on hash is given all that is written to the stream.
void rig_yaml_writer_hash(rig_yaml_writer *writer, rig_hash *hash);
// Texts are gathered before they go to the stream; now they do. false, with errno: a write failed.
RIG_CHECKED bool rig_yaml_writer_flush(rig_yaml_writer *writer);
void rig_yaml_begin_map(rig_yaml_writer *w, bool flow); // flow: {a: 1, b: 2} on one line
void rig_yaml_begin_list(rig_yaml_writer *w, bool flow);
void rig_yaml_end(rig_yaml_writer *w);
void rig_yaml_key(rig_yaml_writer *w, const char *key);
// From here on items in brackets are parted by a comma alone, where files are long; or again by a comma and a space.
void rig_yaml_writer_dense(rig_yaml_writer *w, bool dense);
// A line `# text` of its own, or a line for each of the text's; an empty one is empty. Only between the keys of the
// outermost map.
void rig_yaml_put_comment(rig_yaml_writer *w, const char *text);
void rig_yaml_put_string(rig_yaml_writer *w, const char *text); // quoted where it would read as something else
void rig_yaml_put_int(rig_yaml_writer *w, long value);
void rig_yaml_put_bool(rig_yaml_writer *w, bool value);
void rig_yaml_put_double(rig_yaml_writer *w, double value);                // not finite: null
void rig_yaml_put_rounded(rig_yaml_writer *w, double value, int decimals); // fewer bytes where precision is known
void rig_yaml_put_null(rig_yaml_writer *w);
void rig_yaml_put_doubles(rig_yaml_writer *w, const double *values, int n); // a flow list
// The largest magnitude of the numbers so far that were not small enough to be rounded; infinite: one was not finite.
double rig_yaml_writer_largest(const rig_yaml_writer *writer);
RIG_CHECKED rig_status rig_yaml_writer_close(rig_yaml_writer *w, rig_err *err); // flushes; does not close the stream

#endif
