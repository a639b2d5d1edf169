#include "io/file.h"
#include "io/lock.h"

#include "tests/support/support.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char folder[512], file[600];

static void never_lost(const char *path) {
    fail_msg("'%s' is said to be lost", path);
}

static rig_status take(rig_lock *lock, bool *busy, rig_err *err) {
    return rig_lock_take(lock, folder, "rigpose run \"a b\"", never_lost, busy, err);
}

static int setup(void **state) {
    (void)state;
    snprintf(folder, sizeof folder, "%s/out", rig_test_folder());
    snprintf(file, sizeof file, "%s/run.lock", folder);
    rig_err err;
    return rig_folder_make(folder, &err) == RIG_OK ? 0 : -1;
}

static void age(double seconds) {
    struct timespec at[2] = {{0}, {0}};
    clock_gettime(CLOCK_REALTIME, &at[0]);
    at[0].tv_sec -= (time_t)seconds;
    at[1] = at[0];
    assert_int_equal(utimensat(AT_FDCWD, file, at, 0), 0);
}

// Holders as another run would have written them: of this process, but for what `change` does to it.
static void plant(void (*change)(rig_lock_holder *)) {
    rig_lock_holder other;
    rig_err err = {""};
    const int at = open(folder, O_RDONLY | O_DIRECTORY);
    assert_ok(rig_lock_holder_self(&other, at, "rigpose corners x", true, &err));
    close(at);
    change(&other);
    const int handle = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    assert_ok(rig_lock_holder_write(&other, handle, file, &err));
    close(handle);
}

static void is_whole(rig_lock_holder *other) {
    (void)other;
}
static void has_no_flock(rig_lock_holder *other) {
    other->flocked = false;
}
static void has_another_start(rig_lock_holder *other) {
    other->flocked = false;
    memcpy(other->started, "1", 2);
}
static void is_another_container(rig_lock_holder *other) {
    memcpy(other->space, "pid:[1]", 8);
}
static void is_another_mount(rig_lock_holder *other) {
    memcpy(other->space, "pid:[1]", 8);
    memcpy(other->place, "1:2", 4);
}
static void is_another_host(rig_lock_holder *other) {
    memcpy(other->boot, "another", 8);
    memcpy(other->host, "far", 4);
}
static void has_no_number(rig_lock_holder *other) {
    other->flocked = false;
    memcpy(other->process, "none", 5);
}

static void one_at_a_time(void **state) {
    (void)state;
    rig_lock first = {0}, second = {0};
    rig_err err = {""};
    bool busy;
    char number[32], **names;
    int n;
    rig_arena arena = {0};
    assert_ok(take(&first, &busy, &err));
    assert_false(busy);
    assert_int_equal(take(&second, &busy, &err), RIG_ERR_IO);
    assert_true(busy);
    assert_false(second.held);
    snprintf(number, sizeof number, "process %ld on host", (long)getpid());
    assert_contains(err.text, number);
    assert_contains(err.text, "rigpose run \"a b\"");
    rig_lock_release(&second);
    rig_lock_release(&first);
    rig_lock_release(&first);
    assert_ok(rig_folder_list(folder, "", &names, &n, &arena, &err));
    assert_int_equal(n, 0);
    assert_ok(take(&first, &busy, &err));
    rig_lock_stopped();
    assert_false(rig_file_exists(file));
    rig_lock_release(&first);
    rig_arena_release(&arena);
}

typedef struct planted {
    const char *what;
    void (*change)(rig_lock_holder *);
    bool fresh, old; // whether it is taken over: just written; beyond its lease
} planted;

static void what_the_dead_hold_is_taken_over(void **state) {
    (void)state;
    static const planted all[] = {
        {"of this system and folder: its flock is gone", is_whole, true, true},
        {"without a flock, of a process that lives", has_no_flock, false, false},
        {"without a flock, of a process whose number came again", has_another_start, true, true},
        {"without a flock, of no process", has_no_number, true, true},
        {"of a container with the same folder", is_another_container, true, true},
        {"of a container with another mount", is_another_mount, false, true},
        {"of a host", is_another_host, false, true},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        for (int old = 0; old < 2; old++) {
            rig_lock lock = {0};
            rig_err err = {""};
            bool busy;
            plant(all[i].change);
            age(old ? RIG_LOCK_LEASE_S + 2 : RIG_LOCK_LEASE_S - 20);
            const bool taken = take(&lock, &busy, &err) == RIG_OK;
            if (taken != (old ? all[i].old : all[i].fresh) || taken == busy)
                fail_msg("%s, %s: taken %d, busy %d: %s", all[i].what, old ? "old" : "fresh", taken, busy, err.text);
            rig_lock_release(&lock);
            remove(file);
        }
}

static void what_is_no_lock_lasts_a_lease(void **state) {
    (void)state;
    static const char *const texts[] = {"", "schema: rigpose/lock/1\n", "[", "schema: rigpose/lock/1\nnumber: [1]\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        rig_lock lock = {0};
        rig_err err = {""};
        bool busy;
        FILE *stream = fopen(file, "w");
        fputs(texts[i], stream);
        fclose(stream);
        assert_int_equal(take(&lock, &busy, &err), RIG_ERR_IO);
        assert_true(busy);
        assert_contains(err.text, "last seen 0 s ago");
        age(RIG_LOCK_LEASE_S + 2);
        assert_ok(take(&lock, &busy, &err));
        rig_lock_release(&lock);
    }
}

// Many at once find a lock beyond its lease: while one has it, none of the others does.
static void one_of_many_takes_over(void **state) {
    (void)state;
    enum { MANY = 8 };
    int held[2], n = 0;
    char byte;
    assert_int_equal(pipe(held), 0);
    plant(is_another_host);
    age(RIG_LOCK_LEASE_S + 2);
    for (int i = 0; i < MANY; i++) {
        if (fork() != 0)
            continue;
        rig_lock lock = {0};
        bool busy;
        if (take(&lock, &busy, NULL) == RIG_OK && write(held[1], "x", 1) == 1)
            sleep(RIG_LOCK_SETTLE_S + 1); // until all others have tried
        _exit(0);
    }
    close(held[1]);
    while (wait(NULL) > 0)
        ;
    while (read(held[0], &byte, 1) == 1)
        n++;
    close(held[0]);
    assert_int_equal(n, 1);
    remove(file);
}

static rig_status work(void *self, rig_err *err) {
    rig_lock lock = {0};
    bool busy;
    (void)self;
    const rig_status status = take(&lock, &busy, err);
    rig_lock_release(&lock);
    return status;
}

static void memory_may_be_out(void **state) {
    (void)state;
    rig_lock lock = {0};
    rig_err err = {""};
    bool busy;
    assert_true(rig_test_each_allocation_fails(work, NULL) > 0);
    assert_ok(take(&lock, &busy, &err)); // one that could not be read at its release is taken over
    rig_lock_release(&lock);
    assert_false(rig_file_exists(file));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_at_a_time),
        cmocka_unit_test(what_the_dead_hold_is_taken_over),
        cmocka_unit_test(what_is_no_lock_lasts_a_lease),
        cmocka_unit_test(one_of_many_takes_over),
        cmocka_unit_test(memory_may_be_out),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
