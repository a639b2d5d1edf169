#include "io/result.h"

#include <string.h>

static const char SCHEMA[] = "rigpose/people3d/1";
// A thousandth of a millimetre; a tenth of a millirad.
enum { METRE_DECIMALS = 6, SCORE_DECIMALS = 4, RMS_DECIMALS = 3, COV_DECIMALS = 2, MOVE_DECIMALS = 4 };

static bool has_point(rig_joint_state state) {
    return state == RIG_JOINT_OK || state == RIG_JOINT_FILLED;
}

// --- writing -------------------------------------------------------------------------------------

static void cov_put(rig_yaml_writer *w, const double cov[6]) {
    rig_yaml_key(w, "cov_mm2");
    rig_yaml_begin_list(w, true);
    for (int i = 0; i < 6; i++)
        rig_yaml_put_rounded(w, 1e6 * cov[i], COV_DECIMALS);
    rig_yaml_end(w);
}

static void point_put(rig_yaml_writer *w, const rig_joint3d *joint) {
    rig_yaml_key(w, "p_m");
    rig_yaml_begin_list(w, true);
    for (int i = 0; i < 3; i++)
        rig_yaml_put_rounded(w, joint->p[i], METRE_DECIMALS);
    rig_yaml_end(w);
    if (joint->sigma_m > 0)
        rig_result_put_rounded(w, "sigma_m", joint->sigma_m, METRE_DECIMALS);
    if (joint->cov[0] > 0)
        cov_put(w, joint->cov);
    rig_result_put_rounded(w, "score", joint->score, SCORE_DECIMALS);
}

static void vector_put(rig_yaml_writer *w, const char *key, const double v[3]) {
    rig_yaml_key(w, key);
    rig_yaml_begin_list(w, true);
    for (int i = 0; i < 3; i++)
        rig_yaml_put_rounded(w, v[i], MOVE_DECIMALS);
    rig_yaml_end(w);
}

static void move_put(rig_yaml_writer *w, const rig_joint_move *move) {
    if (move->has_v)
        vector_put(w, "v_m_s", move->v);
    if (move->has_a)
        vector_put(w, "a_m_s2", move->a);
}

static void angles_put(rig_yaml_writer *w, const rig_people3d *people, const rig_joint_angle *angles) {
    rig_yaml_key(w, "angles_rad");
    rig_yaml_begin_map(w, true);
    for (int i = 0; i < people->n_angles; i++)
        if (angles[i].known)
            rig_result_put_rounded(w, people->angles[i], angles[i].rad, MOVE_DECIMALS);
        else
            rig_result_put_string(w, people->angles[i], NULL);
    rig_yaml_end(w);
}

static void joint_put(rig_yaml_writer *w, const rig_people3d *people, const rig_joint3d *joint,
                      const rig_joint_move *move) {
    rig_yaml_begin_map(w, true);
    if (joint->state != RIG_JOINT_OK)
        rig_result_put_string(w, "state", rig_joint_state_name(joint->state));
    if (has_point(joint->state))
        point_put(w, joint);
    if (joint->views) {
        rig_yaml_key(w, "views");
        rig_yaml_begin_list(w, true);
        for (int v = 0; v < people->n_views; v++)
            if (joint->views >> v & 1)
                rig_yaml_put_string(w, people->views[v]);
        rig_yaml_end(w);
    }
    if (joint->rms_px > 0)
        rig_result_put_rounded(w, "rms_px", joint->rms_px, RMS_DECIMALS);
    if (move)
        move_put(w, move);
    rig_yaml_end(w);
}

static void person_put(rig_yaml_writer *w, const rig_people3d *people, const rig_person3d *person) {
    rig_yaml_begin_map(w, true);
    rig_result_put_int(w, "id", person->id);
    rig_yaml_key(w, "joints");
    rig_yaml_begin_list(w, true);
    const rig_movement *movement = person->movement;
    for (int k = 0; k < people->n_joints; k++)
        joint_put(w, people, &person->joints[k], movement && movement->moves ? &movement->moves[k] : NULL);
    rig_yaml_end(w);
    if (movement && movement->angles)
        angles_put(w, people, movement->angles);
    rig_yaml_end(w);
}

static void frame_put(rig_yaml_writer *w, const rig_people3d *people, const rig_frame3d *frame) {
    rig_yaml_begin_map(w, false);
    rig_result_put_int(w, "frame", frame->frame);
    rig_yaml_key(w, "people");
    rig_yaml_begin_list(w, false);
    for (int i = 0; i < frame->n; i++)
        person_put(w, people, &frame->people[i]);
    rig_yaml_end(w);
    rig_yaml_end(w);
}

static void names_put(rig_yaml_writer *w, const char *key, const char *const *names, int n) {
    rig_yaml_key(w, key);
    rig_yaml_begin_list(w, true);
    for (int i = 0; i < n; i++)
        rig_yaml_put_string(w, names[i]);
    rig_yaml_end(w);
}

static void lengths_put(rig_yaml_writer *w, const rig_people3d *people) {
    rig_yaml_key(w, "lengths");
    rig_yaml_begin_list(w, false);
    for (int i = 0; i < people->n_lengths; i++) {
        rig_yaml_begin_map(w, true);
        rig_result_put_int(w, "id", people->lengths[i].id);
        rig_yaml_key(w, "bone");
        rig_yaml_begin_list(w, true);
        rig_yaml_put_string(w, people->lengths[i].a);
        rig_yaml_put_string(w, people->lengths[i].b);
        rig_yaml_end(w);
        rig_result_put_rounded(w, "length_m", people->lengths[i].m, METRE_DECIMALS);
        rig_yaml_end(w);
    }
    rig_yaml_end(w);
}

rig_status rig_people3d_write(const char *path, const rig_people3d *people, const rig_inputs *inputs, rig_err *err) {
    rig_result_writer result;
    RIG_TRY(rig_result_open(&result, path, SCHEMA, inputs, err));
    rig_yaml_writer *w = result.yaml;
    rig_result_put_string(w, "skeleton", people->skeleton);
    rig_result_put_int(w, "n_joints", people->n_joints);
    if (people->fps > 0)
        rig_result_put_double(w, "fps", people->fps);
    else
        rig_result_put_string(w, "fps", NULL);
    names_put(w, "views", people->views, people->n_views);
    if (people->n_repaired)
        names_put(w, "repaired", people->repaired, people->n_repaired);
    if (people->n_lengths)
        lengths_put(w, people);
    rig_yaml_key(w, "frames");
    rig_yaml_begin_list(w, false);
    for (int i = 0; i < people->n_frames; i++)
        frame_put(w, people, &people->frames[i]);
    rig_yaml_end(w);
    return rig_result_commit(&result, err);
}

// --- reading -------------------------------------------------------------------------------------

typedef struct reader {
    rig_people3d *people;
    const char **views; // RIG_VIEWS_MAX of them, people->n_views in use
    rig_arena *out;
    rig_err *err;
} reader;

// The bit of a view's name; a name that is new becomes the next view.
static rig_status view_parse(reader *r, const rig_yaml *node, uint64_t *bit) {
    char name[RIG_NAME_MAX];
    RIG_TRY(rig_yaml_name(node, name, r->err));
    int v = 0;
    while (v < r->people->n_views && strcmp(r->views[v], name) != 0)
        v++;
    if (v == RIG_VIEWS_MAX)
        return rig_yaml_fail(node, r->err, "view '%s' is one more than the %d that can be told apart", name, v);
    if (v == r->people->n_views) {
        r->views[v] = rig_arena_strdup(r->out, name);
        if (!r->views[v])
            return rig_fail_memory(r->err, "a view's name");
        r->people->n_views++;
    }
    *bit = (uint64_t)1 << v;
    return RIG_OK;
}

static rig_status views_parse(reader *r, const rig_yaml *map, uint64_t *views) {
    const rig_yaml *list;
    *views = 0;
    RIG_TRY(rig_result_maybe(map, "views", RIG_YAML_LIST, &list, r->err));
    for (int i = 0; list && i < list->n; i++) {
        uint64_t bit = 0;
        RIG_TRY(view_parse(r, &list->items[i], &bit));
        if (*views & bit)
            return rig_yaml_fail(&list->items[i], r->err, "view '%s' stands twice", list->items[i].text);
        *views |= bit;
    }
    return RIG_OK;
}

static rig_status state_parse(reader *r, const rig_yaml *map, rig_joint_state *state) {
    const rig_yaml *node = rig_yaml_find(map, "state");
    const char *text;
    *state = rig_yaml_find(map, "p_m") ? RIG_JOINT_OK : RIG_JOINT_MISSING;
    if (!node)
        return RIG_OK;
    RIG_TRY(rig_yaml_string(node, &text, r->err));
    if (!rig_joint_state_from_name(text, state))
        return rig_yaml_fail(node, r->err, "'%.40s', expected missing, few_views, parallax, behind, rejected or filled",
                             text);
    return RIG_OK;
}

static rig_status cov_parse(reader *r, const rig_yaml *map, double cov[6]) {
    const rig_yaml *list;
    RIG_TRY(rig_result_maybe(map, "cov_mm2", RIG_YAML_LIST, &list, r->err));
    if (!list)
        return RIG_OK;
    RIG_TRY(rig_result_numbers(list, 6, cov, r->err));
    for (int i = 0; i < 6; i++)
        cov[i] *= 1e-6;
    return RIG_OK;
}

static rig_status joint_parse(reader *r, const rig_yaml *map, rig_joint3d *joint) {
    const double max = RIG_RESULT_NUMBER_MAX;
    if (rig_yaml_is_null(map))
        return RIG_OK;
    RIG_TRY(rig_yaml_need_kind(map, RIG_YAML_MAP, r->err));
    RIG_TRY(state_parse(r, map, &joint->state));
    if (has_point(joint->state)) {
        RIG_TRY(rig_result_doubles(map, "p_m", 3, joint->p, r->err));
        joint->score = 1;
        RIG_TRY(rig_result_maybe_double(map, "sigma_m", 0, max, &joint->sigma_m, r->err));
        RIG_TRY(rig_result_maybe_double(map, "score", 0, max, &joint->score, r->err));
    }
    RIG_TRY(cov_parse(r, map, joint->cov));
    RIG_TRY(rig_result_maybe_double(map, "rms_px", 0, max, &joint->rms_px, r->err));
    return views_parse(r, map, &joint->views);
}

static rig_status person_parse(reader *r, const rig_yaml *map, rig_person3d *person) {
    const rig_yaml *node;
    RIG_TRY(rig_yaml_need(map, "id", &node, r->err));
    RIG_TRY(rig_yaml_int(node, 1, RIG_RESULT_COUNT_MAX, &person->id, r->err));
    RIG_TRY(rig_result_need(map, "joints", RIG_YAML_LIST, &node, r->err));
    if (node->n != r->people->n_joints)
        return rig_yaml_fail(node, r->err, "%d joints, expected %d", node->n, r->people->n_joints);
    for (int k = 0; k < node->n; k++)
        RIG_TRY(joint_parse(r, &node->items[k], &person->joints[k]));
    return RIG_OK;
}

// Put the person that was read last to its place among the ids before it.
static rig_status person_settle(const rig_yaml *map, rig_person3d *people, int last, rig_err *err) {
    rig_person3d person = people[last];
    int i = last;
    for (; i > 0 && people[i - 1].id >= person.id; i--) {
        if (people[i - 1].id == person.id)
            return rig_yaml_fail(map, err, "id %d stands twice in a frame", person.id);
        people[i] = people[i - 1];
    }
    people[i] = person;
    return RIG_OK;
}

static rig_status frame_parse(reader *r, const rig_yaml *map, int *last, rig_frame3d *frame) {
    const rig_yaml *list;
    RIG_TRY(rig_result_frame(map, last, r->err));
    frame->frame = *last;
    RIG_TRY(rig_result_maybe(map, "people", RIG_YAML_LIST, &list, r->err));
    int n = list ? list->n : 0, n_joints = r->people->n_joints;
    if (n == 0)
        return RIG_OK;
    frame->people = RIG_NEW(r->out, rig_person3d, n);
    rig_joint3d *joints = RIG_NEW(r->out, rig_joint3d, (size_t)n * (size_t)n_joints);
    if (!frame->people || !joints)
        return rig_fail_memory(r->err, "people");
    frame->n = n;
    for (int i = 0; i < n; i++) {
        frame->people[i].joints = joints + (size_t)i * (size_t)n_joints;
        RIG_TRY(person_parse(r, &list->items[i], &frame->people[i]));
        RIG_TRY(person_settle(&list->items[i], frame->people, i, r->err));
    }
    return RIG_OK;
}

static rig_status frames_parse(reader *r, const rig_yaml *root) {
    const rig_yaml *list;
    RIG_TRY(rig_result_need(root, "frames", RIG_YAML_LIST, &list, r->err));
    RIG_TRY(rig_result_n_joints(root, list, &r->people->n_joints, r->err));
    r->people->frames = RIG_NEW(r->out, rig_frame3d, list->n);
    if (!r->people->frames)
        return rig_fail_memory(r->err, "frames");
    r->people->n_frames = list->n;
    for (int i = 0, last = RIG_RESULT_CLOCK_BEFORE; i < list->n; i++)
        RIG_TRY(frame_parse(r, &list->items[i], &last, &r->people->frames[i]));
    return RIG_OK;
}

static rig_status repaired_parse(reader *r, const rig_yaml *root) {
    const rig_yaml *list;
    const char **names;
    char name[RIG_NAME_MAX];
    RIG_TRY(rig_result_maybe(root, "repaired", RIG_YAML_LIST, &list, r->err));
    if (!list)
        return RIG_OK;
    names = RIG_NEW(r->out, const char *, list->n);
    for (int i = 0; names && i < list->n; i++) {
        RIG_TRY(rig_yaml_name(&list->items[i], name, r->err));
        if (!(names[i] = rig_arena_strdup(r->out, name)))
            names = NULL;
    }
    r->people->repaired = names;
    r->people->n_repaired = list->n;
    return names ? RIG_OK : rig_fail_memory(r->err, "views");
}

static rig_status people_parse(reader *r, const rig_yaml *root) {
    const rig_yaml *node;
    uint64_t all;
    RIG_TRY(rig_yaml_need(root, "skeleton", &node, r->err));
    RIG_TRY(rig_yaml_name(node, r->people->skeleton, r->err));
    RIG_TRY(rig_result_maybe_double(root, "fps", 0, RIG_RESULT_NUMBER_MAX, &r->people->fps, r->err));
    r->views = RIG_NEW(r->out, const char *, RIG_VIEWS_MAX);
    if (!r->views)
        return rig_fail_memory(r->err, "views");
    r->people->views = r->views;
    RIG_TRY(views_parse(r, root, &all));
    RIG_TRY(repaired_parse(r, root));
    return frames_parse(r, root);
}

rig_status rig_people3d_read(const char *path, rig_people3d *people, rig_arena *out, rig_err *err) {
    rig_arena tree = {NULL};
    const rig_yaml *root;
    *people = (rig_people3d){0};
    reader r = {.people = people, .out = out, .err = err};
    rig_status status = rig_result_read(path, SCHEMA, &tree, &root, err);
    if (status == RIG_OK)
        status = people_parse(&r, root);
    rig_arena_release(&tree);
    return status;
}
