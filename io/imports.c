#include "io/imports.h"

#include "io/file.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

static const double PIXEL_MAX = 1e6; // what lies farther off is not finite in all but name
enum { IMAGE_ID_MAX = 9999999 };     // each number up to the greatest is a frame: 46 hours at 60 a second

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

typedef struct importer {
    const char *file; // being read, for messages
    const rig_skeleton *skeleton;
    const double *scale;
    int n_source;                  // joints that people have in the files; 0: not seen yet
    int source_of[RIG_JOINTS_MAX]; // joint of the files for each of the skeleton, or -1
    rig_arena *out;
    rig_err *err;
} importer;

// --- JSON ----------------------------------------------------------------------------------------

static rig_status json_read(importer *in, rig_arena *scratch, json_t **root) {
    char *text;
    size_t length;
    json_error_t error;
    RIG_TRY(rig_file_read(in->file, &text, &length, scratch, in->err));
    *root = json_loadb(text, length, 0, &error);
    if (*root)
        return RIG_OK;
    if (json_error_code(&error) == json_error_out_of_memory)
        return rig_fail_memory(in->err, in->file);
    return rig_fail(in->err, RIG_ERR_FORMAT, "%s:%d: not JSON: %s", in->file, error.line, error.text);
}

// The joints of all files must be of one layout; the first that is met says which.
static rig_status layout_settle(importer *in, const char *what, int place, size_t n_values) {
    if (in->n_source > 0 && n_values == 3 * (size_t)in->n_source)
        return RIG_OK;
    if (in->n_source > 0)
        return rig_fail(in->err, RIG_ERR_FORMAT, "%s: %s %d: %zu numbers, expected %d as for those before it", in->file,
                        what, place, n_values, 3 * in->n_source);
    const rig_skeleton *layout = n_values % 3 || n_values > 75 ? NULL : rig_openpose_skeleton((int)n_values / 3);
    if (!layout)
        return rig_fail(in->err, RIG_ERR_FORMAT, "%s: %s %d: %zu numbers, expected 3 a joint of 17, 18 or 25 joints",
                        in->file, what, place, n_values);
    if (rig_skeleton_map(layout, in->skeleton, in->source_of) == 0)
        return rig_fail(in->err, RIG_ERR_FORMAT, "%s: %s %d: none of the %d joints is one of skeleton '%s'", in->file,
                        what, place, layout->n, in->skeleton->name);
    in->n_source = layout->n;
    return RIG_OK;
}

static void joint_take(const importer *in, const double v[3], rig_joint2d *joint) {
    if (!(fabs(v[0]) < PIXEL_MAX && fabs(v[1]) < PIXEL_MAX && isfinite(v[2]) && v[2] > 0))
        return; // (0, 0, 0) among them
    *joint = (rig_joint2d){.found = true, .q = {v[0] * in->scale[0], v[1] * in->scale[1]}, .score = v[2]};
}

// A person's x, y, score a joint, to the skeleton's joints. *person is empty where no joint was found.
static rig_status person_take(importer *in, const char *what, int place, const json_t *values, rig_person2d *person,
                              bool *any) {
    if (!json_is_array(values))
        return rig_fail(in->err, RIG_ERR_FORMAT, "%s: %s %d: has no list of joints", in->file, what, place);
    *any = false;
    if (json_array_size(values) == 0)
        return RIG_OK;
    RIG_TRY(layout_settle(in, what, place, json_array_size(values)));
    double sum = 0;
    int n = 0;
    for (int k = 0; k < in->skeleton->n; k++) {
        double v[3];
        for (int i = 0; i < 3 && in->source_of[k] >= 0; i++) {
            const json_t *value = json_array_get(values, 3 * (size_t)in->source_of[k] + (size_t)i);
            v[i] = json_is_null(value) ? NAN : json_number_value(value);
            if (!json_is_number(value) && !json_is_null(value))
                return rig_fail(in->err, RIG_ERR_FORMAT, "%s: %s %d: value %d is not a number", in->file, what, place,
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

static rig_status people_alloc(importer *in, size_t n, rig_person2d **people) {
    size_t n_joints = (size_t)in->skeleton->n;
    *people = RIG_NEW(in->out, rig_person2d, n);
    rig_joint2d *joints = RIG_NEW(in->out, rig_joint2d, n * n_joints);
    if (!*people || !joints)
        return rig_fail_memory(in->err, "people");
    for (size_t i = 0; i < n; i++)
        (*people)[i].joints = joints + i * n_joints;
    return RIG_OK;
}

static rig_status people_begin(importer *in, rig_people2d *people, int n_frames) {
    *people = (rig_people2d){.n_joints = in->skeleton->n, .n_frames = n_frames};
    memcpy(people->skeleton, in->skeleton->name, sizeof people->skeleton);
    people->frames = RIG_NEW(in->out, rig_frame2d, n_frames);
    if (!people->frames)
        return rig_fail_memory(in->err, "frames");
    for (int f = 0; f < n_frames; f++)
        people->frames[f].frame = f;
    return RIG_OK;
}

// --- OpenPose ------------------------------------------------------------------------------------

static rig_status openpose_frame(importer *in, const json_t *root, rig_frame2d *frame) {
    const json_t *list = json_object_get(root, "people");
    if (!json_is_array(list))
        return rig_fail(in->err, RIG_ERR_FORMAT, "%s: no list `people`, expected OpenPose's JSON", in->file);
    size_t n = json_array_size(list);
    if (n == 0)
        return RIG_OK;
    RIG_TRY(people_alloc(in, n, &frame->people));
    for (size_t i = 0; i < n; i++) {
        const json_t *values = json_object_get(json_array_get(list, i), "pose_keypoints_2d");
        bool any;
        RIG_TRY(person_take(in, "person", (int)i, values, &frame->people[frame->n], &any));
        frame->n += any;
    }
    return RIG_OK;
}

static rig_status openpose_file(importer *in, const char *folder, const char *name, rig_frame2d *frame,
                                rig_arena *scratch) {
    json_t *root = NULL;
    in->file = rig_arena_printf(scratch, "%s/%s", folder, name);
    if (!in->file)
        return rig_fail_memory(in->err, "a path");
    rig_status status = json_read(in, scratch, &root);
    if (status == RIG_OK)
        status = openpose_frame(in, root, frame);
    json_decref(root);
    return status;
}

rig_status rig_openpose_read(const char *folder, const rig_skeleton *skeleton, const double scale[2],
                             rig_people2d *people, rig_arena *out, rig_err *err) {
    rig_arena list = {NULL}, scratch = {NULL};
    importer in = {.skeleton = skeleton, .scale = scale, .out = out, .err = err};
    char **names;
    int n = 0;
    rig_status status = rig_folder_list(folder, ".json", &names, &n, &list, err);
    if (status == RIG_OK && n == 0)
        status = rig_fail(err, RIG_ERR_FORMAT, "no *.json in '%s', expected one a frame", folder);
    if (status == RIG_OK)
        status = people_begin(&in, people, n);
    for (int f = 0; f < n && status == RIG_OK; f++) {
        status = openpose_file(&in, folder, names[f], &people->frames[f], &scratch);
        rig_arena_clear(&scratch);
    }
    rig_arena_release(&scratch);
    rig_arena_release(&list);
    return status;
}

// --- COCO ----------------------------------------------------------------------------------------

// The greatest image_id of the list, each entry of which must be an object with one.
static rig_status coco_frames(importer *in, const json_t *list, int *n_frames) {
    if (!json_is_array(list))
        return rig_fail(in->err, RIG_ERR_FORMAT, "%s: not a list, expected COCO results", in->file);
    *n_frames = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *id = json_object_get(json_array_get(list, i), "image_id");
        json_int_t frame = json_integer_value(id);
        if (!json_is_integer(id) || frame < 0 || frame > IMAGE_ID_MAX)
            return rig_fail(in->err, RIG_ERR_FORMAT, "%s: entry %d: image_id is no frame number, expected 0 to %d",
                            in->file, (int)i, (int)IMAGE_ID_MAX);
        if (frame >= *n_frames)
            *n_frames = (int)frame + 1;
    }
    return RIG_OK;
}

static rig_frame2d *coco_frame_of(rig_people2d *people, const json_t *entry) {
    return &people->frames[json_integer_value(json_object_get(entry, "image_id"))];
}

// Room for as many people as each frame has entries, one block for all.
static rig_status coco_frames_alloc(importer *in, const json_t *list, rig_people2d *people) {
    rig_person2d *all;
    RIG_TRY(people_alloc(in, json_array_size(list), &all));
    for (size_t i = 0; i < json_array_size(list); i++)
        coco_frame_of(people, json_array_get(list, i))->n++;
    for (int f = 0; f < people->n_frames; f++) {
        people->frames[f].people = all;
        all += people->frames[f].n;
        people->frames[f].n = 0;
    }
    return RIG_OK;
}

static rig_status coco_people(importer *in, const json_t *list, rig_people2d *people) {
    int n_frames = 0;
    RIG_TRY(coco_frames(in, list, &n_frames));
    RIG_TRY(people_begin(in, people, n_frames));
    RIG_TRY(coco_frames_alloc(in, list, people));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i), *score = json_object_get(entry, "score");
        rig_frame2d *frame = coco_frame_of(people, entry);
        rig_person2d *person = &frame->people[frame->n];
        bool any;
        RIG_TRY(person_take(in, "entry", (int)i, json_object_get(entry, "keypoints"), person, &any));
        if (json_is_number(score))
            person->score = json_number_value(score);
        frame->n += any;
    }
    return RIG_OK;
}

rig_status rig_coco_read(const char *path, const rig_skeleton *skeleton, const double scale[2], rig_people2d *people,
                         rig_arena *out, rig_err *err) {
    rig_arena scratch = {NULL};
    importer in = {.file = path, .skeleton = skeleton, .scale = scale, .out = out, .err = err};
    json_t *root = NULL;
    rig_status status = json_read(&in, &scratch, &root);
    if (status == RIG_OK)
        status = coco_people(&in, root, people);
    json_decref(root);
    rig_arena_release(&scratch);
    return status;
}
