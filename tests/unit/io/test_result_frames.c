// Results of many frames are folders of parts, which all readers take for the file.
#include "tests/support/people_all.h"
#include "tests/unit/io/files.h"

enum { PART = 20000, CHUNK = 999 };

static rig_people3d head(void) {
    static const char *const views[] = {"c1"};
    rig_people3d made = {.skeleton = "coco17", .n_joints = 17, .fps = 50, .n_views = 1, .views = views};
    return made;
}

// So many frames without people, from `first` on; every 777th has somebody.
static rig_status write_frames(const char *path, int first, int n, bool commit, rig_err *err) {
    static rig_frame3d frames[CHUNK];
    static rig_joint3d joints[17];
    static rig_person3d person = {.id = 1, .joints = joints};
    rig_people3d chunk = head();
    rig_people3d_writer *writer;
    RIG_TRY(rig_people3d_make(path, &chunk, NULL, &writer, err));
    chunk.frames = frames;
    rig_status status = RIG_OK;
    for (int f = 0; f < n && status == RIG_OK; f += chunk.n_frames) {
        chunk.n_frames = n - f < CHUNK ? n - f : CHUNK;
        for (int i = 0; i < chunk.n_frames; i++)
            frames[i] = (rig_frame3d){first + f + i, (f + i) % 777 == 0, &person};
        status = rig_people3d_add(writer, &chunk, err);
    }
    if (status == RIG_OK && commit)
        return rig_people3d_commit(writer, err);
    rig_people3d_drop(writer);
    return status;
}

static int files_in(const char *folder) {
    rig_arena arena = {NULL};
    rig_err err = {""};
    char **names;
    int n = -1;
    if (rig_folder_list(folder, "", &names, &n, &arena, &err) != RIG_OK)
        n = -1;
    rig_arena_release(&arena);
    return n;
}

static void assert_reads(const char *path, int first, int n) {
    rig_arena arena = {NULL};
    rig_err err = {""};
    rig_people3d people;
    assert_ok(people3d_read(path, &people, &arena, &err));
    assert_int_equal(people.n_frames, n);
    for (int f = 0; f < n; f++) {
        assert_int_equal(people.frames[f].frame, first + f);
        assert_int_equal(people.frames[f].n, f % 777 == 0);
    }
    rig_arena_release(&arena);
}

static bool is_wanted(const void *self, int frame) {
    return rig_frame_runs_have(self, frame);
}

static void assert_reads_wanted(const char *path, int n) {
    const rig_frame_runs runs = {100, 7};
    rig_arena arena = {NULL};
    rig_err err = {""};
    rig_people3d people;
    rig_people3d_reader *reader;
    int f = 0;
    assert_ok(rig_people3d_open(path, &reader, &people, &err));
    rig_people3d_want(reader, is_wanted, &runs);
    do {
        assert_ok(rig_people3d_next(reader, CHUNK, &people, &arena, &err));
        for (int i = 0; i < people.n_frames; i++, f++) {
            while (!rig_frame_runs_have(&runs, f))
                f++;
            assert_int_equal(people.frames[i].frame, f);
            assert_int_equal(people.frames[i].n, f % 777 == 0);
        }
    } while (people.n_frames > 0);
    for (; f < n; f++)
        assert_false(rig_frame_runs_have(&runs, f));
    rig_people3d_close(reader);
    rig_arena_release(&arena);
}

// Frames that are not wanted are passed over, in all parts, and where a file is not laid out as ours.
static void what_is_not_wanted_is_passed_over(void **state) {
    (void)state;
    enum { FEW = 700 };
    rig_err err;
    const char *path = file_path("wanted.yaml"), *other = file_path("wanted_too.yaml");
    assert_ok(write_frames(path, 0, 2 * PART + 5, true, &err));
    assert_reads_wanted(path, 2 * PART + 5);
    FILE *file = fopen(other, "wb");
    assert_non_null(file);
    fprintf(file, "schema: rigpose/people3d/1\nskeleton: coco17\nn_joints: 1\nfps: 50\nviews: [c1]\nframes: [");
    for (int f = 0; f < FEW; f++)
        fprintf(file, "{people: [%s], 'frame': %d},\n", f == 0 ? "{id: 1, joints: [null]}" : "", f);
    fprintf(file, "]\n");
    assert_int_equal(fclose(file), 0);
    assert_reads_wanted(other, FEW);
}

static void many_frames_are_parts(void **state) {
    (void)state;
    const char *path = file_path("many/70_people3d.yaml"), *folder = file_path("many/70_people3d");
    char hex[3][65];
    rig_err err = {""};
    rig_inputs inputs;
    bool has;
    assert_ok(rig_folder_make(file_path("many"), &err));
    assert_ok(write_frames(path, -5, PART, true, &err));
    assert_true(rig_file_exists(path) && !rig_folder_exists(folder));
    assert_ok(rig_result_digest(path, hex[0], &err));
    assert_ok(write_frames(path, -5, 2 * PART + 1, true, &err));
    assert_false(rig_file_exists(path));
    assert_true(rig_result_exists(path));
    assert_int_equal(files_in(folder), 3);
    assert_true(rig_file_exists(file_path("many/70_people3d/-00005.yaml")));
    assert_true(rig_file_exists(file_path("many/70_people3d/019995.yaml")));
    assert_true(rig_file_exists(file_path("many/70_people3d/039995.yaml")));
    assert_reads(path, -5, 2 * PART + 1);
    assert_ok(rig_result_digest(path, hex[1], &err));
    assert_string_not_equal(hex[0], hex[1]);
    assert_ok(rig_result_inputs(path, "rigpose/people3d/1", &inputs, &has, &err));
    assert_ok(write_frames(path, -2 * PART - 5, 2 * PART + 6, true, &err)); // parts below 0 are read in their order
    assert_reads(path, -2 * PART - 5, 2 * PART + 6);
    assert_ok(write_frames(path, 0, 2 * PART, true, &err)); // other parts take the place of those
    assert_int_equal(files_in(folder), 2);
    assert_reads(path, 0, 2 * PART);
    assert_ok(write_frames(path, 7, 3, true, &err)); // and a file that of all
    assert_reads(path, 7, 3);
    assert_int_equal(files_in(file_path("many")), 1);
}

static void what_is_dropped_leaves_nothing(void **state) {
    (void)state;
    const char *path = file_path("dropped/a.yaml");
    rig_err err = {""};
    assert_ok(rig_folder_make(file_path("dropped"), &err));
    assert_ok(write_frames(path, 0, 5, true, &err));
    assert_ok(write_frames(path, 0, PART + 5, false, &err));
    assert_int_equal(files_in(file_path("dropped")), 1);
    assert_reads(path, 0, 5);
}

static void parts_must_go_on(void **state) {
    (void)state;
    rig_arena arena = {NULL};
    rig_err err = {""};
    rig_people3d people;
    const char *path = file_path("odd.yaml");
    assert_ok(write_frames(path, 0, PART + 5, true, &err));
    file_put_text("odd/020000.yaml",
                  "schema: rigpose/people3d/1\nskeleton: other\nn_joints: 17\nframes: [{frame: 20000}]\n");
    assert_int_equal(people3d_read(path, &people, &arena, &err), RIG_ERR_FORMAT);
    assert_contains(err.text, "020000.yaml");
    assert_contains(err.text, "'other'");
    file_put_text("odd/020000.yaml", "schema: rigpose/people3d/1\nskeleton: coco17\nframes: [{frame: 19999}]\n");
    assert_int_equal(people3d_read(path, &people, &arena, &err), RIG_ERR_FORMAT);
    assert_contains(err.text, "020000.yaml:3: frames[0].frame: frame 19999 follows frame 19999");
    rig_arena_release(&arena);
}

static void a_lost_part_is_told(void **state) {
    (void)state;
    rig_arena arena = {NULL};
    rig_err err = {""};
    rig_people3d people;
    const char *path = file_path("lost.yaml");
    assert_ok(write_frames(path, 0, 2 * PART + 5, true, &err));
    assert_int_equal(remove(file_path("lost/020000.yaml")), 0);
    assert_int_equal(people3d_read(path, &people, &arena, &err), RIG_ERR_FORMAT);
    assert_contains(err.text, "040000.yaml");
    assert_contains(err.text, "part: 3, expected 2: a part of the result is missing");
    assert_int_equal(remove(file_path("lost/000000.yaml")), 0);
    assert_int_equal(people3d_read(path, &people, &arena, &err), RIG_ERR_FORMAT);
    assert_contains(err.text, "part: 3, expected 1");
    rig_arena_release(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_frames_are_parts),
        cmocka_unit_test(what_is_not_wanted_is_passed_over),
        cmocka_unit_test(what_is_dropped_leaves_nothing),
        cmocka_unit_test(parts_must_go_on),
        cmocka_unit_test(a_lost_part_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
