// How far cameras that are placed by people are from the truth: made-up rigs of 3 to 8 cameras and 1 to 4 people who
// walk about for a minute, joints with 2 px of noise, 3 % of them elsewhere, 10 % not found, people not found and
// things taken for people. Prints, a rig, what was found, the median and the largest error of its cameras after a
// similarity, and the share of pose numbers whose interval of 95 % holds the truth (of two cameras only that); then the
// same of all. CAMERAS: in all rigs. usage:
// bench_people_rig [RIGS] [FIRST SEED] [DRIFT_PX] [BIAS_M] [SECONDS] [CAMERAS]
#include "core/median.h"
#include "tests/bench/clock.h"
#include "tests/unit/calib/made_people.h"

#include <stdlib.h>

int main(int argc, char **argv) {
    const int n = argc > 1 ? atoi(argv[1]) : 20, first = argc > 2 ? atoi(argv[2]) : 1;
    const double drift_px = argc > 3 ? atof(argv[3]) : 0, bias_m = argc > 4 ? atof(argv[4]) : 0;
    const double seconds = argc > 5 ? atof(argv[5]) : 60;
    const int cameras_all = argc > 6 ? atoi(argv[6]) : 0;
    double squares = 0;
    double mm[4096], deg[4096], worst = 0;
    int n_cameras = 0, n_numbers = 0, n_within = 0, n_refused = 0;
    const rig_skeleton skeleton = made_skeleton();
    for (int i = 0; i < n; i++) {
        rig_arena arena = {0}, scratch = {0};
        rig_rng rng = rig_rng_seed((uint64_t)(first + i), 1);
        static made_take take;
        rig_people_seen seen;
        rig_people_rig rig;
        rig_err err = {""};
        const int drawn = 3 + rig_rng_below(&rng, 6), cameras = cameras_all ? cameras_all : drawn,
                  people = 1 + rig_rng_below(&rng, 4);
        made_take_init(&take, cameras, people, seconds, (uint64_t)(first + i));
        take.drift_px = drift_px, take.drift_s = 1, take.bias_m = bias_m;
        rig_status status = made_take_see(&take, &seen, &arena, &err);
        const double start_s = now_s();
        if (status == RIG_OK)
            status = rig_people_rig_solve(&seen, &rig, &arena, &scratch, &err);
        const double took_s = now_s() - start_s;
        if (status == RIG_OK) {
            const double height = rig_people_rig_height(&rig, &skeleton, &scratch);
            double height_m = 0;
            for (int p = 0; p < people; p++)
                height_m += take.height_m[p] / people;
            status = rig_people_rig_check(&rig, &seen, height, height_m, &err);
            made_error error = made_compare(&take, &rig);
            double own_mm[MADE_CAMERAS_MAX], most = 0;
            for (int c = 0; c < rig.n; c++) {
                own_mm[c] = error.mm[c], most = fmax(most, error.mm[c]);
                if (status == RIG_OK)
                    mm[n_cameras] = error.mm[c], deg[n_cameras++] = error.deg[c];
            }
            if (status == RIG_OK)
                squares += error.squares, n_numbers += error.n, n_within += error.within, worst = fmax(worst, most);
            printf("%3d: %d cameras %d people: median %.1f mm, most %.1f mm, within %3.0f %%, inflation %.2f, scale by "
                   "height off by %+.1f %%, rms %.2f px, %.1f s %s\n",
                   first + i, cameras, people, rig_median(own_mm, rig.n), most, 100.0 * error.within / error.n,
                   rig.report.inflation, 100 * (height_m / height / error.scale - 1), rig.report.rms_px_all, took_s,
                   status == RIG_OK ? "" : err.text);
        } else
            printf("%3d: %d cameras %d people: refused: %s\n", first + i, cameras, people, err.text);
        n_refused += status != RIG_OK;
        fflush(stdout);
        rig_arena_release(&arena);
        rig_arena_release(&scratch);
    }
    if (n_cameras > 0)
        printf("%d rigs, %d refused: median %.1f mm, %.3f degrees, worst %.1f mm; within 95 %%: %.1f %%, "
               "errors are %.2f sigmas (rms)\n",
               n, n_refused, rig_median(mm, n_cameras), rig_median(deg, n_cameras), worst, 100.0 * n_within / n_numbers,
               sqrt(squares / n_numbers));
    return 0;
}
