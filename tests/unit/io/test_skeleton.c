#include "io/results.h"
#include "pose/model.h"

#include "tests/unit/io/files.h"

#include <dirent.h>

static rig_skeleton shipped(const char *name) {
    rig_skeleton skeleton;
    rig_err err = {""};
    char path[256];
    snprintf(path, sizeof path, "configs/skeletons/%s.yaml", name);
    assert_ok(rig_skeleton_read(path, &skeleton, &err));
    assert_string_equal(skeleton.name, name);
    return skeleton;
}

// left_x and right_x are partners, all others their own.
static void assert_mirrors_by_name(const rig_skeleton *s) {
    for (int i = 0; i < s->n; i++) {
        const char *name = s->names[i], *partner = s->names[s->flip[i]];
        if (strncmp(name, "left_", 5) == 0)
            assert_int_equal(strncmp(partner, "right_", 6) == 0 && strcmp(partner + 6, name + 5) == 0, 1);
        else if (strncmp(name, "right_", 6) == 0)
            assert_int_equal(strncmp(partner, "left_", 5) == 0 && strcmp(partner + 5, name + 6) == 0, 1);
        else // of a face: the mirror of its limbs tells whether these are partners
            assert_true(s->flip[i] == i || (strncmp(name, "face-", 5) == 0 && strncmp(partner, "face-", 5) == 0));
    }
}

// The mirror of a limb is a limb, and no limb stands twice.
static void assert_limbs_mirror(const rig_skeleton *s) {
    for (int i = 0; i < s->n_limbs; i++) {
        int a = s->flip[s->limbs[i][0]], b = s->flip[s->limbs[i][1]], mirrored = 0, same = 0;
        for (int k = 0; k < s->n_limbs; k++) {
            const int *limb = s->limbs[k];
            mirrored += (limb[0] == a && limb[1] == b) || (limb[0] == b && limb[1] == a);
            same += (limb[0] == s->limbs[i][0] && limb[1] == s->limbs[i][1]) ||
                    (limb[0] == s->limbs[i][1] && limb[1] == s->limbs[i][0]);
        }
        assert_int_equal(mirrored, 1);
        assert_int_equal(same, 1);
    }
}

// Of a network with a heatmap and a tag a joint.
static void assert_a_network_may_have_it(const rig_skeleton *s) {
    rig_err err = {""};
    rig_model model = {.file = "net.onnx",
                       .skeleton = *s,
                       .input_width = 64,
                       .input_height = 64,
                       .multiple_of = 1,
                       .scale = 1,
                       .std = {1, 1, 1},
                       .tag_dim = 1,
                       .tags_per_joint = true,
                       .n_outputs = 1,
                       .decode = rig_decode_defaults()};
    model.outputs[0] = (rig_model_output){.stride = 4, .heatmaps = {0, s->n}, .tags = {s->n, 2 * s->n}};
    for (int k = 0; k < s->n; k++)
        model.group_order[k] = k;
    assert_ok(rig_model_check(&model, &err));
}

static int count_shipped(void) {
    DIR *folder = opendir("configs/skeletons");
    int n = 0;
    assert_non_null(folder);
    for (const struct dirent *entry; (entry = readdir(folder));)
        n += strstr(entry->d_name, ".yaml") != NULL;
    closedir(folder);
    return n;
}

static void test_shipped_skeletons_are_whole(void **state) {
    (void)state;
    const struct {
        const char *name;
        int n, n_limbs;
    } skeletons[] = {{"coco17", 17, 19}, {"point", 1, 0},        {"wand", 2, 1},       {"coco19", 19, 20},
                     {"body25", 25, 24}, {"shelf14", 14, 14},    {"halpe26", 26, 27},  {"wholebody133", 133, 131},
                     {"coco18", 18, 17}, {"body25b", 25, 26},    {"body135", 135, 66}, {"halpe136", 136, 69},
                     {"mpii16", 16, 15}, {"mpi15", 15, 14},      {"aic14", 14, 13},    {"crowdpose14", 14, 13},
                     {"h36m17", 17, 16}, {"blazepose33", 33, 27}};
    const int n = sizeof skeletons / sizeof *skeletons;
    for (int i = 0; i < n; i++) {
        rig_skeleton s = shipped(skeletons[i].name);
        assert_int_equal(s.n, skeletons[i].n);
        assert_int_equal(s.n_limbs, skeletons[i].n_limbs);
        assert_mirrors_by_name(&s);
        assert_limbs_mirror(&s);
        assert_a_network_may_have_it(&s);
    }
    assert_int_equal(count_shipped(), n);
}

// In the order of the published networks: the joints that are not told by their names' order.
static void test_halpe_and_whole_body_begin_with_coco(void **state) {
    (void)state;
    const rig_skeleton coco = shipped("coco17"), halpe = shipped("halpe26"), whole = shipped("wholebody133");
    for (int k = 0; k < coco.n; k++) {
        assert_string_equal(halpe.names[k], coco.names[k]);
        assert_string_equal(whole.names[k], coco.names[k]);
        assert_near(halpe.sigma[k], coco.sigma[k], 0);
        assert_near(whole.sigma[k], coco.sigma[k], 0);
    }
    assert_int_equal(rig_skeleton_find(&halpe, "neck"), 18);
    assert_int_equal(rig_skeleton_find(&halpe, "right_heel"), 25);
    assert_int_equal(rig_skeleton_find(&whole, "left_heel"), 19);
    assert_int_equal(rig_skeleton_find(&whole, "face-0"), 23);
    assert_int_equal(rig_skeleton_find(&whole, "left_hand_root"), 91);
    assert_int_equal(rig_skeleton_find(&whole, "right_pinky_finger4"), 132);
}

static void test_shelf14_is_in_coco_as_published(void **state) {
    (void)state;
    const int published[] = {16, 14, 12, 11, 13, 15, 10, 8, 6, 5, 7, 9, -1, -1};
    rig_skeleton coco = shipped("coco17"), shelf = shipped("shelf14");
    int source_of[RIG_JOINTS_MAX];
    assert_int_equal(rig_skeleton_map(&coco, &shelf, source_of), 12);
    for (int i = 0; i < 14; i++)
        assert_int_equal(source_of[i], published[i]);
}

static const char SMALL[] = "schema: rigpose/skeleton/1\n"
                            "name: small\n"
                            "joints: [a, left, right]\n"
                            "flip: [a, 2, left]\n"
                            "sigmas: [0.1, 0.2, 0.2]\n"
                            "limbs: [[a, left], [0, 2]]\n";

static rig_status read_skeleton(const char *path, rig_arena *out, rig_err *err) {
    (void)out;
    rig_skeleton skeleton;
    return rig_skeleton_read(path, &skeleton, err);
}

static void test_joints_are_named_or_counted(void **state) {
    (void)state;
    rig_skeleton s;
    rig_err err = {""};
    assert_ok(rig_skeleton_read(file_put_text("small.yaml", SMALL), &s, &err));
    const int flip[] = {0, 2, 1}, limbs[][2] = {{0, 1}, {0, 2}};
    assert_memory_equal(s.flip, flip, sizeof flip);
    assert_memory_equal(s.limbs, limbs, sizeof limbs);
    assert_ok(rig_skeleton_read(file_put_text("least.yaml", "schema: rigpose/skeleton/1\nname: x\njoints: [a, b]\n"),
                                &s, &err));
    assert_int_equal(s.flip[1], 1);
    assert_true(s.sigma[1] > 0);
    assert_int_equal(s.n_limbs, 0);
}

static void test_damaged_files_are_refused_by_line_and_key(void **state) {
    (void)state;
    static const damage damages[] = {
        {"skeleton/1", "skeleton/2", 1, "schema: "},
        {"name: small", "nam: small", 2, "nam: unknown key"},
        {"name: small\n", "", 0, "'name' is missing"},
        {"[a, left, right]", "[]", 3, "joints: 0 joints"},
        {"[a, left, right]", "[a, left, left]", 3, "joints[2]: duplicate joint 'left'"},
        {"[a, 2, left]", "[a, 2]", 4, "flip: 2 joints, expected 3"},
        {"[a, 2, left]", "[a, 2, a]", 4, "flip[1]: the mirror of 'left' is 'right', whose mirror is 'a'"},
        {"[a, 2, left]", "[a, 2, 3]", 4, "flip[2]: '3'"},
        {"[0.1, 0.2, 0.2]", "[0.1, 0.2, 0]", 5, "sigmas[2]: "},
        {"[0.1, 0.2, 0.2]", "[0.1, 0.2]", 5, "sigmas: "},
        {"[0, 2]]", "[0, b]]", 6, "limbs[1][1]: 'b'"},
        {"[0, 2]]", "[0, 0]]", 6, "limbs[1]: joint 'a' twice"},
        {"[0, 2]]", "[0]]", 6, "limbs[1]: 1 joints"},
    };
    assert_refuses_as(RIG_ERR_CONFIG, read_skeleton, SMALL, damages, sizeof damages / sizeof *damages);
    assert_survives_damage(read_skeleton, file_put_text("small.yaml", SMALL));
}

static rig_status read_sample(void *self, rig_err *err) {
    return read_skeleton(self, NULL, err);
}

static void test_failed_allocations_are_reported(void **state) {
    (void)state;
    char *path = (char *)(uintptr_t)file_put_text("small.yaml", SMALL);
    assert_true(rig_test_each_allocation_fails(read_sample, path) > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shipped_skeletons_are_whole),
        cmocka_unit_test(test_halpe_and_whole_body_begin_with_coco),
        cmocka_unit_test(test_shelf14_is_in_coco_as_published),
        cmocka_unit_test(test_joints_are_named_or_counted),
        cmocka_unit_test(test_damaged_files_are_refused_by_line_and_key),
        cmocka_unit_test(test_failed_allocations_are_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
