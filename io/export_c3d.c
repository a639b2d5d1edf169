#include "io/export_tables.h"

#include <math.h>
#include <string.h>

enum {
    BLOCK = 512,          // all sections begin at multiples of it
    SECTION_MOST = 65536, // bytes of parameters: 144 labels of 63 bytes and as many descriptions fit
    FRAMES_MOST = 65535,
    MASK_VIEWS = 7,
    RESIDUAL_MOST = 255
};
static const double MM = 1000, INT16_REACH = 32000; // what the guide takes POINT:SCALE from

// --- parameters ------------------------------------------------------------------------------------------------------

typedef struct section {
    size_t n;
    unsigned char bytes[SECTION_MOST];
} section;

static void put_u8(section *s, unsigned value) {
    s->bytes[s->n++] = (unsigned char)value;
}
static void put_u16(section *s, unsigned value) {
    put_u8(s, value & 255);
    put_u8(s, value >> 8 & 255);
}
static void put_text(section *s, const char *text, size_t width) {
    const size_t length = strlen(text);
    for (size_t i = 0; i < width; i++)
        put_u8(s, i < length ? (unsigned char)text[i] : ' ');
}
static void float_bytes(double value, unsigned char bytes[4]) {
    const float single = (float)value;
    uint32_t word;
    memcpy(&word, &single, sizeof word);
    for (int i = 0; i < 4; i++)
        bytes[i] = (unsigned char)(word >> 8 * i & 255);
}

static void group_put(section *s, int id, const char *name) {
    put_u8(s, (unsigned)strlen(name));
    put_u8(s, (unsigned)(256 - id));
    put_text(s, name, strlen(name));
    put_u16(s, 3); // to the next: these two bytes and the description's length
    put_u8(s, 0);
}

// A parameter's head: elements of `type` (-1 text, 2 integers of 16 bits, 4 floats) in n dimensions.
static void parameter_put(section *s, int group, const char *name, int type, int n, const unsigned dims[2]) {
    unsigned bytes = type < 0 ? 1 : (unsigned)type;
    for (int i = 0; i < n; i++)
        bytes *= dims[i];
    put_u8(s, (unsigned)strlen(name));
    put_u8(s, (unsigned)group);
    put_text(s, name, strlen(name));
    put_u16(s, 2 + 1 + 1 + (unsigned)n + bytes + 1);
    put_u8(s, (unsigned)type & 255);
    put_u8(s, (unsigned)n);
    for (int i = 0; i < n; i++)
        put_u8(s, dims[i]);
}
static void description_none(section *s) {
    put_u8(s, 0);
}

static void put_int(section *s, int group, const char *name, long value) {
    parameter_put(s, group, name, 2, 0, NULL);
    put_u16(s, (unsigned)value & 0xffff);
    description_none(s);
}
static void put_float(section *s, int group, const char *name, double value) {
    unsigned char bytes[4];
    float_bytes(value, bytes);
    parameter_put(s, group, name, 4, 0, NULL);
    for (int i = 0; i < 4; i++)
        put_u8(s, bytes[i]);
    description_none(s);
}
static void put_word(section *s, int group, const char *name, const char *text) {
    parameter_put(s, group, name, -1, 1, (const unsigned[2]){(unsigned)strlen(text)});
    put_text(s, text, strlen(text));
    description_none(s);
}
// A number of 32 bits, its low half first.
static void put_field(section *s, int group, const char *name, long value) {
    parameter_put(s, group, name, 2, 1, (const unsigned[2]){2});
    put_u16(s, (unsigned)(value & 0xffff));
    put_u16(s, (unsigned)(value >> 16 & 0xffff));
    description_none(s);
}

// A name a joint: the marker's, or the rig's.
static void put_names(section *s, int group, const char *name, const rig_skeleton *skeleton, bool marker) {
    char names[RIG_JOINTS_MAX][RIG_NAME_MAX];
    size_t width = 1;
    for (int j = 0; j < skeleton->n; j++) {
        if (marker)
            rig_marker_name(skeleton->names[j], names[j]);
        else
            memcpy(names[j], skeleton->names[j], RIG_NAME_MAX);
        width = strlen(names[j]) > width ? strlen(names[j]) : width;
    }
    parameter_put(s, group, name, -1, 2, (const unsigned[2]){(unsigned)width, (unsigned)skeleton->n});
    for (int j = 0; j < skeleton->n; j++)
        put_text(s, names[j], width);
    description_none(s);
}

static double scale_of(const rig_export_take *take) {
    return fmax(take->reach_m, 1) * MM / INT16_REACH;
}

static long first_number(const rig_export_take *take, const rig_export_person *person) {
    return ((long)person->first - rig_export_origin(take)) / take->step + 1;
}

static void parameters_put(section *s, const rig_export_take *take, const rig_export_person *person, int data_block) {
    enum { POINT = 1, ANALOG, TRIAL, FORCE_PLATFORM };
    const long rows = rig_export_rows(take, person), first = first_number(take, person);
    const double rate = take->fps / take->step;
    group_put(s, POINT, "POINT");
    put_int(s, POINT, "USED", take->skeleton->n);
    put_float(s, POINT, "SCALE", -scale_of(take)); // below 0: floats
    put_float(s, POINT, "RATE", rate);
    put_int(s, POINT, "DATA_START", data_block);
    if (rows <= FRAMES_MOST)
        put_int(s, POINT, "FRAMES", rows);
    else { // as the guide asks: a float; some readers look only there, some only at the other
        put_float(s, POINT, "FRAMES", (double)rows);
        put_float(s, POINT, "LONG_FRAMES", (double)rows);
    }
    put_names(s, POINT, "LABELS", take->skeleton, true);
    put_names(s, POINT, "DESCRIPTIONS", take->skeleton, false);
    put_word(s, POINT, "UNITS", "mm");
    if (take->has_up) {
        put_word(s, POINT, "X_SCREEN", "+X");
        put_word(s, POINT, "Y_SCREEN", "+Z");
    }
    group_put(s, ANALOG, "ANALOG");
    put_int(s, ANALOG, "USED", 0);
    put_float(s, ANALOG, "RATE", rate);
    put_float(s, ANALOG, "GEN_SCALE", 1);
    group_put(s, TRIAL, "TRIAL");
    put_field(s, TRIAL, "ACTUAL_START_FIELD", first);
    put_field(s, TRIAL, "ACTUAL_END_FIELD", first + rows - 1);
    group_put(s, FORCE_PLATFORM, "FORCE_PLATFORM");
    put_int(s, FORCE_PLATFORM, "USED", 0);
    put_u16(s, 0); // no more
}

// --- file ------------------------------------------------------------------------------------------------------------

static unsigned at_most(long value) {
    return (unsigned)(value < FRAMES_MOST ? value : FRAMES_MOST);
}

static void header_put(FILE *f, const rig_export_take *take, const rig_export_person *person, int data_block) {
    const long first = first_number(take, person);
    section head = {.n = 0};
    unsigned char bytes[4];
    put_u8(&head, 2); // where the parameters begin
    put_u8(&head, 0x50);
    put_u16(&head, (unsigned)take->skeleton->n);
    put_u16(&head, 0); // analog samples
    put_u16(&head, at_most(first));
    put_u16(&head, at_most(first + rig_export_rows(take, person) - 1));
    put_u16(&head, 0); // frames that were interpolated: the points say which
    float_bytes(-scale_of(take), bytes);
    for (int i = 0; i < 4; i++)
        put_u8(&head, bytes[i]);
    put_u16(&head, (unsigned)data_block);
    put_u16(&head, 0); // analog samples a frame
    float_bytes(take->fps / take->step, bytes);
    for (int i = 0; i < 4; i++)
        put_u8(&head, bytes[i]);
    fwrite(head.bytes, 1, BLOCK, f); // no events
}

void rig_c3d_begin(FILE *f, const rig_export_take *take, const rig_export_person *person) {
    section s = {.n = 4};
    parameters_put(&s, take, person, 0); // for their length
    const int blocks = (int)((s.n + BLOCK - 1) / BLOCK), data_block = 2 + blocks;
    s = (section){.n = 4, .bytes = {1, 0x50, (unsigned char)blocks, 84}}; // 84: little endian, IEEE
    parameters_put(&s, take, person, data_block);
    header_put(f, take, person, data_block);
    fwrite(s.bytes, BLOCK, (size_t)blocks, f);
}

// What the fourth float says: a camera mask above a residual, or that there is no point.
static double mask_and_residual(const rig_joint3d *joint, double scale_mm) {
    if (joint->state == RIG_JOINT_FILLED || joint->sigma_m <= 0)
        return 0;
    const double steps = fmin(fmax(round(joint->sigma_m * MM / scale_mm), 1), RESIDUAL_MOST);
    return (double)((joint->views & ((1u << MASK_VIEWS) - 1)) << 8) + steps;
}

void rig_c3d_add(FILE *f, const rig_export_take *take, const rig_joint3d *joints) {
    const double scale_mm = scale_of(take);
    for (int j = 0; j < take->skeleton->n; j++) {
        const bool is_there = joints && rig_export_has_place(&joints[j]);
        unsigned char bytes[16];
        for (int i = 0; i < 3; i++)
            float_bytes(is_there ? joints[j].p[i] * MM : 0, bytes + 4 * i);
        float_bytes(is_there ? mask_and_residual(&joints[j], scale_mm) : -1, bytes + 12);
        fwrite(bytes, 1, sizeof bytes, f);
    }
}

void rig_c3d_end(FILE *f) {
    static const unsigned char NONE[BLOCK];
    const off_t rest = ftello(f) % BLOCK;
    if (rest > 0)
        fwrite(NONE, 1, (size_t)(BLOCK - rest), f);
}
