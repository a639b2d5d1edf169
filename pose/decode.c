#include "pose/decode.h"

#include "pose/argmax.h"
#include "pose/group.h"
#include "pose/peaks.h"
#include "pose/refine.h"
#include "pose/smooth.h"

#include <string.h>

// A map in which the network has suppressed all but the peaks holds only plateaus that are left to thin.
enum { WINDOW_AFTER_NMS = 3 };

// Of a plateau in its middle, where that is on it: at the rim tags are nobody's.
static void peak_tag(const rig_maps *maps, int joint, rig_map where, rig_peak *peak) {
    int x = peak->x, y = peak->y, middle_x = (int)lround(peak->q[0]), middle_y = (int)lround(peak->q[1]);
    if (peak->flat && rig_map_at(where, middle_x, middle_y) >= peak->score)
        x = middle_x, y = middle_y;
    rig_maps_tag_at(maps, joint, x, y, peak->tag);
}

// The peaks of one joint, each with its sub-pixel place and its tag.
static rig_status find_joint(const rig_maps *maps, const rig_decode_params *params, int joint, int most,
                             rig_peak *peaks, int *n, rig_arena *scratch, rig_err *err) {
    int window = maps->nms ? WINDOW_AFTER_NMS : params->nms_window;
    rig_map heat = rig_maps_plane(maps, maps->heat, joint);
    rig_map where = maps->nms ? rig_maps_plane(maps, maps->nms, joint) : heat;
    RIG_TRY(rig_peaks_find(where, window, params->detection_threshold, most, peaks, n, scratch, err));
    for (int i = 0; i < *n; i++) {
        rig_peak *peak = &peaks[i];
        double offset[2] = {0, 0};
        if (!peak->flat)
            rig_peak_offset(heat, peak->x, peak->y, params->subpixel, offset);
        peak->q[0] += offset[0];
        peak->q[1] += offset[1];
        peak_tag(maps, joint, where, peak);
    }
    return RIG_OK;
}

static rig_status find_candidates(const rig_maps *maps, const rig_decode_params *params, rig_candidates *candidates,
                                  rig_arena *scratch, rig_err *err) {
    const long long cells = (long long)maps->width * maps->height;
    const int most = params->max_candidates < cells ? params->max_candidates : (int)cells;
    rig_peak *peaks = RIG_NEW(scratch, rig_peak, (size_t)most * (size_t)maps->n_joints);
    if (!peaks)
        return rig_fail_memory(err, "peaks");
    candidates->n_joints = maps->n_joints;
    candidates->tag_dim = maps->tag_dim;
    for (int k = 0; k < maps->n_joints; k++) {
        rig_peak *own = peaks + (size_t)k * (size_t)most;
        candidates->peaks[k] = own;
        RIG_TRY(find_joint(maps, params, k, most, own, &candidates->n[k], scratch, err));
    }
    return RIG_OK;
}

// People on their way out, with the tags of the groups they come from.
typedef struct crowd {
    int n;
    rig_person2d *people;
    const double **tags;
    int *kept;
} crowd;

static rig_status people_alloc(rig_person2d **people, int n, int n_joints, rig_arena *arena, rig_err *err) {
    *people = RIG_NEW(arena, rig_person2d, n);
    rig_joint2d *joints = RIG_NEW(arena, rig_joint2d, (size_t)n * (size_t)n_joints);
    if (!*people || !joints)
        return rig_fail_memory(err, "people");
    for (int i = 0; i < n; i++)
        (*people)[i].joints = joints + (size_t)i * (size_t)n_joints;
    return RIG_OK;
}

static void others_find(const rig_candidates *candidates, const rig_decode_params *params, const rig_group *group,
                        int joint, rig_joint2d *out) {
    const rig_peak *peaks = candidates->peaks[joint]; // score falling
    for (int i = 0; i < candidates->n[joint] && out->n_others < RIG_OTHERS_MAX; i++) {
        const rig_peak *peak = &peaks[i];
        if (peak != group->joints[joint] &&
            rig_tag_distance(peak->tag, group->tag, candidates->tag_dim, params->tag_metric_l2) < params->tag_threshold)
            out->others[out->n_others++] =
                (rig_other2d){.q = {peak->q[0], peak->q[1]}, .score = peak->score, .tag = peak->tag[0]};
    }
}

static void person_from_group(const rig_group *group, const rig_candidates *candidates, const rig_model *model,
                              rig_person2d *person) {
    person->score = group->score;
    for (int k = 0; k < candidates->n_joints; k++) {
        const rig_peak *peak = group->joints[k];
        rig_joint2d *joint = &person->joints[k];
        if (peak)
            *joint =
                (rig_joint2d){.found = true, .q = {peak->q[0], peak->q[1]}, .score = peak->score, .tag = peak->tag[0]};
        others_find(candidates, &model->decode, group, k, joint);
    }
}

static void crowd_dedupe(crowd *c, const rig_model *model) {
    c->n = rig_people_dedupe(c->people, c->n, model, c->kept);
    for (int i = 0; i < c->n; i++) {
        c->people[i] = c->people[c->kept[i]];
        c->tags[i] = c->tags[c->kept[i]];
    }
}

// Duplicates go before joints are filled in, lest they use up max_people, and after it again: two parts of one person
// become equal when both are completed.
static rig_status crowd_gather(crowd *c, const rig_maps *maps, const rig_candidates *candidates, const rig_model *model,
                               rig_group *groups, int n_groups, rig_arena *scratch, rig_err *err) {
    rig_groups_hold_together(groups, n_groups, candidates, model);
    c->n = rig_groups_select(groups, n_groups, &model->decode);
    if (!model->decode.cost_reference) {
        rig_groups_choose_sides(groups, c->n, candidates, model);
        rig_groups_hold_together(groups, c->n, candidates, model);
        c->n = rig_groups_select(groups, c->n, &model->decode); // scores have changed
    }
    RIG_TRY(people_alloc(&c->people, c->n, maps->n_joints, scratch, err));
    c->tags = RIG_NEW(scratch, const double *, c->n);
    c->kept = RIG_NEW(scratch, int, c->n);
    if (!c->tags || !c->kept)
        return rig_fail_memory(err, "people");
    for (int i = 0; i < c->n; i++) {
        person_from_group(&groups[i], candidates, model, &c->people[i]);
        c->tags[i] = groups[i].tag;
    }
    crowd_dedupe(c, model);
    for (int i = 0; i < c->n; i++)
        rig_person_refine(maps, model, c->tags[i], c->people[i].joints);
    crowd_dedupe(c, model);
    return RIG_OK;
}

static rig_status crowd_publish(const crowd *c, int n_joints, rig_frame2d *frame, rig_arena *out, rig_err *err) {
    RIG_TRY(people_alloc(&frame->people, c->n, n_joints, out, err));
    frame->n = c->n;
    for (int i = 0; i < c->n; i++) {
        frame->people[i].score = c->people[i].score;
        memcpy(frame->people[i].joints, c->people[i].joints, (size_t)n_joints * sizeof(rig_joint2d));
    }
    return RIG_OK;
}

rig_status rig_maps_decode(const rig_maps *maps, const rig_model *model, rig_frame2d *frame, rig_arena *out,
                           rig_arena *scratch, rig_err *err) {
    if (model->decode.people != RIG_PEOPLE_BY_TAGS)
        return rig_maps_decode_argmax(maps, model, frame, out, err);
    rig_arena_mark mark = rig_arena_tell(scratch);
    rig_candidates candidates = {0};
    rig_group *groups = NULL;
    crowd found = {0};
    rig_maps looked = *maps;
    int n_groups = 0;
    frame->n = 0;
    frame->people = NULL;
    rig_status status = RIG_OK;
    if (model->decode.smooth > 0)
        status = rig_maps_smooth(maps, model->decode.smooth, &looked, scratch, err);
    if (status == RIG_OK)
        status = find_candidates(&looked, &model->decode, &candidates, scratch, err);
    if (status == RIG_OK)
        status = rig_groups_build(&candidates, model, &groups, &n_groups, scratch, err);
    if (status == RIG_OK)
        status = crowd_gather(&found, &looked, &candidates, model, groups, n_groups, scratch, err);
    if (status == RIG_OK)
        status = crowd_publish(&found, maps->n_joints, frame, out, err);
    rig_arena_rewind(scratch, mark);
    return status;
}
