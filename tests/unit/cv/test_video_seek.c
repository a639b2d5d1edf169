// rig_video_seek: the frame that decoding all before it gives, to the bit; or no seek. ffmpeg makes the videos.
#include "cv/cv.h"
#include "tests/unit/cv/pictures.h"

#include <stdio.h>

enum { FRAMES = 420 };

static rig_err err;

static int setup(void **state) {
    (void)state;
    rig_cv_init();
    return 0;
}

static bool video_make(const char *path, const char *options) {
    char command[1024];
    snprintf(command, sizeof command,
             "ffmpeg -nostdin -v quiet -y -f lavfi -i testsrc2=size=96x64:rate=30 -frames:v %d %s '%s' >/dev/null 2>&1",
             (int)FRAMES, options, path);
    return system(command) == 0;
}

static rig_image frame_copy(const rig_image *frame) {
    rig_image copy = {0};
    assert_ok(rig_image_rotate(frame, 0, &copy, &err));
    return copy;
}

// Frame n and the one after it, in the order of decoding.
static bool pair_read(rig_video *video, rig_image pair[2]) {
    for (int i = 0; i < 2; i++) {
        rig_image frame;
        bool got;
        assert_ok(rig_video_read(video, &frame, &got, &err));
        if (!got)
            return false;
        pair[i] = frame_copy(&frame);
    }
    return true;
}

// Returns how many of the seeks came to their frame.
static int seeks_compare(const char *path) {
    static const int places[] = {1, 2, 17, 60, 119, 120, 121, 333, 400, FRAMES - 2};
    int reached = 0;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        rig_video *video[2];
        rig_video_info info;
        rig_image pair[2][2] = {{{0}}};
        bool there, got = true;
        assert_ok(rig_video_open(path, &video[0], &info, &err));
        assert_ok(rig_video_open(path, &video[1], &info, &err));
        assert_ok(rig_video_seek(video[0], places[i], &there, &err));
        for (int k = there ? 0 : places[i]; k > 0; k--) // where it did not seek it is at its first frame
            assert_ok(rig_video_skip(video[0], &got, &err));
        for (int k = places[i]; k > 0; k--)
            assert_ok(rig_video_skip(video[1], &got, &err));
        const bool has[2] = {pair_read(video[0], pair[0]), pair_read(video[1], pair[1])};
        assert_int_equal(has[0], has[1]);
        for (int k = 0; k < 2 && has[0]; k++)
            assert_int_equal(picture_difference(&pair[0][k], &pair[1][k]), 0);
        assert_int_equal(rig_video_missing(video[0]), rig_video_missing(video[1]));
        for (int k = 0; k < 2; k++) {
            rig_image_release(&pair[k][0]);
            rig_image_release(&pair[k][1]);
            rig_video_close(video[k]);
        }
        reached += there;
    }
    return reached;
}

static void test_seeks(void **state) {
    (void)state;
    static const struct {
        const char *name, *options;
        int least; // seeks that must come to their frame
    } cases[] = {
        {"h264.mp4", "-c:v libx264 -g 60 -bf 3 -pix_fmt yuv420p", 9},
        {"open_gop.mp4", "-c:v libx264 -g 60 -bf 3 -x264-params open-gop=1 -pix_fmt yuv420p", 9},
        {"one_key.mp4", "-c:v libx264 -g 9999 -sc_threshold 0 -pix_fmt yuv420p", 9},
        {"refresh.mp4", "-c:v libx264 -g 60 -x264-params intra-refresh=1 -pix_fmt yuv420p", 0},
        {"hevc.mp4", "-c:v libx265 -x265-params log-level=none:keyint=50:open-gop=1 -pix_fmt yuv420p", 9},
        {"h264.mkv", "-c:v libx264 -g 60 -bf 2 -pix_fmt yuv420p", 0}, // stamps in milliseconds
        {"mpeg4.mp4", "-c:v mpeg4 -g 30 -bf 2", 9},
        {"mpeg4.avi", "-c:v mpeg4 -g 30", 0},
        {"mjpeg.avi", "-c:v mjpeg", 9},
        {"vp9.webm", "-c:v libvpx-vp9 -b:v 200k -g 60 -deadline realtime -cpu-used 8", 0},
        {"gap.mp4", "-vf \"select='not(between(n,100,130))'\" -fps_mode vfr -c:v libx264 -g 60 -pix_fmt yuv420p", 0},
        {"uneven.mp4", "-vf \"setpts='(N+0.4*mod(N*7,3))/30/TB'\" -fps_mode vfr -c:v libx264 -g 60 -pix_fmt yuv420p",
         0},
        {"late.mp4", "-vf \"setpts='PTS+2/TB'\" -c:v libx264 -g 60 -bf 2 -pix_fmt yuv420p", 0},
        {"stream.ts", "-c:v libx264 -g 60 -bf 2 -pix_fmt yuv420p", 0},
    };
    int seen = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[600];
        snprintf(path, sizeof path, "%s/%s", rig_test_folder(), cases[i].name);
        if (!video_make(path, cases[i].options)) {
            rig_test_leave_out("ffmpeg cannot make a video here");
            continue;
        }
        const int reached = seeks_compare(path);
        print_message("%s: %d of 10 seeks came to their frame\n", cases[i].name, reached);
        assert_in_range(reached, cases[i].least, 10);
        seen++;
    }
    if (!seen)
        skip();
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_seeks)};
    return cmocka_run_group_tests(tests, setup, NULL);
}
