#include "io/imports_parts.h"

#include "io/file.h"

#include <math.h>
#include <string.h>

static const double PIXEL_MAX = 1e6; // what lies farther off is not finite in all but name

#define LEFT_RIGHT_FACE "right_eye", "left_eye", "right_ear", "left_ear"
#define RIGHT_ARM       "right_shoulder", "right_elbow", "right_wrist"
#define LEFT_ARM        "left_shoulder", "left_elbow", "left_wrist"
#define RIGHT_LEG       "right_hip", "right_knee", "right_ankle"
#define LEFT_LEG        "left_hip", "left_knee", "left_ankle"

static const rig_skeleton LAYOUTS[] = {
    {.name = "body25",
     .n = 25,
     .names = {"nose", "neck", RIGHT_ARM, LEFT_ARM, "mid_hip", RIGHT_LEG, LEFT_LEG, LEFT_RIGHT_FACE, "left_big_toe",
               "left_small_toe", "left_heel", "right_big_toe", "right_small_toe", "right_heel"}},
    {.name = "openpose18",
     .n = 18,
     .names = {"nose", "neck", RIGHT_ARM, LEFT_ARM, RIGHT_LEG, LEFT_LEG, LEFT_RIGHT_FACE}},
    {.name = "coco17",
     .n = 17,
     .names = {"nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder",
               "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee",
               "right_knee", "left_ankle", "right_ankle"}},
};

const rig_skeleton *rig_openpose_skeleton(int n_joints) {
    for (size_t i = 0; i < sizeof LAYOUTS / sizeof *LAYOUTS; i++)
        if (LAYOUTS[i].n == n_joints)
            return &LAYOUTS[i];
    return NULL;
}

rig_status rig_import_json(const rig_import *in, const char *text, size_t length, int line, json_t **root,
                           rig_err *err) {
    json_error_t error;
    *root = json_loadb(text, length, JSON_DECODE_ANY, &error);
    if (*root)
        return RIG_OK;
    if (json_error_code(&error) == json_error_out_of_memory)
        return rig_fail_memory(err, in->file);
    return rig_fail(err, RIG_ERR_FORMAT, "%s:%d: not JSON: %s", in->file, line + error.line - 1, error.text);
}

// The joints of all files must be of one layout; the first that is met says which.
static rig_status layout_settle(rig_import *in, const char *what, int place, size_t n_values, rig_err *err) {
    if (in->n_source > 0 && n_values == 3 * (size_t)in->n_source)
        return RIG_OK;
    if (in->n_source > 0)
        return rig_fail(err, RIG_ERR_FORMAT, "%s: %s %d: %zu numbers, expected %d as for those before it", in->file,
                        what, place, n_values, 3 * in->n_source);
    const rig_skeleton *layout = n_values % 3 || n_values > 75 ? NULL : rig_openpose_skeleton((int)n_values / 3);
    if (!layout)
        return rig_fail(err, RIG_ERR_FORMAT, "%s: %s %d: %zu numbers, expected 3 a joint of 17, 18 or 25 joints",
                        in->file, what, place, n_values);
    if (rig_skeleton_map(layout, &in->skeleton, in->source_of) == 0)
        return rig_fail(err, RIG_ERR_FORMAT, "%s: %s %d: none of the %d joints is one of skeleton '%s'", in->file, what,
                        place, layout->n, in->skeleton.name);
    in->n_source = layout->n;
    return RIG_OK;
}

static void joint_take(const rig_import *in, const double v[3], rig_joint2d *joint) {
    if (!(fabs(v[0]) < PIXEL_MAX && fabs(v[1]) < PIXEL_MAX && isfinite(v[2]) && v[2] > 0))
        return; // (0, 0, 0) among them
    *joint = (rig_joint2d){.found = true, .q = {v[0] * in->scale[0], v[1] * in->scale[1]}, .score = v[2]};
}

// A person's x, y, score a joint, to the skeleton's joints. *person is empty where no joint was found.
rig_status rig_import_person(rig_import *in, const char *what, int place, const json_t *values, rig_person2d *person,
                             bool *any, rig_err *err) {
    if (!json_is_array(values))
        return rig_fail(err, RIG_ERR_FORMAT, "%s: %s %d: has no list of joints", in->file, what, place);
    *any = false;
    if (json_array_size(values) == 0)
        return RIG_OK;
    RIG_TRY(layout_settle(in, what, place, json_array_size(values), err));
    double sum = 0;
    int n = 0;
    for (int k = 0; k < in->skeleton.n; k++) {
        double v[3];
        for (int i = 0; i < 3 && in->source_of[k] >= 0; i++) {
            const json_t *value = json_array_get(values, 3 * (size_t)in->source_of[k] + (size_t)i);
            v[i] = json_is_null(value) ? NAN : json_number_value(value);
            if (!json_is_number(value) && !json_is_null(value))
                return rig_fail(err, RIG_ERR_FORMAT, "%s: %s %d: value %d is not a number", in->file, what, place,
                                3 * in->source_of[k] + i);
        }
        if (in->source_of[k] >= 0)
            joint_take(in, v, &person->joints[k]);
        if (person->joints[k].found)
            sum += person->joints[k].score, n++;
    }
    *any = n > 0;
    person->score = n > 0 ? sum / n : 0;
    return RIG_OK;
}

rig_status rig_import_people(const rig_import *in, size_t n, rig_person2d **people, rig_arena *out, rig_err *err) {
    size_t n_joints = (size_t)in->skeleton.n;
    *people = RIG_NEW(out, rig_person2d, n);
    rig_joint2d *joints = RIG_NEW(out, rig_joint2d, n * n_joints);
    if (!*people || !joints)
        return rig_fail_memory(err, "people");
    for (size_t i = 0; i < n; i++)
        (*people)[i].joints = joints + i * n_joints;
    return RIG_OK;
}

// --- OpenPose ------------------------------------------------------------------------------------

static rig_status openpose_frame(rig_import *in, const json_t *root, rig_frame2d *frame, rig_arena *out, rig_err *err) {
    const json_t *list = json_object_get(root, "people");
    if (!json_is_array(list))
        return rig_fail(err, RIG_ERR_FORMAT, "%s: no list `people`, expected OpenPose's JSON", in->file);
    size_t n = json_array_size(list);
    if (n == 0)
        return RIG_OK;
    RIG_TRY(rig_import_people(in, n, &frame->people, out, err));
    for (size_t i = 0; i < n; i++) {
        const json_t *values = json_object_get(json_array_get(list, i), "pose_keypoints_2d");
        bool any;
        RIG_TRY(rig_import_person(in, "person", (int)i, values, &frame->people[frame->n], &any, err));
        frame->n += any;
    }
    return RIG_OK;
}

static rig_status openpose_next(rig_import *in, int most, rig_people2d *chunk, rig_arena *out, rig_err *err) {
    const int left = in->n_names - in->next, n = left < most ? left : most;
    chunk->frames = RIG_NEW(out, rig_frame2d, n);
    if (!chunk->frames)
        return rig_fail_memory(err, "frames");
    for (; chunk->n_frames < n; in->next++) {
        rig_frame2d *frame = &chunk->frames[chunk->n_frames++];
        json_t *root = NULL;
        char *text;
        size_t length;
        frame->frame = in->next;
        rig_arena_clear(&in->scratch);
        in->file = rig_arena_printf(&in->scratch, "%s/%s", in->path, in->names[in->next]);
        if (!in->file)
            return rig_fail_memory(err, "a path");
        RIG_TRY(rig_file_read(in->file, &text, &length, &in->scratch, err));
        rig_status status = rig_import_json(in, text, length, 1, &root, err);
        if (status == RIG_OK)
            status = openpose_frame(in, root, frame, out, err);
        json_decref(root);
        RIG_TRY(status);
    }
    return RIG_OK;
}

// --- any -----------------------------------------------------------------------------------------

rig_status rig_import_init(const char *path, const rig_skeleton *skeleton, const double scale[2], rig_import **import,
                           rig_err *err) {
    rig_import *made = rig_heap_resize(NULL, 1, sizeof *made);
    *import = made;
    if (!made)
        return rig_fail_memory(err, path);
    *made = (rig_import){.skeleton = *skeleton, .scale = {scale[0], scale[1]}};
    made->file = made->path = rig_arena_strdup(&made->arena, path);
    return made->path ? RIG_OK : rig_fail_memory(err, path);
}

rig_status rig_openpose_open(const char *folder, const rig_skeleton *skeleton, const double scale[2],
                             rig_import **import, rig_err *err) {
    rig_status status = rig_import_init(folder, skeleton, scale, import, err);
    if (status == RIG_OK)
        status = rig_folder_list(folder, ".json", &(*import)->names, &(*import)->n_names, &(*import)->arena, err);
    if (status == RIG_OK && (*import)->n_names == 0)
        status = rig_fail(err, RIG_ERR_FORMAT, "no *.json in '%s', expected one a frame", folder);
    if (status == RIG_OK)
        return RIG_OK;
    rig_import_close(*import);
    *import = NULL;
    return status;
}

rig_status rig_import_next(rig_import *in, int most, rig_people2d *chunk, rig_arena *out, rig_err *err) {
    *chunk = (rig_people2d){.n_joints = in->skeleton.n};
    memcpy(chunk->skeleton, in->skeleton.name, sizeof chunk->skeleton);
    return in->names ? openpose_next(in, most, chunk, out, err) : rig_coco_next(in, most, chunk, out, err);
}

void rig_import_close(rig_import *in) {
    if (!in)
        return;
    if (in->stream)
        fclose(in->stream);
    rig_heap_free(in->entries);
    rig_arena_release(&in->arena);
    rig_arena_release(&in->scratch);
    rig_heap_free(in);
}
