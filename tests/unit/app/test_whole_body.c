// Skeletons of more joints than a word has bits: one of 133 through decoding and triangulation.
#include "tests/unit/triangulate/walkers.h"

#include "io/skeleton.h"
#include "pose/decode.h"
#include "triangulate/tracker.h"

enum { WHOLE = 133, FEET = 17, FACE = 23, LEFT_HAND = 91, RIGHT_HAND = 112, VIEWS = 3, FRAMES = 25 };

static const double FPS = 25, NOISE_PX = 1;
static const double EXACT_M = 1e-6;
static const double NOISY_M = 0.025; // five standard deviations, where a pixel is 5 mm: the worst of 133 x 25 joints

static rig_arena out, scratch;

static rig_skeleton whole_body(void) {
    rig_skeleton skeleton;
    rig_err err = {""};
    assert_ok(rig_skeleton_read("configs/skeletons/wholebody133.yaml", &skeleton, &err));
    assert_int_equal(skeleton.n, WHOLE);
    return skeleton;
}

// A walker whose feet, face and hands are points about ankles, nose and wrists, always the same.
static void whole_at(double t, double p[WHOLE][3]) {
    static const walker WHO = {-0.4, 0, 0.3, 0.9, 0, 0, 1};
    rig_rng rng = rig_rng_seed(7, 1);
    walker_at(&WHO, t, p);
    for (int j = COCO; j < WHOLE; j++) {
        const int of = j < FACE ? (j < FEET + 3 ? 15 : 16) : j < LEFT_HAND ? 0 : j < RIGHT_HAND ? 9 : 10;
        for (int i = 0; i < 3; i++)
            p[j][i] = p[of][i] + rig_rng_uniform(&rng, -0.07, 0.07);
    }
}

static void see(const ring *from, int view, const double p[WHOLE][3], double noise_px, rig_rng *rng,
                rig_joint2d *joints) {
    for (int j = 0; j < WHOLE; j++) {
        joints[j] = (rig_joint2d){.found = true, .score = 0.9};
        assert_true(ring_project(from, view, p[j], joints[j].q));
        for (int i = 0; i < 2; i++)
            joints[j].q[i] += noise_px * rig_rng_normal(rng);
    }
}

// The largest distance of a joint from the truth over a take of one person.
static double worst_of_take(double noise_px) {
    static ring from;
    static rig_joint2d joints[VIEWS][WHOLE];
    const rig_skeleton skeleton = whole_body();
    const rig_tracker_params params = rig_tracker_defaults();
    rig_tracker *tracker;
    rig_err err = {""};
    rig_rng rng = rig_rng_seed(3, 1);
    double worst = 0, p[WHOLE][3];
    ring_init(&from, VIEWS, 4.5);
    assert_ok(rig_tracker_open(&from.rig, &skeleton, FPS, &params, &tracker, &err));
    for (int f = 0; f < FRAMES; f++) {
        rig_person2d people[VIEWS];
        rig_frame2d frames[VIEWS];
        const rig_frame2d *views[VIEWS];
        rig_frame3d found;
        whole_at(f / FPS, p);
        for (int v = 0; v < VIEWS; v++) {
            see(&from, v, (const double(*)[3])p, noise_px, &rng, joints[v]);
            people[v] = (rig_person2d){0.9, joints[v]};
            frames[v] = (rig_frame2d){f, 1, &people[v]};
            views[v] = &frames[v];
        }
        assert_ok(rig_tracker_next(tracker, f, views, &found, &out, &scratch, &err));
        assert_int_equal(found.n, 1);
        for (int j = 0; j < WHOLE; j++) {
            assert_int_equal(found.people[0].joints[j].state, RIG_JOINT_OK);
            worst = fmax(worst, ring_distance(found.people[0].joints[j].p, p[j]));
        }
        rig_arena_clear(&out);
    }
    rig_tracker_close(tracker);
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    return worst;
}

static void every_joint_is_triangulated(void **state) {
    (void)state;
    assert_true(worst_of_take(0) < EXACT_M);
    const double worst = worst_of_take(NOISE_PX);
    print_message("worst joint of 133 with a noise of %g px: %.1f mm\n", NOISE_PX, 1000 * worst);
    assert_true(worst < NOISY_M);
}

// A blob a joint and person, two people side by side, a tag each.
static void every_joint_is_decoded(void **state) {
    (void)state;
    enum { SIDE = 64, PLANE = SIDE * SIDE };
    static float heat[WHOLE * PLANE], tags[WHOLE * PLANE];
    static rig_model model;
    const double PLACE_CELLS = 0.02;
    model =
        (rig_model){.skeleton = whole_body(), .tag_dim = 1, .tags_per_joint = true, .decode = rig_decode_defaults()};
    for (int k = 0; k < WHOLE; k++) {
        model.group_order[k] = k;
        for (int cell = 0; cell < PLANE; cell++) {
            const int x = cell % SIDE, y = cell / SIDE, own = x < SIDE / 2 ? 0 : 1;
            const double dx = x - (32 * own + 6.2 + k % 19), dy = y - (5.3 + 7 * (k / 19));
            heat[k * PLANE + cell] = (float)((0.9 - 0.2 * own) * exp(-(dx * dx + dy * dy) / 8));
            tags[k * PLANE + cell] = (float)(5 * own);
        }
    }
    const rig_maps maps = {.n_joints = WHOLE, .tag_dim = 1, .width = SIDE, .height = SIDE, .heat = heat, .tags = tags};
    rig_frame2d frame;
    rig_err err = {""};
    assert_ok(rig_maps_decode(&maps, &model, &frame, &out, &scratch, &err));
    assert_int_equal(frame.n, 2);
    for (int i = 0; i < 2; i++)
        for (int k = 0; k < WHOLE; k++) {
            const rig_joint2d *joint = &frame.people[i].joints[k];
            assert_true(joint->found);
            assert_near(joint->q[0], 32 * i + 6.2 + k % 19, PLACE_CELLS);
            assert_near(joint->q[1], 5.3 + 7 * (k / 19), PLACE_CELLS);
        }
    rig_arena_release(&out);
    rig_arena_release(&scratch);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_joint_is_decoded),
        cmocka_unit_test(every_joint_is_triangulated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
