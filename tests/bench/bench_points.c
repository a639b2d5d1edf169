// How many points a second are triangulated robustly on one core, and how far they are from the truth: 10,000 frames of
// 17 joints in 4 views, 1 px of noise, 5 % of the observations 50 to 150 px off. The rig is made so that least squares
// on the true observations has the errors that were measured with the peers' (median 3.14 mm, p99 9.2 mm).
//
// One line: case, thousand points a second (most and median of the runs), then millimetres: median, p99, median of the
// points with an observation that is off, and the same three of least squares on the true observations.
//
// usage: bench_points [FILE]; FILE: the cameras and points, doubles, for peers: of each camera K (4), dist (5), R (9),
// t (3); of each point its place, then a pixel a view, then how many observations are right.
#include "tests/bench/clock.h"
#include "tests/unit/triangulate/ring.h"

#include "triangulate/point.h"

#include <stdlib.h>

enum { VIEWS = 4, POINTS = 10000 * 17, RUNS = 7 };

static const double RADIUS_M = 4.3, FOCAL_PX = 1400; // 1920 x 1080, a lens of five coefficients
static const double WRONG = 0.05, OFF_LEAST_PX = 50, OFF_MOST_PX = 150;

typedef struct views {
    double p[3];
    rig_point_observation observations[VIEWS];
    uint32_t right; // bit v: observation v is of this point
} views;

static void rig_make(ring *made) {
    ring_init(made, VIEWS, RADIUS_M);
    for (int v = 0; v < VIEWS; v++) {
        rig_camera *camera = &made->cameras[v].camera;
        camera->width = 1920, camera->height = 1080;
        camera->K[0] = camera->K[1] = FOCAL_PX, camera->K[2] = 960, camera->K[3] = 540;
    }
}

static void views_make(const ring *from, rig_rng *rng, views *made) {
    made->p[0] = rig_rng_uniform(rng, -1, 1), made->p[1] = rig_rng_uniform(rng, -1, 1);
    made->p[2] = rig_rng_uniform(rng, 0, 1.8);
    made->right = 0;
    for (int v = 0; v < VIEWS; v++) {
        rig_point_observation *observation = &made->observations[v];
        *observation = (rig_point_observation){.view = v, .sigma_px = 1};
        if (!ring_project(from, v, made->p, observation->q))
            abort();
        observation->q[0] += rig_rng_normal(rng), observation->q[1] += rig_rng_normal(rng);
        bool wrong = rig_rng_uniform(rng, 0, 1) < WRONG;
        double off = rig_rng_uniform(rng, OFF_LEAST_PX, OFF_MOST_PX), angle = rig_rng_uniform(rng, 0, 6.2831853);
        if (wrong)
            observation->q[0] += off * cos(angle), observation->q[1] += off * sin(angle);
        else
            made->right |= UINT32_C(1) << v;
    }
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// Print median, p99, and the median where an observation is off; a point without a place is as far as can be.
static void errors_print(const views *seen, const rig_joint3d *found, double *all, double *spoilt) {
    int n_spoilt = 0;
    for (int i = 0; i < POINTS; i++) {
        all[i] = found[i].state == RIG_JOINT_OK ? 1000 * ring_distance(found[i].p, seen[i].p) : INFINITY;
        if (seen[i].right != (1U << VIEWS) - 1)
            spoilt[n_spoilt++] = all[i];
    }
    qsort(all, POINTS, sizeof *all, by_size);
    qsort(spoilt, (size_t)n_spoilt, sizeof *spoilt, by_size);
    printf(" %7.3f %7.3f %7.3f", all[POINTS / 2], all[(int)(POINTS * 0.99)], spoilt[n_spoilt / 2]);
}

// Least squares on the true observations. Where fewer than two are left there is no such answer.
static void oracle(const ring *from, const views *seen, rig_joint3d *found) {
    rig_point_params params = {.gate_px = 1e6, .min_parallax_rad = 0.02};
    for (int i = 0; i < POINTS; i++) {
        rig_point_observation right[VIEWS];
        int n = 0;
        for (int v = 0; v < VIEWS; v++)
            if (seen[i].right >> v & 1)
                right[n++] = seen[i].observations[v];
        ring_triangulate(from->undistorters, right, n, &params, &found[i]);
    }
}

static bool doubles_write(FILE *stream, const double *values, size_t n) {
    return fwrite(values, sizeof *values, n, stream) == n;
}

static int points_write(const ring *from, const views *seen, const char *path) {
    FILE *stream = fopen(path, "wb");
    bool good = stream != NULL;
    for (int v = 0; v < VIEWS && good; v++) {
        const rig_view_camera *c = &from->cameras[v];
        good = doubles_write(stream, c->camera.K, 4) && doubles_write(stream, c->camera.dist, 5) &&
               doubles_write(stream, c->Rt_cam_world.R, 9) && doubles_write(stream, c->Rt_cam_world.t, 3);
    }
    for (int i = 0; i < POINTS && good; i++) {
        double right = 0;
        good = doubles_write(stream, seen[i].p, 3);
        for (int v = 0; v < VIEWS && good; v++) {
            good = doubles_write(stream, seen[i].observations[v].q, 2);
            right += seen[i].right >> v & 1;
        }
        good = good && doubles_write(stream, &right, 1);
    }
    return stream && fclose(stream) == 0 && good ? 0 : 1;
}

int main(int argc, char **argv) {
    static ring from;
    rig_arena arena = {0};
    views *seen = RIG_NEW(&arena, views, POINTS);
    rig_joint3d *found = RIG_NEW(&arena, rig_joint3d, POINTS);
    double *all = RIG_NEW(&arena, double, POINTS), *spoilt = RIG_NEW(&arena, double, POINTS), seconds[RUNS];
    if (!seen || !found || !all || !spoilt)
        return 1;
    rig_rng rng = rig_rng_seed(3, 1);
    rig_point_params params = rig_point_defaults();
    rig_undistorter undistorters[VIEWS];
    rig_err err;
    rig_make(&from);
    for (int i = 0; i < POINTS; i++)
        views_make(&from, &rng, &seen[i]);
    for (int run = 0; run < RUNS; run++) {
        double start = now_s();
        rig_arena_mark mark = rig_arena_tell(&arena);
        for (int v = 0; v < VIEWS; v++)
            if (rig_undistorter_init(&from.cameras[v], &undistorters[v], &arena, &err) != RIG_OK)
                return 1;
        for (int i = 0; i < POINTS; i++)
            ring_triangulate(undistorters, seen[i].observations, VIEWS, &params, &found[i]);
        rig_arena_rewind(&arena, mark);
        seconds[run] = now_s() - start;
    }
    qsort(seconds, RUNS, sizeof *seconds, by_size);
    printf("%-10s %7.0f %7.0f ", "points", POINTS / seconds[0] / 1000, POINTS / seconds[RUNS / 2] / 1000);
    errors_print(seen, found, all, spoilt);
    oracle(&from, seen, found);
    printf(" ");
    errors_print(seen, found, all, spoilt);
    printf("\n");
    int failed = argc > 1 ? points_write(&from, seen, argv[1]) : 0;
    rig_arena_release(&arena);
    return failed;
}
