#include "app/corners_kept.h"

#include "io/file.h"
#include "io/result.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

// The file: a line that says what the corners were made from, then a record a picture: a head, its corners, a mark. A
// killed run leaves a record that lacks its end; what follows the last whole one is of no use.
enum { ALL_VIEWS = -1, MARK = 0x4b455054, HEAD_MAX = 256 };

typedef struct record {
    int32_t recording, view, frame, n_seen; // view ALL_VIEWS: the recording is complete
    int32_t way;
    int32_t n; // corners that follow; 0: there is no board
    uint32_t mark;
} record;

typedef struct kept_corner {
    double q[2], sigma_px;
    int64_t seen;
} kept_corner;

// Where the records of earlier runs of a view stand in the file, by frame.
typedef struct kept_view {
    int n, room;
    struct {
        int frame;
        long long at;
    } * places;
} kept_view;

struct rig_corners_kept {
    rig_session *session;
    int n_corners, n_views;
    char head[HEAD_MAX];
    rig_temporary file;
    long long size;
    long n_before;    // pictures of earlier runs
    kept_view *views; // a recording, a view
    bool *finished;   // a recording
};

static kept_view *view_of(const rig_corners_kept *kept, int recording, int view) {
    return &kept->views[recording * kept->n_views + view];
}

static rig_status fail_write(const rig_corners_kept *kept, rig_err *err) {
    return rig_fail(err, RIG_ERR_IO, "cannot write '%s': %s", kept->file.path, strerror(errno));
}

static bool read_at(int handle, void *bytes, size_t n, long long at) {
    return pread(handle, bytes, n, (off_t)at) == (ssize_t)n;
}

// --- writing --------------------------------------------------------------------------------------------------------

static rig_status bytes_add(rig_corners_kept *kept, const void *bytes, size_t n, rig_err *err) {
    for (size_t done = 0; done < n;) { // a disk that is about to be full takes a part, and says so at the next
        const ssize_t more =
            pwrite(kept->file.handle, (const char *)bytes + done, n - done, (off_t)kept->size + (off_t)done);
        if (more == 0)
            errno = EIO;
        if (more <= 0)
            return fail_write(kept, err);
        done += (size_t)more;
    }
    kept->size += (long long)n;
    return RIG_OK;
}

// In one write, so that a kill cuts the last record at most.
static rig_status record_add(rig_corners_kept *kept, const record *r, const kept_corner *corners, rig_err *err) {
    const size_t n = sizeof *r + sizeof *corners * (size_t)r->n + sizeof r->mark;
    char *bytes = rig_arena_alloc(&kept->session->scratch, n, 1);
    if (!bytes)
        return rig_fail_memory(err, "corners");
    memcpy(bytes, r, sizeof *r);
    if (corners && r->n)
        memcpy(bytes + sizeof *r, corners, sizeof *corners * (size_t)r->n);
    memcpy(bytes + n - sizeof r->mark, &r->mark, sizeof r->mark);
    return bytes_add(kept, bytes, n, err);
}

rig_status rig_corners_kept_put(rig_corners_kept *kept, int recording, int view, int frame,
                                const rig_found_board *found, int way, rig_err *err) {
    const int n = found->n_seen > 0 ? kept->n_corners : 0;
    const rig_arena_mark mark = rig_arena_tell(&kept->session->scratch);
    kept_corner *corners = RIG_NEW(&kept->session->scratch, kept_corner, n);
    if (!corners)
        return rig_fail_memory(err, "corners");
    for (int i = 0; i < n; i++)
        corners[i] = (kept_corner){{found->q[i][0], found->q[i][1]}, found->sigma_px[i], found->seen[i]};
    const record r = {recording, view, frame, found->n_seen, way, n, MARK};
    const rig_status status = record_add(kept, &r, corners, err);
    rig_arena_rewind(&kept->session->scratch, mark);
    return status;
}

rig_status rig_corners_kept_finish(rig_corners_kept *kept, int recording, rig_err *err) {
    const record r = {recording, ALL_VIEWS, 0, 0, 0, 0, MARK};
    const rig_arena_mark mark = rig_arena_tell(&kept->session->scratch);
    const rig_status status = record_add(kept, &r, NULL, err);
    rig_arena_rewind(&kept->session->scratch, mark);
    return status;
}

// --- reading --------------------------------------------------------------------------------------------------------

// The record at a place of a file; false: none is whole there.
static bool record_read(const rig_corners_kept *kept, int handle, long long at, record *r) {
    const rig_config *config = &kept->session->config;
    uint32_t mark;
    return read_at(handle, r, sizeof *r, at) && r->mark == MARK && r->recording >= 0 &&
           r->recording < config->n_recordings && r->view >= ALL_VIEWS && r->view < kept->n_views && r->frame >= 0 &&
           (r->n == 0 || r->n == kept->n_corners) && r->n_seen >= 0 && r->n_seen <= r->n &&
           read_at(handle, &mark, sizeof mark, at + (long long)(sizeof *r + sizeof(kept_corner) * (size_t)r->n)) &&
           mark == MARK;
}

static bool found_read(const rig_corners_kept *kept, long long at, rig_found_board *found, int *way) {
    record r;
    kept_corner corner;
    if (!record_read(kept, kept->file.handle, at, &r))
        return false;
    rig_found_board_clear(&kept->session->config.board, found);
    found->n_seen = r.n_seen;
    *way = r.way;
    for (int i = 0; i < r.n; i++) {
        if (!read_at(kept->file.handle, &corner, sizeof corner, at + (long long)(sizeof r + sizeof corner * (size_t)i)))
            return false;
        found->q[i][0] = corner.q[0], found->q[i][1] = corner.q[1];
        found->sigma_px[i] = corner.sigma_px;
        found->seen[i] = corner.seen != 0;
    }
    return true;
}

bool rig_corners_kept_at(const rig_corners_kept *kept, int recording, int view, int i, int *frame,
                         rig_found_board *found, int *way) {
    const kept_view *v = view_of(kept, recording, view);
    if (i >= v->n)
        return false;
    *frame = v->places[i].frame;
    return found_read(kept, v->places[i].at, found, way);
}

bool rig_corners_kept_get(const rig_corners_kept *kept, int recording, int view, int frame, rig_found_board *found,
                          int *way) {
    const kept_view *v = view_of(kept, recording, view);
    int low = 0, high = v->n;
    while (low < high) {
        const int middle = low + (high - low) / 2;
        if (v->places[middle].frame < frame)
            low = middle + 1;
        else
            high = middle;
    }
    return low < v->n && v->places[low].frame == frame && found_read(kept, v->places[low].at, found, way);
}

bool rig_corners_kept_has_all(const rig_corners_kept *kept, int recording) {
    return kept->finished[recording];
}

long rig_corners_kept_n(const rig_corners_kept *kept) {
    return kept->n_before;
}

// --- taking over ----------------------------------------------------------------------------------------------------

static bool is_new(const rig_corners_kept *kept, const record *r) {
    if (r->view == ALL_VIEWS)
        return !kept->finished[r->recording];
    const kept_view *v = view_of(kept, r->recording, r->view);
    return v->n == 0 || v->places[v->n - 1].frame < r->frame;
}

static rig_status place_add(rig_corners_kept *kept, int recording, int view, int frame, long long at, rig_err *err) {
    kept_view *v = view_of(kept, recording, view);
    if (v->n == v->room) {
        const int room = v->room ? 2 * v->room : 256;
        void *places = rig_heap_resize(v->places, (size_t)room, sizeof *v->places);
        if (!places)
            return rig_fail_memory(err, "corners");
        v->places = places, v->room = room;
    }
    v->places[v->n].frame = frame;
    v->places[v->n++].at = at;
    return RIG_OK;
}

typedef struct takeover {
    rig_corners_kept *kept;
    rig_status status;
    rig_err *err;
} takeover;

// Copy the records of a file that an earlier run left, as far as they are whole and new.
static rig_status records_take(rig_corners_kept *kept, int handle, rig_err *err) {
    kept_corner *corners = RIG_NEW(&kept->session->scratch, kept_corner, kept->n_corners);
    record r;
    if (!corners)
        return rig_fail_memory(err, "corners");
    const rig_arena_mark mark = rig_arena_tell(&kept->session->scratch);
    for (long long at = (long long)strlen(kept->head); record_read(kept, handle, at, &r);) {
        const size_t n = sizeof *corners * (size_t)r.n;
        if (n > 0 && !read_at(handle, corners, n, at + (long long)sizeof r))
            return RIG_OK;
        if (is_new(kept, &r)) {
            if (r.view != ALL_VIEWS)
                RIG_TRY(place_add(kept, r.recording, r.view, r.frame, kept->size, err));
            RIG_TRY(record_add(kept, &r, corners, err));
            kept->n_before += r.view != ALL_VIEWS;
            kept->finished[r.recording] |= r.view == ALL_VIEWS;
        }
        rig_arena_rewind(&kept->session->scratch, mark);
        at += (long long)(sizeof r + n + sizeof r.mark);
    }
    return RIG_OK;
}

static void leftover_take(void *of, const char *path) {
    takeover *t = of;
    char head[HEAD_MAX];
    const size_t n = strlen(t->kept->head);
    const int handle = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (handle < 0)
        return;
    if (t->status == RIG_OK && read_at(handle, head, n, 0) && memcmp(head, t->kept->head, n) == 0)
        t->status = records_take(t->kept, handle, t->err);
    close(handle);
}

// --- begin and end --------------------------------------------------------------------------------------------------

static rig_status head_make(rig_corners_kept *kept, const rig_inputs *inputs, rig_err *err) {
    char text[sizeof *inputs + 1] = "", hex[65];
    size_t n = 0;
    for (int i = 0; i < inputs->n; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s %s\n", inputs->items[i].name, inputs->items[i].hash);
    RIG_TRY(rig_bytes_digest(text, n, hex, err));
    snprintf(kept->head, sizeof kept->head, "corners as they are found, by %s, of inputs %s\n", RIG_MADE_BY, hex);
    return RIG_OK;
}

rig_status rig_corners_kept_open(rig_session *session, const char *path, const rig_inputs *inputs,
                                 rig_corners_kept **made, rig_err *err) {
    const rig_config *config = &session->config;
    rig_corners_kept *kept = *made = RIG_NEW(&session->arena, rig_corners_kept, 1);
    if (!kept)
        return rig_fail_memory(err, "corners");
    kept->session = session;
    kept->n_corners = rig_board_n(&config->board);
    kept->n_views = config->n_views;
    kept->views = RIG_NEW(&session->arena, kept_view, config->n_recordings * config->n_views);
    kept->finished = RIG_NEW(&session->arena, bool, config->n_recordings);
    if (!kept->views || !kept->finished)
        return rig_fail_memory(err, "corners");
    RIG_TRY(head_make(kept, inputs, err));
    RIG_TRY(rig_temporary_make(&kept->file, path, "", false, err));
    takeover t = {.kept = kept, .status = bytes_add(kept, kept->head, strlen(kept->head), err), .err = err};
    rig_leftovers_visit(path, "", leftover_take, &t);
    if (t.status == RIG_OK)
        rig_leftovers_visit(path, "", NULL, NULL);
    return t.status;
}

void rig_corners_kept_close(rig_corners_kept *kept, bool done) {
    if (!kept)
        return;
    for (int i = 0; kept->views && i < kept->session->config.n_recordings * kept->n_views; i++)
        rig_heap_free(kept->views[i].places);
    if (done)
        rig_temporary_remove(&kept->file);
    else
        rig_temporary_leave(&kept->file);
}
