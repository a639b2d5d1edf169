#include "tools/synth/chart.h"

// A pixel sees through a Gaussian of this width (px), as a sensor behind a good lens does. All of the print is
// integrated over it in closed form: samples would move each corner by some hundredths of a pixel.
static const float BLUR_PX = 0.5f;
static const float FAR = 4; // widths from an edge, where nothing of it is left
static const float WHITE = 0.78f, BLACK = 0.035f, BACK = 0.3f;
static const float MARGIN = 2; // squares from the outermost corners to the board's edge: one of the pattern, one white
enum { NODES = 9 };            // of the light on the board, each way

// What is wanted for each pixel: the board's coordinates in squares are h0.v / h2.v and h1.v / h2.v.
typedef struct chart {
    const rig_board *board;
    rig_vec3 h0, h1, h2;
    float plane; // depth = plane / h2.v
    bool front;
    rig_vec3 light[NODES][NODES];
} chart;

static void light_find(chart *at, const rig_pose *Rt_cam_board, const rig_lights *lights) {
    const double z = at->front ? -1 : 1;
    const rig_vec3 normal = rig_vec3_of(z * Rt_cam_board->R[2], z * Rt_cam_board->R[5], z * Rt_cam_board->R[8]);
    for (int j = 0; j < NODES; j++)
        for (int i = 0; i < NODES; i++) {
            const double u = (double)i / (NODES - 1), v = (double)j / (NODES - 1), margin = (double)MARGIN;
            const double p[3] = {at->board->square_m * (u * (at->board->cols - 1 + 2 * margin) - margin),
                                 at->board->square_m * (v * (at->board->rows - 1 + 2 * margin) - margin), 0};
            double p_cam[3];
            rig_pose_apply(Rt_cam_board, p, p_cam);
            at->light[j][i] =
                rig_lights_shade(lights, rig_vec3_of(p_cam[0], p_cam[1], p_cam[2]), normal, (rig_vec3){1, 1, 1}, 0, 1);
        }
}

static chart chart_see(const rig_viewpoint *viewpoint, const rig_lights *lights, const rig_board *board,
                       const rig_pose *Rt_world_board) {
    chart at = {.board = board};
    const rig_pose Rt = rig_pose_mul(&viewpoint->Rt_cam_world, Rt_world_board);
    const double *R = Rt.R, s = 1 / board->square_m;
    double along[3]; // the board's axes times where it is
    for (int i = 0; i < 3; i++)
        along[i] = R[i] * Rt.t[0] + R[3 + i] * Rt.t[1] + R[6 + i] * Rt.t[2];
    at.front = along[2] > 0;
    at.plane = (float)along[2];
    at.h0 = rig_vec3_of(s * (R[0] * along[2] - R[2] * along[0]), s * (R[3] * along[2] - R[5] * along[0]),
                        s * (R[6] * along[2] - R[8] * along[0]));
    at.h1 = rig_vec3_of(s * (R[1] * along[2] - R[2] * along[1]), s * (R[4] * along[2] - R[5] * along[1]),
                        s * (R[7] * along[2] - R[8] * along[1]));
    at.h2 = rig_vec3_of(R[2], R[5], R[8]);
    const rig_lights seen = rig_lights_see(lights, &viewpoint->Rt_cam_world);
    light_find(&at, &Rt, &seen);
    return at;
}

// The share of a Gaussian that lies above 0, its mean x widths above.
static float above(float x) {
    return x > FAR ? 1 : x < -FAR ? 0 : 0.5f + 0.5f * erff(x * 0.70710678f);
}

static float between(float x, float low, float high, float width) {
    return above((x - low) / width) - above((x - high) / width);
}

// The mean of sign(x) sign(y) over a Gaussian around (h, k), unit widths, correlation sin(angle). The edges of a board
// seen askew do not cross at right angles, and the product of their means is not all of it. Source: Plackett 1954; five
// points of Gauss and Legendre.
static float crossing(float h, float k, float angle) {
    static const float node[5] = {0.04691008f, 0.23076534f, 0.5f, 0.76923466f, 0.95308992f};
    static const float weight[5] = {0.11846344f, 0.23931434f, 0.28444444f, 0.23931434f, 0.11846344f};
    float sum = (2 * above(h) - 1) * (2 * above(k) - 1);
    if (fabsf(h) > FAR || fabsf(k) > FAR)
        return sum;
    for (int i = 0; i < 5; i++) {
        const float s = sinf(node[i] * angle), c2 = 1 - s * s;
        sum += 0.63661977f * weight[i] * angle * expf(-(h * h - 2 * h * k * s + k * k) / (2 * c2)); // 4 / (2 pi)
    }
    return sum;
}

// Where a pixel looks on the board: squares from corner 0, their slopes by pixel, and the Gaussian's widths in squares.
typedef struct look {
    float u, v, u_dx, u_dy, v_dx, v_dy, wide_u, wide_v;
} look;

// The nearest line between two columns or rows of squares.
static int line_near(float x, int n) {
    const int line = (int)floorf(x + 0.5f);
    return line < 0 ? 0 : line > n - 1 ? n - 1 : line;
}

// How bright the print is, white where it ends.
static float print_at(const chart *at, const look *to) {
    const int cols = at->board->cols, rows = at->board->rows;
    const float inside = between(to->u, -1, (float)cols, to->wide_u) * between(to->v, -1, (float)rows, to->wide_v);
    if (inside <= 0)
        return WHITE;
    const int i = line_near(to->u, cols), j = line_near(to->v, rows);
    const float slopes = to->u_dx * to->v_dx + to->u_dy * to->v_dy;
    const float correlation = slopes * BLUR_PX * BLUR_PX / (to->wide_u * to->wide_v);
    const float sign = (i + j + RIG_CHART_FIRST_BLACK) & 1 ? -1 : 1; // of the square below and to the right
    const float mean = sign * crossing((to->u - (float)i) / to->wide_u, (to->v - (float)j) / to->wide_v,
                                       asinf(rig_clampf(correlation, -0.98f, 0.98f)));
    return WHITE + inside * ((BLACK - WHITE) / 2 + (WHITE - BLACK) / 2 * mean);
}

static rig_vec3 light_at(const chart *at, float u, float v) {
    const float x = (u + MARGIN) / ((float)at->board->cols - 1 + 2 * MARGIN) * (NODES - 1);
    const float y = (v + MARGIN) / ((float)at->board->rows - 1 + 2 * MARGIN) * (NODES - 1);
    const int i = (int)rig_clampf(x, 0, NODES - 2), j = (int)rig_clampf(y, 0, NODES - 2);
    const rig_vec3 low = rig_vec3_mix(at->light[j][i], at->light[j][i + 1], x - (float)i);
    const rig_vec3 high = rig_vec3_mix(at->light[j + 1][i], at->light[j + 1][i + 1], x - (float)i);
    return rig_vec3_mix(low, high, y - (float)j);
}

static look look_at(const chart *at, const rig_viewpoint *viewpoint, int x, int y, rig_vec3 v, float w) {
    look to = {.u = rig_vec3_dot(at->h0, v) / w, .v = rig_vec3_dot(at->h1, v) / w};
    const rig_ray_differential ray = rig_rays_slope(&viewpoint->rays, x, y);
    const float w_dx = rig_vec3_dot(at->h2, ray.dv_dx), w_dy = rig_vec3_dot(at->h2, ray.dv_dy);
    to.u_dx = (rig_vec3_dot(at->h0, ray.dv_dx) - to.u * w_dx) / w;
    to.u_dy = (rig_vec3_dot(at->h0, ray.dv_dy) - to.u * w_dy) / w;
    to.v_dx = (rig_vec3_dot(at->h1, ray.dv_dx) - to.v * w_dx) / w;
    to.v_dy = (rig_vec3_dot(at->h1, ray.dv_dy) - to.v * w_dy) / w;
    to.wide_u = BLUR_PX * sqrtf(to.u_dx * to.u_dx + to.u_dy * to.u_dy);
    to.wide_v = BLUR_PX * sqrtf(to.v_dx * to.v_dx + to.v_dy * to.v_dy);
    return to;
}

static void pixel_draw(rig_canvas *canvas, const chart *at, const rig_viewpoint *viewpoint, int x, int y) {
    const float last_u = (float)at->board->cols - 1 + MARGIN, last_v = (float)at->board->rows - 1 + MARGIN;
    const size_t pixel = (size_t)y * (size_t)canvas->width + (size_t)x;
    const rig_vec3 v = rig_rays_at(&viewpoint->rays, x, y);
    const float w = rig_vec3_dot(at->h2, v), z = at->plane / w;
    if (!(z > 0) || z >= canvas->z[pixel] + 1e-3f)
        return;
    const look to = look_at(at, viewpoint, x, y, v, w);
    const float on = between(to.u, -MARGIN, last_u, to.wide_u) * between(to.v, -MARGIN, last_v, to.wide_v);
    if (on <= 0)
        return;
    const rig_vec3 light = rig_vec3_scale(light_at(at, to.u, to.v), at->front ? print_at(at, &to) : BACK);
    const float ink[3] = {rig_ink(light.z), rig_ink(light.y), rig_ink(light.x)};
    float mixed[3];
    for (int c = 0; c < 3; c++)
        mixed[c] = on * ink[c] + (1 - on) * (float)canvas->ink[pixel][c];
    rig_canvas_put(canvas, pixel, mixed);
    if (on > 0.5f)
        canvas->z[pixel] = z;
}

rig_solid rig_chart_solid(const rig_board *board, const rig_pose *Rt_world_board) {
    const double margin = (double)MARGIN, s = board->square_m;
    const double middle[3] = {s * (board->cols - 1) / 2, s * (board->rows - 1) / 2, 0};
    rig_pose Rt = *Rt_world_board;
    rig_pose_apply(Rt_world_board, middle, Rt.t);
    return rig_solid_box(&Rt, rig_vec3_of(middle[0] + margin * s, middle[1] + margin * s, 0.002), NULL);
}

void rig_chart_draw(rig_canvas *canvas, const rig_viewpoint *viewpoint, const rig_lights *lights,
                    const rig_board *board, const rig_pose *Rt_world_board) {
    const rig_solid solid = rig_chart_solid(board, Rt_world_board);
    const rig_rect rect = rig_target_see(&solid, &viewpoint->camera, &viewpoint->rays, &viewpoint->Rt_cam_world).rect;
    if (!rect.w)
        return;
    const chart at = chart_see(viewpoint, lights, board, Rt_world_board);
    for (int y = rect.y; y < rect.y + rect.h; y++)
        for (int x = rect.x; x < rect.x + rect.w; x++)
            pixel_draw(canvas, &at, viewpoint, x, y);
}
