#include "app/uncertainty_maps.h"

#include "app/view_videos.h"
#include "calib/uncertainty.h"
#include "core/image.h"
#include "cv/cv.h"

#include <stdio.h>
#include <string.h>

enum { SIDE = 640, CELL = 8, BAR = 48, MARGIN = 16 }; // pixels: a panel's longer side, a cell of it, the scale's strip
static const unsigned char WHITE[3] = {255, 255, 255}, BLACK[3] = {0, 0, 0}, GREY[3] = {110, 110, 110};

// Black, red, yellow, white.
static void shade(double value, double most, unsigned char bgr[3]) {
    double share = most > 0 ? value / most : 0;
    for (int c = 0; c < 3; c++)
        bgr[c] = (unsigned char)lrint(255 * fmin(fmax(3 * share - (2 - c), 0), 1));
}

static void fill(rig_image *image, rig_rect rect, const unsigned char bgr[3]) {
    for (int y = rect.y; y < rect.y + rect.h && y < image->height; y++)
        for (int x = rect.x; x < rect.x + rect.w && x < image->width; x++)
            memcpy(image->data + y * image->stride + 3 * x, bgr, 3);
}

// The strip under a panel: the scale from nothing to `most`.
static void draw_scale(rig_image *image, int x0, int y0, int width, double most, const char *unit, const char *title) {
    char text[96];
    unsigned char bgr[3];
    for (int x = 0; x < width; x++) {
        shade(x, width - 1, bgr);
        fill(image, (rig_rect){x0 + x, y0 + 4, 1, 12}, bgr);
    }
    snprintf(text, sizeof text, "%s: 0 to %.3g %s", title, most, unit);
    rig_draw_text(image, (const double[]){x0 + 4, y0 + BAR - 12}, text, 0.5, WHITE);
}

// --- the volume from above -------------------------------------------------------------------------------------------

typedef struct plan {
    const rig_calibration *rig;
    const rig_uncertainty *u;
    int cols, rows; // cells
    double m_per_cell;
    double *sigma[2]; // by keypoints, by calibration, m; -1: fewer than two cameras
    double most[2];
} plan;

int rig_cameras_that_see(const rig_calibration *rig, const double p[3], uint64_t *views, int *cameras) {
    int n = 0;
    *views = 0;
    for (int c = 0; c < rig->n && c < RIG_UNCERTAINTY_CAMERAS_MAX; c++)
        if (rig_camera_sees(&rig->cameras[c], p)) {
            *views |= (uint64_t)1 << c;
            cameras[n++] = c;
        }
    return n;
}

static void plan_point(const plan *a, int x, int y, double p[3]) {
    p[0] = a->u->low[0] + (x + 0.5) * a->m_per_cell;
    p[1] = a->u->high[1] - (y + 0.5) * a->m_per_cell;
    p[2] = (a->u->low[2] + a->u->high[2]) / 2;
}

static void plan_reckon(plan *a) {
    for (int i = 0; i < a->cols * a->rows; i++) {
        int cameras[RIG_UNCERTAINTY_CAMERAS_MAX];
        uint64_t views;
        double p[3], C[2][9];
        plan_point(a, i % a->cols, i / a->cols, p);
        int n = rig_cameras_that_see(a->rig, p, &views, cameras);
        bool known = n >= 2 && rig_uncertainty_point(a->rig, cameras, n, p, a->u->sigma_px, C[0], C[1]);
        for (int k = 0; k < 2; k++)
            a->sigma[k][i] = known ? rig_uncertainty_sigma(C[k]) : -1;
    }
    // Where rays run almost along each other the error has no end: the scale goes to twice the grid's median-like mean.
    for (int k = 0; k < 2; k++) {
        double sum = 0;
        int n = 0;
        for (int i = 0; i < a->cols * a->rows; i++)
            if (a->sigma[k][i] >= 0)
                sum += fmin(a->sigma[k][i], 1), n++;
        a->most[k] = n ? 2 * sum / n : 0;
    }
}

static void plan_draw(const plan *a, int k, rig_image *image, int x0) {
    unsigned char bgr[3];
    for (int i = 0; i < a->cols * a->rows; i++) {
        rig_rect cell = {x0 + i % a->cols * CELL, i / a->cols * CELL, CELL, CELL};
        if (a->sigma[k][i] >= 0)
            shade(a->sigma[k][i], a->most[k], bgr);
        fill(image, cell, a->sigma[k][i] >= 0 ? bgr : GREY);
    }
    for (int c = 0; c < a->rig->n; c++) {
        double centre[3];
        if (!a->rig->cameras[c].has_pose)
            continue;
        rig_pose_centre(&a->rig->cameras[c].Rt_cam_world, centre);
        const double q[2] = {x0 + (centre[0] - a->u->low[0]) / a->m_per_cell * CELL,
                             (a->u->high[1] - centre[1]) / a->m_per_cell * CELL};
        const double beside[2] = {fmin(q[0] + 8, x0 + a->cols * CELL - 24), fmax(q[1] - 6, 14)};
        static const unsigned char disc[3] = {255, 160, 0};
        rig_draw_disc(image, q, 6, disc);
        rig_draw_text(image, beside, a->rig->cameras[c].view, 0.5, disc);
    }
    draw_scale(image, x0, a->rows * CELL, a->cols * CELL, 1000 * a->most[k], "mm",
               k == 0 ? "keypoints of 1 px" : "calibration");
}

static rig_status volume_draw(const rig_calibration *rig, const rig_uncertainty *u, const char *path,
                              rig_arena *scratch, rig_err *err) {
    const double wide = u->high[0] - u->low[0], deep = u->high[1] - u->low[1];
    plan a = {.rig = rig, .u = u, .m_per_cell = fmax(fmax(wide, deep), 1e-3) * CELL / SIDE};
    a.cols = (int)fmax(ceil(wide / a.m_per_cell), 1);
    a.rows = (int)fmax(ceil(deep / a.m_per_cell), 1);
    rig_image image = {0};
    for (int k = 0; k < 2; k++)
        a.sigma[k] = RIG_NEW(scratch, double, a.cols *a.rows);
    if (!a.sigma[0] || !a.sigma[1])
        return rig_fail_memory(err, "the volume's map");
    plan_reckon(&a);
    rig_status status = rig_image_resize(&image, 2 * a.cols * CELL + MARGIN, a.rows * CELL + BAR, 3, err);
    if (status == RIG_OK) {
        fill(&image, (rig_rect){0, 0, image.width, image.height}, BLACK);
        plan_draw(&a, 0, &image, 0);
        plan_draw(&a, 1, &image, a.cols * CELL + MARGIN);
        status = rig_picture_write(path, &image, err);
    }
    rig_image_release(&image);
    return status;
}

// --- a camera's pixels -----------------------------------------------------------------------------------------------

static rig_status camera_draw(const rig_view_camera *camera, const rig_pixel_map *map, const char *path, rig_err *err) {
    const int width = SIDE, height = (int)fmax(SIDE * (double)camera->camera.height / camera->camera.width, 1);
    char title[64];
    double most = 0;
    rig_image image = {0};
    RIG_TRY(rig_image_resize(&image, width, height + BAR, 3, err));
    for (int i = 0; i < RIG_UNCERTAIN_ROWS * RIG_UNCERTAIN_COLS; i++)
        most = fmax(most, map->sigma_px[i / RIG_UNCERTAIN_COLS][i % RIG_UNCERTAIN_COLS]);
    fill(&image, (rig_rect){0, 0, image.width, image.height}, BLACK);
    for (int y = 0; y < RIG_UNCERTAIN_ROWS; y++)
        for (int x = 0; x < RIG_UNCERTAIN_COLS; x++) {
            const int left = x * width / RIG_UNCERTAIN_COLS, top = y * height / RIG_UNCERTAIN_ROWS;
            const rig_rect cell = {left, top, (x + 1) * width / RIG_UNCERTAIN_COLS - left,
                                   (y + 1) * height / RIG_UNCERTAIN_ROWS - top};
            const double sigma = map->sigma_px[y][x];
            unsigned char bgr[3];
            char text[32];
            shade(sigma, most, bgr);
            fill(&image, cell, sigma > 0 ? bgr : GREY);
            snprintf(text, sizeof text, "%.2g", sigma);
            if (sigma > 0)
                rig_draw_text(&image, (const double[]){left + 6, top + cell.h / 2.0 + 4}, text, 0.45,
                              sigma > 0.5 * most ? BLACK : WHITE);
        }
    snprintf(title, sizeof title, "%.24s at %.2f m", camera->view, map->distance_m);
    draw_scale(&image, 0, height, width, most, "px", title);
    rig_status status = rig_picture_write(path, &image, err);
    rig_image_release(&image);
    return status;
}

rig_status rig_uncertainty_draw(const rig_calibration *rig, const rig_uncertainty *uncertainty, const char *folder,
                                rig_arena *scratch, rig_err *err) {
    const char *path = rig_arena_printf(scratch, "%s/volume.png", folder);
    if (!path)
        return rig_fail_memory(err, "a path");
    RIG_TRY(volume_draw(rig, uncertainty, path, scratch, err));
    for (int c = 0; c < rig->n; c++) {
        if (!rig->cameras[c].has_pose)
            continue;
        path = rig_arena_printf(scratch, "%s/%s.png", folder, rig->cameras[c].view);
        if (!path)
            return rig_fail_memory(err, "a path");
        RIG_TRY(camera_draw(&rig->cameras[c], &uncertainty->maps[c], path, err));
    }
    return RIG_OK;
}
