#include "app/background.h"

#include "tests/support/support.h"

#include <omp.h>

enum { JOBS = 200 };

typedef struct task {
    int n, ran;
    bool fails;
} task;

static rig_status task_run(void *self, rig_err *err) {
    task *t = self;
    t->ran++;
    return t->fails ? rig_fail(err, RIG_ERR_DATA, "task %d fails", t->n) : RIG_OK;
}

// Each job is done once, and its outcome is its own, with helpers and without.
static void jobs_are_done(int threads) {
    static task tasks[JOBS];
    static rig_background_job jobs[JOBS];
    rig_background *background;
    rig_err err;
    omp_set_num_threads(threads);
    assert_ok(rig_background_open(&background, &err));
    for (int i = 0; i < JOBS; i++) {
        tasks[i] = (task){.n = i, .fails = i % 7 == 3};
        jobs[i] = (rig_background_job){.run = task_run, .self = &tasks[i]};
        rig_background_start(background, &jobs[i]);
    }
    for (int i = JOBS - 1; i >= 0; i--) {
        const rig_status status = rig_background_finish(background, &jobs[i], &err);
        assert_int_equal(status, i % 7 == 3 ? RIG_ERR_DATA : RIG_OK);
        assert_int_equal(tasks[i].ran, 1);
        if (i == 3)
            assert_string_equal(err.text, "task 3 fails");
    }
    assert_ok(rig_background_finish(background, &jobs[0], &err)); // nothing to wait for
    rig_background_start(background, &jobs[0]);
    assert_ok(rig_background_finish(background, &jobs[0], &err));
    assert_int_equal(tasks[0].ran, 2);
    rig_background_close(background);
}

static void jobs_are_done_by_any_number_of_threads(void **state) {
    (void)state;
    for (int threads = 1; threads <= 4; threads++)
        jobs_are_done(threads);
}

// A job that is not finished is whole or has not begun once the background is closed.
static void closing_waits(void **state) {
    (void)state;
    static task tasks[JOBS];
    static rig_background_job jobs[JOBS];
    rig_background *background;
    rig_err err;
    omp_set_num_threads(3);
    assert_ok(rig_background_open(&background, &err));
    for (int i = 0; i < JOBS; i++) {
        tasks[i] = (task){.n = i};
        jobs[i] = (rig_background_job){.run = task_run, .self = &tasks[i]};
        rig_background_start(background, &jobs[i]);
    }
    rig_background_close(background);
    for (int i = 0; i < JOBS; i++) {
        assert_true(tasks[i].ran <= 1);
        assert_true(i == 0 || tasks[i].ran <= tasks[i - 1].ran); // in the order they were started
    }
    rig_background_close(NULL);
}

static void no_memory_is_told(void **state) {
    (void)state;
    rig_background *background;
    rig_err err;
    rig_arena_fail_after(1);
    assert_int_equal(rig_background_open(&background, &err), RIG_ERR_MEMORY);
    rig_arena_fail_after(0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jobs_are_done_by_any_number_of_threads),
        cmocka_unit_test(closing_waits),
        cmocka_unit_test(no_memory_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
