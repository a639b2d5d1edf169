#include "synth/chart.h"

// A pixel sees a tent of this half width (px), as a sensor behind a good lens does. Corners are found by their
// gradients, and a box of one pixel would leave too little of them.
static const float TENT_PX = 0.9f;
static const float WHITE = 0.78f, BLACK = 0.035f, BACK = 0.3f;
static const float MARGIN = 2; // squares from the outermost corners to the board's edge: one of the pattern, one white
enum { SAMPLES = 34, LATTICE = 21, LATTICE_START = 10 }; // Fibonacci's lattice, symmetric about its middle
enum { NODES = 9 };                                      // of the light on the board, each way

// What is wanted for each pixel: the board's coordinates in squares are h0.v / h2.v and h1.v / h2.v.
typedef struct chart {
    const rig_board *board;
    rig_vec3 h0, h1, h2;
    float plane; // depth = plane / h2.v
    bool front;
    rig_vec3 light[NODES][NODES];
    float sample[SAMPLES][2];
} chart;

// Places with the density of a tent: the inverse of its distribution on a lattice.
static float tent_place(float share) {
    return share < 0.5f ? TENT_PX * (sqrtf(2 * share) - 1) : TENT_PX * (1 - sqrtf(2 - 2 * share));
}

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

static chart chart_see(const rig_eye *eye, const rig_lights *lights, const rig_board *board,
                       const rig_pose *Rt_world_board) {
    chart at = {.board = board};
    const rig_pose Rt = rig_pose_mul(&eye->Rt_cam_world, Rt_world_board);
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
    const rig_lights seen = rig_lights_see(lights, &eye->Rt_cam_world);
    light_find(&at, &Rt, &seen);
    for (int i = 0; i < SAMPLES; i++) {
        at.sample[i][0] = tent_place(((float)i + 0.5f) / SAMPLES);
        at.sample[i][1] = tent_place(((float)((LATTICE * i + LATTICE_START) % SAMPLES) + 0.5f) / SAMPLES);
    }
    return at;
}

static int floor_int(float x) {
    int i = (int)x;
    return i - (x < (float)i);
}

// How bright the print is at (u, v) squares from corner 0; negative: beside the board.
static float albedo(const chart *at, float u, float v) {
    const float cols = (float)at->board->cols, rows = (float)at->board->rows;
    if (u < -MARGIN || v < -MARGIN || u > cols - 1 + MARGIN || v > rows - 1 + MARGIN)
        return -1;
    if (!at->front)
        return BACK;
    if (u < -1 || v < -1 || u >= cols || v >= rows)
        return WHITE;
    return (floor_int(u) + floor_int(v) + RIG_CHART_FIRST_BLACK) & 1 ? BLACK : WHITE;
}

static rig_vec3 light_at(const chart *at, float u, float v) {
    const float x = (u + MARGIN) / ((float)at->board->cols - 1 + 2 * MARGIN) * (NODES - 1);
    const float y = (v + MARGIN) / ((float)at->board->rows - 1 + 2 * MARGIN) * (NODES - 1);
    const int i = (int)rig_clampf(x, 0, NODES - 2), j = (int)rig_clampf(y, 0, NODES - 2);
    const rig_vec3 low = rig_vec3_mix(at->light[j][i], at->light[j][i + 1], x - (float)i);
    const rig_vec3 high = rig_vec3_mix(at->light[j + 1][i], at->light[j + 1][i + 1], x - (float)i);
    return rig_vec3_mix(low, high, y - (float)j);
}

// Does [x - r, x + r] hold a whole number, where the print can change?
static bool crosses(float x, float r) {
    return floor_int(x - r) != floor_int(x + r);
}

// The mean of the print over a pixel's tent: its white share's light, and how much of the pixel is beside the board.
static void pixel_draw(rig_canvas *canvas, const chart *at, const rig_eye *eye, int x, int y) {
    const size_t pixel = (size_t)y * (size_t)canvas->width + (size_t)x;
    const rig_vec3 v = rig_rays_at(&eye->rays, x, y);
    const float w = rig_vec3_dot(at->h2, v), z = at->plane / w;
    if (!(z > 0) || z >= canvas->z[pixel] + 1e-3f)
        return;
    const float a = rig_vec3_dot(at->h0, v) / w, b = rig_vec3_dot(at->h1, v) / w;
    if (a < -MARGIN - 2 || b < -MARGIN - 2 || a > (float)at->board->cols + 3 || b > (float)at->board->rows + 3)
        return;
    const rig_ray ray = rig_rays_slope(&eye->rays, x, y);
    const float w_dx = rig_vec3_dot(at->h2, ray.dv_dx), w_dy = rig_vec3_dot(at->h2, ray.dv_dy);
    const float a_dx = (rig_vec3_dot(at->h0, ray.dv_dx) - a * w_dx) / w;
    const float a_dy = (rig_vec3_dot(at->h0, ray.dv_dy) - a * w_dy) / w;
    const float b_dx = (rig_vec3_dot(at->h1, ray.dv_dx) - b * w_dx) / w;
    const float b_dy = (rig_vec3_dot(at->h1, ray.dv_dy) - b * w_dy) / w;
    float sum = 0, on = 0;
    if (!crosses(a, TENT_PX * (fabsf(a_dx) + fabsf(a_dy))) && !crosses(b, TENT_PX * (fabsf(b_dx) + fabsf(b_dy)))) {
        sum = albedo(at, a, b);
        if (sum < 0)
            return;
        on = 1;
    } else {
        for (int i = 0; i < SAMPLES; i++) {
            const float dx = at->sample[i][0], dy = at->sample[i][1];
            const float print = albedo(at, a + a_dx * dx + a_dy * dy, b + b_dx * dx + b_dy * dy);
            sum += print > 0 ? print : 0;
            on += print > 0 ? 1 : 0;
        }
        if (on <= 0)
            return;
        sum /= on;
        on /= SAMPLES;
    }
    const rig_vec3 light = rig_vec3_scale(light_at(at, a, b), sum);
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

void rig_chart_draw(rig_canvas *canvas, const rig_eye *eye, const rig_lights *lights, const rig_board *board,
                    const rig_pose *Rt_world_board) {
    const rig_solid solid = rig_chart_solid(board, Rt_world_board);
    const rig_rect rect = rig_target_see(&solid, &eye->camera, &eye->rays, &eye->Rt_cam_world).rect;
    if (!rect.w)
        return;
    const chart at = chart_see(eye, lights, board, Rt_world_board);
    for (int y = rect.y; y < rect.y + rect.h; y++)
        for (int x = rect.x; x < rect.x + rect.w; x++)
            pixel_draw(canvas, &at, eye, x, y);
}
