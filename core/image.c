#include "core/image.h"

#include "core/arena.h"

#include <assert.h>
#include <math.h>
#include <string.h>

rig_image rig_image_window(const rig_image *image, rig_rect rect) {
    assert(rig_rect_inside(rect, image->width, image->height));
    rig_image window = *image;
    window.width = rect.w;
    window.height = rect.h;
    window.data += rect.y * image->stride + (ptrdiff_t)rect.x * image->channels;
    return window;
}

bool rig_rect_inside(rig_rect rect, int width, int height) {
    return rect.x >= 0 && rect.y >= 0 && rect.w > 0 && rect.h > 0 && rect.w <= width - rect.x &&
           rect.h <= height - rect.y;
}

static const double SHAPE_TOLERANCE = 0.002;

bool rig_shape_same(int width, int height, int other_w, int other_h) {
    const double sx = (double)width / other_w, sy = (double)height / other_h;
    return fabs(sx / sy - 1) <= SHAPE_TOLERANCE;
}

rig_rect rig_rect_of_shape(int width, int height, int shape_w, int shape_h) {
    const double most = fmin((double)width / shape_w, (double)height / shape_h);
    const int w = (int)lround(most * shape_w), h = (int)lround(most * shape_h);
    return (rig_rect){(width - w) / 2, (height - h) / 2, w, h};
}

rig_status rig_image_resize(rig_image *image, int width, int height, int channels, rig_err *err) {
    assert(width > 0 && height > 0 && (channels == 1 || channels == 3));
    ptrdiff_t stride = (ptrdiff_t)width * channels;
    unsigned char *data = image->data;
    if (!data || image->stride * image->height < stride * height) {
        data = rig_heap_resize(data, (size_t)height, (size_t)stride);
        if (!data)
            return rig_fail(err, RIG_ERR_MEMORY, "out of memory for an image of %d x %d", width, height);
    }
    *image = (rig_image){width, height, channels, stride, data};
    return RIG_OK;
}

void rig_image_release(rig_image *image) {
    rig_heap_free(image->data);
    *image = (rig_image){0};
}

enum { BLOCK = 32 }; // columns of dst at a time: as many lines of src stay in the cache while a turn walks down them

rig_status rig_image_orient(const rig_image *src, rig_orientation how, rig_image *dst, rig_err *err) {
    assert(how.turns >= 0 && how.turns <= 3 && src->data != dst->data);
    const bool across = how.turns % 2;
    RIG_TRY(rig_image_resize(dst, across ? src->height : src->width, across ? src->width : src->height, src->channels,
                             err));
    // Where dst (0, 0) comes from, and the steps in src for one step right and one step down in dst.
    const ptrdiff_t right = src->channels, down = src->stride;
    const ptrdiff_t last_col = right * (src->width - 1), last_row = down * (src->height - 1);
    const ptrdiff_t start[4] = {0, last_row, last_row + last_col, last_col};
    const ptrdiff_t step_x[4] = {right, -down, -right, down}, step_y[4] = {down, right, -down, -right};
    const ptrdiff_t dy = step_y[how.turns], dx = how.mirrored ? -step_x[how.turns] : step_x[how.turns];
    const unsigned char *first = src->data + start[how.turns] - (how.mirrored ? dx * (dst->width - 1) : 0);
    if (dx == right) {
        for (int y = 0; y < dst->height; y++)
            memcpy(dst->data + y * dst->stride, first + y * dy, (size_t)dst->stride);
        return RIG_OK;
    }
    for (int from = 0; from < dst->width; from += BLOCK)
        for (int y = 0, to = from + BLOCK < dst->width ? from + BLOCK : dst->width; y < dst->height; y++) {
            unsigned char *out = dst->data + y * dst->stride + from * right;
            for (int x = from; x < to; x++, out += right)
                for (int c = 0; c < right; c++)
                    out[c] = first[y * dy + x * dx + c];
        }
    return RIG_OK;
}

rig_status rig_image_rotate(const rig_image *src, int turns, rig_image *dst, rig_err *err) {
    return rig_image_orient(src, (rig_orientation){.turns = turns}, dst, err);
}

// 0.114, 0.587 and 0.299 in 1/32768, rounded so that they add up to it: white stays white.
enum { BLUE = 3735, GREEN = 19235, RED = 9798, GREY_SHIFT = 15 };

rig_status rig_image_to_grey(const rig_image *src, rig_image *dst, rig_err *err) {
    if (src->channels == 1)
        return rig_image_rotate(src, 0, dst, err);
    assert(src->channels == 3 && src->data != dst->data);
    RIG_TRY(rig_image_resize(dst, src->width, src->height, 1, err));
    for (int y = 0; y < src->height; y++) {
        const unsigned char *in = src->data + y * src->stride;
        unsigned char *out = dst->data + y * dst->stride;
        for (int x = 0; x < src->width; x++, in += 3) {
            int sum = BLUE * in[0] + GREEN * in[1] + RED * in[2];
            out[x] = (unsigned char)((sum + (1 << (GREY_SHIFT - 1))) >> GREY_SHIFT);
        }
    }
    return RIG_OK;
}

void rig_crop_to_src(rig_rect rect, int turns, const double q_cam[2], double q_src[2]) {
    assert(turns >= 0 && turns <= 3);
    const double x = q_cam[0], y = q_cam[1], right = rect.w - 1, bottom = rect.h - 1;
    const double in_rect[4][2] = {{x, y}, {y, bottom - x}, {right - x, bottom - y}, {right - y, x}};
    q_src[0] = rect.x + in_rect[turns][0];
    q_src[1] = rect.y + in_rect[turns][1];
}

void rig_crop_from_src(rig_rect rect, int turns, const double q_src[2], double q_cam[2]) {
    assert(turns >= 0 && turns <= 3);
    const double x = q_src[0] - rect.x, y = q_src[1] - rect.y, right = rect.w - 1, bottom = rect.h - 1;
    const double in_view[4][2] = {{x, y}, {bottom - y, x}, {right - x, bottom - y}, {y, right - x}};
    q_cam[0] = in_view[turns][0];
    q_cam[1] = in_view[turns][1];
}
