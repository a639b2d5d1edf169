#include "pose/preprocess.h"

#include "core/arena.h"
#include "cv/cv.h"

#include <math.h>
#include <string.h>

enum { LONGEST_ASPECT = 4, SIDE_MAX = 16384 };

double rig_input_side(double side, int multiple) {
    // A hair less, so that 512 * (480 / 480) is not rounded up to the next multiple.
    return ceil(side / multiple - 1e-9) * multiple;
}

// The scale of the picture and the size of the input that holds it.
static double fit_size(const rig_model *model, int width, int height, double size[2]) {
    const double w = width, h = height;
    const double nominal[2] = {model->input_width, model->input_height};
    double scale;
    if (model->sizing == RIG_SIZING_FIXED) {
        size[0] = nominal[0];
        size[1] = nominal[1];
        return fmin(size[0] / w, size[1] / h);
    }
    if (model->sizing == RIG_SIZING_SHORT_SIDE) {
        double side = rig_input_side(fmin(nominal[0], nominal[1]), model->multiple_of);
        scale = fmin(side / fmin(w, h), LONGEST_ASPECT * side / fmax(w, h));
    } else {
        scale = rig_input_side(fmax(nominal[0], nominal[1]), model->multiple_of) / fmax(w, h);
    }
    size[0] = fmax(rig_input_side(scale * w, model->multiple_of), model->multiple_of);
    size[1] = fmax(rig_input_side(scale * h, model->multiple_of), model->multiple_of);
    return scale;
}

rig_status rig_preprocess_fit(rig_preprocess *input, const rig_model *model, int width, int height, rig_err *err) {
    if (width < 1 || height < 1)
        return rig_fail(err, RIG_ERR_DATA, "picture of %d x %d pixels", width, height);
    double size[2], scale = fit_size(model, width, height, size);
    if (!(size[0] <= SIDE_MAX && size[1] <= SIDE_MAX))
        return rig_fail(err, RIG_ERR_CONFIG, "network input of %.0f x %.0f pixels, need at most %d a side", size[0],
                        size[1], SIDE_MAX);
    input->width = (int)size[0];
    input->height = (int)size[1];
    // Edges go to edges: half a pixel before the first centre on either side of the scale.
    double pad_x = model->pad_centre ? (size[0] - scale * width) / 2 : 0;
    double pad_y = model->pad_centre ? (size[1] - scale * height) / 2 : 0;
    double tx = 0.5 * scale - 0.5 + pad_x, ty = 0.5 * scale - 0.5 + pad_y;
    const double forth[6] = {scale, 0, tx, 0, scale, ty};
    const double back[6] = {1 / scale, 0, -tx / scale, 0, 1 / scale, -ty / scale};
    for (int i = 0; i < 6; i++) {
        input->A_net_cam[i] = forth[i];
        input->A_cam_net[i] = back[i];
    }
    return RIG_OK;
}

// Grey pictures go through as BGR: padding may be coloured.
static rig_status to_colour(rig_preprocess *input, const rig_image *picture, rig_image *bgr, rig_err *err) {
    *bgr = *picture;
    if (picture->channels == 3)
        return RIG_OK;
    RIG_TRY(rig_image_resize(&input->colour, picture->width, picture->height, 3, err));
    for (int y = 0; y < picture->height; y++) {
        const unsigned char *from = picture->data + y * picture->stride;
        unsigned char *to = input->colour.data + y * input->colour.stride;
        for (int x = 0; x < picture->width; x++)
            to[3 * x] = to[3 * x + 1] = to[3 * x + 2] = from[x];
    }
    *bgr = input->colour;
    return RIG_OK;
}

static rig_status planar_resize(rig_preprocess *input, rig_err *err) {
    size_t count = 3 * (size_t)input->width * (size_t)input->height;
    if (count <= input->room)
        return RIG_OK;
    float *planar = rig_heap_resize(input->planar, count, sizeof *planar);
    if (!planar)
        return rig_fail_memory(err, "the network's input");
    input->planar = planar;
    input->room = count;
    return RIG_OK;
}

// Plane c is the descriptor's colour c, which is byte c or, for RGB, 2 - c of a pixel.
static void normalise(const rig_preprocess *input, const rig_model *model) {
    float table[256];
    for (int c = 0; c < 3; c++) {
        int byte = model->rgb ? 2 - c : c;
        float *plane = input->planar + (size_t)c * (size_t)input->width * (size_t)input->height;
        for (int i = 0; i < 256; i++)
            table[i] = (float)((i * model->scale - model->mean[c]) / model->std[c]);
        for (int y = 0; y < input->height; y++) {
            const unsigned char *row = input->warped.data + y * input->warped.stride;
            for (int x = 0; x < input->width; x++)
                *plane++ = table[row[3 * x + byte]];
        }
    }
}

// Into the input as it was fitted: warp, colour order, normalise. A_net_cam is of picture.
static rig_status input_fill(rig_preprocess *input, const rig_model *model, const rig_image *picture,
                             const double A_net_cam[6], rig_err *err) {
    rig_image bgr;
    double pad[3];
    for (int c = 0; c < 3; c++)
        pad[c] = model->pad_value[model->rgb ? 2 - c : c];
    RIG_TRY(to_colour(input, picture, &bgr, err));
    RIG_TRY(rig_image_resize(&input->warped, input->width, input->height, 3, err));
    RIG_TRY(planar_resize(input, err));
    RIG_TRY(rig_cv_image_warp(&bgr, A_net_cam, model->interpolation, pad, &input->warped, err));
    normalise(input, model);
    return RIG_OK;
}

static rig_status check_channels(const rig_image *picture, rig_err *err) {
    if (picture->channels != 1 && picture->channels != 3)
        return rig_fail(err, RIG_ERR_DATA, "picture of %d channels, need 1 or 3", picture->channels);
    return RIG_OK;
}

rig_status rig_preprocess_run(rig_preprocess *input, const rig_model *model, const rig_image *picture, rig_err *err) {
    RIG_TRY(check_channels(picture, err));
    RIG_TRY(rig_preprocess_fit(input, model, picture->width, picture->height, err));
    return input_fill(input, model, picture, input->A_net_cam, err);
}

// The pixels of the picture under a window, with a border for interpolation; at least one.
static rig_rect pixels_under(const rig_image *picture, const double window[4]) {
    const int size[2] = {picture->width, picture->height};
    int low[2], high[2];
    for (int a = 0; a < 2; a++) {
        low[a] = (int)fmin(fmax(floor(window[a]) - 2, 0), size[a] - 1);
        high[a] = (int)fmin(fmax(ceil(window[a] + window[2 + a]) + 2, low[a] + 1), size[a]);
    }
    return (rig_rect){low[0], low[1], high[0] - low[0], high[1] - low[1]};
}

rig_status rig_preprocess_run_window(rig_preprocess *input, const rig_model *model, const rig_image *picture,
                                     const double window[4], rig_err *err) {
    const double scale = model->input_width / window[2];
    // Edges go to edges: the window's are half a pixel before its first pixel's centre.
    const double forth[6] = {scale, 0, -scale * window[0] - 0.5, 0, scale, -scale * window[1] - 0.5};
    const double back[6] = {1 / scale, 0, window[0] + 0.5 / scale, 0, 1 / scale, window[1] + 0.5 / scale};
    RIG_TRY(check_channels(picture, err));
    input->width = model->input_width;
    input->height = model->input_height;
    memcpy(input->A_net_cam, forth, sizeof forth);
    memcpy(input->A_cam_net, back, sizeof back);
    const rig_rect rect = pixels_under(picture, window);
    const rig_image part = rig_image_window(picture, rect);
    const double shifted[6] = {scale, 0, forth[2] + scale * rect.x, 0, scale, forth[5] + scale * rect.y};
    return input_fill(input, model, &part, shifted, err);
}

void rig_affine_compose(const double A[6], const double B[6], double C[6]) {
    for (int r = 0; r < 2; r++) {
        for (int c = 0; c < 3; c++)
            C[3 * r + c] = A[3 * r] * B[c] + A[3 * r + 1] * B[3 + c];
        C[3 * r + 2] += A[3 * r + 2];
    }
}

void rig_preprocess_mirror(rig_preprocess *input) {
    for (int row = 0; row < 3 * input->height; row++) {
        float *cells = input->planar + (size_t)row * (size_t)input->width;
        for (int x = 0, last = input->width - 1; x < last - x; x++) {
            float kept = cells[x];
            cells[x] = cells[last - x];
            cells[last - x] = kept;
        }
    }
}

void rig_preprocess_release(rig_preprocess *input) {
    rig_image_release(&input->colour);
    rig_image_release(&input->warped);
    rig_heap_free(input->planar);
    *input = (rig_preprocess){0};
}
