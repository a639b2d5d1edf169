#include "tools/synth/backdrop.h"

#include "tools/synth/room.h"

#include <string.h>

static const double PI = 3.14159265358979323846;
static const double LARGER = 1.5;     // a backdrop's side, pictures
static const double FLOOR_FAR_M = 12; // where a made-up floor ends

rig_pose rig_backdrop_camera(const double p[3], double yaw, double pitch, double roll) {
    const double cy = cos(yaw), sy = sin(yaw), cp = cos(pitch), sp = sin(pitch), cr = cos(roll), sr = sin(roll);
    const double right[3] = {sy, -cy, 0}, forward[3] = {cp * cy, cp * sy, -sp};
    double down[3];
    rig_pose Rt;
    rig_cross3(forward, right, down);
    for (int i = 0; i < 3; i++) {
        Rt.R[i] = cr * right[i] + sr * down[i];
        Rt.R[3 + i] = cr * down[i] - sr * right[i];
        Rt.R[6 + i] = forward[i];
    }
    for (int i = 0; i < 3; i++)
        Rt.t[i] = -rig_dot3(&Rt.R[3 * i], p);
    return Rt;
}

rig_status rig_backdrop_make(rig_backdrop *backdrop, int size, rig_arena *out, rig_err *err) {
    const int side = (int)(LARGER * size);
    *backdrop = (rig_backdrop){.deep = false};
    return rig_canvas_make(&backdrop->canvas, side, side, out, err);
}

// A camera as rigs have them: 0.8 to 3 m high, looking at people's middle some metres away.
static void camera_set(rig_backdrop *backdrop, const double at[2], double yaw, double most_m, rig_rng *rng) {
    const double up = fmin(rig_rng_uniform(rng, 0.8, rig_rng_below(rng, 3) ? 2.0 : 3.0), most_m);
    const double far = rig_rng_uniform(rng, 2.5, 6), p[3] = {at[0], at[1], up};
    const double pitch = atan2(up - rig_rng_uniform(rng, 0.7, 1.2), far) + 0.04 * rig_rng_normal(rng);
    const double roll = 0.05 * rig_rng_normal(rng), half = rig_rng_uniform(rng, 0.42, 0.75);
    const int side = backdrop->canvas.width;
    backdrop->viewpoint.Rt_cam_world = rig_backdrop_camera(p, yaw, pitch, roll);
    backdrop->viewpoint.camera = (rig_camera){.width = side, .height = side, .lens = RIG_LENS_PINHOLE0};
    backdrop->viewpoint.camera.K[0] = backdrop->viewpoint.camera.K[1] = side / (2 * tan(half));
    backdrop->viewpoint.camera.K[2] = backdrop->viewpoint.camera.K[3] = (side - 1) / 2.0;
}

static rig_status room_draw(rig_backdrop *backdrop, rig_rng *rng, rig_arena *scratch, rig_err *err) {
    rig_room *room = RIG_NEW(scratch, rig_room, 1);
    if (!room)
        return rig_fail_memory(err, "a room");
    const rig_pose identity = rig_pose_identity();
    const double half = rig_rng_uniform(rng, 2.6, 4.6), height = rig_rng_uniform(rng, 2.4, 3.4);
    rig_room_make(room, &identity, half, height, rig_rng_below(rng, 4), rng);
    const double angle = rig_rng_uniform(rng, 0, 2 * PI), r = (half - 0.6) * rig_rng_uniform(rng, 0.9, 1.25);
    const double at[2] = {fmin(fmax(r * cos(angle), 0.6 - half), half - 0.6),
                          fmin(fmax(r * sin(angle), 0.6 - half), half - 0.6)};
    camera_set(backdrop, at, atan2(-at[1], -at[0]) + 0.2 * rig_rng_normal(rng), height - 0.25, rng);
    backdrop->radius_m = half - 0.75;
    backdrop->lights = room->lights;
    RIG_TRY(rig_rays_make(&backdrop->viewpoint.camera, &backdrop->viewpoint.rays, scratch, err));
    return rig_draw_solids(&backdrop->canvas, &backdrop->viewpoint, &room->lights, room->solids, room->n, scratch, err);
}

// Any light for what has none of its own: one to three lamps, high or low, warm or cold.
static rig_lights lights_draw(rig_rng *rng, double x) {
    const double ambient = rig_rng_uniform(rng, 0.18, 0.55), floor = rig_rng_uniform(rng, 0.3, 0.8);
    rig_lights lights = {.n = 1 + rig_rng_below(rng, 3), .up = {0, 0, 1}};
    lights.sky = rig_vec3_of(ambient, ambient, ambient * rig_rng_uniform(rng, 0.9, 1.25));
    lights.ground = rig_vec3_scale(lights.sky, (float)floor);
    for (int i = 0; i < lights.n; i++) {
        const double angle = rig_rng_uniform(rng, 0, 2 * PI), r = rig_rng_uniform(rng, 0.5, 6);
        const double up = rig_rng_uniform(rng, 1.5, 5), warm = rig_rng_uniform(rng, -0.1, 0.25);
        const double power = rig_rng_uniform(rng, 0.3, 1.4) / lights.n * (r * r + (up - 1) * (up - 1) + 0.5);
        lights.lamps[i].at = rig_vec3_of(x + r * cos(angle), r * sin(angle), up);
        lights.lamps[i].power = rig_vec3_of(power * (1 + warm), power, power * (1 - warm));
    }
    return lights;
}

// A photograph fills the canvas, its shorter side whole, anywhere along the longer.
static void photo_draw(rig_canvas *canvas, const rig_image *photo, rig_rng *rng) {
    const int side = canvas->width, shorter = photo->width < photo->height ? photo->width : photo->height;
    const double step = (double)shorter / side * rig_rng_uniform(rng, 0.5, 1);
    const double x0 = rig_rng_uniform(rng, 0, photo->width - step * side),
                 y0 = rig_rng_uniform(rng, 0, photo->height - step * side);
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++) {
            const int px = (int)fmin(x0 + step * (x + 0.5), photo->width - 1),
                      py = (int)fmin(y0 + step * (y + 0.5), photo->height - 1);
            const unsigned char *from = photo->data + py * photo->stride + 3 * px;
            for (int c = 0; c < 3; c++)
                canvas->ink[(size_t)y * (size_t)side + (size_t)x][c] = (int16_t)(from[c] * RIG_INK_LEVEL);
        }
}

rig_status rig_backdrop_draw(rig_backdrop *backdrop, const rig_image *photos, int n_photos, rig_rng *rng,
                             rig_arena *scratch, rig_err *err) {
    const int kind = rig_rng_below(rng, n_photos ? 20 : 10); // 10 and more: a photograph
    const double far = rig_rng_uniform(rng, 2, 8), origin[2] = {0, 0};
    const size_t n = (size_t)backdrop->canvas.width * (size_t)backdrop->canvas.height;
    for (size_t i = 0; i < n; i++)
        backdrop->canvas.z[i] = INFINITY;
    backdrop->deep = kind < 7;
    backdrop->centre[0] = backdrop->centre[1] = 0;
    if (kind < 5)
        return room_draw(backdrop, rng, scratch, err);
    camera_set(backdrop, origin, 0, 3, rng);
    backdrop->centre[0] = far;
    backdrop->radius_m = 6;
    backdrop->lights = lights_draw(rng, far);
    if (kind < 7)
        return rig_yard_draw(backdrop, rng, scratch, err);
    if (kind < 10)
        rig_clutter_draw(&backdrop->canvas, rng);
    else
        photo_draw(&backdrop->canvas, &photos[rig_rng_below(rng, n_photos)], rng);
    return RIG_OK;
}

static void row_show(const rig_canvas *from, double x0, double step, double y, int16_t (*ink)[3], float *z, int n) {
    const int last = from->width - 1, row = (int)fmin(fmax(y, 0), last - 1);
    const int down = (int)(256 * fmin(fmax(y - row, 0), 1));
    int16_t(*up)[3] = from->ink + (size_t)row * (size_t)from->width, (*low)[3] = up + from->width;
    const float *depth = from->z + (size_t)(row + (down > 127)) * (size_t)from->width;
    for (int i = 0; i < n; i++) {
        const float x = rig_clampf((float)(x0 + step * i), 0, (float)last - 0.001f);
        const int at = (int)x, right = (int)(256 * (x - (float)at));
        for (int c = 0; c < 3; c++) {
            const int above = up[at][c] * (256 - right) + up[at + 1][c] * right;
            const int below = low[at][c] * (256 - right) + low[at + 1][c] * right;
            ink[i][c] = (int16_t)(((above >> 8) * (256 - down) + (below >> 8) * down) >> 8);
        }
        z[i] = depth[at + (right > 127)];
    }
}

void rig_backdrop_show(const rig_backdrop *backdrop, const rig_backdrop_window *window, const rig_viewpoint *viewpoint,
                       rig_canvas *canvas) {
    const int n = canvas->width;
    const double step = window->mirrored ? -window->step : window->step;
    const double x0 = window->mirrored ? window->x0 + window->step * (n - 1) : window->x0;
    const rig_pose Rt_world_cam = rig_pose_invert(&viewpoint->Rt_cam_world);
    for (int y = 0; y < canvas->height; y++) {
        const size_t row = (size_t)y * (size_t)n;
        row_show(&backdrop->canvas, x0, step, window->y0 + window->step * y, canvas->ink + row, canvas->z + row, n);
        if (backdrop->deep)
            continue;
        for (int x = 0; x < n; x++) { // the floor where the ray meets it
            const rig_vec3 v = rig_rays_at(&viewpoint->rays, x, y);
            const double down = Rt_world_cam.R[6] * (double)v.x + Rt_world_cam.R[7] * (double)v.y + Rt_world_cam.R[8];
            const double far = down < -1e-6 ? -Rt_world_cam.t[2] / down : FLOOR_FAR_M;
            canvas->z[row + (size_t)x] = far < FLOOR_FAR_M ? (float)far : INFINITY;
        }
    }
}
