// 70_people3d.yaml and 80_motion.yaml, read.
#include "io/results_people3d.h"

#include <string.h>

static const char SCHEMA[] = "rigpose/people3d/1";

static bool has_point(rig_joint_state state) {
    return state == RIG_JOINT_OK || state == RIG_JOINT_FILLED;
}

// The bit of a view's name; a name that is new becomes the next view.
static rig_status view_parse(rig_people3d_reader *r, const rig_yaml *node, uint64_t *bit) {
    char name[RIG_NAME_MAX];
    RIG_TRY(rig_yaml_name(node, name, r->err));
    int v = 0;
    while (v < r->head.n_views && strcmp(r->views[v], name) != 0)
        v++;
    if (v == RIG_VIEWS_MAX)
        return rig_yaml_fail(node, r->err, "view '%s' exceeds the limit of %d views", name, v);
    if (v == r->head.n_views) {
        r->views[v] = rig_arena_strdup(&r->names, name);
        if (!r->views[v])
            return rig_fail_memory(r->err, "a view's name");
        r->head.n_views++;
    }
    *bit = (uint64_t)1 << v;
    return RIG_OK;
}

static rig_status views_parse(rig_people3d_reader *r, const rig_yaml *map, uint64_t *views) {
    const rig_yaml *list;
    *views = 0;
    RIG_TRY(rig_result_maybe(map, "views", RIG_YAML_LIST, &list, r->err));
    for (int i = 0; list && i < list->n; i++) {
        uint64_t bit = 0;
        RIG_TRY(view_parse(r, &list->items[i], &bit));
        if (*views & bit)
            return rig_yaml_fail(&list->items[i], r->err, "duplicate view '%s'", list->items[i].text);
        *views |= bit;
    }
    return RIG_OK;
}

static rig_status state_parse(rig_people3d_reader *r, const rig_yaml *map, rig_joint_state *state) {
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

static rig_status cov_parse(rig_people3d_reader *r, const rig_yaml *map, double cov[6]) {
    const rig_yaml *list;
    RIG_TRY(rig_result_maybe(map, "cov_mm2", RIG_YAML_LIST, &list, r->err));
    if (!list)
        return RIG_OK;
    RIG_TRY(rig_result_numbers(list, 6, cov, r->err));
    for (int i = 0; i < 6; i++)
        cov[i] *= 1e-6;
    return RIG_OK;
}

static rig_status joint_parse(rig_people3d_reader *r, const rig_yaml *map, rig_joint3d *joint) {
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

static rig_status person_parse(rig_people3d_reader *r, const rig_yaml *map, rig_person3d *person) {
    const rig_yaml *node;
    RIG_TRY(rig_yaml_need(map, "id", &node, r->err));
    RIG_TRY(rig_yaml_int(node, 1, RIG_RESULT_COUNT_MAX, &person->id, r->err));
    RIG_TRY(rig_result_need(map, "joints", RIG_YAML_LIST, &node, r->err));
    if (node->n != r->head.n_joints)
        return rig_yaml_fail(node, r->err, "%d joints, expected %d", node->n, r->head.n_joints);
    for (int k = 0; k < node->n; k++)
        RIG_TRY(joint_parse(r, &node->items[k], &person->joints[k]));
    return RIG_OK;
}

bool rig_frame3d_settle(rig_person3d *people, int last) {
    rig_person3d person = people[last];
    int i = last;
    for (; i > 0 && people[i - 1].id >= person.id; i--) {
        if (people[i - 1].id == person.id)
            return false;
        people[i] = people[i - 1];
    }
    people[i] = person;
    return true;
}

static rig_status frame_parse(rig_people3d_reader *r, const rig_yaml *map, int *last, rig_frame3d *frame) {
    const rig_yaml *list;
    RIG_TRY(rig_result_frame(map, last, r->err));
    frame->frame = *last;
    RIG_TRY(rig_result_maybe(map, "people", RIG_YAML_LIST, &list, r->err));
    int n = list ? list->n : 0, n_joints = r->head.n_joints;
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
        const int id = frame->people[i].id;
        if (!rig_frame3d_settle(frame->people, i))
            return rig_yaml_fail(&list->items[i], r->err, "duplicate id %d in a frame", id);
    }
    return RIG_OK;
}

static rig_status repaired_parse(rig_people3d_reader *r, const rig_yaml *root) {
    const rig_yaml *list;
    const char **names;
    char name[RIG_NAME_MAX];
    RIG_TRY(rig_result_maybe(root, "repaired", RIG_YAML_LIST, &list, r->err));
    if (!list)
        return RIG_OK;
    names = RIG_NEW(&r->names, const char *, list->n);
    for (int i = 0; names && i < list->n; i++) {
        RIG_TRY(rig_yaml_name(&list->items[i], name, r->err));
        if (!(names[i] = rig_arena_strdup(&r->names, name)))
            names = NULL;
    }
    r->head.repaired = names;
    r->head.n_repaired = list->n;
    return names ? RIG_OK : rig_fail_memory(r->err, "views");
}

static rig_status head_parse(rig_people3d_reader *r) {
    const rig_yaml *node, *root = r->frames.root;
    uint64_t all;
    RIG_TRY(rig_yaml_need(root, "skeleton", &node, r->err));
    RIG_TRY(rig_yaml_name(node, r->head.skeleton, r->err));
    RIG_TRY(rig_result_maybe_double(root, "fps", 0, RIG_RESULT_NUMBER_MAX, &r->head.fps, r->err));
    r->head.body_scale = 1;
    RIG_TRY(rig_result_maybe_double(root, "body_scale", 1e-9, RIG_RESULT_NUMBER_MAX, &r->head.body_scale, r->err));
    r->head.views = r->views;
    RIG_TRY(views_parse(r, root, &all));
    RIG_TRY(repaired_parse(r, root));
    RIG_TRY(rig_result_need(root, "frames", RIG_YAML_LIST, &node, r->err));
    return rig_frames_reader_joints(&r->frames, &r->head.n_joints, r->err);
}

rig_status rig_people3d_open(const char *path, rig_people3d_reader **reader, rig_people3d *head, rig_err *err) {
    rig_people3d_reader *made = rig_heap_resize(NULL, 1, sizeof *made);
    *reader = NULL, *head = (rig_people3d){.n_joints = 0};
    if (!made)
        return rig_fail_memory(err, path);
    *made = (rig_people3d_reader){.last = RIG_RESULT_CLOCK_BEFORE, .err = err};
    rig_status status = rig_frames_reader_open(&made->frames, path, SCHEMA, false, err);
    if (status == RIG_OK)
        status = head_parse(made);
    if (status == RIG_OK)
        *reader = made, *head = made->head;
    else
        rig_people3d_close(made);
    return status;
}

// A part begins: it must go on with what the parts before it have.
static rig_status part_check(rig_people3d_reader *r) {
    const rig_yaml *node, *root = r->frames.root;
    char skeleton[RIG_NAME_MAX] = "";
    int n_joints = r->head.n_joints;
    r->part = r->frames.part;
    RIG_TRY(rig_yaml_need(root, "skeleton", &node, r->err));
    RIG_TRY(rig_yaml_name(node, skeleton, r->err));
    RIG_TRY(rig_result_maybe_int(root, "n_joints", 1, RIG_JOINTS_MAX, &n_joints, r->err));
    if (strcmp(skeleton, r->head.skeleton) != 0 || n_joints != r->head.n_joints)
        return rig_yaml_fail(root, r->err, "skeleton '%s' with %d joints, expected '%s' with %d", skeleton, n_joints,
                             r->head.skeleton, r->head.n_joints);
    return RIG_OK;
}

static rig_status item_read(rig_people3d_reader *r, rig_frames_item *item, rig_frame3d *frame) {
    if (item->text) {
        const rig_arena_mark mark = rig_arena_tell(r->out);
        if (rig_frame3d_scan(r, item->text, item->n, frame))
            return RIG_OK;
        rig_arena_rewind(r->out, mark);
        RIG_TRY(rig_frames_reader_back(&r->frames, item, r->err));
    }
    return frame_parse(r, item->node, &r->last, frame);
}

rig_status rig_people3d_next(rig_people3d_reader *r, int most, rig_people3d *chunk, rig_arena *out, rig_err *err) {
    rig_frame_list list = {NULL, 0, 0};
    r->out = out, r->err = err;
    for (int i = 0; i < most; i++) {
        rig_frames_item item;
        RIG_TRY(rig_frames_reader_next(&r->frames, &item, err));
        if (!item.text && !item.node)
            break;
        if (r->frames.part != r->part)
            RIG_TRY(part_check(r));
        rig_frame3d *frame = rig_frame_list_add(&list, sizeof *frame, out);
        if (!frame)
            return rig_fail_memory(err, "frames");
        RIG_TRY(item_read(r, &item, frame));
    }
    *chunk = r->head; // with the views that its joints named
    chunk->frames = list.frames, chunk->n_frames = list.n;
    return RIG_OK;
}

void rig_people3d_want(rig_people3d_reader *r, rig_frame_filter wanted, const void *self) {
    r->frames.wanted = wanted, r->frames.wanted_self = self;
}

double rig_people3d_share(const rig_people3d_reader *r) {
    return rig_frames_reader_share(&r->frames);
}

void rig_people3d_close(rig_people3d_reader *r) {
    if (!r)
        return;
    rig_frames_reader_close(&r->frames);
    rig_arena_release(&r->names);
    rig_heap_free(r);
}
