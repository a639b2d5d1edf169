#include "io/export_npz.h"

#include <math.h>
#include <string.h>

enum { POINTS, SIGMA, VIEWS, FRAMES, TIMES, IDS, NAMES, RATE };
enum { NAME_CHARS = RIG_NAME_MAX - 1, LOCAL_BYTES = 30, CENTRAL_BYTES = 46, NPY_BYTES = 128 };
static const char *const ARRAYS[RIG_NPZ_ARRAYS] = {"points.npy",  "sigma_m.npy", "views.npy", "frames.npy",
                                                   "times_s.npy", "ids.npy",     "names.npy", "fps.npy"};
static const char *const TYPES[RIG_NPZ_ARRAYS] = {"<f8", "<f8", "|u1", "<i8", "<f8", "<i8", "<U63", "<f8"};
static const double BYTES_MOST = 4294967295.0; // a zip's, without its extension

static long long bytes_of(const rig_export_take *take, int array) {
    const long long frames = take->n_frames, people = take->n_people, joints = take->skeleton->n;
    switch (array) {
    case POINTS:
        return frames * people * joints * 3 * 8;
    case SIGMA:
        return frames * people * joints * 8;
    case VIEWS:
        return frames * people * joints;
    case FRAMES:
    case TIMES:
        return frames * 8;
    case IDS:
        return people * 8;
    case NAMES:
        return joints * NAME_CHARS * 4;
    default:
        return 8;
    }
}

// The array's own header, as long for every array.
static void npy_header(const rig_export_take *take, int array, char bytes[NPY_BYTES]) {
    const long frames = take->n_frames;
    const int people = take->n_people, joints = take->skeleton->n;
    char shape[64] = "()";
    if (array == POINTS)
        snprintf(shape, sizeof shape, "(%ld, %d, %d, 3)", frames, people, joints);
    else if (array == SIGMA || array == VIEWS)
        snprintf(shape, sizeof shape, "(%ld, %d, %d)", frames, people, joints);
    else if (array != RATE)
        snprintf(shape, sizeof shape, "(%ld,)", array == IDS ? people : array == NAMES ? (long)joints : frames);
    memset(bytes, ' ', NPY_BYTES);
    memcpy(bytes, "\x93NUMPY\x01\x00\x76\x00", 10); // 0x76: what follows
    const int n = snprintf(bytes + 10, NPY_BYTES - 10, "{'descr': '%s', 'fortran_order': False, 'shape': %s, }",
                           TYPES[array], shape);
    bytes[10 + n] = ' ';
    bytes[NPY_BYTES - 1] = '\n';
}
_Static_assert(NPY_BYTES - 10 == 0x76, "the length in the header");

static void put_bytes(FILE *f, uint32_t value, int n) {
    for (int i = 0; i < n; i++)
        fputc((int)(value >> 8 * i & 255), f);
}

// What a file's entry says in both places.
static void entry_put(FILE *f, const rig_column *column, size_t name_bytes) {
    put_bytes(f, 20, 2); // version
    put_bytes(f, 0, 2);
    put_bytes(f, 0, 2); // stored
    put_bytes(f, 0, 2); // 1 January 1980: equal takes, equal bytes
    put_bytes(f, 0x21, 2);
    put_bytes(f, column->crc, 4);
    put_bytes(f, (uint32_t)column->bytes, 4);
    put_bytes(f, (uint32_t)column->bytes, 4);
    put_bytes(f, (uint32_t)name_bytes, 2);
    put_bytes(f, 0, 2);
}

static void small_arrays_put(rig_npz *z) {
    const rig_export_take *take = z->take;
    for (int i = 0; i < take->n_people; i++)
        rig_column_put_i64(&z->arrays[IDS], z->stream, take->people[i].id);
    for (int j = 0; j < take->skeleton->n; j++) {
        const unsigned char *name = (const unsigned char *)take->skeleton->names[j];
        bool ended = false;
        for (int i = 0; i < NAME_CHARS; i++) {
            ended = ended || !name[i];
            const unsigned char character[4] = {ended ? 0 : name[i], 0, 0, 0};
            rig_column_put(&z->arrays[NAMES], z->stream, character, 4);
        }
    }
    rig_column_put_f64(&z->arrays[RATE], z->stream, take->fps);
}

rig_status rig_npz_begin(rig_npz *z, FILE *stream, const rig_export_take *take, rig_arena *out, rig_err *err) {
    const double frames_bytes = (double)take->n_frames * (16 + (double)take->n_people * take->skeleton->n * 33);
    *z = (rig_npz){.stream = stream, .take = take};
    if (frames_bytes > BYTES_MOST - (1 << 20))
        return rig_fail(err, RIG_ERR_DATA,
                        "%ld frames of %d people are %.1f GiB, expected less than 4, the limit of NPZ: export one "
                        "person (main_person), or use CSV",
                        take->n_frames, take->n_people, frames_bytes / (1 << 30));
    for (int i = 0; i < RIG_NPZ_ARRAYS; i++) {
        char head[NPY_BYTES];
        z->headers[i] = z->end;
        const long long at = z->end + LOCAL_BYTES + (long long)strlen(ARRAYS[i]);
        npy_header(take, i, head);
        RIG_TRY(rig_column_init(&z->arrays[i], at, NPY_BYTES + bytes_of(take, i), out, err));
        rig_column_put(&z->arrays[i], stream, head, NPY_BYTES);
        z->end = at + z->arrays[i].bytes;
    }
    small_arrays_put(z);
    return RIG_OK;
}

static unsigned views_of(const rig_joint3d *joint) {
    unsigned n = 0;
    for (uint64_t views = joint->state == RIG_JOINT_OK ? joint->views : 0; views; views &= views - 1)
        n++;
    return n;
}

void rig_npz_add(rig_npz *z, const rig_frame3d *frame) {
    static const rig_joint3d NONE = {.state = RIG_JOINT_MISSING};
    const rig_export_take *take = z->take;
    rig_column_put_i64(&z->arrays[FRAMES], z->stream, frame->frame);
    rig_column_put_f64(&z->arrays[TIMES], z->stream, frame->frame / take->fps);
    for (int i = 0, p = 0; i < take->n_people; i++) {
        while (p < frame->n && frame->people[p].id < take->people[i].id)
            p++;
        const bool is_there = p < frame->n && frame->people[p].id == take->people[i].id;
        for (int j = 0; j < take->skeleton->n; j++) {
            const rig_joint3d *joint = is_there ? &frame->people[p].joints[j] : &NONE;
            const bool has_place = rig_export_has_place(joint);
            for (int k = 0; k < 3; k++)
                rig_column_put_f64(&z->arrays[POINTS], z->stream, has_place ? joint->p[k] : (double)NAN);
            rig_column_put_f64(&z->arrays[SIGMA], z->stream,
                               has_place && joint->sigma_m > 0 ? joint->sigma_m : (double)NAN);
            rig_column_put_u8(&z->arrays[VIEWS], z->stream, views_of(joint));
        }
    }
}

bool rig_npz_end(rig_npz *z) {
    FILE *f = z->stream;
    bool whole = true;
    for (int i = 0; i < RIG_NPZ_ARRAYS; i++) {
        whole = rig_column_end(&z->arrays[i], f) && whole;
        fseeko(f, (off_t)z->headers[i], SEEK_SET);
        put_bytes(f, 0x04034b50, 4);
        entry_put(f, &z->arrays[i], strlen(ARRAYS[i]));
        fputs(ARRAYS[i], f);
    }
    fseeko(f, (off_t)z->end, SEEK_SET);
    uint32_t bytes = 0;
    for (int i = 0; i < RIG_NPZ_ARRAYS; i++) {
        put_bytes(f, 0x02014b50, 4);
        put_bytes(f, 20, 2);
        entry_put(f, &z->arrays[i], strlen(ARRAYS[i]));
        put_bytes(f, 0, 2); // comment
        put_bytes(f, 0, 4); // disk, attributes
        put_bytes(f, 0, 4);
        put_bytes(f, (uint32_t)z->headers[i], 4);
        fputs(ARRAYS[i], f);
        bytes += (uint32_t)(CENTRAL_BYTES + strlen(ARRAYS[i]));
    }
    put_bytes(f, 0x06054b50, 4);
    put_bytes(f, 0, 4);
    put_bytes(f, RIG_NPZ_ARRAYS, 2);
    put_bytes(f, RIG_NPZ_ARRAYS, 2);
    put_bytes(f, bytes, 4);
    put_bytes(f, (uint32_t)z->end, 4);
    put_bytes(f, 0, 2);
    return whole;
}
