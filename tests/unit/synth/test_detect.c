#include "synth/scene.h"

#include "tests/support/support.h"
#include "tests/unit/synth/coco.h"

#include <stdlib.h>

typedef struct tally {
    int n_true, n_found, n_near; // joints in the picture; of those found; within 6 px
    int n_extra, n_frames;       // people found beyond those who are there
    double error, score_near, score_far;
    int n_far;
    double tag_within; // the spread in a person, sum over people
    int n_tags;
} tally;

static double person_tag(const rig_person2d *person, double *spread) {
    double sum = 0, low = INFINITY, high = -INFINITY;
    int n = 0;
    for (int j = 0; j < 17; j++)
        if (person->joints[j].found) {
            sum += person->joints[j].tag, n++;
            low = fmin(low, person->joints[j].tag), high = fmax(high, person->joints[j].tag);
        }
    *spread = high - low;
    return sum / n;
}

// The true person whose joints lie nearest, by the mean over the joints found; -1: nobody within 40 px.
static int person_of(const rig_person2d *found, const double (*q)[17][2], int n) {
    int best = -1;
    double least = 40;
    for (int i = 0; i < n; i++) {
        double sum = 0;
        int k = 0;
        for (int j = 0; j < 17; j++)
            if (found->joints[j].found)
                sum += hypot(found->joints[j].q[0] - q[i][j][0], found->joints[j].q[1] - q[i][j][1]), k++;
        if (sum / k < least) {
            least = sum / k;
            best = i;
        }
    }
    return best;
}

static void joints_count(tally *t, const rig_person2d *found, const double q[17][2]) {
    for (int j = 0; j < 17; j++) {
        t->n_true++;
        if (!found->joints[j].found)
            continue;
        const double error = hypot(found->joints[j].q[0] - q[j][0], found->joints[j].q[1] - q[j][1]);
        t->n_found++;
        if (error < 6) {
            t->n_near++;
            t->error += error * error;
            t->score_near += found->joints[j].score;
        } else {
            t->n_far++;
            t->score_far += found->joints[j].score;
        }
    }
}

static void frame_count(tally *t, const rig_synth *synth, int view, const rig_frame2d *frame) {
    const rig_frame3d *truth = &rig_synth_people(synth)->frames[frame->frame];
    const rig_view_camera *camera = &rig_synth_rig(synth)->cameras[view];
    double q[4][17][2], tags[8];
    for (int i = 0; i < truth->n; i++)
        for (int j = 0; j < 17; j++) {
            double p[3];
            rig_pose_apply(&camera->Rt_cam_world, truth->people[i].joints[j].p, p);
            if (!rig_camera_project(&camera->camera, p, q[i][j], NULL, NULL))
                q[i][j][0] = q[i][j][1] = 1e6;
        }
    t->n_frames++;
    for (int i = 0; i < frame->n; i++) {
        double spread;
        const int who = person_of(&frame->people[i], (const double(*)[17][2])q, truth->n);
        tags[i] = person_tag(&frame->people[i], &spread);
        t->tag_within += spread;
        t->n_tags++;
        for (int k = 0; k < i; k++)
            assert_true(fabs(tags[i] - tags[k]) > 0.1);
        if (who >= 0)
            joints_count(t, &frame->people[i], (const double(*)[2])q[who]);
        else
            t->n_extra++;
    }
}

static void check_common(const rig_people2d *people, const rig_synth_params *params) {
    assert_true(people->has_tags);
    assert_int_equal(people->n_frames, params->n_take);
    assert_int_equal(people->n_joints, 17);
    for (int f = 0; f < people->n_frames; f++) {
        assert_int_equal(people->frames[f].frame, f);
        for (int i = 0; i < people->frames[f].n; i++)
            for (int j = 0; j < 17; j++) {
                const rig_joint2d *joint = &people->frames[f].people[i].joints[j];
                assert_true(joint->score >= 0 && joint->score <= 1);
                if (joint->found) {
                    assert_true(joint->q[0] >= -0.5 && joint->q[0] < params->width - 0.5);
                    assert_true(joint->q[1] >= -0.5 && joint->q[1] < params->height - 0.5);
                }
            }
    }
}

static void test_what_is_found_is_a_fair_detector_s(void **state) {
    (void)state;
    rig_synth_params params = rig_synth_defaults();
    params.n_people = 3;
    const rig_skeleton skeleton = coco17();
    rig_synth *synth = NULL;
    rig_arena arena = {0};
    rig_err err = {""};
    tally t = {0};
    assert_ok(rig_synth_open(&params, &skeleton, &synth, &err));
    for (int v = 0; v < 6; v++) {
        rig_people2d people;
        assert_ok(rig_synth_people2d(synth, v, &people, &arena, &err));
        assert_string_equal(people.view, rig_synth_rig(synth)->cameras[v].view);
        check_common(&people, &params);
        for (int f = 0; f < people.n_frames; f++)
            frame_count(&t, synth, v, &people.frames[f]);
    }
    const double share = (double)t.n_found / t.n_true;
    assert_true(share > 0.75 && share < 0.95);                 // 5 % missed, more where hidden
    assert_near(sqrt(t.error / t.n_near), 1.5 * sqrt(2), 0.5); // px, in the plane
    assert_true(t.n_far < 0.05 * t.n_found && t.n_far > 0.002 * t.n_found);
    assert_true(t.score_near / t.n_near > t.score_far / t.n_far + 0.1);
    assert_near((double)t.n_extra / t.n_frames, 0.1, 0.04);
    assert_true(t.tag_within / t.n_tags < 0.7);
    rig_arena_release(&arena);
    rig_synth_close(synth);
}

static void test_the_same_is_found_again(void **state) {
    (void)state;
    const rig_synth_params params = small_params(5);
    const rig_skeleton skeleton = coco17();
    rig_synth *synth = NULL;
    rig_arena arena = {0};
    rig_err err = {""};
    rig_people2d a, b;
    assert_ok(rig_synth_open(&params, &skeleton, &synth, &err));
    assert_ok(rig_synth_people2d(synth, 2, &a, &arena, &err));
    assert_ok(rig_synth_people2d(synth, 2, &b, &arena, &err));
    for (int f = 0; f < a.n_frames; f++) {
        assert_int_equal(a.frames[f].n, b.frames[f].n);
        for (int i = 0; i < a.frames[f].n; i++)
            assert_memory_equal(a.frames[f].people[i].joints, b.frames[f].people[i].joints, 17 * sizeof(rig_joint2d));
    }
    rig_arena_release(&arena);
    rig_synth_close(synth);
}

static rig_status find_once(void *self, rig_err *err) {
    rig_arena arena = {0};
    rig_people2d people;
    rig_status status = rig_synth_people2d(self, 0, &people, &arena, err);
    rig_arena_release(&arena);
    return status;
}

static void test_each_allocation_may_fail(void **state) {
    (void)state;
    rig_synth_params params = small_params(5);
    params.n_take = 100;
    const rig_skeleton skeleton = coco17();
    rig_synth *synth = NULL;
    rig_err err = {""};
    assert_ok(rig_synth_open(&params, &skeleton, &synth, &err));
    assert_true(rig_test_each_allocation_fails(find_once, synth) >= 3);
    rig_synth_close(synth);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_found_is_a_fair_detector_s),
        cmocka_unit_test(test_the_same_is_found_again),
        cmocka_unit_test(test_each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
