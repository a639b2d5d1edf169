// Rectification, by what it is for: a point seen by both cameras lies in the same row of both, and Q knows where it is.
#include "cv/cv.h"
#include "tests/support/support.h"

#include <string.h>

static const double ROW_TOLERANCE = 1e-9;    // pixels
static const double POINT_TOLERANCE = 1e-9;  // metres
static const double OPENCV_TOLERANCE = 1e-9; // closed forms against OpenCV's own rounding

enum { W = 640, H = 480 };

static rig_err err;

static int setup(void **state) {
    (void)state;
    rig_cv_init();
    return 0;
}

typedef struct rectified {
    double R1[9], R2[9], P1[12], P2[12], Q[16];
} rectified;

typedef struct pair {
    double K_left[4], K_right[4], R[9], t[3], dist[12];
    int n;
} pair;

static rectified rectify(const pair *p, double alpha) {
    rectified r;
    assert_ok(rig_cv_stereo_rectify(p->K_left, p->dist, p->n, p->K_right, p->dist, p->n, W, H, p->R, p->t, alpha, r.R1,
                                    r.R2, r.P1, r.P2, r.Q, &err));
    return r;
}

static void rotate(const double R[9], const double p[3], double out[3]) {
    for (int i = 0; i < 3; i++)
        out[i] = R[3 * i] * p[0] + R[3 * i + 1] * p[1] + R[3 * i + 2] * p[2];
}

static void project(const double P[12], const double p[3], double q[2]) {
    double h[3];
    for (int i = 0; i < 3; i++)
        h[i] = P[4 * i] * p[0] + P[4 * i + 1] * p[1] + P[4 * i + 2] * p[2] + P[4 * i + 3];
    q[0] = h[0] / h[2], q[1] = h[1] / h[2];
}

static pair turned_pair(void) {
    double a = 0.1, b = -0.07; // about y, then about x
    pair p = {.K_left = {600, 610, 321, 239}, .K_right = {580, 585, 318, 244}, .t = {-0.25, 0.02, 0.015}};
    const double R[9] = {cos(a),           0,      sin(a),         sin(b) * sin(a), cos(b), -sin(b) * cos(a),
                         -cos(b) * sin(a), sin(b), cos(b) * cos(a)};
    memcpy(p.R, R, sizeof R);
    return p;
}

static void test_an_ideal_pair_stays_as_it_is(void **state) {
    (void)state;
    pair p = {.K_left = {500, 500, 320, 240}, .K_right = {500, 500, 320, 240}, .R = {1, 0, 0, 0, 1, 0, 0, 0, 1}};
    p.t[0] = -0.2;
    rectified r = rectify(&p, 0);
    for (int i = 0; i < 9; i++) {
        assert_near(r.R1[i], i % 4 == 0, OPENCV_TOLERANCE);
        assert_near(r.R2[i], i % 4 == 0, OPENCV_TOLERANCE);
    }
    assert_near(r.P1[0], r.P1[5], OPENCV_TOLERANCE);
    assert_near(r.P1[3], 0, OPENCV_TOLERANCE);
    assert_near(r.P2[3], -0.2 * r.P2[0], OPENCV_TOLERANCE);
}

static void test_points_share_a_row_and_q_knows_them(void **state) {
    (void)state;
    pair p = turned_pair();
    for (int all = 0; all < 2; all++) {
        rectified r = rectify(&p, all);
        for (int i = 0; i < 27; i++) {
            double p_left[3] = {i % 3 - 1.0, i / 3 % 3 - 1.0, 3.0 + i / 9}, p_right[3], in1[3], in2[3], q1[2], q2[2];
            rotate(p.R, p_left, p_right);
            for (int k = 0; k < 3; k++)
                p_right[k] += p.t[k];
            rotate(r.R1, p_left, in1);
            rotate(r.R2, p_right, in2);
            project(r.P1, in1, q1);
            project(r.P1, in2, q2); // P2 is of points in the left frame: here the baseline is taken out already
            assert_near(q1[1], q2[1], ROW_TOLERANCE);
            project(r.P2, in1, q2);
            assert_near(q1[1], q2[1], ROW_TOLERANCE);
            double at[4] = {q1[0], q1[1], q1[0] - q2[0], 1}, h[4] = {0};
            for (int k = 0; k < 4; k++)
                for (int j = 0; j < 4; j++)
                    h[k] += r.Q[4 * k + j] * at[j];
            for (int k = 0; k < 3; k++)
                assert_near(h[k] / h[3], in1[k], POINT_TOLERANCE);
        }
    }
}

// Every lens of ours is taken: coefficients that it lacks are 0.
static void test_lenses_of_any_length(void **state) {
    (void)state;
    static const int lengths[] = {0, 2, 4, 5, 8, 12};
    pair p = turned_pair();
    rectified none = rectify(&p, 0), zeros, bent;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        p.n = lengths[i];
        memset(p.dist, 0, sizeof p.dist);
        zeros = rectify(&p, 0);
        for (int k = 0; k < 12; k++)
            assert_near(zeros.P1[k], none.P1[k], 1e-6);
        p.dist[0] = -0.2;
        bent = rectify(&p, 0);
        if (lengths[i] > 0)
            assert_true(fabs(bent.P1[0] - none.P1[0]) > 1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_ideal_pair_stays_as_it_is),
        cmocka_unit_test(test_points_share_a_row_and_q_knows_them),
        cmocka_unit_test(test_lenses_of_any_length),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
