#include "app/uncertainty_maps.h"

#include "app/plot.h"
#include "app/view_videos.h"
#include "calib/uncertainty.h"
#include "core/image.h"
#include "cv/cv.h"

#include <stdio.h>
#include <string.h>

enum { SIDE = 640, CELL = 8, LEGEND = 28 }; // pixels: a panel's longer side, a cell of the volume's, the line below
static const double LETTERS = 0.6;          // of a camera's name, as rig_label_draw has it

// A white picture for panels of width x height side by side.
static rig_status sheet_make(rig_image *image, int n, int width, int height, int legend, rig_err *err) {
    const int wide = RIG_PLOT_LEFT + width + RIG_PLOT_RIGHT, high = RIG_PLOT_ABOVE + height + RIG_PLOT_BELOW + legend;
    RIG_TRY(rig_image_resize(image, n * wide, high, 3, err));
    rig_plot_fill(image, (rig_rect){0, 0, image->width, image->height}, rig_white);
    return RIG_OK;
}

static rig_plot panel_of(rig_image *image, int i, int width, int height) {
    const int wide = RIG_PLOT_LEFT + width + RIG_PLOT_RIGHT;
    return (rig_plot){.image = image, .panel = {i * wide + RIG_PLOT_LEFT, RIG_PLOT_ABOVE, width, height}};
}

// --- the volume from above -------------------------------------------------------------------------------------------

typedef struct plan {
    const rig_calibration *rig;
    const rig_uncertainty *u;
    int cols, rows; // cells
    double m_per_cell;
    double *sigma[2]; // by keypoints, by calibration, mm; -1: fewer than two cameras
    rig_plot_scale scale[2];
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

static rig_status plan_reckon(plan *a, rig_arena *scratch, rig_err *err) {
    const int n_cells = a->cols * a->rows;
    double *sorted = RIG_NEW(scratch, double, n_cells);
    for (int k = 0; k < 2; k++)
        a->sigma[k] = RIG_NEW(scratch, double, n_cells);
    if (!a->sigma[0] || !a->sigma[1] || !sorted)
        return rig_fail_memory(err, "the volume's map");
    for (int i = 0; i < n_cells; i++) {
        int cameras[RIG_UNCERTAINTY_CAMERAS_MAX];
        uint64_t views;
        double p[3], C[2][9];
        plan_point(a, i % a->cols, i / a->cols, p);
        int n = rig_cameras_that_see(a->rig, p, &views, cameras);
        bool known = n >= 2 && rig_uncertainty_point(a->rig, cameras, n, p, a->u->sigma_px, C[0], C[1]);
        for (int k = 0; k < 2; k++)
            a->sigma[k][i] = known ? 1000 * rig_uncertainty_sigma(C[k]) : -1;
    }
    for (int k = 0; k < 2; k++) {
        memcpy(sorted, a->sigma[k], (size_t)n_cells * sizeof *sorted);
        a->scale[k] = rig_plot_scale_of(sorted, n_cells);
    }
    return RIG_OK;
}

// Cameras in the plan, and the boxes of their names.
typedef struct tags {
    int n;
    double q[RIG_UNCERTAINTY_CAMERAS_MAX][2], low[RIG_UNCERTAINTY_CAMERAS_MAX][2], high[RIG_UNCERTAINTY_CAMERAS_MAX][2];
} tags;

static bool is_free(const tags *t, int named, const rig_rect *panel, const double low[2], const double high[2]) {
    bool is =
        low[0] >= panel->x && low[1] >= panel->y && high[0] < panel->x + panel->w && high[1] < panel->y + panel->h;
    for (int i = 0; i < named; i++)
        is = is &&
             (t->high[i][0] < low[0] || t->low[i][0] > high[0] || t->high[i][1] < low[1] || t->low[i][1] > high[1]);
    for (int i = 0; i < t->n; i++)
        is = is && (t->q[i][0] + 5 < low[0] || t->q[i][0] - 5 > high[0] || t->q[i][1] + 5 < low[1] ||
                    t->q[i][1] - 5 > high[1]);
    return is;
}

// Discs with names, each on a side where it lies in the panel and on no other, where there is one.
static void cameras_draw(const plan *a, const rig_plot *plot) {
    tags t = {.n = 0};
    for (int c = 0; c < a->rig->n && t.n < RIG_UNCERTAINTY_CAMERAS_MAX; c++) {
        double centre[3];
        if (!a->rig->cameras[c].has_pose)
            continue;
        rig_pose_centre(&a->rig->cameras[c].Rt_cam_world, centre);
        rig_plot_place(plot, centre, t.q[t.n]);
        rig_draw_disc(plot->image, t.q[t.n], 7, rig_white.bgr);
        rig_draw_disc(plot->image, t.q[t.n++], 5, rig_black.bgr);
    }
    for (int c = 0, i = 0; c < a->rig->n && i < t.n; c++) {
        const rig_view_camera *camera = &a->rig->cameras[c];
        double size[2];
        if (!camera->has_pose)
            continue;
        rig_label_extent(camera->view, LETTERS, size);
        for (int side = 0; side < 4; side++) {
            t.low[i][0] = side % 2 ? t.q[i][0] - 7 - size[0] : t.q[i][0] + 7;
            t.low[i][1] = side / 2 ? t.q[i][1] + 7 : t.q[i][1] - 7 - size[1];
            t.high[i][0] = t.low[i][0] + size[0], t.high[i][1] = t.low[i][1] + size[1];
            if (is_free(&t, i, &plot->panel, t.low[i], t.high[i]))
                break;
        }
        rig_label_draw(plot->image, (const double[]){t.low[i][0], t.high[i][1]}, camera->view, LETTERS, rig_black);
        i++;
    }
}

static void plan_draw(const plan *a, int k, rig_image *image) {
    static const char *const UNITS[2] = {"world x, m", "world y, m"};
    char title[96];
    rig_plot plot = panel_of(image, k, a->cols * CELL, a->rows * CELL);
    const double size[2] = {a->cols * a->m_per_cell, a->rows * a->m_per_cell};
    plot.low[0] = a->u->low[0], plot.high[0] = a->u->low[0] + size[0];
    plot.low[1] = a->u->high[1] - size[1], plot.high[1] = a->u->high[1];
    for (int i = 0; i < a->cols * a->rows; i++) {
        const double sigma = a->sigma[k][i];
        const rig_rect cell = {plot.panel.x + i % a->cols * CELL, plot.panel.y + i / a->cols * CELL, CELL, CELL};
        rig_plot_fill(image, cell, sigma >= 0 ? rig_plot_colour(&a->scale[k], sigma) : rig_grey);
    }
    if (k == 0)
        snprintf(title, sizeof title, "error from keypoints (%g px), at z = %.2f m", a->u->sigma_px,
                 (a->u->low[2] + a->u->high[2]) / 2);
    else
        snprintf(title, sizeof title, "error from the calibration");
    rig_plot_axes_draw(&plot, UNITS, title);
    rig_plot_scale_draw(&plot, &a->scale[k], "sigma, mm");
    cameras_draw(a, &plot);
}

static rig_status volume_draw(const rig_calibration *rig, const rig_uncertainty *u, const char *path,
                              rig_arena *scratch, rig_err *err) {
    const double wide = u->high[0] - u->low[0], deep = u->high[1] - u->low[1];
    plan a = {.rig = rig, .u = u, .m_per_cell = fmax(fmax(wide, deep), 1e-3) * CELL / SIDE};
    a.cols = (int)fmax(ceil(wide / a.m_per_cell), 1);
    a.rows = (int)fmax(ceil(deep / a.m_per_cell), 1);
    rig_image image = {0};
    RIG_TRY(plan_reckon(&a, scratch, err));
    rig_status status = sheet_make(&image, 2, a.cols * CELL, a.rows * CELL, LEGEND, err);
    if (status == RIG_OK) {
        plan_draw(&a, 0, &image);
        plan_draw(&a, 1, &image);
        rig_draw_text(&image, (const double[]){RIG_PLOT_LEFT, image.height - 12},
                      "seen from above; grey: fewer than two cameras; one standard deviation, RMS over the three axes",
                      0.5, rig_black.bgr);
        status = rig_picture_write(path, &image, err);
    }
    rig_image_release(&image);
    return status;
}

// --- a camera's pixels -----------------------------------------------------------------------------------------------

static void cells_draw(const rig_pixel_map *map, const rig_plot_scale *scale, const rig_plot *plot) {
    const int width = plot->panel.w, height = plot->panel.h;
    for (int y = 0; y < RIG_UNCERTAIN_ROWS; y++)
        for (int x = 0; x < RIG_UNCERTAIN_COLS; x++) {
            const int left = x * width / RIG_UNCERTAIN_COLS, top = y * height / RIG_UNCERTAIN_ROWS;
            const rig_rect cell = {plot->panel.x + left, plot->panel.y + top,
                                   (x + 1) * width / RIG_UNCERTAIN_COLS - left,
                                   (y + 1) * height / RIG_UNCERTAIN_ROWS - top};
            const double sigma = map->sigma_px[y][x];
            char text[32];
            rig_plot_fill(plot->image, cell, sigma > 0 ? rig_plot_colour(scale, sigma) : rig_grey);
            snprintf(text, sizeof text, "%.2g", sigma);
            if (sigma > 0)
                rig_plot_text(plot->image, (const double[]){cell.x + cell.w / 2.0, cell.y + cell.h / 2.0}, text, 0.5);
        }
}

static rig_status camera_draw(const rig_view_camera *camera, const rig_pixel_map *map, const char *path, rig_err *err) {
    static const char *const UNITS[2] = {"x, px", "y, px"};
    const double larger = fmax(camera->camera.width, camera->camera.height);
    const int width = (int)fmax(SIDE * camera->camera.width / larger, 1),
              height = (int)fmax(SIDE * camera->camera.height / larger, 1);
    double values[RIG_UNCERTAIN_ROWS * RIG_UNCERTAIN_COLS];
    char title[96];
    rig_image image = {0};
    memcpy(values, map->sigma_px, sizeof values);
    const rig_plot_scale scale = rig_plot_scale_of(values, RIG_UNCERTAIN_ROWS * RIG_UNCERTAIN_COLS);
    RIG_TRY(sheet_make(&image, 1, width, height, 0, err));
    rig_plot plot = panel_of(&image, 0, width, height);
    plot.low[0] = -0.5, plot.high[0] = camera->camera.width - 0.5;
    plot.low[1] = camera->camera.height - 0.5, plot.high[1] = -0.5;
    cells_draw(map, &scale, &plot);
    snprintf(title, sizeof title, "%.24s: projection error of points %.2f m away", camera->view, map->distance_m);
    rig_plot_axes_draw(&plot, UNITS, title);
    rig_plot_scale_draw(&plot, &scale, "sigma, px");
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
