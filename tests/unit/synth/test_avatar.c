#include "tools/synth/avatar.h"

#include "tests/support/support.h"
#include "tests/unit/synth/viewpoint.h"

#include <string.h>

typedef struct person {
    rig_avatar body; // may not be moved
    rig_pose segments[RIG_SEGMENTS];
    rig_solid solids[RIG_AVATAR_PARTS_MAX];
    double p[RIG_AVATAR_JOINTS][3];
} person;

static void person_stand(person *who, uint64_t seed) {
    rig_rng rng = rig_rng_seed(seed, 1);
    const rig_build build = rig_build_draw(&rng);
    const rig_look look = rig_look_draw(&rng);
    rig_avatar_make(&who->body, &build, &look);
    rig_posture posture = {.Rt_world_pelvis = rig_pose_identity()};
    posture.Rt_world_pelvis.t[2] = build.at[RIG_SEGMENT_PELVIS][2];
    rig_posture_segments(&build, &posture, who->segments);
    rig_avatar_pose(&who->body, who->segments, 3, who->solids);
    rig_avatar_joints(&who->body, who->segments, who->p);
}

// How deep p lies in the body: negative inside, over all its solids.
static float outside(const person *who, const double p[3]) {
    rig_arena arena = {0};
    rig_viewpoint viewpoint;
    rig_err err = {""};
    assert_ok(viewpoint_open(&viewpoint, 16, 16, &arena, &err));
    double p_cam[3];
    rig_pose_apply(&viewpoint.Rt_cam_world, p, p_cam);
    float least = INFINITY;
    for (int i = 0; i < who->body.n; i++) {
        rig_vec3 normal;
        const rig_target target =
            rig_target_see(&who->solids[i], &viewpoint.camera, &viewpoint.rays, &viewpoint.Rt_cam_world);
        least = fminf(least, rig_target_distance(&target, rig_vec3_of(p_cam[0], p_cam[1], p_cam[2]), &normal));
    }
    rig_arena_release(&arena);
    return least;
}

static void test_joints_lie_in_the_flesh_and_those_of_the_face_on_it(void **state) {
    (void)state;
    static person who;
    for (uint64_t seed = 0; seed < 12; seed++) {
        person_stand(&who, seed);
        for (int j = 0; j < RIG_AVATAR_JOINTS; j++) {
            const float d = outside(&who, who.p[j]);
            if (j < 5 ? fabsf(d) > 0.015f && d > -0.03f : d > -0.005f)
                fail_msg("seed %d: %s lies %g m outside", (int)seed, rig_avatar_joint_names[j], (double)d);
        }
    }
}

static void test_a_body_is_as_high_as_its_stature(void **state) {
    (void)state;
    static person who;
    for (uint64_t seed = 0; seed < 12; seed++) {
        person_stand(&who, seed);
        const double h = who.body.build.stature_m, back = who.segments[RIG_SEGMENT_HEAD].t[2] / h - 0.885;
        const double head[3] = {0.008 * h, 0, (0.97 + back) * h}, over[3] = {0.008 * h, 0, (1.035 + back) * h};
        const double under[3] = {0.03, 0.05 * h, -0.02};
        assert_true(outside(&who, head) < 0);
        assert_true(outside(&who, over) > 0);
        assert_true(outside(&who, under) > 0);
    }
}

static void test_parts_know_their_own_neighbours_and_owner(void **state) {
    (void)state;
    static person who;
    int blended = 0;
    for (uint64_t seed = 0; seed < 30; seed++) {
        person_stand(&who, seed);
        assert_in_range(who.body.n, 30, RIG_AVATAR_PARTS_MAX);
        for (int i = 0; i < who.body.n; i++) {
            assert_int_equal(who.solids[i].owner, 3);
            assert_non_null(who.solids[i].faces[0]);
            for (int k = 0; k < RIG_SOLID_NEIGHBOURS && who.solids[i].neighbours[k]; k++) {
                assert_in_range(i + who.solids[i].neighbours[k], 0, who.body.n - 1);
                blended++;
            }
        }
    }
    assert_true(blended > 30 * 20);
}

static void test_looks_differ_and_clothes_differ_from_skin(void **state) {
    (void)state;
    bool sleeves[3] = {false}, legwear[3] = {false}, hairdos[5] = {false};
    for (uint64_t seed = 0; seed < 60; seed++) {
        rig_rng rng = rig_rng_seed(seed, 2);
        const rig_look look = rig_look_draw(&rng);
        sleeves[look.sleeves] = legwear[look.legwear] = hairdos[look.hairdo] = true;
        const rig_vec3 skin = look.stuff[RIG_STUFF_SKIN].colour, top = look.stuff[RIG_STUFF_TOP].colour;
        const rig_vec3 apart = rig_vec3_sub(skin, top);
        assert_true(rig_vec3_norm(apart) > 0.01f);
    }
    for (int i = 0; i < 5; i++)
        assert_true(hairdos[i] && (i >= 3 || (sleeves[i] && legwear[i])));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_joints_lie_in_the_flesh_and_those_of_the_face_on_it),
        cmocka_unit_test(test_a_body_is_as_high_as_its_stature),
        cmocka_unit_test(test_parts_know_their_own_neighbours_and_owner),
        cmocka_unit_test(test_looks_differ_and_clothes_differ_from_skin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
