// Which joints another tool's people have: by a name, by the names in the file, or by their count.
#include "io/imports_parts.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

// What layouts are called elsewhere, letters and digits only.
static const char *const ALIASES[][2] = {
    {"coco", "coco17"},
    {"openposecoco", "coco18"},
    {"openpose18", "coco18"},
    {"openpose", "body25"},
    {"openpose25", "body25"},
    {"cocowholebody133", "wholebody133"},
    {"wholebody", "wholebody133"},
    {"cocowholebody", "wholebody133"},
    {"blazepose", "blazepose33"},
    {"mediapipe", "blazepose33"},
    {"mediapipe33", "blazepose33"},
    {"mpii", "mpii16"},
    {"mpi", "mpi15"},
    {"aic", "aic14"},
    {"crowdpose", "crowdpose14"},
    {"h36m", "h36m17"},
    {"human36m", "h36m17"},
    {"lsp", "shelf14"},
    {"lsp14", "shelf14"},
    {"halpefullbody", "halpe136"},
};
// What a count means: where other layouts have as many joints, they are rare, and told by how bodies then look.
static const char *const BY_COUNT[] = {"point",  "wand",    "mpi15",       "mpii16",       "coco17",  "coco18",
                                       "body25", "halpe26", "blazepose33", "wholebody133", "body135", "halpe136"};

static void plain_name(const char *name, char plain[RIG_NAME_MAX]) {
    int n = 0;
    for (; *name && n < RIG_NAME_MAX - 1; name++)
        if (isalnum((unsigned char)*name))
            plain[n++] = (char)tolower((unsigned char)*name);
    plain[n] = 0;
}

static const rig_skeleton *layout_of(const rig_skeleton *layouts, int n, const char *name) {
    for (int i = 0; i < n; i++)
        if (strcmp(layouts[i].name, name) == 0)
            return &layouts[i];
    return NULL;
}

const rig_skeleton *rig_layout_find(const rig_skeleton *layouts, int n, const char *name) {
    char plain[RIG_NAME_MAX];
    plain_name(name, plain);
    for (size_t i = 0; i < sizeof ALIASES / sizeof *ALIASES; i++)
        if (strcmp(plain, ALIASES[i][0]) == 0)
            return layout_of(layouts, n, ALIASES[i][1]);
    return layout_of(layouts, n, plain);
}

void rig_layouts_list(const rig_skeleton *layouts, int n, int n_joints, const char *but, char *text, size_t size) {
    size_t at = 0;
    text[0] = 0;
    for (int i = 0; i < n; i++)
        if ((n_joints == 0 || layouts[i].n == n_joints) && (!but || strcmp(layouts[i].name, but) != 0) && at < size)
            at += (size_t)snprintf(text + at, size - at, "%s%s", at ? ", " : "", layouts[i].name);
}

static rig_status by_count(const rig_import *in, const char *what, int place, const rig_skeleton **layout,
                           rig_err *err) {
    const rig_import_plan *plan = &in->plan;
    char list[256];
    for (size_t i = 0; i < sizeof BY_COUNT / sizeof *BY_COUNT; i++) {
        *layout = layout_of(plan->layouts, plan->n_layouts, BY_COUNT[i]);
        if (*layout && (*layout)->n == in->n_values)
            return RIG_OK;
    }
    rig_layouts_list(plan->layouts, plan->n_layouts, in->n_values, NULL, list, sizeof list);
    if (list[0])
        return rig_fail(err, RIG_ERR_FORMAT,
                        "%s: %s %d: %d joints, a count that several layouts have: name the layout, `keypoints: "
                        "{layout: NAME}`, one of %s, or a skeleton YAML of these joints",
                        in->file, what, place, in->n_values, list);
    rig_layouts_list(plan->layouts, plan->n_layouts, 0, NULL, list, sizeof list);
    return rig_fail(err, RIG_ERR_FORMAT,
                    "%s: %s %d: no known layout has %d joints (%s): expected "
                    "`keypoints: {layout: FILE}`, a skeleton YAML of these joints in the file's order",
                    in->file, what, place, in->n_values, list);
}

// The joints of all people must be of one layout; the first that is met says which.
static rig_status layout_settle(rig_import *in, const char *what, int place, rig_err *err) {
    const rig_skeleton *skeleton = in->plan.skeleton;
    if (!in->layout && in->plan.layout) {
        if (in->plan.layout->n != in->n_values)
            return rig_fail(err, RIG_ERR_FORMAT, "%s: %s %d: %d joints, expected the %d of layout '%s'", in->file, what,
                            place, in->n_values, in->plan.layout->n, in->plan.layout->name);
        in->layout = in->plan.layout;
    }
    if (!in->layout)
        RIG_TRY(by_count(in, what, place, &in->layout, err));
    memcpy(in->counts.layout, in->layout->name, sizeof in->counts.layout);
    in->counts.n_lacking = skeleton->n - rig_skeleton_map(in->layout, skeleton, in->source_of);
    if (in->counts.n_lacking == skeleton->n)
        return rig_fail(err, RIG_ERR_FORMAT,
                        "%s: %s %d: none of the %d joints of layout '%s' is one of skeleton '%s': "
                        "`keypoints: {layout: FILE}` may name a skeleton YAML of these joints",
                        in->file, what, place, in->layout->n, in->layout->name, skeleton->name);
    return RIG_OK;
}

static void names_list(const rig_skeleton *skeleton, char *text, size_t size) {
    size_t at = 0;
    for (int i = 0; i < skeleton->n && at < size; i++)
        at += (size_t)snprintf(text + at, size - at, "%s%s", i ? ", " : "", skeleton->names[i]);
    if (at >= size)
        memcpy(text + size - 4, "...", 4);
}

rig_status rig_import_named(rig_import *in, rig_err *err) {
    const rig_skeleton *skeleton = in->plan.skeleton;
    char theirs[240], ours[240];
    in->layout = &in->named;
    in->counts.named = true;
    if (rig_skeleton_map(in->layout, skeleton, in->source_of) == skeleton->n)
        return RIG_OK;
    names_list(in->layout, theirs, sizeof theirs);
    names_list(skeleton, ours, sizeof ours);
    return rig_fail(err, RIG_ERR_FORMAT,
                    "%s: its joints are %s; skeleton '%s' has %s: expected all of these, or "
                    "`skeleton: FILE`, a YAML of the file's joints",
                    in->file, theirs, skeleton->name, ours);
}

// --- a person --------------------------------------------------------------------------------------------------------

static const double PIXEL_MAX = 1e6; // what lies farther off is not finite in all but name

rig_status rig_import_room(rig_import *in, int n, rig_frame2d *frame, rig_arena *out, rig_err *err) {
    const size_t n_joints = (size_t)in->plan.skeleton->n, all = (size_t)frame->n + (size_t)n;
    rig_joint2d *joints = RIG_NEW(out, rig_joint2d, (size_t)n * n_joints);
    if (!joints)
        return rig_fail_memory(err, "people");
    if (all > in->people_room) {
        rig_person2d *people = RIG_NEW(out, rig_person2d, 2 * all);
        if (!people)
            return rig_fail_memory(err, "people");
        if (frame->n > 0)
            memcpy(people, frame->people, (size_t)frame->n * sizeof *people);
        frame->people = people;
        in->people_room = 2 * all;
    }
    for (int i = 0; i < n; i++)
        frame->people[frame->n + i].joints = joints + (size_t)i * n_joints;
    return RIG_OK;
}

rig_status rig_import_person(rig_import *in, const char *what, int place, double score, rig_frame2d *frame,
                             rig_err *err) {
    rig_person2d *person = &frame->people[frame->n];
    double sum = 0;
    int n = 0;
    if (!in->counts.layout[0] && !in->counts.named)
        RIG_TRY(layout_settle(in, what, place, err));
    if (in->n_values != in->layout->n)
        return rig_fail(err, RIG_ERR_FORMAT, "%s: %s %d: %d joints, expected %d as for those before it", in->file, what,
                        place, in->n_values, in->layout->n);
    for (int k = 0; k < in->plan.skeleton->n; k++) {
        const double *v = in->source_of[k] >= 0 ? in->values[in->source_of[k]] : NULL;
        if (!v || !(fabs(v[0]) < PIXEL_MAX && fabs(v[1]) < PIXEL_MAX && v[2] < PIXEL_MAX && v[2] > 0))
            continue; // (0, 0, 0) among them
        person->joints[k] = (rig_joint2d){.found = true, .q = {v[0], v[1]}, .score = fmin(v[2], 1)};
        in->counts.score_high = fmax(in->counts.score_high, v[2]);
        sum += person->joints[k].score, n++;
    }
    in->counts.jointless += n == 0;
    in->counts.people += n > 0;
    person->score = isfinite(score) && fabs(score) < PIXEL_MAX ? score : n > 0 ? sum / n : 0;
    frame->n += n > 0;
    return RIG_OK;
}
