#include "io/result_frames.h"

#include <math.h>
#include <string.h>

// --- writing -------------------------------------------------------------------------------------

static void inputs_put(rig_yaml_writer *w, const rig_inputs *inputs) {
    rig_yaml_key(w, "inputs");
    rig_yaml_begin_map(w, false);
    for (int i = 0; inputs && i < inputs->n; i++)
        rig_result_put_string(w, inputs->items[i].name, inputs->items[i].hash);
    rig_yaml_end(w);
}

rig_status rig_result_open(rig_result_writer *result, const char *path, const char *schema, const rig_inputs *inputs,
                           rig_err *err) {
    *result = (rig_result_writer){0};
    RIG_TRY(rig_file_writer_open(&result->file, path, err));
    rig_status status = rig_yaml_writer_open(result->file.stream, &result->yaml, &result->arena, err);
    if (status == RIG_OK)
        status = rig_hash_open(&result->hash, err);
    if (status != RIG_OK) {
        rig_result_abandon(result);
        return status;
    }
    rig_yaml_writer *w = result->yaml;
    rig_yaml_writer_hash(w, result->hash);
    rig_seal_begin(w);
    rig_yaml_begin_map(w, false);
    rig_result_put_string(w, "schema", schema);
    rig_result_put_string(w, "made_by", RIG_MADE_BY);
    inputs_put(w, inputs);
    return RIG_OK;
}

rig_status rig_result_commit(rig_result_writer *result, rig_err *err) {
    rig_yaml_end(result->yaml);
    const double largest = rig_yaml_writer_largest(result->yaml);
    rig_status status = rig_yaml_writer_close(result->yaml, err);
    if (status == RIG_OK && largest > RIG_RESULT_NUMBER_MAX)
        status =
            rig_fail(err, RIG_ERR_NUMERIC, "one of its numbers is %g, which no reader accepts: expected at most %g",
                     largest, RIG_RESULT_NUMBER_MAX);
    if (status != RIG_OK)
        status = rig_fail_in(err, status, "'%s': ", result->file.path);
    if (status == RIG_OK)
        status = rig_seal_end(result->file.stream, result->hash, result->more, err);
    if (status == RIG_OK)
        status = rig_file_writer_commit(&result->file, err);
    rig_result_abandon(result);
    return status;
}

static void memory_release(rig_result_writer *result) {
    rig_hash_close(result->hash);
    result->hash = NULL;
    rig_arena_release(&result->arena);
}

void rig_result_abandon(rig_result_writer *result) {
    rig_file_writer_abandon(&result->file);
    memory_release(result);
}

void rig_result_leave(rig_result_writer *result) {
    rig_file_writer_leave(&result->file);
    memory_release(result);
}

void rig_result_put_string(rig_yaml_writer *w, const char *key, const char *text) {
    rig_yaml_key(w, key);
    if (text)
        rig_yaml_put_string(w, text);
    else
        rig_yaml_put_null(w);
}

void rig_result_put_int(rig_yaml_writer *w, const char *key, long value) {
    rig_yaml_key(w, key);
    rig_yaml_put_int(w, value);
}

void rig_result_put_double(rig_yaml_writer *w, const char *key, double value) {
    rig_yaml_key(w, key);
    rig_yaml_put_double(w, value);
}

void rig_result_put_rounded(rig_yaml_writer *w, const char *key, double value, int decimals) {
    rig_yaml_key(w, key);
    rig_yaml_put_rounded(w, value, decimals);
}

void rig_result_put_doubles(rig_yaml_writer *w, const char *key, const double *values, int n) {
    rig_yaml_key(w, key);
    rig_yaml_put_doubles(w, values, n);
}

void rig_result_put_ints(rig_yaml_writer *w, const char *key, const int *values, int n) {
    rig_yaml_key(w, key);
    rig_yaml_begin_list(w, true);
    for (int i = 0; i < n; i++)
        rig_yaml_put_int(w, values[i]);
    rig_yaml_end(w);
}

void rig_result_put_pose(rig_yaml_writer *w, const char *key, const rig_pose *pose) {
    double rvec[3];
    rig_rotation_to_rvec(pose->R, rvec);
    rig_yaml_key(w, key);
    rig_yaml_begin_map(w, true);
    rig_result_put_doubles(w, "rvec", rvec, 3);
    rig_result_put_doubles(w, "t_m", pose->t, 3);
    rig_yaml_end(w);
}

// --- reading -------------------------------------------------------------------------------------

rig_status rig_result_read(const char *path, const char *schema, rig_arena *tree, const rig_yaml **root, rig_err *err) {
    rig_yaml *top = NULL;
    RIG_TRY(rig_yaml_read(path, &top, tree, err));
    *root = top;
    RIG_TRY(rig_yaml_need_kind(top, RIG_YAML_MAP, err));
    return schema ? rig_yaml_need_schema(top, schema, err) : RIG_OK;
}

rig_status rig_result_need(const rig_yaml *map, const char *key, rig_yaml_kind kind, const rig_yaml **item,
                           rig_err *err) {
    RIG_TRY(rig_yaml_need(map, key, item, err));
    return rig_yaml_need_kind(*item, kind, err);
}

rig_status rig_result_maybe(const rig_yaml *map, const char *key, rig_yaml_kind kind, const rig_yaml **item,
                            rig_err *err) {
    *item = rig_yaml_find(map, key);
    return *item ? rig_yaml_need_kind(*item, kind, err) : RIG_OK;
}

rig_status rig_result_maybe_double(const rig_yaml *map, const char *key, double low, double high, double *value,
                                   rig_err *err) {
    const rig_yaml *item = rig_yaml_find(map, key);
    return item ? rig_yaml_double(item, low, high, value, err) : RIG_OK;
}

rig_status rig_result_maybe_int(const rig_yaml *map, const char *key, int low, int high, int *value, rig_err *err) {
    const rig_yaml *item = rig_yaml_find(map, key);
    return item ? rig_yaml_int(item, low, high, value, err) : RIG_OK;
}

rig_status rig_result_maybe_bool(const rig_yaml *map, const char *key, bool *value, rig_err *err) {
    const rig_yaml *item = rig_yaml_find(map, key);
    return item ? rig_yaml_bool(item, value, err) : RIG_OK;
}

rig_status rig_result_numbers(const rig_yaml *list, int n, double *values, rig_err *err) {
    RIG_TRY(rig_yaml_doubles(list, n, values, err));
    for (int i = 0; i < n; i++)
        if (fabs(values[i]) > RIG_RESULT_NUMBER_MAX)
            return rig_yaml_fail(&list->items[i], err, "%g, expected at most %g", values[i], RIG_RESULT_NUMBER_MAX);
    return RIG_OK;
}

rig_status rig_result_doubles(const rig_yaml *map, const char *key, int n, double *values, rig_err *err) {
    const rig_yaml *item;
    RIG_TRY(rig_yaml_need(map, key, &item, err));
    return rig_result_numbers(item, n, values, err);
}

rig_status rig_result_size(const rig_yaml *map, const char *key, int *width, int *height, rig_err *err) {
    const rig_yaml *size;
    RIG_TRY(rig_result_need(map, key, RIG_YAML_LIST, &size, err));
    if (size->n != 2)
        return rig_yaml_fail(size, err, "%d numbers, expected [width, height]", size->n);
    RIG_TRY(rig_yaml_int(&size->items[0], 1, RIG_RESULT_SIDE_MAX, width, err));
    return rig_yaml_int(&size->items[1], 1, RIG_RESULT_SIDE_MAX, height, err);
}

rig_status rig_result_rect(const rig_yaml *map, const char *key, rig_rect *rect, rig_err *err) {
    const rig_yaml *list;
    RIG_TRY(rig_result_maybe(map, key, RIG_YAML_LIST, &list, err));
    if (!list)
        return RIG_OK;
    if (list->n != 4)
        return rig_yaml_fail(list, err, "%d numbers, expected [x, y, width, height]", list->n);
    RIG_TRY(rig_yaml_int(&list->items[0], 0, RIG_RESULT_SIDE_MAX, &rect->x, err));
    RIG_TRY(rig_yaml_int(&list->items[1], 0, RIG_RESULT_SIDE_MAX, &rect->y, err));
    RIG_TRY(rig_yaml_int(&list->items[2], 1, RIG_RESULT_SIDE_MAX, &rect->w, err));
    return rig_yaml_int(&list->items[3], 1, RIG_RESULT_SIDE_MAX, &rect->h, err);
}

rig_status rig_result_turns(const rig_yaml *map, const char *key, int *turns, rig_err *err) {
    const rig_yaml *node = rig_yaml_find(map, key);
    int degrees = 0;
    if (!node)
        return RIG_OK;
    RIG_TRY(rig_yaml_int(node, 0, 270, &degrees, err));
    if (degrees % 90 != 0)
        return rig_yaml_fail(node, err, "%d, expected 0, 90, 180 or 270", degrees);
    *turns = degrees / 90;
    return RIG_OK;
}

rig_status rig_result_frame(const rig_yaml *item, int *last, rig_err *err) {
    const rig_yaml *node;
    int frame;
    RIG_TRY(rig_yaml_need_kind(item, RIG_YAML_MAP, err));
    RIG_TRY(rig_yaml_need(item, "frame", &node, err));
    RIG_TRY(rig_yaml_int(node, *last < -1 ? -RIG_RESULT_FRAME_MAX : 0, RIG_RESULT_FRAME_MAX, &frame, err));
    if (frame <= *last)
        return rig_yaml_fail(node, err, "frame %d follows frame %d, expected increasing numbers", frame, *last);
    *last = frame;
    return RIG_OK;
}

static const double TURN_MOST = 2 * 3.14159265358979;

rig_status rig_result_pose(const rig_yaml *map, const char *key, rig_pose *pose, bool *has, rig_err *err) {
    const rig_yaml *node;
    *has = false;
    RIG_TRY(rig_result_maybe(map, key, RIG_YAML_MAP, &node, err));
    if (!node || (!rig_yaml_find(node, "rvec") && !rig_yaml_find(node, "t_m")))
        return RIG_OK;
    double rvec[3], t[3];
    RIG_TRY(rig_result_doubles(node, "rvec", 3, rvec, err));
    RIG_TRY(rig_result_doubles(node, "t_m", 3, t, err));
    const double turn = hypot(hypot(rvec[0], rvec[1]), rvec[2]);
    if (turn > TURN_MOST) // a turn of more than a round is nobody's: degrees
        return rig_yaml_fail(node, err, "rvec of length %.4g, expected radians, at most 2 pi", turn);
    *pose = rig_pose_from_rvec(rvec, t);
    *has = true;
    return RIG_OK;
}

// --- inputs of any result ------------------------------------------------------------------------

rig_status rig_result_inputs_of(const rig_yaml *root, rig_inputs *inputs, bool *has, rig_err *err) {
    enum { MAX = (int)(sizeof inputs->items / sizeof *inputs->items) };
    const rig_yaml *map;
    *inputs = (rig_inputs){0};
    *has = false;
    RIG_TRY(rig_result_maybe(root, "inputs", RIG_YAML_MAP, &map, err));
    if (!map)
        return RIG_OK;
    if (map->n > MAX)
        return rig_yaml_fail(map, err, "%d inputs, expected at most %d", map->n, (int)MAX);
    for (int i = 0; i < map->n; i++) {
        rig_input *input = &inputs->items[i];
        const char *hash;
        RIG_TRY(rig_yaml_string(&map->items[i], &hash, err));
        if (strlen(map->items[i].key) >= sizeof input->name || strlen(hash) >= sizeof input->hash)
            return rig_yaml_fail(&map->items[i], err,
                                 "too long, expected a name of at most %zu bytes and a hash of %zu",
                                 sizeof input->name - 1, sizeof input->hash - 1);
        snprintf(input->name, sizeof input->name, "%s", map->items[i].key);
        snprintf(input->hash, sizeof input->hash, "%s", hash);
    }
    inputs->n = map->n;
    *has = true;
    return RIG_OK;
}

rig_status rig_result_inputs(const char *path, const char *schema, rig_inputs *inputs, bool *has, rig_err *err) {
    rig_frames_reader reader;
    rig_status status = rig_frames_reader_open(&reader, path, schema, false, err);
    if (status == RIG_OK)
        status = rig_result_inputs_of(reader.root, inputs, has, err);
    rig_frames_reader_close(&reader);
    return status;
}

bool rig_inputs_equal(const rig_inputs *a, const rig_inputs *b) {
    bool equal = a->n == b->n;
    for (int i = 0; equal && i < a->n; i++)
        equal = strcmp(a->items[i].name, b->items[i].name) == 0 && strcmp(a->items[i].hash, b->items[i].hash) == 0;
    return equal;
}

bool rig_result_is_of(const rig_yaml *root, const rig_inputs *inputs) {
    const rig_yaml *made_by = rig_yaml_find(root, "made_by");
    const char *maker;
    rig_inputs then;
    bool has;
    return rig_result_inputs_of(root, &then, &has, NULL) == RIG_OK && has && rig_inputs_equal(inputs, &then) &&
           made_by && rig_yaml_string(made_by, &maker, NULL) == RIG_OK && strcmp(maker, RIG_MADE_BY) == 0;
}

bool rig_result_is_made(const char *path, const char *schema, const rig_inputs *inputs) {
    rig_frames_reader reader = {0};
    rig_seal seal;
    bool made = rig_result_exists(path) && rig_result_seal(path, &seal, NULL) == RIG_OK && seal == RIG_SEAL_WHOLE &&
                rig_frames_reader_open(&reader, path, schema, false, NULL) == RIG_OK &&
                rig_result_is_of(reader.root, inputs);
    rig_frames_reader_close(&reader);
    return made;
}
