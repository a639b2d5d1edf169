#include "pose/smooth.h"

#include <math.h>
#include <string.h>

typedef struct kernel {
    int reach;
    const float *weight; // of cells `reach` before to `reach` after; they sum to 1
} kernel;

static rig_status kernel_init(kernel *k, double sigma, int reach, rig_arena *scratch, rig_err *err) {
    float *weight = RIG_NEW(scratch, float, 2 * (size_t)reach + 1);
    if (!weight)
        return rig_fail_memory(err, "smoothing");
    double sum = 0;
    for (int i = -reach; i <= reach; i++)
        sum += exp(-0.5 * i * i / (sigma * sigma));
    for (int i = -reach; i <= reach; i++)
        weight[i + reach] = (float)(exp(-0.5 * i * i / (sigma * sigma)) / sum);
    *k = (kernel){reach, weight};
    return RIG_OK;
}

// dst [width] = the row along x; padded [width + 2 reach] is workspace.
static void row_smooth(const kernel *k, rig_map map, int y, float *padded, float *restrict dst) {
    for (int x = -k->reach; x < map.width + k->reach; x++)
        padded[x + k->reach] = (float)rig_map_at(map, x < 0 ? 0 : x >= map.width ? map.width - 1 : x, y);
    memset(dst, 0, (size_t)map.width * sizeof *dst);
    for (int i = 0; i <= 2 * k->reach; i++)
        for (int x = 0; x < map.width; x++)
            dst[x] += k->weight[i] * padded[x + i];
}

static void columns_smooth(const kernel *k, const float *rows, int width, int height, float *dst) {
    memset(dst, 0, (size_t)width * (size_t)height * sizeof *dst);
    for (int y = 0; y < height; y++)
        for (int i = -k->reach; i <= k->reach; i++) {
            const int from = y + i < 0 ? 0 : y + i >= height ? height - 1 : y + i;
            const float *restrict src = rows + (size_t)from * (size_t)width;
            float *restrict out = dst + (size_t)y * (size_t)width;
            for (int x = 0; x < width; x++)
                out[x] += k->weight[i + k->reach] * src[x];
        }
}

rig_status rig_maps_smooth(const rig_maps *maps, double sigma, rig_maps *smooth, rig_arena *scratch, rig_err *err) {
    const size_t width = (size_t)maps->width, plane = width * (size_t)maps->height;
    const int reach = (int)ceil(3 * sigma);
    kernel k = {0};
    RIG_TRY(kernel_init(&k, sigma, reach, scratch, err));
    float *heat = RIG_NEW(scratch, float, plane *(size_t)maps->n_joints), *rows = RIG_NEW(scratch, float, plane);
    float *padded = RIG_NEW(scratch, float, width + 2 * (size_t)reach);
    if (!heat || !rows || !padded)
        return rig_fail_memory(err, "smooth heatmaps");
    for (int j = 0; j < maps->n_joints; j++) {
        const rig_map map = rig_maps_plane(maps, maps->heat, j);
        for (int y = 0; y < maps->height; y++)
            row_smooth(&k, map, y, padded, rows + (size_t)y * width);
        columns_smooth(&k, rows, maps->width, maps->height, heat + (size_t)j * plane);
    }
    *smooth = *maps;
    smooth->heat = heat;
    return RIG_OK;
}
