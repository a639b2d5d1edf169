// What all result files share: their head, and the small steps that writers and readers take again and again. Private
// to io/.
#ifndef RIG_IO_RESULT_H
#define RIG_IO_RESULT_H

#include "io/file.h"
#include "io/results.h"
#include "io/yaml.h"

// Bounds that a sane file stays within; what lies beyond is a damaged file, and would overflow later.
enum { RIG_RESULT_FRAME_MAX = 1000000000, RIG_RESULT_SIDE_MAX = 1 << 20, RIG_RESULT_COUNT_MAX = 1000000000 };
enum { RIG_RESULT_CLOCK_BEFORE = -RIG_RESULT_FRAME_MAX - 1 };
#define RIG_RESULT_NUMBER_MAX 1e12
#define RIG_MADE_BY           "rigpose " RIG_VERSION

// --- writing -------------------------------------------------------------------------------------
typedef struct rig_result_writer {
    rig_file_writer file;
    rig_yaml_writer *yaml; // inside the file's map, which commit closes
    rig_hash *hash;        // of all that was written
    rig_arena arena;
    bool more; // parts of the result follow
} rig_result_writer;

// Begin path with schema, made_by and inputs (which may be NULL). After a failure nothing is left to close.
RIG_CHECKED rig_status rig_result_open(rig_result_writer *result, const char *path, const char *schema,
                                       const rig_inputs *inputs, rig_err *err);
RIG_CHECKED rig_status rig_result_commit(rig_result_writer *result, rig_err *err);
void rig_result_abandon(rig_result_writer *result); // fine after commit
void rig_result_leave(rig_result_writer *result);   // likewise: what was written stays for a later run

// The first and the last line of a result (io/result_seal.c).
void rig_seal_begin(rig_yaml_writer *w);
RIG_CHECKED rig_status rig_seal_end(FILE *stream, rig_hash *hash, bool more, rig_err *err);

void rig_result_put_string(rig_yaml_writer *w, const char *key, const char *text); // NULL: null
void rig_result_put_int(rig_yaml_writer *w, const char *key, long value);
void rig_result_put_double(rig_yaml_writer *w, const char *key, double value);
void rig_result_put_rounded(rig_yaml_writer *w, const char *key, double value, int decimals);
void rig_result_put_doubles(rig_yaml_writer *w, const char *key, const double *values, int n);
void rig_result_put_ints(rig_yaml_writer *w, const char *key, const int *values, int n);
void rig_result_put_pose(rig_yaml_writer *w, const char *key, const rig_pose *pose); // {rvec, t_m}

// --- reading: every failure is rig_yaml_fail's, naming file, line and key ------------------------

// Read path, whose top must be a map of this schema (NULL: any, or none). The tree lives in `tree`.
RIG_CHECKED rig_status rig_result_read(const char *path, const char *schema, rig_arena *tree, const rig_yaml **root,
                                       rig_err *err);
// The item of a key and of a kind; need: it must be there, maybe: *item is NULL where it is not. `map` must be a map.
RIG_CHECKED rig_status rig_result_need(const rig_yaml *map, const char *key, rig_yaml_kind kind, const rig_yaml **item,
                                       rig_err *err);
RIG_CHECKED rig_status rig_result_maybe(const rig_yaml *map, const char *key, rig_yaml_kind kind, const rig_yaml **item,
                                        rig_err *err);
// Values of a key that may be absent: *value is then left as it is.
RIG_CHECKED rig_status rig_result_maybe_double(const rig_yaml *map, const char *key, double low, double high,
                                               double *value, rig_err *err);
RIG_CHECKED rig_status rig_result_maybe_int(const rig_yaml *map, const char *key, int low, int high, int *value,
                                            rig_err *err);
RIG_CHECKED rig_status rig_result_maybe_bool(const rig_yaml *map, const char *key, bool *value, rig_err *err);
// n numbers within RIG_RESULT_NUMBER_MAX: of a list, of the list of a key that must be there.
RIG_CHECKED rig_status rig_result_numbers(const rig_yaml *list, int n, double *values, rig_err *err);
RIG_CHECKED rig_status rig_result_doubles(const rig_yaml *map, const char *key, int n, double *values, rig_err *err);
// `<key>: [width, height]`, which must be there, both above 0.
RIG_CHECKED rig_status rig_result_size(const rig_yaml *map, const char *key, int *width, int *height, rig_err *err);
// `<key>: [x, y, width, height]` and `<key>: degrees`, a multiple of 90, as quarter turns. Absent: left as they are.
RIG_CHECKED rig_status rig_result_rect(const rig_yaml *map, const char *key, rig_rect *rect, rig_err *err);
RIG_CHECKED rig_status rig_result_turns(const rig_yaml *map, const char *key, int *turns, rig_err *err);
// `frame` of a list's item, which must be a map and lie above *last, the frame before it; *last follows. Before the
// first, *last is -1 for frames of a file and RIG_RESULT_CLOCK_BEFORE for those of the rig's clock, which a view that
// is early has below 0 too.
RIG_CHECKED rig_status rig_result_frame(const rig_yaml *item, int *last, rig_err *err);
// {rvec, t_m} of a key. *has = false where the key, or both of its items, are absent or null; one alone is refused.
RIG_CHECKED rig_status rig_result_pose(const rig_yaml *map, const char *key, rig_pose *pose, bool *has, rig_err *err);

// The inputs of a file's top; *has = false where it has none.
RIG_CHECKED rig_status rig_result_inputs_of(const rig_yaml *root, rig_inputs *inputs, bool *has, rig_err *err);
// Whether a file's top says that this version made it, from these inputs.
bool rig_result_is_of(const rig_yaml *root, const rig_inputs *inputs);

#endif
