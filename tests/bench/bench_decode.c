// How long decoding takes, and whether everybody is found: 17 joints on maps of 256 x 256, near-by people, tags 2 apart
// with a noise of 0.1, a tenth of the joints hidden. One line a case: people, maps on which exactly so many were found,
// maps, joints with their own person in per cent of those seen, milliseconds: median, most of the runs. One core.
// HigherHRNet's parser on maps of 1 and of 20: 235 and 494 ms, mmpose's 230 and 358 (measured on such a machine).
#include "tests/bench/clock.h"
#include "tests/prop/pose/crowd.h"

#include <stdlib.h>

enum { MAPS = 20, RUNS = 5 };

static const double NEAR = 3; // cells

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// Joints of a found person that lie where one person of the truth has them: of that person with most.
static int joints_right(const rig_person2d *person, const crowd_truth *truth) {
    int most = 0;
    for (int i = 0; i < truth->n; i++) {
        int n = 0;
        for (int k = 0; k < CROWD_JOINTS; k++) {
            const rig_joint2d *joint = &person->joints[k];
            n += joint->found && hypot(joint->q[0] - truth->q[i][k][0], joint->q[1] - truth->q[i][k][1]) < NEAR;
        }
        most = n > most ? n : most;
    }
    return most;
}

static bool measure(int people, float *heat, float *tags) {
    static crowd_truth truth;
    const rig_model model = crowd_model();
    double ms[MAPS * RUNS];
    int exact = 0, n = 0;
    long right = 0, seen = 0;
    rig_arena out = {0}, scratch = {0};
    for (int s = 0; s < MAPS; s++) {
        crowd_params p = crowd_easy(people, (uint64_t)s + 1);
        rig_maps maps = crowd_maps(&p, &truth, heat, tags);
        rig_frame2d frame = {0};
        rig_err err;
        for (int r = 0; r < RUNS; r++) {
            rig_arena_clear(&out);
            double start = now_s();
            if (rig_maps_decode(&maps, &model, &frame, &out, &scratch, &err) != RIG_OK) {
                fprintf(stderr, "%s\n", err.text);
                return false;
            }
            ms[n++] = 1000 * (now_s() - start);
        }
        exact += frame.n == truth.n;
        for (int i = 0; i < frame.n; i++)
            right += joints_right(&frame.people[i], &truth);
        for (int i = 0; i < truth.n; i++)
            for (int k = 0; k < CROWD_JOINTS; k++)
                seen += truth.seen[i][k];
    }
    qsort(ms, (size_t)n, sizeof *ms, by_size);
    printf("decode %2d people: exact on %d of %d, %.2f %%, %.2f ms, %.2f ms\n", people, exact, MAPS,
           100.0 * (double)right / (double)seen, ms[n / 2], ms[n - 1]);
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    return true;
}

int main(void) {
    const size_t cells = (size_t)CROWD_JOINTS * CROWD_SIDE * CROWD_SIDE;
    float *heat = malloc(cells * sizeof *heat), *tags = malloc(cells * sizeof *tags);
    bool ok = heat && tags;
    for (int i = 0; ok && i < 4; i++)
        ok = measure((const int[]){1, 5, 20, 30}[i], heat, tags);
    free(heat);
    free(tags);
    return ok ? 0 : 1;
}
