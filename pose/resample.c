#include "pose/resample.h"

#include <float.h>
#include <math.h>

static const double SAME = 1e-9; // cells: rounding of the affines that lead from grid to grid

static void axis_fill(int src, double step, double start, int n, int *low, float *part) {
    for (int i = 0; i < n; i++) {
        double at = i * step + start;
        at = at < 0 ? 0 : at > src - 1 ? src - 1 : at;
        low[i] = (int)at;
        part[i] = (float)(at - low[i]);
    }
}

rig_status rig_resampler_place(rig_resampler *resampler, int src_width, int src_height, double step,
                               const double start[2], int width, int height, rig_arena *scratch, rig_err *err) {
    int *low = RIG_NEW(scratch, int, (size_t)width + (size_t)height);
    float *part = RIG_NEW(scratch, float, (size_t)width + (size_t)height);
    float *rows = RIG_NEW(scratch, float, (size_t)src_width + 1 + 2 * (size_t)width);
    if (!low || !part || !rows)
        return rig_fail_memory(err, "resampling");
    axis_fill(src_width, step, start[0], width, low, part);
    axis_fill(src_height, step, start[1], height, low + width, part + width);
    *resampler = (rig_resampler){.src_width = src_width,
                                 .src_height = src_height,
                                 .width = width,
                                 .height = height,
                                 .low = {low, low + width},
                                 .part = {part, part + width},
                                 .same = src_width == width && fabs(step - 1) < SAME && fabs(start[0]) < SAME,
                                 .clean = rows,
                                 .row = {rows + src_width + 1, rows + src_width + 1 + width}};
    return RIG_OK;
}

rig_status rig_resampler_init(rig_resampler *resampler, int src_width, int src_height, double step, int width,
                              int height, rig_arena *scratch, rig_err *err) {
    const double start[2] = {0.5 * step - 0.5, 0.5 * step - 0.5};
    return rig_resampler_place(resampler, src_width, src_height, step, start, width, height, scratch, err);
}

static void activate(float *values, int n, rig_resample_how how) {
    if (how.magnitude)
        for (int x = 0; x < n; x++)
            values[x] = fabsf(values[x]);
    else if (how.activation == RIG_ACTIVATION_RELU)
        for (int x = 0; x < n; x++)
            values[x] = values[x] > 0 ? values[x] : 0;
    else if (how.activation == RIG_ACTIVATION_SIGMOID)
        for (int x = 0; x < n; x++)
            values[x] = 1 / (1 + expf(-values[x]));
}

// out = one row of the source: what is not finite set to 0, activated, resampled along x. Returns how many were not
// finite.
static int row_resample(const rig_resampler *r, const float *src, rig_resample_how how, float *out) {
    float *clean = r->same ? out : r->clean;
    int bad = 0;
    for (int x = 0; x < r->src_width; x++) {
        int fine = fabsf(src[x]) <= FLT_MAX;
        bad += !fine;
        clean[x] = fine ? src[x] : 0;
    }
    activate(clean, r->src_width, how);
    if (r->same)
        return bad;
    clean[r->src_width] = clean[r->src_width - 1]; // read with no part in the result
    for (int x = 0; x < r->width; x++) {
        int low = r->low[0][x];
        out[x] = clean[low] + r->part[0][x] * (clean[low + 1] - clean[low]);
    }
    return bad;
}

static void row_write(const float *low, const float *high, float part, rig_resample_how how, float *restrict dst,
                      int n) {
    if (how.add)
        for (int x = 0; x < n; x++)
            dst[x] += how.weight * (low[x] + part * (high[x] - low[x]));
    else
        for (int x = 0; x < n; x++)
            dst[x] = how.weight * (low[x] + part * (high[x] - low[x]));
}

long rig_plane_resample(const rig_resampler *r, const float *src, rig_resample_how how, float *dst) {
    int held[2] = {-1, -1}; // the source row that each of the two holds; row y goes to number y % 2
    long bad = 0;
    for (int y = 0; y < r->height; y++) {
        int low = r->low[1][y], high = low + 1 < r->src_height ? low + 1 : low;
        for (int row = low; row <= high; row++)
            if (held[row % 2] != row) {
                bad += row_resample(r, src + (size_t)row * (size_t)r->src_width, how, r->row[row % 2]);
                held[row % 2] = row;
            }
        row_write(r->row[low % 2], r->row[high % 2], r->part[1][y], how, dst + (size_t)y * (size_t)r->width, r->width);
    }
    return bad;
}
