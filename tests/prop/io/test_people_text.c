// People are read from their text where it is laid out as ours, and by libyaml where it is not: both say the same, to
// the bit, of good files and of damaged ones. A comment with a byte that needs libyaml's eyes turns the first way off.
#include "tests/support/people_all.h"
#include "tests/unit/io/files.h"

enum { FILES = 3, FRAMES = 6, PEOPLE = 3, JOINTS = 5, DAMAGES = 3000 };
static const char OURS[] = "# laid out as ours\n", EYES[] = "# laid out as ours \xE2\x80\x90\n";
// Which of two faults of one file is told may differ: libyaml looks through the whole file first.
static const double TOLD_OTHERWISE = 0.02;

static const char *const VIEWS[] = {"c1", "c2", "left_3"};

static void joint2d_make(rig_rng *rng, rig_joint2d *joint) {
    *joint = (rig_joint2d){.found = rig_rng_uniform(rng, 0, 1) < 0.8};
    joint->q[0] = rig_rng_uniform(rng, -10, 2000), joint->q[1] = rig_rng_uniform(rng, 0, 1e5);
    joint->score = rig_rng_uniform(rng, 0, 1), joint->tag = rig_rng_normal(rng);
    joint->filled = joint->found && rig_rng_uniform(rng, 0, 1) < 0.2;
    joint->sigma_px = rig_rng_uniform(rng, 0, 1) < 0.5 ? rig_rng_uniform(rng, 0, 9) : 0;
    joint->n_others = rig_rng_uniform(rng, 0, 1) < 0.2 ? 2 : 0;
    for (int i = 0; i < joint->n_others; i++)
        joint->others[i] = (rig_other2d){{rig_rng_uniform(rng, 0, 99), 3}, 0.5, rig_rng_normal(rng)};
}

static const char *people2d_make(int kind, rig_arena *out) {
    rig_err err = {""};
    static rig_joint2d joints[FRAMES][PEOPLE][JOINTS];
    static rig_person2d people[FRAMES][PEOPLE];
    static rig_frame2d frames[FRAMES];
    rig_rng rng = rig_rng_seed(7, (uint64_t)kind);
    for (int f = 0; f < FRAMES; f++) {
        frames[f] = (rig_frame2d){3 * f, (f + kind) % (PEOPLE + 1), people[f]};
        for (int p = 0; p < PEOPLE; p++) {
            people[f][p] = (rig_person2d){rig_rng_uniform(&rng, 0, 1), joints[f][p]};
            for (int k = 0; k < JOINTS; k++)
                joint2d_make(&rng, &joints[f][p][k]);
        }
    }
    rig_people2d all = {"c1", "five", JOINTS, kind != 1, 0, FRAMES, frames};
    const char *path = rig_arena_printf(out, "%s/2d_%d.yaml", rig_test_folder(), kind);
    assert_ok(people2d_write(path, &all, NULL, &err));
    return path;
}

static void joint3d_make(rig_rng *rng, rig_joint3d *joint) {
    *joint =
        (rig_joint3d){.state = (rig_joint_state)(rig_rng_u32(rng) % RIG_JOINT_STATES), .views = rig_rng_u32(rng) % 8};
    for (int i = 0; i < 3; i++)
        joint->p[i] = rig_rng_uniform(rng, -5, 5);
    joint->sigma_m = rig_rng_uniform(rng, 0, 0.05), joint->score = rig_rng_uniform(rng, 0, 1);
    joint->rms_px = rig_rng_uniform(rng, -1, 9);
    joint->cov[0] = 1e-4, joint->cov[3] = 1e-6, joint->cov[5] = rig_rng_uniform(rng, 1e-6, 2e-4), joint->cov[1] = 1e-6;
}

static const char *people3d_make(int kind, rig_arena *out) {
    rig_err err = {""};
    static rig_joint3d joints[FRAMES][PEOPLE][JOINTS];
    static rig_person3d people[FRAMES][PEOPLE];
    static rig_frame3d frames[FRAMES];
    static const char *const angles[] = {"left_knee", "trunk"};
    static const rig_joint_move moves[JOINTS] = {{true, false, {1, 2, -0.5}, {0}},
                                                 {true, true, {3, 0, 1}, {9.81, 0, 0}}};
    static const rig_joint_angle known[] = {{true, 1.25}, {false, 0}};
    static const rig_movement movement = {(rig_joint_move *)(uintptr_t)moves, (rig_joint_angle *)(uintptr_t)known};
    rig_rng rng = rig_rng_seed(8, (uint64_t)kind);
    for (int f = 0; f < FRAMES; f++) {
        frames[f] = (rig_frame3d){2 * f - 3, (f + kind) % (PEOPLE + 1), people[f]};
        for (int p = 0; p < PEOPLE; p++) {
            people[f][p] = (rig_person3d){1 + 5 * p, joints[f][p], kind == 2 ? &movement : NULL};
            for (int k = 0; k < JOINTS; k++)
                joint3d_make(&rng, &joints[f][p][k]);
        }
    }
    rig_people3d all = {.skeleton = "five",
                        .n_joints = JOINTS,
                        .fps = 30,
                        .n_views = 3,
                        .views = VIEWS,
                        .n_frames = FRAMES,
                        .frames = frames,
                        .all_cov = kind == 0,
                        .fine = kind == 2,
                        .n_angles = 2,
                        .angles = angles};
    const char *path = rig_arena_printf(out, "%s/3d_%d.yaml", rig_test_folder(), kind);
    assert_ok(rig_people3d_write(path, &all, NULL, &err));
    return path;
}

// --- two ways ------------------------------------------------------------------------------------

static void assert_same_2d(const rig_people2d *a, const rig_people2d *b) {
    assert_true(a->n_frames == b->n_frames && a->n_joints == b->n_joints && a->has_tags == b->has_tags);
    for (int f = 0; f < a->n_frames; f++) {
        const rig_frame2d *x = &a->frames[f], *y = &b->frames[f];
        assert_true(x->frame == y->frame && x->n == y->n);
        for (int p = 0; p < x->n; p++) {
            assert_memory_equal(&x->people[p].score, &y->people[p].score, sizeof(double));
            assert_memory_equal(x->people[p].joints, y->people[p].joints, (size_t)a->n_joints * sizeof(rig_joint2d));
        }
    }
}

static void assert_same_3d(const rig_people3d *a, const rig_people3d *b) {
    assert_true(a->n_frames == b->n_frames && a->n_joints == b->n_joints && a->n_views == b->n_views);
    for (int v = 0; v < a->n_views; v++)
        assert_string_equal(a->views[v], b->views[v]);
    for (int f = 0; f < a->n_frames; f++) {
        const rig_frame3d *x = &a->frames[f], *y = &b->frames[f];
        assert_true(x->frame == y->frame && x->n == y->n);
        for (int p = 0; p < x->n; p++) {
            assert_int_equal(x->people[p].id, y->people[p].id);
            assert_memory_equal(x->people[p].joints, y->people[p].joints, (size_t)a->n_joints * sizeof(rig_joint3d));
        }
    }
}

// A text both ways; whether they say the same where it is refused.
static bool both_ways(const char *text, size_t n, bool in_3d) {
    rig_arena out = {NULL};
    rig_err errors[2] = {{""}, {""}};
    rig_status status[2];
    rig_people2d two[2];
    rig_people3d three[2];
    for (int way = 0; way < 2; way++) {
        const char *path = file_path("way.yaml"), *head = way ? EYES : OURS;
        remove(path); // a file written over is brought to the disk when it is closed
        FILE *f = fopen(path, "wb");
        assert_non_null(f);
        fputs(head, f);
        assert_int_equal(fwrite(text, 1, n, f), n);
        assert_int_equal(fclose(f), 0);
        status[way] = in_3d ? people3d_read(path, &three[way], &out, &errors[way])
                            : people2d_read(path, &two[way], &out, &errors[way]);
    }
    assert_int_equal(status[0], status[1]);
    if (status[0] == RIG_OK && in_3d)
        assert_same_3d(&three[0], &three[1]);
    else if (status[0] == RIG_OK)
        assert_same_2d(&two[0], &two[1]);
    rig_arena_release(&out);
    return status[0] == RIG_OK || strcmp(errors[0].text, errors[1].text) == 0;
}

// A byte or two changed, a piece taken out, doubled or moved.
static size_t damage_do(rig_rng *rng, char *text, size_t n) {
    static const char SIGNS[] = " ,:[]{}-+0123456789.enul#&*\"'\n\t~pjs";
    const size_t at = rig_rng_u32(rng) % n, k = 1 + rig_rng_u32(rng) % 40, size = at + k < n ? k : n - at;
    switch (rig_rng_u32(rng) % 4) {
    case 0:
        memmove(text + at, text + at + size, n - at - size);
        return n - size;
    case 1:
        memmove(text + at + size, text + at, n - at);
        return n + size;
    case 2:
        memmove(text + at + 1, text + at, n - at);
        text[at] = SIGNS[rig_rng_u32(rng) % (sizeof SIGNS - 1)];
        return n + 1;
    default:
        text[at] = SIGNS[rig_rng_u32(rng) % (sizeof SIGNS - 1)];
        return n;
    }
}

static void both_ways_say_the_same(void **state) {
    (void)state;
    rig_arena arena = {NULL};
    int otherwise = 0;
    for (int file = 0; file < 2 * FILES; file++) {
        size_t n;
        const bool in_3d = file % 2;
        const char *path = in_3d ? people3d_make(file / 2, &arena) : people2d_make(file / 2, &arena);
        char *text = file_text(path, &n, &arena), *damaged = RIG_NEW(&arena, char, n + 64);
        assert_true(both_ways(text, n, in_3d));
        rig_rng rng = rig_rng_seed(9, (uint64_t)file);
        for (int i = 0; i < DAMAGES / (2 * FILES); i++) {
            memcpy(damaged, text, n);
            otherwise += !both_ways(damaged, damage_do(&rng, damaged, n), in_3d);
        }
    }
    assert_true(otherwise <= TOLD_OTHERWISE * DAMAGES);
    rig_arena_release(&arena);
}

// --- the layouts -----------------------------------------------------------------------------------------------------

static const char HEAD2D[] = "schema: rigpose/people2d/1\nview: c1\nskeleton: two\nn_joints: 2\nframes:\n";
static const char HEAD3D[] = "schema: rigpose/people3d/1\nskeleton: two\nn_joints: 2\nviews: [a, b]\nframes:\n";

static void frames_that_are_nearly_ours(void **state) {
    (void)state;
    static const char *const frames2d[] = {
        "  - {\"frame\": 0, \"people\":[{\"joints\":[[1,2,0.5,1],null],\"others\":{\"1\":[[1,2,3,4]],0: "
        "[[1,2,3,4]]}}]}\n"
        "  - {\"frame\": 1, \"people\": [{\"score\" : 1, \"joints\": [[1, 2], null]}]}\n  - {frame: 2, people:[]}\n",
        "  - {frame: 0, people: [{joints: [[1, 2], null], others: {1:[[1, 2, 3, 4]]}}]}\n  - {frame: 1, people: []}\n",
        "  - {frame: 0, people: [{joints: [[1, 2], null]}]}\n  - {frame: 1}\n",
        "- frame: 0\n  people:\n  - {joints: [[1, 2, 0.5], null]}\n- frame: 1\n  people: []\n- frame: 2\n  people:\n",
        "  - frame: 0\n    people:\n      - {joints: [[1, 2, 0.5, null], null]}\n\n  - frame: 1\n    people: []\n",
        "  - {frame: 0, people: [{joints: [[1,2,0.5,1],[1.,.5,+1,-0]]},{joints: [null,null]}]} # c\n  - {frame: 1}\n",
        "  - {frame: 0, people: []}\n    - {frame: 1, people: []}\n  - {frame: 2, people: []}\n",
        "  - {frame: 0, people: []}\n - {frame: 1, people: []}\n",
        "  - {frame: 0, people: [{joints: [[1, 2], null], joints: [[1, 2], null]}]}\n  - {frame: 1, people: []}\n",
        "  - {frame: 0, people: [{joints: [[1, 2], null], filled: [1]}]}\n  - {frame: 1, people: []}\n",
        "  - {frame: 0, people: [{joints: [[1, 2], null], others: {\"1\": [[1, 2, 3, 4]]}, filled: [0]}]}\n  - {frame: "
        "1}\n",
        "  - {frame: 0, people: [{joints: [[1, 2], null], sigma_px: [0, null]}]}\n  - {frame: 1}\n",
        "  - {frame: 0, people: [{joints: [[1e300, 2], null]}]}\n  - {frame: 1, people: []}\n",
        "  - {frame: 0, people: [{joints: [[010, 2], null]}]}\n  - {frame: 1, people: []}\n",
        "  - {frame: 1, people: []}\n  - {frame: 1, people: []}\n  - {frame: 2, people: []}\n",
        "  - {frame: 0, people: [{joints: [[0.30000000000000004, 123456789012345678901, 1e-300], null]}]}\n  - {frame: "
        "1}\n",
        "  - &f {frame: 0, people: &p []}\n  - {frame: 1, people: *p}\n  - {frame: 2, people: []}\n  - *f\n",
        "  - {frame: 0, people: []}\n  - {frame: 1, people: &p []}\n  - {frame: 2, people: *p}\n  - {frame: 3, people: "
        "[]}\n",
        "  - {frame: 0, people: []}\n...\n",
        "  - {frame: 0, people: []}\n--- 1\n",
        "  - {frame: 0, people: []}\n  - {frame: 1, people: [{joints: [[1, 2], \"null\"]}]}\n  - {frame: 2, people: "
        "[]}\n",
    };
    static const char *const frames3d[] = {
        "  - {\"frame\": 0, \"people\": [{\"id\": 1, \"joints\": [{\"p_m\": [1, 2, 3], \"views\": [\"a\", b]}, "
        "{\"state\": \"filled\", \"p_m\":[0, 0, 0]}], \"angles_rad\": {\"knee\":1, trunk: null}}]}\n  - {frame: 1, "
        "people: []}\n",
        "  - {frame: 0, people: [{id: 1, joints: [{p_m: [1, 2, 3], views: [\"null\"]}, {state: null}]}]}\n  - {frame: "
        "1}\n",
        "  - {frame: 0, people: [{id: 1, joints: [{}, {state: behind}], angles_rad: {knee: 1, \"knee\": 2}}]}\n  - "
        "{frame: 1}\n",
        "  - {frame: 3, people: []}\n  - {frame: 2, people: []}\n  - {frame: 4, people: []}\n",
        "  - {frame: -3, people: [{id: 2, joints: [{p_m: [1, 2, 3], views: [b, a]}, null]}, {id: 1, joints: [{}, "
        "{}]}]}\n  - {frame: 1}\n",
        "  - {frame: 0, people: [{id: 1, joints: [{p_m: [1, 2, 3], views: [c]}, {state: filled, p_m: [0, 0, 0]}]}]}\n  "
        "- {frame: 1}\n",
        "  - {frame: 0, people: [{id: 1, joints: [{p_m: [1, 2, 3], views: [a, a]}, {state: behind}]}]}\n  - {frame: "
        "1}\n",
        "  - {frame: 0, people: [{id: 1, joints: [{state: few_views, p_m: [1, 2]}, {state: ok}]}]}\n  - {frame: 1}\n",
        "  - {frame: 0, people: [{id: 1, joints: [{state: lost}, {state: missing}]}]}\n  - {frame: 1, people: []}\n",
        "  - {frame: 0, people: [{id: 1, joints: [{p_m: [1, 2, 3], score: -1}, {state: missing, rms_px: 3}]}]}\n  - "
        "{frame: 1}\n",
        "  - {frame: 0, people: [{id: 1, joints: [{state: rejected}, {state: missing}]}, {id: 1, joints: [{}, {}]}]}\n "
        " - {frame: 1}\n",
        "  - {frame: 0, people: [{id: 1, joints: [{state: rejected}, {state: behind}], angles_rad: {a: 1, a: 2}}]}\n  "
        "- {frame: 1}\n",
        "  - {frame: 0, people: [{id: 1, joints: [{p_m: [1, 2, 3], cov_mm2: [1, 2, 3]}, {p_m: [1, 2, 3], sigma_m: "
        "0.01}]}]}\n  - {frame: 1}\n",
        "  - {frame: 0, people: [{id: 1, joints: [{p_m: [1, 2, 3], v_m_s: [1, x, 3]}, {state: behind}], more: [1]}]}\n "
        " - {frame: 1}\n",
    };
    rig_arena arena = {NULL};
    for (size_t i = 0; i < sizeof frames2d / sizeof *frames2d; i++) {
        const char *text = rig_arena_printf(&arena, "%s%s", HEAD2D, frames2d[i]);
        if (!both_ways(text, strlen(text), false))
            fail_msg("refused otherwise: %s", text);
    }
    for (size_t i = 0; i < sizeof frames3d / sizeof *frames3d; i++) {
        const char *text = rig_arena_printf(&arena, "%s%s", HEAD3D, frames3d[i]);
        if (!both_ways(text, strlen(text), true))
            fail_msg("refused otherwise: %s", text);
    }
    rig_arena_release(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ways_say_the_same),
        cmocka_unit_test(frames_that_are_nearly_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
