#include "triangulate/kinematics.h"

#include "tests/unit/triangulate/refined.h"

static const double PI = 3.14159265358979323846;
static const double EXACT = 1e-9;

static rig_joint_angle angle_of(const rig_people3d *take, int f, const char *name) {
    for (int i = 0; i < take->n_angles; i++)
        if (strcmp(take->angles[i], name) == 0)
            return take->frames[f].people[0].movement->angles[i];
    fail_msg("no angle %s", name);
    return (rig_joint_angle){0};
}

// All frames of the take, those from 100 on first: what they get does not depend on the order.
static rig_status move_take(walk *one, bool derivatives, bool angles, rig_arena *out, rig_err *err) {
    static rig_kinematics kinematics;
    kinematics = rig_kinematics_init(&one->skeleton, MOMENTS_FPS, derivatives, angles);
    one->take.angles = kinematics.angles, one->take.n_angles = kinematics.n_angles;
    RIG_TRY(rig_kinematics_run(&kinematics, one->frames, MOMENTS, 100, MOMENTS, COCO, out, err));
    return rig_kinematics_run(&kinematics, one->frames, MOMENTS, 0, 100, COCO, out, err);
}

// A wrist on a circle of 0.3 m, 2 rad/s: |v| = 0.6 m/s, |a| = 1.2 m/s^2, towards the middle; differences of a circle
// are short by sin(x) / x of half a step.
static void circle_has_its_speed_and_pull(void **state) {
    (void)state;
    static walk one;
    rig_arena out = {NULL};
    rig_err err;
    const double r = 0.3, w = 2, step = w / MOMENTS_FPS;
    walk_init(&one, 0, 1);
    for (int f = 0; f < MOMENTS; f++)
        one.joints[f][9].p[0] = r * cos(f * step), one.joints[f][9].p[1] = r * sin(f * step), one.joints[f][9].p[2] = 1;
    walk_hide(&one, 9, 60, 61);
    one.frames[150].n = 0;
    assert_ok(move_take(&one, true, false, &out, &err));
    assert_int_equal(one.take.n_angles, 0);
    for (int f = 0; f < MOMENTS; f++) {
        if (f == 150)
            continue;
        const rig_joint_move *move = &one.people[f].movement->moves[9];
        bool edge = f == 0 || f == MOMENTS - 1 || f == 59 || f == 61 || f == 149 || f == 151;
        assert_int_equal(move->has_v, f != 60);
        assert_int_equal(move->has_a, f != 60 && !edge);
        if (edge || f == 60)
            continue;
        double along = sin(step) / step, pull = pow(sin(step / 2) / (step / 2), 2), at = f * step;
        const double v[3] = {-r * w * along * sin(at), r * w * along * cos(at), 0};
        const double a[3] = {-r * w * w * pull * cos(at), -r * w * w * pull * sin(at), 0};
        for (int i = 0; i < 3; i++) {
            assert_near(move->v[i], v[i], EXACT);
            assert_near(move->a[i], a[i], 1e-7);
        }
    }
    assert_near(one.people[0].movement->moves[9].v[1], r * sin(step) * MOMENTS_FPS, EXACT); // forward difference
    rig_arena_release(&out);
}

static void put(walk *one, const char *name, double x, double y, double z) {
    double *p = one->joints[0][rig_skeleton_find(&one->skeleton, name)].p;
    p[0] = x, p[1] = y, p[2] = z;
}

// Somebody who stands, the left knee bent by 90 degrees, the right arm held out, leaning nowhere; then with the trunk
// turned forward by 30 degrees.
static void angles_of_a_known_posture(void **state) {
    (void)state;
    static walk one;
    rig_arena out = {NULL};
    rig_err err;
    for (int lean = 0; lean < 2; lean++) {
        double tilt = lean * PI / 6, c = cos(tilt), s = sin(tilt);
        walk_init(&one, 0, 1);
        one.take.n_frames = 1;
        for (int side = 0; side < 2; side++) {
            double y = side ? -0.15 : 0.15;
            put(&one, side ? "right_hip" : "left_hip", 0, y, 0.9);
            put(&one, side ? "right_knee" : "left_knee", 0, y, 0.5);
            put(&one, side ? "right_ankle" : "left_ankle", side ? 0 : -0.4, y, side ? 0.1 : 0.5);
            put(&one, side ? "right_shoulder" : "left_shoulder", 0.5 * s, y, 0.9 + 0.5 * c);
            put(&one, side ? "right_elbow" : "left_elbow", 0.5 * s, side ? y - 0.3 : y,
                0.9 + 0.5 * c - (side ? 0 : 0.3));
            put(&one, side ? "right_wrist" : "left_wrist", 0.5 * s, side ? y - 0.5 : y,
                0.9 + 0.5 * c - (side ? 0 : 0.5));
        }
        assert_ok(move_take(&one, false, true, &out, &err));
        assert_null(one.people[0].movement->moves);
        assert_int_equal(one.take.n_angles, 9); // coco17 has no toes
        const struct {
            const char *name;
            double rad;
        } expected[] = {{"left_knee", PI / 2}, {"right_knee", 0},       {"left_elbow", 0},
                        {"right_elbow", 0},    {"left_shoulder", tilt}, {"right_shoulder", PI / 2},
                        {"left_hip", tilt},    {"right_hip", tilt},     {"trunk", tilt}};
        for (int i = 0; i < 9; i++) {
            assert_true(angle_of(&one.take, 0, expected[i].name).known);
            assert_near(angle_of(&one.take, 0, expected[i].name).rad, expected[i].rad, 1e-7); // acos near 0 and pi
        }
    }
    rig_arena_release(&out);
}

static void angles_of_absent_joints_are_not_known(void **state) {
    (void)state;
    static walk one;
    rig_arena out = {NULL};
    rig_err err;
    walk_init(&one, 0, 1);
    walk_hide(&one, rig_skeleton_find(&one.skeleton, "left_hip"), 10, 11);
    assert_ok(move_take(&one, true, true, &out, &err));
    assert_false(angle_of(&one.take, 10, "left_knee").known);
    assert_false(angle_of(&one.take, 10, "left_shoulder").known);
    assert_false(angle_of(&one.take, 10, "trunk").known);
    assert_true(angle_of(&one.take, 10, "right_knee").known);
    assert_true(angle_of(&one.take, 11, "left_knee").known);
    rig_arena_release(&out);
}

static rig_status reckon(void *self, rig_err *err) {
    walk *one = self;
    rig_arena out = {NULL};
    rig_status status = move_take(one, true, true, &out, err);
    rig_arena_release(&out);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    static walk one;
    walk_init(&one, 0, 1);
    assert_true(rig_test_each_allocation_fails(reckon, &one) >= 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(circle_has_its_speed_and_pull),
        cmocka_unit_test(angles_of_a_known_posture),
        cmocka_unit_test(angles_of_absent_joints_are_not_known),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
