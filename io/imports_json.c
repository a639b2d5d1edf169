// People as JSON has them: OpenPose's, COCO's, AlphaPose's and MMPose's are the same but for their keys.
#include "io/imports_parts.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

// Python writes NaN and Infinity, which are not JSON: they become numbers that are no pixels, of as many characters.
static void tokens_replace(char *text, size_t length) {
    bool in_string = false, escaped = false;
    for (size_t i = 0; i < length; i++) {
        const char *word = text[i] == 'N' ? "NaN" : text[i] == 'I' ? "Infinity" : NULL;
        if (in_string) {
            in_string = escaped || text[i] != '"';
            escaped = !escaped && text[i] == '\\';
        } else if (text[i] == '"')
            in_string = true;
        else if (word && length - i >= strlen(word) && memcmp(text + i, word, strlen(word)) == 0) {
            memset(text + i, ' ', strlen(word));
            memcpy(text + i, "1e9", 3);
            i += strlen(word) - 1;
        }
    }
}

rig_status rig_import_json(const rig_import *in, char *text, size_t length, int line, json_t **root, rig_err *err) {
    json_error_t error;
    tokens_replace(text, length);
    *root = json_loadb(text, length, JSON_DECODE_ANY, &error);
    if (*root)
        return RIG_OK;
    if (json_error_code(&error) == json_error_out_of_memory)
        return rig_fail_memory(err, in->file);
    return rig_fail(err, RIG_ERR_FORMAT, "%s:%d: not JSON: %s", in->file, line + error.line - 1, error.text);
}

static rig_status number_take(const rig_import *in, const char *what, int place, const json_t *value, double *number,
                              rig_err *err) {
    *number = json_is_null(value) ? NAN : json_number_value(value);
    if (json_is_number(value) || json_is_null(value))
        return RIG_OK;
    return rig_fail(err, RIG_ERR_FORMAT, "%s: %s %d: its joints have a value that is not a number", in->file, what,
                    place);
}

// [x, y, score, x, y, score, ...], or [[x, y], ...] with the scores beside them, in the joints or nowhere.
static rig_status values_take(rig_import *in, const char *what, int place, const json_t *list, const json_t *scores,
                              rig_err *err) {
    const size_t n = json_array_size(list);
    const bool flat = n == 0 || !json_is_array(json_array_get(list, 0));
    const size_t n_joints = flat ? n / 3 : n;
    if ((flat && n % 3) || n_joints > RIG_JOINTS_MAX)
        return rig_fail(err, RIG_ERR_FORMAT,
                        "%s: %s %d: %zu numbers, expected x, y, score of each of at most %d joints", in->file, what,
                        place, n, (int)RIG_JOINTS_MAX);
    for (size_t j = 0; j < n_joints; j++)
        for (size_t i = 0; i < 3; i++) {
            const json_t *joint = json_array_get(list, j);
            const json_t *value = json_array_get(flat ? list : joint, flat ? 3 * j + i : i);
            if (!flat && i == 2 && json_array_get(scores, j))
                value = json_array_get(scores, j);
            in->values[j][i] = 1;
            if (value || flat || i < 2)
                RIG_TRY(number_take(in, what, place, value, &in->values[j][i], err));
        }
    in->n_values = (int)n_joints;
    return RIG_OK;
}

// A person of hands or a face is known by other keys of keypoints.
static bool has_keypoints(const json_t *person) {
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)person, key, value) {
        if (strstr(key, "keypoints"))
            return true;
    }
    return false;
}

static rig_status person_take(rig_import *in, const char *what, int place, const json_t *person, rig_frame2d *frame,
                              rig_err *err) {
    static const char *const keys[] = {"pose_keypoints_2d", "pose_keypoints", "keypoints", "joints"};
    const json_t *list = NULL, *score = json_object_get(person, "score");
    for (size_t i = 0; i < sizeof keys / sizeof *keys && !list; i++)
        list = json_object_get(person, keys[i]);
    if ((list && !json_is_array(list)) || (!list && !has_keypoints(person)))
        return rig_fail(err, RIG_ERR_FORMAT,
                        "%s: %s %d: has no list of joints, expected pose_keypoints_2d, keypoints or joints", in->file,
                        what, place);
    if (json_array_size(list) == 0) {
        in->counts.bodiless++;
        return RIG_OK;
    }
    RIG_TRY(values_take(in, what, place, list, json_object_get(person, "keypoint_scores"), err));
    if (!score)
        score = json_object_get(person, "bbox_score");
    return rig_import_person(in, what, place, json_is_number(score) ? json_number_value(score) : NAN, frame, err);
}

rig_status rig_import_json_people(rig_import *in, const rig_import_entry *entry, const json_t *root, rig_frame2d *frame,
                                  rig_arena *out, rig_err *err) {
    static const char *const keys[] = {"people", "bodies", "instances", "instance_info"};
    const json_t *list = json_is_array(root) ? root : NULL;
    for (size_t i = 0; i < sizeof keys / sizeof *keys && !list; i++)
        list = json_object_get(root, keys[i]);
    if (in->kind == RIG_IMPORT_FOLDER && !json_is_array(list))
        return rig_fail(err, RIG_ERR_FORMAT, "%s: no list `people`, expected OpenPose's JSON, or MMPose's of a picture",
                        in->file);
    if (list && !json_is_array(list))
        return rig_fail(err, RIG_ERR_FORMAT, "%s: entry %d: its people are not a list", in->file, entry->place);
    if (!list) {
        RIG_TRY(rig_import_room(in, 1, frame, out, err));
        return person_take(in, "entry", entry->place, root, frame, err);
    }
    if (json_array_size(list) == 1 && json_is_array(json_array_get(list, 0)))
        list = json_array_get(list, 0); // a batch of one
    const int n = (int)json_array_size(list);
    const json_t *one = json_array_get(list, 0);
    if (in->kind == RIG_IMPORT_FOLDER && (json_object_get(one, "image_id") || json_object_get(one, "frame_id")))
        return rig_fail(
            err, RIG_ERR_FORMAT,
            "%s: people of many frames, expected a folder with one file per frame, or `people` to name this file",
            in->file);
    RIG_TRY(rig_import_room(in, n, frame, out, err));
    for (int i = 0; i < n; i++)
        RIG_TRY(person_take(in, "person", i, json_array_get(list, (size_t)i), frame, err));
    return RIG_OK;
}
