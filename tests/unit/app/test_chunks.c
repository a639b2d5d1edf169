// Takes are worked in chunks: no result depends on how large they are, and no memory on how long the take is.
#include "app/stages.h"
#include "tests/support/long_take.h"
#include "tests/support/people_all.h"
#include "tests/unit/io/files.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const RESULTS[] = {"70_people3d.yaml", "75_watch.yaml", "80_motion.yaml"};
enum { N_RESULTS = sizeof RESULTS / sizeof *RESULTS };
static const long MORE_KB = 6 * 1024; // arenas double, and a page is not a number

static rig_status stage_run(rig_session *session, const char *name, rig_err *err) {
    const rig_stage_options options = {0};
    return rig_stage_run(session, rig_stage_find(name), &options, err);
}

static void take_run(const char *folder, int chunk_frames, int n_stages) {
    static const char *const stages[] = {"triangulate", "watch", "refine"};
    char path[1024];
    rig_session session;
    rig_err err = {""};
    snprintf(path, sizeof path, "%s/rig.yaml", folder);
    assert_ok(rig_session_open(path, &session, &err));
    session.chunk_frames = chunk_frames;
    for (int i = 0; i < n_stages; i++)
        assert_ok(stage_run(&session, stages[i], &err));
    rig_session_release(&session);
}

static const char *take_make(const char *name, int n_frames, int gap_at, int gap) {
    rig_err err = {""};
    const char *folder = file_path(name);
    char here[512], skeleton[1024]; // beside a test there are none
    assert_non_null(getcwd(here, sizeof here));
    snprintf(skeleton, sizeof skeleton, "%s/configs/skeletons/coco17.yaml", here);
    assert_ok(long_take_write(folder, skeleton, LONG_FPS, n_frames, gap_at, gap, &err));
    return folder;
}

static char *result_read(const char *folder, const char *name, size_t *n, rig_arena *arena) {
    char path[1024], *text = NULL;
    rig_err err = {""};
    snprintf(path, sizeof path, "%s/out/%s", folder, name);
    assert_ok(rig_file_read(path, &text, n, arena, &err));
    return text;
}

static void results_do_not_depend_on_the_chunk(void **state) {
    (void)state;
    static const int chunks[] = {500, 64, 7};
    const char *folder = take_make("chunked", 700, 0, 0);
    rig_arena arena = {NULL};
    char *first[N_RESULTS];
    size_t n_first[N_RESULTS], n;
    for (int c = 0; c < 3; c++) {
        take_run(folder, chunks[c], N_RESULTS);
        for (int i = 0; i < N_RESULTS; i++) {
            char *text = result_read(folder, RESULTS[i], &n, &arena);
            if (c == 0)
                first[i] = text, n_first[i] = n;
            assert_int_equal(n, n_first[i]);
            assert_memory_equal(text, first[i], n);
        }
    }
    rig_arena_release(&arena);
}

// Two halves of a take two days apart: nothing is made of the time between, and nothing is lost of the halves.
static void a_far_frame_costs_nothing_for_those_between(void **state) {
    (void)state;
    const char *folder = take_make("far", 120, 60, 9999900);
    rig_people3d people;
    rig_arena arena = {NULL};
    rig_err err = {""};
    char path[1024];
    take_run(folder, 50, N_RESULTS);
    for (int i = 0; i < N_RESULTS; i += 2) {
        snprintf(path, sizeof path, "%s/out/%s", folder, RESULTS[i]);
        assert_ok(people3d_read(path, &people, &arena, &err));
        assert_int_equal(people.n_frames, 120);
        assert_int_equal(people.frames[59].frame, 59);
        assert_int_equal(people.frames[60].frame, 60 + 9999900);
        assert_true(people.frames[59].n > 0 && people.frames[119].n > 0);
    }
    // Up to a thousand frames that no view has are moments without people, as they always were.
    folder = take_make("near", 120, 60, 1000);
    take_run(folder, 50, N_RESULTS);
    snprintf(path, sizeof path, "%s/out/%s", folder, RESULTS[0]);
    assert_ok(people3d_read(path, &people, &arena, &err));
    assert_int_equal(people.n_frames, 1120);
    assert_int_equal(people.frames[700].n, 0);
    rig_arena_release(&arena);
}

// The most memory, KiB, that a process of its own needs for the take.
static long peak_kb(const char *folder) {
    struct rusage usage;
    int status;
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        take_run(folder, 100, 1);
        getrusage(RUSAGE_SELF, &usage);
        FILE *file = fopen(file_path("peak"), "w");
        if (file)
            fprintf(file, "%ld", usage.ru_maxrss), fclose(file);
        _exit(file ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    FILE *file = fopen(file_path("peak"), "r");
    long kb = 0;
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%ld", &kb), 1);
    fclose(file);
    return kb;
}

static void twice_the_frames_need_no_more_memory(void **state) {
    (void)state;
#ifdef __SANITIZE_ADDRESS__
    rig_test_leave_out("the address sanitizer holds back what is freed: memory cannot be measured");
    return;
#endif
    long once = peak_kb(take_make("once", 1000, 0, 0)), twice = peak_kb(take_make("twice", 2000, 0, 0));
    print_message("triangulate: %ld KiB for 1000 frames, %ld KiB for 2000\n", once, twice);
    assert_true(twice <= once + MORE_KB);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(twice_the_frames_need_no_more_memory), // first: threads do not outlive a fork
        cmocka_unit_test(results_do_not_depend_on_the_chunk),
        cmocka_unit_test(a_far_frame_costs_nothing_for_those_between),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
