// What stands in the place of a file and is none: every reader refuses it at once, saying what it is. A pipe that
// nobody writes would hold it for ever, a device without end feed it.
#include "cv/cv.h"
#include "io/config.h"
#include "nn/net.h"
#include "tests/support/people_all.h"
#include "tests/unit/io/files.h"
#include "tests/unit/io/import_all.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { PATIENCE_S = 60 }; // a reader that hangs is killed

static rig_arena arena;
static rig_err err;

static const char *socket_make(const char *name) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const int handle = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", file_path(name));
    assert_int_equal(bind(handle, (const struct sockaddr *)&address, sizeof address), 0);
    close(handle);
    return file_path(name);
}

static const char *pipe_make(const char *name) {
    assert_int_equal(mkfifo(file_path(name), 0600), 0);
    return file_path(name);
}

static rig_status read_by(int reader, const char *path) {
    rig_config config;
    rig_feeds feeds;
    rig_corners_file corners;
    rig_view_camera camera = {.view = "c1"};
    rig_calibration calibration = {.n = 1, .cameras = &camera};
    rig_repairs repairs;
    rig_stereo stereo;
    rig_people2d people2d;
    rig_people3d people3d;
    rig_points_file points;
    rig_skeleton skeleton;
    rig_model model;
    rig_image image = {0};
    rig_video *video;
    rig_video_info info;
    rig_net *net;
    char *text, hex[65];
    size_t length;
    switch (reader) {
    case 0:
        return rig_config_read(path, &config, &arena, &err);
    case 1:
        return rig_feeds_read(path, &feeds, &arena, &err);
    case 2:
        return rig_corners_read(path, &corners, &arena, &err);
    case 3:
        return rig_covariance_read(path, &calibration, &arena, &err);
    case 4:
        return rig_repairs_read(path, &calibration, &repairs, &arena, &err);
    case 5:
        return rig_stereo_read(path, &stereo, &err);
    case 6:
        return people2d_read(path, &people2d, &arena, &err);
    case 7:
        return people3d_read(path, &people3d, &arena, &err);
    case 8:
        return rig_points_read(path, &points, &arena, &err);
    case 9:
        return rig_skeleton_read(path, &skeleton, &err);
    case 10:
        return rig_model_read(path, &model, &arena, &err);
    case 11:
        return import_read(path, import_layout("coco17"), &people2d, &arena, &err);
    case 12:
        return rig_cv_image_read(path, false, &image, NULL, &err);
    case 13:
        return rig_video_open(path, &video, &info, &err);
    case 14:
        return rig_net_open(path, "", &(rig_runtime){0}, &net, &err);
    case 15:
        return rig_file_read(path, &text, &length, &arena, &err);
    case 16:
        return rig_file_digest(path, hex, &err);
    default:
        return rig_calibration_read(path, &calibration, &arena, &err);
    }
}
enum { READERS = 18, IMPORT = 11 };

static void assert_refused(const char *path, const char *is) {
    for (int reader = 0; reader < READERS; reader++) {
        if (reader == IMPORT && rig_folder_exists(path)) // it reads folders, too
            continue;
        err.text[0] = 0;
        const rig_status status = read_by(reader, path);
        if (status != RIG_ERR_IO && status != RIG_ERR_CONFIG) // the rig YAML: wrong use
            fail_msg("reader %d of '%s' gave status %d: %s", reader, path, (int)status, err.text);
        assert_contains(err.text, path);
        assert_contains(err.text, is);
    }
}

static void every_reader_refuses_what_is_no_file(void **state) {
    (void)state;
    alarm(PATIENCE_S);
    assert_refused(pipe_make("pipe.yaml"), "it is a pipe, expected a regular file");
    assert_refused(socket_make("socket.yaml"), "it is a socket, expected a regular file");
    assert_refused("/dev/zero", "it is a device, expected a regular file");
    assert_refused(rig_test_folder(), "it is a folder, expected a regular file");
    assert_int_equal(symlink("pipe.yaml", file_path("link.yaml")), 0);
    assert_refused(file_path("link.yaml"), "it is a pipe, expected a regular file");
    assert_int_equal(symlink("round.yaml", file_path("round.yaml")), 0);
    assert_refused(file_path("round.yaml"), "Too many levels of symbolic links");
    alarm(0);
}

// A folder of frames with one that is a pipe.
static void a_frame_that_is_a_pipe_is_refused(void **state) {
    (void)state;
    rig_people2d people;
    alarm(PATIENCE_S);
    assert_int_equal(mkdir(file_path("frames"), 0700), 0);
    pipe_make("frames/000_keypoints.json");
    assert_int_equal(import_read(file_path("frames"), import_layout("body25"), &people, &arena, &err), RIG_ERR_IO);
    assert_contains(err.text, "000_keypoints.json': it is a pipe");
    alarm(0);
}

// What a file grows by while it is read is not read: who writes faster than we read would never let us go.
static void a_file_of_no_length_is_empty_whatever_it_gives(void **state) {
    (void)state;
    rig_config config;
    if (access("/proc/self/status", R_OK) != 0)
        return;
    assert_int_equal(rig_config_read("/proc/self/status", &config, &arena, &err), RIG_ERR_CONFIG);
    assert_contains(err.text, "an empty file, expected YAML");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reader_refuses_what_is_no_file),
        cmocka_unit_test(a_frame_that_is_a_pipe_is_refused),
        cmocka_unit_test(a_file_of_no_length_is_empty_whatever_it_gives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
