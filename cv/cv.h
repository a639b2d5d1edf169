// OpenCV behind a C interface: files of pictures, videos, dictionaries of markers, drawing; its networks: cv/dnn.h.
// Nothing of OpenCV's types or exceptions passes it: every failure is a status with its text copied out.
#ifndef RIG_CV_CV_H
#define RIG_CV_CV_H

#include "core/arena.h"
#include "core/image.h"
#include "core/markers.h"

#ifdef __cplusplus
extern "C" {
#endif

// One OpenCV thread: rigpose's own threads run over frames. And silence: OpenCV, its decoders (std::cerr) and FFmpeg
// print nothing from then on; OPENCV_FFMPEG_LOGLEVEL brings FFmpeg's words back. Call once, before anything else.
void rig_cv_init(void);
// Let a library that calls abort(), as FFmpeg does on some damaged videos, end the program with an error that names the
// file, and code 1.
void rig_cv_abort_tell(void);

// --- pictures -------------------------------------------------------------------------------------------------------
// Read a picture as 8-bit grey or BGR, whatever it is in the file. image owns its pixels (zeroed or reused).
//   asks  how its Exif data asks viewers to show it: the picture then comes as it is stored; NULL: it comes as shown
// Fails with RIG_ERR_IO (cannot be opened) or RIG_ERR_FORMAT (not a picture, truncated, more than 268 megapixels),
// naming path.
RIG_CHECKED rig_status rig_cv_image_read(const char *path, bool grey, rig_image *image, rig_orientation *asks,
                                         rig_err *err);
// The format follows the ending: png, jpg, webp (lossless). Fails with RIG_ERR_IO, naming path and reason.
RIG_CHECKED rig_status rig_cv_image_write(const char *path, const rig_image *image, rig_err *err);
// A picture as the bytes of a file, in memory from out.
//   ending   ".jpg" or ".webp"
//   quality  1..100
// Fails with RIG_ERR_CV, RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_cv_image_encode(const rig_image *image, const char *ending, int quality,
                                           unsigned char **bytes, size_t *n, rig_arena *out, rig_err *err);
// dst = src warped by the 2x3 affine A_dst_src (pixel centres at integers), to dst's present size and src's channels;
// pad fills outside. RIG_INTERP_AREA averages all pixels that a shrinking A puts into one; elsewhere it is linear.
RIG_CHECKED rig_status rig_cv_image_warp(const rig_image *src, const double A_dst_src[6], rig_interpolation how,
                                         const double pad[3], rig_image *dst, rig_err *err);

// dst = src sampled at the pixels of a map, to dst's present size and src's channels: dst(x, y) = src(map[y * width +
// x]), linear; black outside.
RIG_CHECKED rig_status rig_cv_image_remap(const rig_image *src, const float (*map)[2], rig_image *dst, rig_err *err);

// --- videos ---------------------------------------------------------------------------------------------------------
typedef struct rig_video rig_video;
typedef struct rig_video_info {
    int width, height;
    double fps;           // 0: not known
    int n_frames;         // as the container says, or as its duration and rate suggest; 0: not known
    int n_streams;        // of pictures; the first is read
    rig_orientation asks; // how the container asks players to show its frames
} rig_video_info;

// Frames are delivered as stored. Fails with RIG_ERR_IO or RIG_ERR_FORMAT, naming path; so where players are asked for
// another turn than by quarters.
RIG_CHECKED rig_status rig_video_open(const char *path, rig_video **video, rig_video_info *info, rig_err *err);
// The same for frames in grey, which are not converted where the video stores their luma: at 8 bits and in whichever
// range it has there, so that black may be 16 and white 235. What needs more than differences of grey asks for colours.
RIG_CHECKED rig_status rig_video_open_grey(const char *path, rig_video **video, rig_video_info *info, rig_err *err);
// Keep the pixels of the last n frames, before the first is read; *keeps = false: such a video keeps one alone. Fails
// with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_video_keep(rig_video *video, int n, bool *keeps, rig_err *err);
// The next frame, BGR or grey, in pixels the video owns until the next call; *got = false at the end. In grey, a
// frame may have another size than those before it.
RIG_CHECKED rig_status rig_video_read(rig_video *video, rig_image *frame, bool *got, rig_err *err);
// Pass over the next frame without converting it; *got = false at the end.
RIG_CHECKED rig_status rig_video_skip(rig_video *video, bool *got, rig_err *err);
// Go to frame n of a video of which no frame was passed yet, without decoding all before it: by the key frame before it
// and the time stamps, which must say that it is frame n. *there = false where they do not, and then the video is at
// its first frame as before. Fails as rig_video_open, rig_video_container_read.
RIG_CHECKED rig_status rig_video_seek(rig_video *video, int n, bool *there, rig_err *err);
// At the end: how many frames the container says should still have come. Some containers know only their duration, and
// the count is then a guess from a rate that need not be constant; so the last frame's time stamp must lack as much.
int rig_video_missing(const rig_video *video);
void rig_video_close(rig_video *video); // NULL is fine

// What the head of a video's container says: asks, n_streams and, where it has a table of its frames, n_frames. Of
// info, zeroed or rig_video_open's, the rest stays. Fails as rig_video_open.
RIG_CHECKED rig_status rig_video_head(const char *path, rig_video_info *info, rig_err *err);

// What a video is beside rows of square pixels that were all seen at once.
typedef struct rig_video_shape {
    bool interlaced;     // a frame is two fields, seen half a frame apart
    double pixel_aspect; // width of a pixel over its height; 1: square, or not said
} rig_video_shape;
// By its container, or by its first frames where that does not say. Fails with RIG_ERR_FORMAT naming path,
// RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_video_shape_read(const char *path, rig_video_shape *shape, rig_err *err);

// What a video's container says of when its frames are shown.
typedef struct rig_video_container {
    int n;           // frames; 0: they have no time stamps
    double *times_s; // when each is shown, after the first
    double tick_s;   // the stamps' unit
} rig_video_container;
// Read it, once a video of it was opened. Nothing is decoded. Where there is a table of evenly spaced frames (mp4, mov,
// avi) only that is read, else the whole file. Fails with RIG_ERR_FORMAT naming path, RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_video_container_read(const char *path, rig_video_container *container, rig_arena *out,
                                                rig_err *err);

// How loud a video is through time.
#define RIG_SOUND_STEP_S 0.001
typedef struct rig_video_sound {
    int n;         // steps from the moment of the first picture on; 0: it has no sound
    float *energy; // of each: mean square of what changes between samples, which leaves out hum; 0 where there is none
} rig_video_sound;
// The first stream of sound, decoded, all its channels together. Fails with RIG_ERR_FORMAT naming path, RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_video_sound_read(const char *path, rig_video_sound *sound, rig_arena *out, rig_err *err);

// When a video's container says that its first picture was taken.
typedef struct rig_video_stamp {
    bool has_date, has_code;
    double date_s;      // after 1970, UTC: whole seconds from most cameras
    double code_s;      // of the time code, after midnight
    double code_step_s; // a frame of it
} rig_video_stamp;
// Fails with RIG_ERR_FORMAT naming path, RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_video_stamp_read(const char *path, rig_video_stamp *stamp, rig_err *err);

typedef struct rig_video_writer rig_video_writer;
// Writes BGR frames of one size; .mp4 is MPEG-4 part 2 (even sizes only), .avi is motion JPEG (any size). Fails with
// RIG_ERR_IO; add with RIG_ERR_DATA where a frame has another size.
RIG_CHECKED rig_status rig_video_writer_open(const char *path, int width, int height, double fps,
                                             rig_video_writer **writer, rig_err *err);
RIG_CHECKED rig_status rig_video_writer_add(rig_video_writer *writer, const rig_image *frame, rig_err *err);
// Finish the file; checks that it can be opened and states as many frames as were added. Frees in any case; NULL is
// fine.
RIG_CHECKED rig_status rig_video_writer_close(rig_video_writer *writer, rig_err *err);

// A video to be watched, in browsers too: H.264 (yuv420p, its index in front) in an mp4, by an encoder of FFmpeg that
// needs no hardware; MPEG-4 part 2, which players know and browsers do not, where FFmpeg has none. BGR frames of one
// size, whose last column or row is doubled where it is odd. Equal frames give equal bytes, whatever the number of
// cores. open and add fail with RIG_ERR_IO naming path, add with RIG_ERR_DATA where a frame has another size, both with
// RIG_ERR_MEMORY.
typedef struct rig_web_video rig_web_video;
RIG_CHECKED rig_status rig_web_video_open(const char *path, int width, int height, double fps, rig_web_video **video,
                                          rig_err *err);
bool rig_web_video_plays(const rig_web_video *video); // in browsers: it is H.264
RIG_CHECKED rig_status rig_web_video_add(rig_web_video *video, const rig_image *frame, rig_err *err);
// Finish the file. Frees in any case; NULL is fine. Fails with RIG_ERR_IO, also where it has no frame.
RIG_CHECKED rig_status rig_web_video_close(rig_web_video *video, rig_err *err);

// --- markers --------------------------------------------------------------------------------------------------------
// The markers of a board that has some. AprilTag's families stand as AprilTag itself prints them. Fails with
// RIG_ERR_CONFIG where the dictionary has too few, or OpenCV no aruco module; RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_cv_markers_load(const rig_board *board, rig_markers *markers, rig_arena *out, rig_err *err);

// --- stereo ---------------------------------------------------------------------------------------------------------
// OpenCV's stereoRectify (zero disparity, given alpha: 0 crops to valid pixels, 1 keeps all) for K, 5 to 12 pinhole
// coefficients a camera (n_dist values; fewer are filled with 0), and X_right = R X_left + t.
RIG_CHECKED rig_status rig_cv_stereo_rectify(const double K_left[4], const double *dist_left, int n_left,
                                             const double K_right[4], const double *dist_right, int n_right, int width,
                                             int height, const double R[9], const double t[3], double alpha,
                                             double R1[9], double R2[9], double P1[12], double P2[12], double Q[16],
                                             rig_err *err);

// --- drawing --------------------------------------------------------------------------------------------------------
// On BGR images, antialiased, in pixels with centres at integers; colours are B, G, R. What lies outside is left out,
// as is what is not finite. Text stands on q, its lower left end.
void rig_draw_line(rig_image *image, const double a[2], const double b[2], const unsigned char bgr[3], int thickness);
void rig_draw_disc(rig_image *image, const double q[2], int radius, const unsigned char bgr[3]);
// radius to the middle of the line.
void rig_draw_ring(rig_image *image, const double q[2], int radius, int thickness, const unsigned char bgr[3]);
void rig_draw_text(rig_image *image, const double q[2], const char *text, double scale, const unsigned char bgr[3]);
// How far such a text reaches to the right of q, above it, and below it (its tails); zeros where it cannot be told.
void rig_draw_text_extent(const char *text, double scale, double *width, double *above, double *below);

#ifdef __cplusplus
}
#endif
#endif
