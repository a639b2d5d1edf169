// How fast results of people are read and written on one core, beside passes over the same bytes that no reader can
// beat: counting lines, and SHA-256. One line each: what, megabytes, megabytes a CPU second, against the SHA-256 of
// that file. usage: bench_yaml FOLDER [FRAMES]: a made-up take of four views and two people; FOLDER is kept.
#include "tests/bench/clock.h"
#include "tests/support/long_take.h"

#include <stdlib.h>

enum { CHUNK = 500, BLOCK = 1 << 18 };

static double cpu_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double sha_mb_s; // of the file in hand

static void line_put(const char *what, const char *path, double seconds) {
    rig_file_stamp stamp = {0};
    if (!rig_file_stat(path, &stamp))
        return;
    const double mb = 1e-6 * (double)stamp.bytes, speed = mb / seconds;
    printf("%-22s %8.1f MB %8.0f MB/s  %5.2f of SHA-256\n", what, mb, speed, speed / sha_mb_s);
    fflush(stdout);
}

static rig_status passes(const char *path, rig_err *err) {
    static char block[BLOCK];
    char hex[65];
    long lines = 0;
    rig_file_stamp stamp = {0};
    FILE *f = fopen(path, "rb");
    if (!f || !rig_file_stat(path, &stamp))
        return rig_fail(err, RIG_ERR_IO, "cannot read '%s'", path);
    double start = cpu_s();
    for (size_t n; (n = fread(block, 1, BLOCK, f)) > 0;)
        for (const char *at = block; (at = memchr(at, '\n', (size_t)(block + n - at))); at++)
            lines++;
    const double counting = cpu_s() - start;
    fclose(f);
    start = cpu_s();
    RIG_TRY(rig_file_sha256(path, hex, err));
    const double hashing = cpu_s() - start;
    sha_mb_s = 1e-6 * (double)stamp.bytes / hashing;
    printf("%s: %ld lines\n", path, lines);
    line_put("  count lines", path, counting);
    line_put("  SHA-256", path, hashing);
    return RIG_OK;
}

// --- people in 2D --------------------------------------------------------------------------------

static rig_status people2d(const char *path, const char *copy, rig_err *err) {
    rig_people2d_reader *reader;
    rig_people2d_writer *writer;
    rig_people2d chunk, head;
    rig_arena arena = {0};
    double reading = 0, writing = 0, start = cpu_s();
    RIG_TRY(rig_people2d_open(path, &reader, &head, err));
    RIG_TRY(rig_people2d_make(copy, &head, NULL, &writer, err));
    do {
        rig_arena_clear(&arena);
        RIG_TRY(rig_people2d_next(reader, CHUNK, &chunk, &arena, err));
        reading += cpu_s() - start, start = cpu_s();
        RIG_TRY(rig_people2d_add(writer, &chunk, err));
        writing += cpu_s() - start, start = cpu_s();
    } while (chunk.n_frames > 0);
    start = cpu_s();
    RIG_TRY(rig_people2d_commit(writer, err));
    writing += cpu_s() - start;
    rig_people2d_close(reader);
    rig_arena_release(&arena);
    RIG_TRY(passes(copy, err));
    line_put("  people2d read", path, reading);
    line_put("  people2d written", copy, writing);
    return RIG_OK;
}

// --- people in 3D --------------------------------------------------------------------------------

// The next frames of people as a rig of four cameras might have measured them, elongated or not; n_frames = 0: the end.
static void frames_make(rig_people3d *people, int *next, int n_frames, bool moves) {
    static rig_frame3d frames[CHUNK];
    static rig_person3d persons[CHUNK][LONG_PEOPLE];
    static rig_joint3d joints[CHUNK][LONG_PEOPLE][COCO];
    static rig_joint_move movement[COCO];
    static const rig_movement moving = {movement, NULL};
    rig_rng rng = rig_rng_seed(6, (uint64_t)*next);
    for (int j = 0; j < COCO; j++)
        movement[j] = (rig_joint_move){true, true, {0.1234 * j, -1.5, 0.3}, {3.3, -0.12, 1.7777}};
    people->frames = frames, people->n_frames = 0;
    for (; people->n_frames < CHUNK && *next < n_frames; ++*next) {
        const int f = people->n_frames++;
        double p[LONG_PEOPLE][COCO][3];
        frames[f] = (rig_frame3d){*next, long_people_at(*next, LONG_FPS, p), persons[f]};
        for (int k = 0; k < LONG_PEOPLE; k++) {
            persons[f][k] = (rig_person3d){k + 1, joints[f][k], moves ? &moving : NULL};
            for (int j = 0; j < COCO; j++) {
                const double s = rig_rng_uniform(&rng, 0.004, 0.03), x = s * s;
                joints[f][k][j] = (rig_joint3d){RIG_JOINT_OK,
                                                {p[k][j][0], p[k][j][1], p[k][j][2]},
                                                s,
                                                rig_rng_uniform(&rng, 0.5, 1),
                                                rig_rng_uniform(&rng, 0.5, 4),
                                                15,
                                                {1.2 * x, 0.02 * x, -0.013 * x, 1.1 * x, 0.004 * x, 0.7 * x}};
            }
        }
    }
}

static rig_status people3d(const char *name, const char *path, int n_frames, bool all_cov, bool motion, rig_err *err) {
    static const char *const views[] = {"c1", "c2", "c3", "c4"};
    rig_people3d people = {.skeleton = "coco17",
                           .n_joints = COCO,
                           .fps = LONG_FPS,
                           .n_views = LONG_VIEWS,
                           .views = views,
                           .all_cov = all_cov,
                           .fine = motion};
    rig_people3d_writer *writer;
    rig_people3d_reader *reader;
    rig_arena arena = {0};
    char line[64];
    double writing = 0, start;
    int next = 0;
    RIG_TRY(rig_people3d_make(path, &people, NULL, &writer, err));
    while (next < n_frames) {
        frames_make(&people, &next, n_frames, motion);
        start = cpu_s();
        RIG_TRY(rig_people3d_add(writer, &people, err));
        writing += cpu_s() - start;
    }
    start = cpu_s();
    RIG_TRY(rig_people3d_commit(writer, err));
    writing += cpu_s() - start;
    RIG_TRY(passes(path, err));
    start = cpu_s();
    RIG_TRY(rig_people3d_open(path, &reader, &people, err));
    do {
        rig_arena_clear(&arena);
        RIG_TRY(rig_people3d_next(reader, CHUNK, &people, &arena, err));
    } while (people.n_frames > 0);
    const double reading = cpu_s() - start;
    rig_people3d_close(reader);
    rig_arena_release(&arena);
    snprintf(line, sizeof line, "  %s read", name);
    line_put(line, path, reading);
    snprintf(line, sizeof line, "  %s written", name);
    line_put(line, path, writing);
    return RIG_OK;
}

static rig_status run(const char *folder, int n_frames, rig_err *err) {
    static const struct {
        const char *name, *file;
        bool all_cov, motion;
    } files[] = {{"people3d", "70_people3d.yaml", false, false},
                 {"people3d in full", "70_full.yaml", true, false},
                 {"motion", "80_motion.yaml", false, true}};
    char path[1024], copy[1024];
    RIG_TRY(long_take_write(folder, "coco17", LONG_FPS, n_frames, 0, 0, err));
    snprintf(path, sizeof path, "%s/out/60_people2d/c1.yaml", folder);
    snprintf(copy, sizeof copy, "%s/copy.yaml", folder);
    RIG_TRY(people2d(path, copy, err));
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i].file);
        RIG_TRY(people3d(files[i].name, path, n_frames, files[i].all_cov, files[i].motion, err));
    }
    return RIG_OK;
}

int main(int argc, char **argv) {
    rig_err err = {""};
    const int n_frames = argc > 2 ? atoi(argv[2]) : 20000; // what one file has at most
    if (argc < 2 || n_frames < 1 || n_frames > 20000) {
        fprintf(stderr, "usage: bench_yaml FOLDER [FRAMES, at most 20000]\n");
        return 2;
    }
    if (run(argv[1], n_frames, &err) == RIG_OK)
        return 0;
    fprintf(stderr, "bench_yaml: %s\n", err.text);
    return 1;
}
