#include "io/results_people2d.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char SCHEMA[] = "rigpose/people2d/1";
// A hundredth of a pixel is a hundredth of what a good detector errs by; files of long takes are dominated by these.
enum { PIXEL_DECIMALS = 2, SCORE_DECIMALS = 4, TAG_DECIMALS = 4 };
static const double SIGMA_LEAST = 0.01; // pixels: a sigma that is known is never written as 0, which is none

// --- writing -------------------------------------------------------------------------------------

static void joint_put(rig_yaml_writer *w, const rig_joint2d *joint, bool tag) {
    if (!joint->found) {
        rig_yaml_put_null(w);
        return;
    }
    rig_yaml_begin_list(w, true);
    rig_yaml_put_rounded(w, joint->q[0], PIXEL_DECIMALS);
    rig_yaml_put_rounded(w, joint->q[1], PIXEL_DECIMALS);
    rig_yaml_put_rounded(w, joint->score, SCORE_DECIMALS);
    if (tag)
        rig_yaml_put_rounded(w, joint->tag, TAG_DECIMALS);
    rig_yaml_end(w);
}

// Which joints were filled in: a list of their places, since most people have none.
static void filled_put(rig_yaml_writer *w, const rig_person2d *person, int n_joints) {
    int filled[RIG_JOINTS_MAX], n = 0;
    for (int k = 0; k < n_joints; k++)
        if (person->joints[k].found && person->joints[k].filled)
            filled[n++] = k;
    if (n > 0)
        rig_result_put_ints(w, "filled", filled, n);
}

// How sure each joint's place is, where the network's descriptor tells.
static void sigma_put(rig_yaml_writer *w, const rig_person2d *person, int n_joints) {
    bool known = false;
    for (int k = 0; k < n_joints; k++)
        known = known || (person->joints[k].found && person->joints[k].sigma_px > 0);
    if (!known)
        return;
    rig_yaml_key(w, "sigma_px");
    rig_yaml_begin_list(w, true);
    for (int k = 0; k < n_joints; k++)
        if (person->joints[k].found && person->joints[k].sigma_px > 0)
            rig_yaml_put_rounded(w, fmax(person->joints[k].sigma_px, SIGMA_LEAST), PIXEL_DECIMALS);
        else
            rig_yaml_put_null(w);
    rig_yaml_end(w);
}

// Runners-up, of the joints that have some: a map from a joint's place to [x, y, score, tag].
static void others_put(rig_yaml_writer *w, const rig_person2d *person, int n_joints) {
    int n = 0;
    for (int k = 0; k < n_joints; k++)
        n += person->joints[k].n_others;
    if (n == 0)
        return;
    rig_yaml_key(w, "others");
    rig_yaml_begin_map(w, true);
    for (int k = 0; k < n_joints; k++) {
        const rig_joint2d *joint = &person->joints[k];
        char place[16];
        if (joint->n_others == 0)
            continue;
        snprintf(place, sizeof place, "%d", k);
        rig_yaml_key(w, place);
        rig_yaml_begin_list(w, true);
        for (int i = 0; i < joint->n_others; i++) {
            const rig_other2d *other = &joint->others[i];
            const rig_joint2d as_joint = {
                .found = true, .q = {other->q[0], other->q[1]}, .score = other->score, .tag = other->tag};
            joint_put(w, &as_joint, true);
        }
        rig_yaml_end(w);
    }
    rig_yaml_end(w);
}

static void frame_put(rig_yaml_writer *w, const rig_frame2d *frame, int n_joints, bool tags) {
    rig_yaml_begin_map(w, true);
    rig_result_put_int(w, "frame", frame->frame);
    rig_yaml_key(w, "people");
    rig_yaml_begin_list(w, true);
    for (int i = 0; i < frame->n; i++) {
        const rig_person2d *person = &frame->people[i];
        rig_yaml_begin_map(w, true);
        rig_result_put_rounded(w, "score", person->score, SCORE_DECIMALS);
        rig_yaml_key(w, "joints");
        rig_yaml_begin_list(w, true);
        for (int k = 0; k < n_joints; k++)
            joint_put(w, &person->joints[k], tags);
        rig_yaml_end(w);
        filled_put(w, person, n_joints);
        sigma_put(w, person, n_joints);
        others_put(w, person, n_joints);
        rig_yaml_end(w);
    }
    rig_yaml_end(w);
    rig_yaml_end(w);
}

static void head_put(rig_yaml_writer *w, const void *head) {
    const rig_people2d *people = head;
    rig_result_put_string(w, "view", people->view);
    rig_result_put_string(w, "skeleton", people->skeleton);
    rig_result_put_int(w, "n_joints", people->n_joints);
    if (people->begins > 0)
        rig_result_put_int(w, "begins", people->begins);
    if (!people->has_tags) {
        rig_yaml_key(w, "tags");
        rig_yaml_put_bool(w, false);
    }
}

rig_status rig_people2d_make(const char *path, const rig_people2d *head, const rig_inputs *inputs,
                             rig_people2d_writer **writer, rig_err *err) {
    rig_people2d_writer *made = rig_heap_resize(NULL, 1, sizeof *made);
    *writer = NULL;
    if (!made)
        return rig_fail_memory(err, path);
    made->head = *head;
    rig_status status = rig_frames_writer_open(&made->frames, path, SCHEMA, inputs, head_put, &made->head, err);
    if (status == RIG_OK)
        *writer = made;
    else
        rig_people2d_drop(made);
    return status;
}

rig_status rig_people2d_add(rig_people2d_writer *writer, const rig_people2d *chunk, rig_err *err) {
    for (int i = 0; i < chunk->n_frames; i++) {
        RIG_TRY(rig_frames_writer_next(&writer->frames, chunk->frames[i].frame, err));
        frame_put(writer->frames.result.yaml, &chunk->frames[i], writer->head.n_joints, writer->head.has_tags);
    }
    if (!rig_yaml_writer_flush(writer->frames.result.yaml)) // a run that is killed leaves what was added
        return rig_fail(err, RIG_ERR_IO, "cannot write '%s': %s", writer->frames.path, strerror(errno));
    return RIG_OK;
}

rig_status rig_people2d_commit(rig_people2d_writer *writer, rig_err *err) {
    rig_status status = rig_frames_writer_commit(&writer->frames, err);
    rig_people2d_drop(writer);
    return status;
}

void rig_people2d_drop(rig_people2d_writer *writer) {
    if (!writer)
        return;
    rig_frames_writer_abandon(&writer->frames);
    rig_heap_free(writer);
}

// --- reading -------------------------------------------------------------------------------------

static rig_status joint_parse(const rig_yaml *node, rig_people2d *people, rig_joint2d *joint, rig_err *err) {
    const double max = RIG_RESULT_NUMBER_MAX;
    if (rig_yaml_is_null(node))
        return RIG_OK;
    RIG_TRY(rig_yaml_need_kind(node, RIG_YAML_LIST, err));
    if (node->n < 2 || node->n > 4)
        return rig_yaml_fail(node, err, "%d numbers, expected [x, y], [x, y, score], [x, y, score, tag] or null",
                             node->n);
    joint->found = true;
    joint->score = 1;
    RIG_TRY(rig_yaml_double(&node->items[0], -max, max, &joint->q[0], err));
    RIG_TRY(rig_yaml_double(&node->items[1], -max, max, &joint->q[1], err));
    if (node->n > 2)
        RIG_TRY(rig_yaml_double(&node->items[2], 0, max, &joint->score, err));
    if (node->n < 4 || rig_yaml_is_null(&node->items[3])) {
        people->has_tags = false; // tags that only some joints have group nothing
        return RIG_OK;
    }
    return rig_yaml_double(&node->items[3], -max, max, &joint->tag, err);
}

static rig_status filled_parse(const rig_yaml *map, int n_joints, rig_person2d *person, rig_err *err) {
    const rig_yaml *list;
    RIG_TRY(rig_result_maybe(map, "filled", RIG_YAML_LIST, &list, err));
    for (int i = 0; list && i < list->n; i++) {
        int k;
        RIG_TRY(rig_yaml_int(&list->items[i], 0, n_joints - 1, &k, err));
        if (!person->joints[k].found)
            return rig_yaml_fail(&list->items[i], err,
                                 "joint %d is null, expected the index of a joint that is present", k);
        person->joints[k].filled = true;
    }
    return RIG_OK;
}

static rig_status sigma_parse(const rig_yaml *map, int n_joints, rig_person2d *person, rig_err *err) {
    const rig_yaml *list;
    RIG_TRY(rig_result_maybe(map, "sigma_px", RIG_YAML_LIST, &list, err));
    if (list && list->n != n_joints)
        return rig_yaml_fail(list, err, "%d numbers, expected %d", list->n, n_joints);
    for (int k = 0; list && k < n_joints; k++) {
        double *sigma = &person->joints[k].sigma_px;
        if (rig_yaml_is_null(&list->items[k]))
            continue;
        RIG_TRY(rig_yaml_double(&list->items[k], 0, RIG_RESULT_NUMBER_MAX, sigma, err));
        if (!(*sigma > 0))
            return rig_yaml_fail(&list->items[k], err, "%g, expected a number above 0 or null", *sigma);
    }
    return RIG_OK;
}

static rig_status place_parse(const rig_yaml *item, int n_joints, int *place, rig_err *err) {
    char *end;
    long number = strtol(item->key, &end, 10);
    if (end == item->key || *end || number < 0 || number >= n_joints)
        return rig_yaml_fail(item, err, "expected the index of a joint, 0 to %d", n_joints - 1);
    *place = (int)number;
    return RIG_OK;
}

static rig_status others_parse(const rig_yaml *map, int n_joints, rig_person2d *person, rig_err *err) {
    const rig_yaml *others;
    RIG_TRY(rig_result_maybe(map, "others", RIG_YAML_MAP, &others, err));
    for (int i = 0; others && i < others->n; i++) {
        const rig_yaml *list = &others->items[i];
        int k = 0;
        RIG_TRY(place_parse(list, n_joints, &k, err));
        RIG_TRY(rig_yaml_need_kind(list, RIG_YAML_LIST, err));
        if (list->n > RIG_OTHERS_MAX)
            return rig_yaml_fail(list, err, "%d peaks, expected at most %d", list->n, (int)RIG_OTHERS_MAX);
        for (int o = 0; o < list->n; o++) {
            double values[4];
            RIG_TRY(rig_result_numbers(&list->items[o], 4, values, err));
            person->joints[k].others[o] = (rig_other2d){{values[0], values[1]}, values[2], values[3]};
        }
        person->joints[k].n_others = list->n;
    }
    return RIG_OK;
}

double rig_person2d_mean_score(const rig_person2d *person, int n_joints) {
    double sum = 0;
    int n = 0;
    for (int k = 0; k < n_joints; k++)
        if (person->joints[k].found)
            sum += person->joints[k].score, n++;
    return n > 0 ? sum / n : 0;
}

static rig_status person_parse(const rig_yaml *map, rig_people2d *people, rig_person2d *person, rig_err *err) {
    const rig_yaml *joints;
    RIG_TRY(rig_result_need(map, "joints", RIG_YAML_LIST, &joints, err));
    if (joints->n != people->n_joints)
        return rig_yaml_fail(joints, err, "%d joints, expected %d", joints->n, people->n_joints);
    for (int k = 0; k < joints->n; k++)
        RIG_TRY(joint_parse(&joints->items[k], people, &person->joints[k], err));
    person->score = rig_person2d_mean_score(person, people->n_joints);
    RIG_TRY(rig_result_maybe_double(map, "score", -RIG_RESULT_NUMBER_MAX, RIG_RESULT_NUMBER_MAX, &person->score, err));
    RIG_TRY(filled_parse(map, people->n_joints, person, err));
    RIG_TRY(sigma_parse(map, people->n_joints, person, err));
    return others_parse(map, people->n_joints, person, err);
}

static rig_status frame_parse(const rig_yaml *map, rig_people2d *people, int *last, rig_frame2d *frame, rig_arena *out,
                              rig_err *err) {
    const rig_yaml *list;
    RIG_TRY(rig_result_frame(map, last, err));
    frame->frame = *last;
    RIG_TRY(rig_result_maybe(map, "people", RIG_YAML_LIST, &list, err));
    int n = list ? list->n : 0;
    if (n == 0)
        return RIG_OK;
    if (n > RIG_PEOPLE2D_MAX)
        return rig_yaml_fail(list, err, "%d people in frame %d, expected at most %d", n, *last, (int)RIG_PEOPLE2D_MAX);
    frame->people = RIG_NEW(out, rig_person2d, n);
    rig_joint2d *joints = RIG_NEW(out, rig_joint2d, (size_t)n * (size_t)people->n_joints);
    if (!frame->people || !joints)
        return rig_fail_memory(err, "people");
    frame->n = n;
    for (int i = 0; i < n; i++) {
        frame->people[i].joints = joints + i * people->n_joints;
        RIG_TRY(person_parse(&list->items[i], people, &frame->people[i], err));
    }
    return RIG_OK;
}

static rig_status head_parse(const rig_yaml *root, rig_people2d *head, rig_err *err) {
    const rig_yaml *node;
    int begins = 0;
    RIG_TRY(rig_yaml_need(root, "view", &node, err));
    RIG_TRY(rig_yaml_name(node, head->view, err));
    RIG_TRY(rig_yaml_need(root, "skeleton", &node, err));
    RIG_TRY(rig_yaml_name(node, head->skeleton, err));
    RIG_TRY(rig_result_need(root, "frames", RIG_YAML_LIST, &node, err));
    RIG_TRY(rig_result_maybe_int(root, "begins", 0, RIG_RESULT_FRAME_MAX, &begins, err));
    head->begins = begins;
    head->has_tags = true;
    return rig_result_maybe_bool(root, "tags", &head->has_tags, err);
}

static rig_status reader_open(rig_people2d_reader *reader, const char *path, bool alone, rig_err *err) {
    RIG_TRY(rig_frames_reader_open(&reader->frames, path, SCHEMA, alone, err));
    RIG_TRY(head_parse(reader->frames.root, &reader->head, err));
    return rig_frames_reader_joints(&reader->frames, &reader->head.n_joints, err);
}

static rig_status open_any(const char *path, bool alone, rig_people2d_reader **reader, rig_people2d *head,
                           rig_err *err) {
    rig_people2d_reader *made = rig_heap_resize(NULL, 1, sizeof *made);
    *reader = NULL, *head = (rig_people2d){.n_joints = 0};
    if (!made)
        return rig_fail_memory(err, path);
    *made = (rig_people2d_reader){.last = -1};
    rig_status status = reader_open(made, path, alone, err);
    if (status == RIG_OK)
        *reader = made, *head = made->head;
    else
        rig_people2d_close(made);
    return status;
}

rig_status rig_people2d_open(const char *path, rig_people2d_reader **reader, rig_people2d *head, rig_err *err) {
    return open_any(path, false, reader, head, err);
}

rig_status rig_people2d_open_alone(const char *path, rig_people2d_reader **reader, rig_people2d *head,
                                   const rig_yaml **root, rig_err *err) {
    RIG_TRY(open_any(path, true, reader, head, err));
    *root = (*reader)->frames.root;
    return RIG_OK;
}

// A part begins: it must go on with what the parts before it have.
static rig_status part_check(rig_people2d_reader *reader, rig_err *err) {
    const rig_yaml *root = reader->frames.root;
    rig_people2d head = {.n_joints = reader->head.n_joints};
    reader->part = reader->frames.part;
    RIG_TRY(head_parse(root, &head, err));
    RIG_TRY(rig_result_maybe_int(root, "n_joints", 1, RIG_JOINTS_MAX, &head.n_joints, err));
    if (strcmp(head.view, reader->head.view) != 0 || strcmp(head.skeleton, reader->head.skeleton) != 0 ||
        head.n_joints != reader->head.n_joints)
        return rig_yaml_fail(root, err, "view '%s', skeleton '%s' with %d joints, expected '%s', '%s' with %d",
                             head.view, head.skeleton, head.n_joints, reader->head.view, reader->head.skeleton,
                             reader->head.n_joints);
    return RIG_OK;
}

static rig_status item_read(rig_people2d_reader *reader, rig_frames_item *item, rig_people2d *chunk, rig_frame2d *frame,
                            rig_arena *out, rig_err *err) {
    if (item->text) {
        const rig_arena_mark mark = rig_arena_tell(out);
        if (rig_frame2d_scan(item->text, item->n, chunk, &reader->last, frame, out))
            return RIG_OK;
        rig_arena_rewind(out, mark);
        RIG_TRY(rig_frames_reader_back(&reader->frames, item, err));
    }
    return frame_parse(item->node, chunk, &reader->last, frame, out, err);
}

// Where it fails, the frames before are in the chunk all the same.
rig_status rig_people2d_next(rig_people2d_reader *reader, int most, rig_people2d *chunk, rig_arena *out, rig_err *err) {
    rig_frame_list list = {NULL, 0, 0};
    rig_status status = RIG_OK;
    *chunk = reader->head;
    for (int i = 0; i < most && status == RIG_OK; i++) {
        rig_frames_item item;
        status = rig_frames_reader_next(&reader->frames, &item, err);
        if (status != RIG_OK || (!item.text && !item.node))
            break;
        if (reader->frames.part != reader->part)
            RIG_TRY(part_check(reader, err));
        rig_frame2d *frame = rig_frame_list_add(&list, sizeof *frame, out);
        if (!frame)
            return rig_fail_memory(err, "frames");
        status = item_read(reader, &item, chunk, frame, out, err);
        list.n -= status != RIG_OK;
    }
    chunk->frames = list.frames, chunk->n_frames = list.n;
    return status;
}

double rig_people2d_share(const rig_people2d_reader *reader) {
    return rig_frames_reader_share(&reader->frames);
}

void rig_people2d_close(rig_people2d_reader *reader) {
    if (!reader)
        return;
    rig_frames_reader_close(&reader->frames);
    rig_heap_free(reader);
}
