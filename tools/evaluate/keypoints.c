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

typedef struct tally {
    const rig_skeleton *skeleton; // of the truth
    int joint_of[RIG_JOINTS_MAX];
    entry *entries;
    double *off_px;
    int n_entries, n_off, n_truth;
} tally;

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
    for (int j = 0; j < t->skeleton->n; j++)
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
    for (int j = 0; j < t->skeleton->n; j++)
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
        t->entries[t->n_entries + i].right[threshold] = best >= 0;
        if (best < 0)
            continue;
        taken[best] = true;
        if (threshold == 0)
            note_distances(t, &found->people[order[i]], &truth->people[best]);
    }
}

static rig_status frame_add(tally *t, const rig_frame2d *found, const rig_frame2d *truth, rig_arena *scratch,
                            rig_err *err) {
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
                rig_person_oks(&found->people[i], &truth->people[k], t->skeleton, t->joint_of);
    }
    for (int i = 0; i < found->n; i++)
        t->entries[t->n_entries + i].score = found->people[order[i]].score;
    for (int threshold = 0; threshold < THRESHOLDS; threshold++)
        frame_match(t, found, order, truth, oks, threshold, taken);
    t->n_entries += found->n;
    for (int k = 0; k < truth->n; k++)
        t->n_truth += has_joints(&truth->people[k], t);
    return RIG_OK;
}

static double average_precision(const tally *t, int threshold, double *precision) {
    int right = 0;
    for (int i = 0; i < t->n_entries; i++) {
        right += t->entries[i].right[threshold];
        precision[i] = (double)right / (i + 1);
    }
    for (int i = t->n_entries - 2; i >= 0; i--) // at a recall, the best precision at that or any higher one
        precision[i] = fmax(precision[i], precision[i + 1]);
    double sum = 0;
    int at = 0;
    right = 0;
    for (int step = 0; step < RECALL_STEPS; step++) {
        while (at < t->n_entries && (double)right / t->n_truth < (double)step / (RECALL_STEPS - 1) - 1e-12)
            right += t->entries[at++].right[threshold];
        if ((double)right / t->n_truth < (double)step / (RECALL_STEPS - 1) - 1e-12)
            break; // never reached
        sum += t->n_entries ? precision[at > 0 ? at - 1 : 0] : 0;
    }
    return sum / RECALL_STEPS;
}

static const rig_frame2d *frame_find(const rig_people2d *people, int frame) {
    int low = 0, high = people->n_frames;
    while (low < high) {
        int middle = (low + high) / 2;
        if (people->frames[middle].frame < frame)
            low = middle + 1;
        else
            high = middle;
    }
    return low < people->n_frames && people->frames[low].frame == frame ? &people->frames[low] : NULL;
}

static rig_status tally_fill(tally *t, const rig_people2d *const *result, const rig_people2d *const *truth, int n_views,
                             rig_keypoints_error *error, rig_arena *scratch, rig_err *err) {
    static const rig_frame2d nobody = {0};
    for (int v = 0; v < n_views; v++)
        for (int f = 0; f < truth[v]->n_frames; f++) {
            const rig_frame2d *found = frame_find(result[v], truth[v]->frames[f].frame);
            rig_arena_mark mark = rig_arena_tell(scratch);
            rig_status status = frame_add(t, found ? found : &nobody, &truth[v]->frames[f], scratch, err);
            rig_arena_rewind(scratch, mark);
            if (status != RIG_OK)
                return status;
            error->n_frames++;
        }
    return RIG_OK;
}

static void tally_reckon(tally *t, rig_keypoints_error *error, double *precision) {
    qsort(t->entries, (size_t)t->n_entries, sizeof *t->entries, by_score);
    for (int threshold = 0; threshold < THRESHOLDS; threshold++) {
        double ap = average_precision(t, threshold, precision);
        error->ap += ap / THRESHOLDS;
        error->ap50 = threshold == 0 ? ap : error->ap50;
        error->ap75 = threshold == 5 ? ap : error->ap75;
    }
    qsort(t->off_px, (size_t)t->n_off, sizeof *t->off_px, by_size);
    error->median_px = t->n_off ? t->off_px[t->n_off / 2] : NAN;
    error->p95_px = t->n_off ? t->off_px[(int)(0.95 * t->n_off)] : NAN;
    error->n_result = t->n_entries;
    error->n_truth = t->n_truth;
}

rig_status rig_eval_keypoints(const rig_people2d *const *result, const rig_skeleton *result_skeleton,
                              const rig_people2d *const *truth, const rig_skeleton *truth_skeleton, int n_views,
                              rig_keypoints_error *error, rig_arena *scratch, rig_err *err) {
    tally t = {.skeleton = truth_skeleton};
    size_t n_result = 1, n_truth = 1;
    *error = (rig_keypoints_error){.n_views = n_views};
    if (rig_skeleton_map(result_skeleton, truth_skeleton, t.joint_of) == 0)
        return rig_fail(err, RIG_ERR_DATA, "skeletons '%s' and '%s' have no joint in common", result_skeleton->name,
                        truth_skeleton->name);
    for (int v = 0; v < n_views; v++) {
        for (int f = 0; f < result[v]->n_frames; f++)
            n_result += (size_t)result[v]->frames[f].n;
        for (int f = 0; f < truth[v]->n_frames; f++)
            n_truth += (size_t)truth[v]->frames[f].n;
    }
    rig_arena_mark mark = rig_arena_tell(scratch);
    t.entries = RIG_NEW(scratch, entry, n_result);
    t.off_px = RIG_NEW(scratch, double, n_truth *(size_t)truth_skeleton->n);
    double *precision = RIG_NEW(scratch, double, n_result);
    rig_status status = t.entries && t.off_px && precision ? tally_fill(&t, result, truth, n_views, error, scratch, err)
                                                           : rig_fail_memory(err, "people");
    if (status == RIG_OK && t.n_truth == 0)
        status = rig_fail(err, RIG_ERR_DATA, "the truth has nobody in %d frames", error->n_frames);
    if (status == RIG_OK)
        tally_reckon(&t, error, precision);
    rig_arena_rewind(scratch, mark);
    return status;
}
