// A person whose bones and rotations are known must give them back; what is not measured is not known, and nothing else
// suffers from it.
#include "triangulate/articulated.h"

#include "core/geom.h"
#include "core/rng.h"
#include "tests/support/support.h"
#include "triangulate/bone_lengths.h"

#include <string.h>

enum { POSES = 200 };
static const double EXACT_M = 1e-12,
                    EXACT_RAD = 1e-7; // rounding; an angle between near rotations loses half the digits

static const char *const JOINTS[] = {"nose",         "left_ear",     "right_ear",  "left_shoulder", "right_shoulder",
                                     "left_elbow",   "right_elbow",  "left_wrist", "right_wrist",   "left_hip",
                                     "right_hip",    "left_knee",    "right_knee", "left_ankle",    "right_ankle",
                                     "left_big_toe", "right_big_toe"};
enum { N = sizeof JOINTS / sizeof *JOINTS, WITHOUT_TOES = N - 2 };

static rig_skeleton skeleton_of(int n) {
    rig_skeleton skeleton = {.n = n};
    for (int j = 0; j < n; j++)
        snprintf(skeleton.names[j], RIG_NAME_MAX, "%s", JOINTS[j]);
    return skeleton;
}

static int node_of(const char *name) {
    for (int i = 0; i < RIG_NODES; i++)
        if (strcmp(rig_node_name(i), name) == 0)
            return i;
    fail_msg("no node %s", name);
    return -1;
}

// --- a person whose rotations are known ------------------------------------------------------------------------------

typedef struct posed {
    double R[RIG_NODES][9], p[RIG_NODES][3]; // of nodes
    rig_joint3d joints[N];
} posed;

static rig_skeleton skeleton;
static rig_articulation person;
static double lengths_m[RIG_NODES - 1];

static double length_of(const char *name) {
    static const struct {
        const char *part;
        double m;
    } OF[] = {{"Chest", 0.51}, {"HeadEnd", 0.12}, {"Head", 0.19}, {"ForeArm", 0.29}, {"Arm", 0.18},
              {"Hand", 0.25},  {"UpLeg", 0.11},   {"Leg", 0.43},  {"Foot", 0.4},     {"Toe", 0.18}};
    for (size_t i = 0; i < sizeof OF / sizeof *OF; i++)
        if (strstr(name, OF[i].part))
            return OF[i].m;
    return 0; // at its parent's place
}

static void person_make(int n_joints) {
    skeleton = skeleton_of(n_joints);
    rig_articulation_init(&skeleton, &person);
    for (int i = 1; i < RIG_NODES; i++)
        lengths_m[i - 1] = i == node_of("LeftToe") && n_joints < N    ? 0
                           : i == node_of("RightToe") && n_joints < N ? 0
                                                                      : length_of(rig_node_name(i));
    assert_true(rig_articulation_set(&person, lengths_m));
}

static void about(int axis, double angle, double R[9]) {
    double rvec[3] = {0};
    rvec[axis] = angle;
    rig_rotation_from_rvec(rvec, R, NULL);
}

static void place(posed *at, const char *joint, const double p[3]) {
    const int j = rig_skeleton_find(&skeleton, joint);
    if (j < 0)
        return;
    at->joints[j] = (rig_joint3d){.state = RIG_JOINT_OK, .sigma_m = 0.005};
    memcpy(at->joints[j].p, p, sizeof at->joints[j].p);
}

// Forward kinematics of rotations against the parents.
static void posed_make(posed *at, double local[RIG_NODES][9], const double root[3]) {
    static const char *const AT[][2] = {
        {"LeftArm", "left_shoulder"},    {"RightArm", "right_shoulder"}, {"LeftForeArm", "left_elbow"},
        {"RightForeArm", "right_elbow"}, {"LeftHand", "left_wrist"},     {"RightHand", "right_wrist"},
        {"LeftUpLeg", "left_hip"},       {"RightUpLeg", "right_hip"},    {"LeftLeg", "left_knee"},
        {"RightLeg", "right_knee"},      {"LeftFoot", "left_ankle"},     {"RightFoot", "right_ankle"},
        {"LeftToe", "left_big_toe"},     {"RightToe", "right_big_toe"},  {"HeadEnd", "nose"}};
    *at = (posed){.joints = {{.state = RIG_JOINT_MISSING}}};
    for (int i = 0; i < RIG_NODES; i++) {
        const int parent = rig_node_parent(i);
        double bone[3] = {0};
        memcpy(at->R[i], local[i], sizeof at->R[i]);
        if (parent >= 0) {
            rig_mat3_mul(at->R[parent], local[i], at->R[i]);
            rig_mat3_mul_vec(at->R[parent], person.offset_m[i], bone);
        }
        for (int k = 0; k < 3; k++)
            at->p[i][k] = (parent >= 0 ? at->p[parent][k] : root[k]) + bone[k];
    }
    for (size_t i = 0; i < sizeof AT / sizeof *AT; i++)
        place(at, AT[i][1], at->p[node_of(AT[i][0])]);
    const int head = node_of("Head");
    for (int side = -1; side <= 1; side += 2) {
        double ear[3];
        for (int k = 0; k < 3; k++)
            ear[k] = at->p[head][k] + side * 0.07 * at->R[head][3 * k];
        place(at, side > 0 ? "left_ear" : "right_ear", ear);
    }
}

static void identities(double local[RIG_NODES][9]) {
    for (int i = 0; i < RIG_NODES; i++)
        about(0, 0, local[i]);
}

// About two axes, one after the other.
static void turned(double local[9], int first, double a, int second, double b) {
    double A[9], B[9];
    about(first, a, A);
    about(second, b, B);
    rig_mat3_mul(A, B, local);
}

// A pose whose rotations the joints fix: spine and chest lean sideways and twist, limbs swing and bend about the axes
// that keep the bend's normal where the parent has it.
static void pose_any(rig_rng *rng, double bend, double local[RIG_NODES][9], double root[3]) {
    double rvec[3];
    identities(local);
    for (int k = 0; k < 3; k++)
        rvec[k] = rig_rng_normal(rng), root[k] = rig_rng_uniform(rng, -3, 3);
    rig_rotation_from_rvec(rvec, local[node_of("Hips")], NULL);
    turned(local[node_of("Spine")], 2, rig_rng_uniform(rng, -0.5, 0.5), 1, rig_rng_uniform(rng, -0.6, 0.6));
    about(2, rig_rng_uniform(rng, -0.3, 0.3), local[node_of("Chest")]);
    turned(local[node_of("Neck")], 0, rig_rng_uniform(rng, -0.5, 0.5), 2, rig_rng_uniform(rng, -0.4, 0.4));
    turned(local[node_of("Head")], 1, rig_rng_uniform(rng, -1, 1), 0, rig_rng_uniform(rng, -0.7, 0.7));
    turned(local[node_of("LeftArm")], 1, rig_rng_uniform(rng, -1, 1), 2, rig_rng_uniform(rng, -1, 1));
    turned(local[node_of("RightArm")], 1, rig_rng_uniform(rng, -1, 1), 2, rig_rng_uniform(rng, -1, 1));
    about(1, -bend, local[node_of("LeftForeArm")]); // elbows bend forward, knees backward
    about(1, bend, local[node_of("RightForeArm")]);
    for (int side = 0; side < 2; side++) {
        turned(local[node_of(side ? "LeftUpLeg" : "RightUpLeg")], 0, rig_rng_uniform(rng, -1, 1), 2,
               rig_rng_uniform(rng, -0.5, 0.5));
        about(0, bend, local[node_of(side ? "LeftLeg" : "RightLeg")]);
        turned(local[node_of(side ? "LeftFoot" : "RightFoot")], 0, rig_rng_uniform(rng, -0.5, 0.5), 0, 0);
    }
}

static void fit(const rig_joint3d *joints, rig_articulated_pose *pose) {
    rig_joint3d points[RIG_NODE_POINTS];
    rig_node_points(&person, joints, points);
    rig_articulation_fit(&person, points, pose);
}

static void assert_rotation(const double R[9]) {
    double transposed[9], one[9];
    rig_mat3_transpose(R, transposed);
    rig_mat3_mul(R, transposed, one);
    for (int i = 0; i < 9; i++)
        assert_near(one[i], i % 4 == 0, 1e-12);
    assert_near(rig_mat3_det(R), 1, 1e-12);
}

// --- tests -----------------------------------------------------------------------------------------------------------

static void rotations_that_joints_fix_come_back(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(1, 0);
    person_make(N);
    for (int n = 0; n < POSES; n++) {
        double local[RIG_NODES][9], root[3];
        posed at;
        rig_articulated_pose pose;
        pose_any(&rng, rig_rng_uniform(&rng, 0.05, 2.4), local, root);
        posed_make(&at, local, root);
        fit(at.joints, &pose);
        for (int i = 0; i < RIG_NODES; i++) {
            assert_true(pose.placed[i] && pose.known[i] == person.turns[i]);
            for (int k = 0; k < 3; k++)
                assert_near(pose.p[i][k], at.p[i][k], EXACT_M * 10);
            if (pose.known[i])
                assert_near(rig_rotation_angle_between(pose.R[i], at.R[i]), 0, EXACT_RAD);
        }
    }
}

// Whatever rotations the joints were made with, each bone ends where its joint was measured.
static void joints_are_met_whatever_the_twist(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(2, 0);
    person_make(N);
    for (int n = 0; n < POSES; n++) {
        double local[RIG_NODES][9], root[3] = {0.3, 0.9, -1};
        posed at;
        rig_articulated_pose pose;
        pose_any(&rng, 1, local, root);
        for (int i = node_of("LeftArm"); i < RIG_NODES; i++) {
            double rvec[3];
            for (int k = 0; k < 3; k++)
                rvec[k] = rig_rng_normal(&rng);
            rig_rotation_from_rvec(rvec, local[i], NULL);
        }
        posed_make(&at, local, root);
        fit(at.joints, &pose);
        for (int i = 0; i < RIG_NODES; i++) {
            assert_near(pose.off_m[i], 0, EXACT_M * 10);
            if (pose.known[i])
                assert_rotation(pose.R[i]);
        }
    }
}

// A limb that is straight, or bends by what noise makes of it, one way and then the other: its twist is its parent's,
// and does not jump.
static void a_straight_limb_does_not_spin(void **state) {
    (void)state;
    static const double NOISE_RAD = 0.01, MOST_RAD = 0.15; // 0.01 over the bend from which the plane counts, both ways
    double local[RIG_NODES][9], root[3] = {0};
    rig_articulated_pose straight, pose;
    posed at;
    person_make(N);
    identities(local);
    posed_make(&at, local, root);
    fit(at.joints, &straight);
    for (int i = 0; i < RIG_NODES; i++)
        if (person.turns[i])
            assert_near(rig_rotation_angle_between(straight.R[i], at.R[i]), 0, EXACT_RAD);
    for (int n = 0; n < 16; n++) {
        const double around = n * 0.4;
        double rvec[3] = {0, NOISE_RAD * cos(around), NOISE_RAD * sin(around)};
        rig_rotation_from_rvec(rvec, local[node_of("LeftForeArm")], NULL);
        posed_make(&at, local, root);
        fit(at.joints, &pose);
        assert_near(rig_rotation_angle_between(pose.R[node_of("LeftArm")], straight.R[node_of("LeftArm")]), 0,
                    MOST_RAD);
    }
}

static bool hangs_on(int node, int on) {
    while (node >= 0 && node != on)
        node = rig_node_parent(node);
    return node == on;
}

// A joint that is missing takes with it what hangs on it, and nothing else moves.
static void a_missing_joint_takes_its_own_with_it(void **state) {
    (void)state;
    static const struct {
        const char *joint, *unknown, *unplaced; // the rotation that aims at it; the first node without a place
    } CASES[] = {{"left_knee", "LeftUpLeg", "LeftLeg"},
                 {"right_ankle", "RightLeg", "RightFoot"},
                 {"left_big_toe", "LeftFoot", "LeftToe"},
                 {"right_wrist", "RightForeArm", "RightHand"},
                 {"nose", "Head", "HeadEnd"},
                 {"left_ear", "Neck", "Head"}};
    rig_rng rng = rig_rng_seed(3, 0);
    double local[RIG_NODES][9], root[3];
    posed at;
    rig_articulated_pose whole, pose;
    person_make(N);
    pose_any(&rng, 1, local, root);
    posed_make(&at, local, root);
    fit(at.joints, &whole);
    for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
        const int j = rig_skeleton_find(&skeleton, CASES[c].joint), unknown = node_of(CASES[c].unknown);
        const rig_joint3d kept = at.joints[j];
        at.joints[j].state = RIG_JOINT_FEW_VIEWS;
        fit(at.joints, &pose);
        at.joints[j] = kept;
        for (int i = 0; i < RIG_NODES; i++) {
            const bool lost = hangs_on(i, node_of(CASES[c].unplaced));
            assert_int_equal(pose.placed[i], !lost);
            assert_int_equal(pose.known[i], whole.known[i] && !lost && i != unknown);
            for (int k = 0; k < 3 && !lost; k++)
                assert_near(pose.p[i][k], whole.p[i][k], EXACT_M);
        }
        assert_true(pose.off_m[node_of(CASES[c].unplaced)] < 0);
    }
}

static void without_the_trunk_nothing_is_known(void **state) {
    (void)state;
    static const char *const TRUNK[] = {"left_hip", "right_hip", "left_shoulder", "right_shoulder"};
    double local[RIG_NODES][9], root[3] = {1, 2, 3};
    posed at;
    rig_articulated_pose pose;
    person_make(N);
    identities(local);
    for (size_t c = 0; c < sizeof TRUNK / sizeof *TRUNK; c++) {
        posed_make(&at, local, root);
        at.joints[rig_skeleton_find(&skeleton, TRUNK[c])].state = RIG_JOINT_MISSING;
        fit(at.joints, &pose);
        for (int i = 0; i < RIG_NODES; i++)
            assert_true(!pose.known[i] && (!pose.placed[i] || i == 0));
    }
}

// Joints on top of each other, or in one line, give no direction: that is not known, and no number is NaN.
static void what_has_no_direction_is_not_known(void **state) {
    (void)state;
    double local[RIG_NODES][9], root[3] = {0};
    posed at;
    rig_articulated_pose pose;
    person_make(N);
    identities(local);
    posed_make(&at, local, root);
    const int knee = rig_skeleton_find(&skeleton, "left_knee"), hip = rig_skeleton_find(&skeleton, "left_hip");
    memcpy(at.joints[knee].p, at.joints[hip].p, sizeof at.joints[hip].p);
    fit(at.joints, &pose);
    assert_false(pose.known[node_of("LeftUpLeg")]);
    assert_true(pose.known[node_of("RightUpLeg")]);
    for (int j = 0; j < N; j++)
        for (int k = 0; k < 3; k++)
            at.joints[j].p[k] = k == 0 ? j : 0; // all in one line
    fit(at.joints, &pose);
    for (int i = 0; i < RIG_NODES; i++)
        assert_true(!pose.known[i] && isfinite(pose.p[i][0]) && isfinite(pose.off_m[i]));
}

static void a_skeleton_without_toes_ends_at_the_ankles(void **state) {
    (void)state;
    double local[RIG_NODES][9], root[3] = {0};
    posed at;
    rig_articulated_pose pose;
    person_make(WITHOUT_TOES);
    identities(local);
    posed_make(&at, local, root);
    fit(at.joints, &pose);
    assert_true(person.has[node_of("LeftFoot")] && !person.turns[node_of("LeftFoot")] &&
                !person.has[node_of("LeftToe")]);
    assert_true(pose.placed[node_of("RightFoot")] && !pose.known[node_of("RightFoot")]);
    assert_false(pose.placed[node_of("RightToe")]);
}

// --- bones -----------------------------------------------------------------------------------------------------------

// As the export measures them: of that many frames of one person.
static const double *measured(rig_bone_lengths **lengths, const rig_body *body, int n_frames) {
    rig_rng rng = rig_rng_seed(4, 0);
    rig_err err = {""};
    assert_ok(rig_bone_lengths_open(body, lengths, &err));
    for (int f = 0; f < n_frames; f++) {
        double local[RIG_NODES][9], root[3];
        rig_joint3d points[RIG_NODE_POINTS];
        rig_person3d one = {.id = 7, .joints = points};
        const rig_frame3d frame = {f, 1, &one};
        posed at;
        pose_any(&rng, 1, local, root);
        posed_make(&at, local, root);
        rig_node_points(&person, at.joints, points);
        assert_ok(rig_bone_lengths_add(*lengths, &frame, &err));
    }
    assert_ok(rig_bone_lengths_end(*lengths, &err));
    return rig_bone_lengths_find(*lengths, 7);
}

static void bones_come_back_from_five_frames_and_not_from_four(void **state) {
    (void)state;
    for (int n_frames = 4; n_frames <= 5; n_frames++) {
        rig_bone_lengths *lengths;
        rig_articulation fresh;
        person_make(N);
        const rig_body body = rig_articulation_init(&skeleton, &fresh);
        const double *m = measured(&lengths, &body, n_frames);
        assert_int_equal(m && rig_articulation_set(&fresh, m), n_frames == 5);
        for (int i = 1; i < RIG_NODES && n_frames == 5; i++)
            assert_near(m[i - 1], lengths_m[i - 1], EXACT_M * 10);
        rig_bone_lengths_close(lengths);
    }
}

static void without_a_thigh_a_person_is_left_out_and_without_a_forearm_not(void **state) {
    (void)state;
    person_make(N);
    const double arm = lengths_m[node_of("LeftHand") - 1];
    lengths_m[node_of("LeftHand") - 1] = 0;
    assert_true(rig_articulation_set(&person, lengths_m));
    assert_true(!person.has[node_of("LeftHand")] && !person.turns[node_of("LeftForeArm")]);
    lengths_m[node_of("LeftHand") - 1] = arm;
    lengths_m[node_of("LeftUpLeg") - 1] = 0;
    assert_false(rig_articulation_set(&person, lengths_m));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rotations_that_joints_fix_come_back),
        cmocka_unit_test(joints_are_met_whatever_the_twist),
        cmocka_unit_test(a_straight_limb_does_not_spin),
        cmocka_unit_test(a_missing_joint_takes_its_own_with_it),
        cmocka_unit_test(without_the_trunk_nothing_is_known),
        cmocka_unit_test(what_has_no_direction_is_not_known),
        cmocka_unit_test(a_skeleton_without_toes_ends_at_the_ankles),
        cmocka_unit_test(bones_come_back_from_five_frames_and_not_from_four),
        cmocka_unit_test(without_a_thigh_a_person_is_left_out_and_without_a_forearm_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
