// The seal of a result: its last line is the hash of all before it, and its first line says so. Both are comments,
// which no reader of YAML sees, and a program that writes the file anew leaves out.
#include "cv/regular.h"
#include "io/result_frames.h"

#include <string.h>

#define SAYS "the last line is the SHA-256 of all before it"
static const char HEAD[] = "# " SAYS "\n";
static const char LINE[] = "# sha256 %s %s\n";
static const char *const PLACE[] = {"last", "more"}; // the last file of the result, or one that more parts follow
enum { LINE_BYTES = 9 + 64 + 1 + 4 + 1 };

void rig_seal_begin(rig_yaml_writer *w) {
    rig_yaml_put_comment(w, SAYS);
}

// A failed write is remembered by the stream.
rig_status rig_seal_end(FILE *stream, rig_hash *hash, bool more, rig_err *err) {
    char hex[65];
    RIG_TRY(rig_hash_end(hash, hex, err));
    fprintf(stream, LINE, hex, PLACE[more]);
    return RIG_OK;
}

// One file's seal; *more: it says that parts follow.
static rig_status file_seal(const char *path, rig_seal *seal, bool *more, rig_err *err) {
    char head[sizeof HEAD] = "", line[LINE_BYTES + 1] = "", expected[LINE_BYTES + 1], hex[65];
    FILE *stream = NULL;
    long long length = 0;
    *seal = RIG_SEAL_NONE, *more = false;
    RIG_TRY(rig_regular_open(path, &stream, &length, err));
    rig_status status = RIG_OK;
    length -= LINE_BYTES;
    if (fread(head, 1, sizeof head - 1, stream) == sizeof head - 1 && strcmp(head, HEAD) == 0) {
        *seal = RIG_SEAL_CUT;
        if (length > 0 && fseeko(stream, (off_t)length, SEEK_SET) == 0 &&
            fread(line, 1, LINE_BYTES, stream) == LINE_BYTES && strncmp(line, LINE, 9) == 0) {
            *more = strncmp(line + LINE_BYTES - 5, PLACE[1], 4) == 0;
            status = rig_stream_sha256(stream, path, length, hex, err);
            snprintf(expected, sizeof expected, LINE, hex, PLACE[*more]);
            *seal = strcmp(line, expected) == 0 ? RIG_SEAL_WHOLE : RIG_SEAL_CHANGED;
        }
    }
    fclose(stream);
    return status;
}

rig_status rig_result_seal(const char *path, rig_seal *seal, rig_err *err) {
    rig_arena scratch = {0};
    char **paths;
    int n = 0;
    *seal = RIG_SEAL_NONE;
    rig_status status = rig_result_paths(path, &paths, &n, &scratch, err);
    for (int i = 0; i < n && status == RIG_OK; i++) {
        rig_seal one;
        bool more;
        status = file_seal(paths[i], &one, &more, err);
        if (one != RIG_SEAL_NONE && more != (i + 1 < n))
            one = RIG_SEAL_CUT; // the last part is lost
        *seal = one > *seal ? one : *seal;
    }
    rig_arena_release(&scratch);
    return status;
}
