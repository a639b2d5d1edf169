// A drone before 5 cameras: 3,000 points with 2 px of noise, the cameras found from them alone. Writes DIR/rigN.txt for
// peers/tracks.py, which adjusts the same data from the truth on: the optimum to hold this against. usage: bench_tracks
// DIR [RIGS] [FIRST SEED] [OUTLIERS] [JOINTS]
#include "tests/bench/clock.h"
#include "tests/unit/calib/made_points.h"

#include <stdlib.h>

static void pose_write(FILE *file, const char *what, int view, const rig_pose *pose, const rig_camera *camera) {
    fprintf(file, "%s %d", what, view);
    for (int k = 0; k < 9; k++)
        fprintf(file, " %.17g", pose->R[k]);
    for (int k = 0; k < 3; k++)
        fprintf(file, " %.17g", pose->t[k]);
    fprintf(file, " %.17g %.17g %.17g %.17g %.17g\n", camera->K[0], camera->K[2], camera->K[3], camera->dist[0],
            camera->dist[1]);
}

static void rig_write(const char *path, const made_points *made, const rig_people_seen *seen, const rig_people_rig *rig,
                      double took_s) {
    FILE *file = fopen(path, "w");
    if (!file)
        abort();
    fprintf(file, "seconds %g\n", took_s);
    for (int c = 0; c < made->take.n_cameras; c++)
        pose_write(file, "truth", c, &made->take.Rt_cam_world[c], &made->take.cameras[c]);
    for (int c = 0; c < rig->n; c++)
        pose_write(file, "found", rig->view_of[c], &rig->Rt_cam_world[c], &made->take.cameras[rig->view_of[c]]);
    for (int m = 0; m < seen->n; m++)
        for (int j = 0; j < made->n_joints; j++) {
            double p[MADE_POINTS_MOST][3];
            made_points_at(made, m / made->take.fps, p);
            fprintf(file, "point %.17g %.17g %.17g\n", p[j][0], p[j][1], p[j][2]);
            for (int i = 0; i < seen->moments[m].n; i++) {
                const rig_seen_person *person = &seen->moments[m].people[i];
                if (person->joints[j].sigma_px > 0)
                    fprintf(file, "sight %d %.9g %.9g\n", person->view, (double)person->joints[j].q[0],
                            (double)person->joints[j].q[1]);
            }
        }
    fclose(file);
}

int main(int argc, char **argv) {
    const int n = argc > 2 ? atoi(argv[2]) : 5, first = argc > 3 ? atoi(argv[3]) : 1;
    const int n_joints = argc > 5 ? atoi(argv[5]) : 1;
    for (int i = 0; i < n; i++) {
        rig_arena arena = {0}, scratch = {0};
        static made_points made;
        rig_people_seen seen;
        rig_people_rig rig;
        rig_err err = {""};
        char path[1024];
        made_points_init(&made, 5, n_joints, 3000, (uint64_t)(first + i));
        made.take.outliers = argc > 4 ? atof(argv[4]) : 0;
        rig_status status = made_points_see(&made, &seen, &arena, &err);
        const double start_s = now_s();
        if (status == RIG_OK)
            status = rig_people_rig_solve(&seen, &rig, &arena, &scratch, &err);
        const double took_s = now_s() - start_s;
        snprintf(path, sizeof path, "%s/rig%d.txt", argc > 1 ? argv[1] : ".", first + i);
        if (status == RIG_OK) {
            const made_error error = made_compare(&made.take, &rig);
            rig_write(path, &made, &seen, &rig, took_s);
            printf("%s: rms %.3f px, inflation %.2f, %d of %d numbers within 95 %%, %.2f s\n", path,
                   rig.report.rms_px_all, rig.report.inflation, error.within, error.n, took_s);
        } else
            printf("%s: refused: %s\n", path, err.text);
        fflush(stdout);
        rig_arena_release(&arena);
        rig_arena_release(&scratch);
    }
    return 0;
}
