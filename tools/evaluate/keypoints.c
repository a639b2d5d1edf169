#include "tools/evaluate/keypoints.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { THRESHOLDS = 10, RECALL_STEPS = 101 };
static const double AREA_OF_BOX = 0.53;

// A found person: its rank's score, and the similarity at which it was matched, per threshold.
typedef struct entry {
    double score;
    bool right[THRESHOLDS];
} entry;

struct rig_keypoints_comparison {
    rig_skeleton skeleton; // of the truth
    int joint_of[RIG_JOINTS_MAX];
    size_t n_entries, room_entries, n_off, room_off;
    entry *entries;
    double *off_px;
    int n_frames, n_truth;
};
typedef struct rig_keypoints_comparison tally;

static double box_area(const rig_person2d *person, int n) {
    double low[2], high[2];
    return rig_joints_box(person->joints, n, low, high) ? fmax(high[0] - low[0], 1) * fmax(high[1] - low[1], 1) : 1;
}

double rig_person_oks(const rig_person2d *found, const rig_person2d *truth, const rig_skeleton *truth_skeleton,
                      const int joint_of[RIG_JOINTS_MAX]) {
    double area = AREA_OF_BOX * box_area(truth, truth_skeleton->n), sum = 0;
    int n = 0;
    for (int j = 0; j < truth_skeleton->n; j++) {
        if (!truth->joints[j].found || joint_of[j] < 0)
            continue;
        n++;
        const rig_joint2d *joint = &found->joints[joint_of[j]];
        if (!joint->found)
            continue;
        double k = 2 * truth_skeleton->sigma[j], x = joint->q[0] - truth->joints[j].q[0];
        double y = joint->q[1] - truth->joints[j].q[1];
        sum += exp(-(x * x + y * y) / (2 * area * k * k));
    }
    return n ? sum / n : 0;
}

static bool has_joints(const rig_person2d *person, const tally *t) {
    for (int j = 0; j < t->skeleton.n; j++)
        if (person->joints[j].found && t->joint_of[j] >= 0)
            return true;
    return false;
}

static int by_score(const void *a, const void *b) {
    double x = ((const entry *)a)->score, y = ((const entry *)b)->score;
    return (x < y) - (x > y);
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void note_distances(tally *t, const rig_person2d *found, const rig_person2d *truth) {
    for (int j = 0; j < t->skeleton.n; j++)
        if (truth->joints[j].found && t->joint_of[j] >= 0 && found->joints[t->joint_of[j]].found) {
            const double *q = found->joints[t->joint_of[j]].q;
            t->off_px[t->n_off++] = hypot(q[0] - truth->joints[j].q[0], q[1] - truth->joints[j].q[1]);
        }
}

// One frame at one threshold: found people in the order of their scores, each takes the most similar truth that is
// left.
static void frame_match(tally *t, const rig_frame2d *found, const int *order, const rig_frame2d *truth,
                        const double *oks, int threshold, bool *taken) {
    double least = 0.5 + 0.05 * threshold;
    memset(taken, 0, sizeof *taken * (size_t)truth->n);
    for (int i = 0; i < found->n; i++) {
        const double *row = oks + (ptrdiff_t)order[i] * truth->n;
        int best = -1;
        for (int k = 0; k < truth->n; k++)
            if (!taken[k] && row[k] >= least && (best < 0 || row[k] > row[best]))
                best = k;
        t->entries[t->n_entries + (size_t)i].right[threshold] = best >= 0;
        if (best < 0)
            continue;
        taken[best] = true;
        if (threshold == 0)
            note_distances(t, &found->people[order[i]], &truth->people[best]);
    }
}

// Room for what a frame may add.
static rig_status reserve(tally *t, int n_found, int n_truth, rig_err *err) {
    const size_t n_entries = t->n_entries + (size_t)n_found;
    const size_t n_off = t->n_off + (size_t)n_truth * (size_t)t->skeleton.n;
    if (n_entries > t->room_entries) {
        entry *entries = rig_heap_resize(t->entries, 2 * n_entries, sizeof *entries);
        if (!entries)
            return rig_fail_memory(err, "people");
        t->entries = entries, t->room_entries = 2 * n_entries;
    }
    if (n_off > t->room_off) {
        double *off_px = rig_heap_resize(t->off_px, 2 * n_off, sizeof *off_px);
        if (!off_px)
            return rig_fail_memory(err, "people");
        t->off_px = off_px, t->room_off = 2 * n_off;
    }
    return RIG_OK;
}

static rig_status frame_add(tally *t, const rig_frame2d *found, const rig_frame2d *truth, rig_arena *scratch,
                            rig_err *err) {
    RIG_TRY(reserve(t, found->n, truth->n, err));
    double *oks = RIG_NEW(scratch, double, (size_t)found->n *(size_t)truth->n + 1);
    int *order = RIG_NEW(scratch, int, found->n + 1);
    bool *taken = RIG_NEW(scratch, bool, truth->n + 1);
    if (!oks || !order || !taken)
        return rig_fail_memory(err, "similarities");
    for (int i = 0; i < found->n; i++) {
        int at = i; // insertion by falling score
        for (; at > 0 && found->people[order[at - 1]].score < found->people[i].score; at--)
            order[at] = order[at - 1];
        order[at] = i;
        for (int k = 0; k < truth->n; k++)
            oks[(ptrdiff_t)i * truth->n + k] =
                rig_person_oks(&found->people[i], &truth->people[k], &t->skeleton, t->joint_of);
    }
    for (int i = 0; i < found->n; i++)
        t->entries[t->n_entries + (size_t)i].score = found->people[order[i]].score;
    for (int threshold = 0; threshold < THRESHOLDS; threshold++)
        frame_match(t, found, order, truth, oks, threshold, taken);
    t->n_entries += (size_t)found->n;
    for (int k = 0; k < truth->n; k++)
        t->n_truth += has_joints(&truth->people[k], t);
    return RIG_OK;
}

static double average_precision(const tally *t, int threshold, double *precision) {
    int right = 0;
    const int n = (int)t->n_entries;
    for (int i = 0; i < n; i++) {
        right += t->entries[i].right[threshold];
        precision[i] = (double)right / (i + 1);
    }
    for (int i = n - 2; i >= 0; i--) // at a recall, the best precision at that or any higher one
        precision[i] = fmax(precision[i], precision[i + 1]);
    double sum = 0;
    int at = 0;
    right = 0;
    for (int step = 0; step < RECALL_STEPS; step++) {
        while (at < n && (double)right / t->n_truth < (double)step / (RECALL_STEPS - 1) - 1e-12)
            right += t->entries[at++].right[threshold];
        if ((double)right / t->n_truth < (double)step / (RECALL_STEPS - 1) - 1e-12)
            break; // never reached
        sum += n ? precision[at > 0 ? at - 1 : 0] : 0;
    }
    return sum / RECALL_STEPS;
}

rig_status rig_eval_keypoints_open(const rig_skeleton *result_skeleton, const rig_skeleton *truth_skeleton,
                                   rig_keypoints_comparison **comparison, rig_err *err) {
    tally *t = *comparison = rig_heap_resize(NULL, 1, sizeof *t);
    if (!t)
        return rig_fail_memory(err, "people");
    *t = (tally){.skeleton = *truth_skeleton};
    if (rig_skeleton_map(result_skeleton, truth_skeleton, t->joint_of) == 0)
        return rig_fail(err, RIG_ERR_DATA, "skeletons '%s' and '%s' have no joint in common", result_skeleton->name,
                        truth_skeleton->name);
    return RIG_OK;
}

rig_status rig_eval_keypoints_add(rig_keypoints_comparison *t, const rig_frame2d *result, const rig_frame2d *truth,
                                  rig_arena *scratch, rig_err *err) {
    static const rig_frame2d nobody = {0};
    rig_arena_mark mark = rig_arena_tell(scratch);
    rig_status status = frame_add(t, result ? result : &nobody, truth, scratch, err);
    rig_arena_rewind(scratch, mark);
    t->n_frames++;
    return status;
}

rig_status rig_eval_keypoints_end(rig_keypoints_comparison *t, int n_views, rig_keypoints_error *error, rig_err *err) {
    *error = (rig_keypoints_error){.n_views = n_views, .n_frames = t->n_frames};
    if (t->n_truth == 0)
        return rig_fail(err, RIG_ERR_DATA, "the truth has nobody in %d frames", t->n_frames);
    double *precision = rig_heap_resize(NULL, t->n_entries + 1, sizeof *precision);
    if (!precision)
        return rig_fail_memory(err, "people");
    if (t->n_entries > 0)
        qsort(t->entries, t->n_entries, sizeof *t->entries, by_score);
    for (int threshold = 0; threshold < THRESHOLDS; threshold++) {
        double ap = average_precision(t, threshold, precision);
        error->ap += ap / THRESHOLDS;
        error->ap50 = threshold == 0 ? ap : error->ap50;
        error->ap75 = threshold == 5 ? ap : error->ap75;
    }
    rig_heap_free(precision);
    if (t->n_off > 0)
        qsort(t->off_px, t->n_off, sizeof *t->off_px, by_size);
    error->median_px = t->n_off ? t->off_px[t->n_off / 2] : NAN;
    error->p95_px = t->n_off ? t->off_px[(size_t)(0.95 * (double)t->n_off)] : NAN;
    error->n_result = (int)t->n_entries;
    error->n_truth = t->n_truth;
    return RIG_OK;
}

void rig_eval_keypoints_close(rig_keypoints_comparison *t) {
    if (!t)
        return;
    rig_heap_free(t->entries);
    rig_heap_free(t->off_px);
    rig_heap_free(t);
}
