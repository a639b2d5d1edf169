// Pixels: 8-bit interleaved images, views into them, and quarter turns. Pixel (0, 0) is the CENTRE of the top-left
// pixel.
#ifndef RIG_CORE_IMAGE_H
#define RIG_CORE_IMAGE_H

#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// An image or a window into one; whoever made the pixels says who frees them. channels is 1 (grey) or 3 (BGR).
typedef struct rig_image {
    int width, height, channels;
    ptrdiff_t stride; // bytes from one row to the next
    unsigned char *data;
} rig_image;

typedef struct rig_rect {
    int x, y, w, h; // pixels; w = 0: no rectangle
} rig_rect;

// How a stored picture is to be shown: turned by quarter turns clockwise, then mirrored left to right.
typedef struct rig_orientation {
    int turns; // 0..3
    bool mirrored;
} rig_orientation;

// How a picture is resampled; area averages all pixels that a shrinking map puts into one.
typedef enum rig_interpolation { RIG_INTERP_LINEAR, RIG_INTERP_CUBIC, RIG_INTERP_AREA } rig_interpolation;

// The window rect of an image, sharing its pixels. rect must lie inside (rig_rect_inside).
rig_image rig_image_window(const rig_image *image, rig_rect rect);
bool rig_rect_inside(rig_rect rect, int width, int height);
// Whether two sizes are of one shape: their ratios differ by up to 0.2 %, as roundings of a scaled picture do.
bool rig_shape_same(int width, int height, int other_w, int other_h);
// The largest window of that shape in a picture, in its middle.
rig_rect rig_rect_of_shape(int width, int height, int shape_w, int shape_h);

// Own pixels: resize keeps the buffer where it is large enough; the contents are then undefined.
// Fails with RIG_ERR_MEMORY; *image stays as it was. release frees and zeroes.
RIG_CHECKED rig_status rig_image_resize(rig_image *image, int width, int height, int channels, rig_err *err);
void rig_image_release(rig_image *image);

// dst = src turned by `turns` quarter turns clockwise (0..3); dst must own its pixels (zeroed or made by resize).
// Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_image_rotate(const rig_image *src, int turns, rig_image *dst, rig_err *err);

// dst = src as it is to be shown; else as rig_image_rotate.
RIG_CHECKED rig_status rig_image_orient(const rig_image *src, rig_orientation how, rig_image *dst, rig_err *err);

// dst = luma of src (Rec. 601, as OpenCV: 0.299 R + 0.587 G + 0.114 B); a copy where src is grey already.
RIG_CHECKED rig_status rig_image_to_grey(const rig_image *src, rig_image *dst, rig_err *err);

// Where a view lies in its feed's picture.
typedef struct rig_crop {
    char feed[RIG_NAME_MAX];
    int picture[2]; // width and height of the feed's picture
    rig_rect rect;  // in it, before the turn; w = 0: not known
    int turns;      // quarter turns clockwise
} rig_crop;

// The crop of a view: q_cam (pixels of the view, after crop and turn) to q_src (pixels of the whole feed) and back.
//   rect   the window in the feed, before the turn
//   turns  quarter turns clockwise
void rig_crop_to_src(rig_rect rect, int turns, const double q_cam[2], double q_src[2]);
void rig_crop_from_src(rig_rect rect, int turns, const double q_src[2], double q_cam[2]);

#ifdef __cplusplus
}
#endif
#endif
