// The functions of cv.h and dnn.h as the program links them: OpenCV and the 250 libraries behind it are loaded at the
// first call of any. What reads and writes no picture (`rigpose --help`, triangulate, export) starts without them.
#include "cv/cv.h"
#include "cv/dnn.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

static struct {
    void *library; // NULL: it is not there, and wrong says why
    char wrong[512];
} cv;

static void library_open(void) {
    void (*init)(void), (*abort_tell)(void);
    cv.library = dlopen("librigpose_cv.so", RTLD_NOW | RTLD_LOCAL); // found by the program's run path
    if (!cv.library) {
        const char *wrong = dlerror();
        memcpy(cv.wrong, wrong, strnlen(wrong, sizeof cv.wrong - 1));
        return;
    }
    *(void **)&init = dlsym(cv.library, "rig_cv_init");
    *(void **)&abort_tell = dlsym(cv.library, "rig_cv_abort_tell");
    init();
    abort_tell();
}

static void *function_find(const char *name) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, library_open);
    return cv.library ? dlsym(cv.library, name) : NULL;
}

static rig_status function_need(const char *name, void **function, rig_err *err) {
    *function = function_find(name);
    return *function ? RIG_OK : rig_fail(err, RIG_ERR_IO, "cannot load OpenCV: %s", cv.wrong);
}

// A function that may fail, and one that is handed what only such a function makes.
#define LATE(name, parameters, arguments)                                                                              \
    rig_status name parameters {                                                                                       \
        rig_status(*function) parameters;                                                                              \
        RIG_TRY(function_need(#name, (void **)&function, err));                                                        \
        return function arguments;                                                                                     \
    }
#define LATE_VOID(name, parameters, arguments)                                                                         \
    void name parameters {                                                                                             \
        void(*function) parameters;                                                                                    \
        *(void **)&function = function_find(#name);                                                                    \
        if (function)                                                                                                  \
            function arguments;                                                                                        \
    }

// clang-format off
LATE(rig_cv_image_read, (const char *path, bool grey, rig_image *image, rig_orientation *asks, rig_err *err),
     (path, grey, image, asks, err))
LATE(rig_cv_image_write, (const char *path, const rig_image *image, rig_err *err), (path, image, err))
LATE(rig_cv_image_encode, (const rig_image *image, const char *ending, int quality, unsigned char **bytes, size_t *n,
                           rig_arena *out, rig_err *err), (image, ending, quality, bytes, n, out, err))
LATE(rig_cv_image_warp, (const rig_image *src, const double A_dst_src[6], rig_interpolation how, const double pad[3],
                         rig_image *dst, rig_err *err), (src, A_dst_src, how, pad, dst, err))

LATE(rig_cv_image_remap, (const rig_image *src, const float (*map)[2], rig_image *dst, rig_err *err), (src, map, dst, err))

LATE(rig_video_open, (const char *path, rig_video **video, rig_video_info *info, rig_err *err), (path, video, info, err))
LATE(rig_video_open_grey, (const char *path, rig_video **video, rig_video_info *info, rig_err *err),
     (path, video, info, err))
LATE(rig_video_keep, (rig_video *video, int n, bool *keeps, rig_err *err), (video, n, keeps, err))
LATE(rig_video_read, (rig_video *video, rig_image *frame, bool *got, rig_err *err), (video, frame, got, err))
LATE(rig_video_skip, (rig_video *video, bool *got, rig_err *err), (video, got, err))
LATE(rig_video_seek, (rig_video *video, int n, bool *there, rig_err *err), (video, n, there, err))
LATE_VOID(rig_video_close, (rig_video *video), (video))
LATE(rig_video_head, (const char *path, rig_video_info *info, rig_err *err), (path, info, err))
LATE(rig_video_container_read, (const char *path, rig_video_container *container, rig_arena *out, rig_err *err),
     (path, container, out, err))
LATE(rig_video_sound_read, (const char *path, rig_video_sound *sound, rig_arena *out, rig_err *err),
     (path, sound, out, err))
LATE(rig_video_stamp_read, (const char *path, rig_video_stamp *stamp, rig_err *err), (path, stamp, err))
LATE(rig_video_shape_read, (const char *path, rig_video_shape *shape, rig_err *err), (path, shape, err))

LATE(rig_video_writer_open, (const char *path, int width, int height, double fps, rig_video_writer **writer,
                             rig_err *err), (path, width, height, fps, writer, err))
LATE(rig_video_writer_add, (rig_video_writer *writer, const rig_image *frame, rig_err *err), (writer, frame, err))
LATE(rig_video_writer_close, (rig_video_writer *writer, rig_err *err), (writer, err))

LATE(rig_web_video_open, (const char *path, int width, int height, double fps, rig_web_video **video, rig_err *err),
     (path, width, height, fps, video, err))
LATE(rig_web_video_add, (rig_web_video *video, const rig_image *frame, rig_err *err), (video, frame, err))
LATE(rig_web_video_close, (rig_web_video *video, rig_err *err), (video, err))

LATE(rig_cv_markers_load, (const rig_board *board, rig_markers *markers, rig_arena *out, rig_err *err),
     (board, markers, out, err))
LATE(rig_cv_stereo_rectify, (const double K_left[4], const double *dist_left, int n_left, const double K_right[4],
                             const double *dist_right, int n_right, int width, int height, const double R[9],
                             const double t[3], double alpha, double R1[9], double R2[9], double P1[12], double P2[12],
                             double Q[16], rig_err *err),
     (K_left, dist_left, n_left, K_right, dist_right, n_right, width, height, R, t, alpha, R1, R2, P1, P2, Q, err))

LATE_VOID(rig_draw_line, (rig_image *image, const double a[2], const double b[2], const unsigned char bgr[3],
                          int thickness), (image, a, b, bgr, thickness))
LATE_VOID(rig_draw_disc, (rig_image *image, const double q[2], int radius, const unsigned char bgr[3]),
          (image, q, radius, bgr))
LATE_VOID(rig_draw_ring, (rig_image *image, const double q[2], int radius, int thickness, const unsigned char bgr[3]),
          (image, q, radius, thickness, bgr))
LATE_VOID(rig_draw_text, (rig_image *image, const double q[2], const char *text, double scale,
                          const unsigned char bgr[3]), (image, q, text, scale, bgr))

void rig_draw_text_extent(const char *text, double scale, double *width, double *above, double *below) {
    void (*function)(const char *text, double scale, double *width, double *above, double *below);
    *(void **)&function = function_find("rig_draw_text_extent");
    *width = *above = *below = 0;
    if (function)
        function(text, scale, width, above, below);
}

LATE(rig_cv_net_import, (const unsigned char *onnx, size_t n, const char *path, rig_cv_net **net, rig_err *err),
     (onnx, n, path, net, err))
LATE(rig_cv_net_run, (rig_cv_net *net, const float *input, int width, int height, const char *const *names, int n,
                      rig_cv_tensor *outputs, rig_err *err), (net, input, width, height, names, n, outputs, err))
LATE_VOID(rig_cv_net_close, (rig_cv_net *net), (net))
// clang-format on

int rig_video_missing(const rig_video *video) {
    int (*function)(const rig_video *video);
    *(void **)&function = function_find("rig_video_missing");
    return function ? function(video) : 0;
}

bool rig_web_video_plays(const rig_web_video *video) {
    bool (*function)(const rig_web_video *video);
    *(void **)&function = function_find("rig_web_video_plays");
    return function && function(video);
}

const char *rig_cv_version(void) {
    const char *(*function)(void);
    *(void **)&function = function_find("rig_cv_version");
    return function ? function() : "not there";
}
