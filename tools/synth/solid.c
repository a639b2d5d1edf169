#include "tools/synth/solid.h"

#include <assert.h>
#include <string.h>

static const float identity[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
static const float Z_NEAR = 0.05f; // m; what comes nearer to the camera fills the picture

// A frame whose z axis is `z` (unit) and whose x axis is as near to `x` as it can be; columns of R.
static void frame_from_axis(const double z[3], const double x[3], double R[9]) {
    double along = rig_dot3(x, z), across[3], y[3];
    for (int i = 0; i < 3; i++)
        across[i] = x[i] - along * z[i];
    double norm = rig_norm3(across);
    if (norm < 1e-6) { // x is the axis itself: any across will do
        const double other[3] = {z[1], z[2], z[0]};
        frame_from_axis(z, other, R);
        return;
    }
    for (int i = 0; i < 3; i++)
        across[i] /= norm;
    rig_cross3(z, across, y);
    for (int i = 0; i < 3; i++) {
        R[3 * i] = across[i];
        R[3 * i + 1] = y[i];
        R[3 * i + 2] = z[i];
    }
}

rig_solid rig_solid_cone(const double p0[3], const double p1[3], double r0, double r1, const double flat[3],
                         double flatness) {
    double axis[3] = {p1[0] - p0[0], p1[1] - p0[1], p1[2] - p0[2]};
    double length = rig_norm3(axis);
    rig_solid solid = {.kind = RIG_SOLID_CONE, .scale = {(float)flatness, 1, 1}, .r0 = (float)r0, .r1 = (float)r1};
    if (length <= 1.001 * fabs(r0 - r1)) { // one ball hides the other
        const double up[3] = {0, 0, 1};
        solid.r0 = solid.r1 = (float)fmax(r0, r1);
        frame_from_axis(up, flat, solid.Rt_world_solid.R);
        p0 = r0 > r1 ? p0 : p1;
    } else {
        solid.length = (float)length;
        for (int i = 0; i < 3; i++)
            axis[i] /= length;
        frame_from_axis(axis, flat, solid.Rt_world_solid.R);
    }
    for (int i = 0; i < 3; i++)
        solid.Rt_world_solid.t[i] = p0[i];
    solid.unroll_m = (solid.r0 + solid.r1) / 2;
    memcpy(solid.R_texture_solid, identity, sizeof identity);
    return solid;
}

rig_solid rig_solid_ellipsoid(const rig_pose *Rt_world_solid, rig_vec3 half) {
    rig_solid solid = {.kind = RIG_SOLID_CONE, .Rt_world_solid = *Rt_world_solid, .scale = half, .r0 = 1, .r1 = 1};
    solid.unroll_m = half.y;
    memcpy(solid.R_texture_solid, identity, sizeof identity);
    return solid;
}

rig_solid rig_solid_box(const rig_pose *Rt_world_solid, rig_vec3 half, const rig_material *material) {
    rig_solid solid = {.kind = RIG_SOLID_BOX, .Rt_world_solid = *Rt_world_solid, .scale = half};
    for (int i = 0; i < RIG_SOLID_FACES; i++)
        solid.faces[i] = material;
    memcpy(solid.R_texture_solid, identity, sizeof identity);
    return solid;
}

// The pixels that a box of the plane z = 1 can reach. A barrel lens bulges the box's sides most where they pass the
// axis.
static rig_rect rect_of_field(const double least[2], const double most[2], const rig_camera *camera,
                              const rig_rays *rays) {
    double low[2], high[2], q_low[2] = {INFINITY, INFINITY}, q_high[2] = {-INFINITY, -INFINITY};
    for (int i = 0; i < 2; i++) {
        const double slack = 0.02 * (rays->n_most[i] - rays->n_least[i]); // beyond the field the lens may fold back
        low[i] = fmax(least[i], rays->n_least[i] - slack);
        high[i] = fmin(most[i], rays->n_most[i] + slack);
        if (low[i] >= high[i])
            return (rig_rect){0};
    }
    const double xs[3] = {low[0], fmin(fmax(0, low[0]), high[0]), high[0]};
    const double ys[3] = {low[1], fmin(fmax(0, low[1]), high[1]), high[1]};
    for (int i = 0; i < 9; i++) {
        const double p[3] = {xs[i % 3], ys[i / 3], 1};
        double q[2];
        if (!rig_camera_project(camera, p, q, NULL, NULL))
            continue;
        for (int axis = 0; axis < 2; axis++) {
            q_low[axis] = fmin(q_low[axis], q[axis]);
            q_high[axis] = fmax(q_high[axis], q[axis]);
        }
    }
    const int x0 = (int)fmax(0, floor(q_low[0]) - 1), x1 = (int)fmin(camera->width, ceil(q_high[0]) + 2);
    const int y0 = (int)fmax(0, floor(q_low[1]) - 1), y1 = (int)fmin(camera->height, ceil(q_high[1]) + 2);
    return x1 > x0 && y1 > y0 ? (rig_rect){x0, y0, x1 - x0, y1 - y0} : (rig_rect){0};
}

// Widen [least, most] by what a ball at c (camera frame) covers of the plane z = 1 along one axis; false: too near.
static bool ball_widen(double across, double z, double r, double *least, double *most) {
    const double distance = hypot(across, z);
    if (z - r < (double)Z_NEAR)
        return false;
    const double to = atan2(across, z), half = asin(fmin(1, r / distance));
    *least = fmin(*least, tan(to - half));
    *most = fmax(*most, tan(to + half));
    return true;
}

static rig_rect rect_of_solid(const rig_solid *solid, const rig_pose *Rt_cam_solid, const rig_camera *camera,
                              const rig_rays *rays) {
    double least[2] = {INFINITY, INFINITY}, most[2] = {-INFINITY, -INFINITY};
    const rig_rect all = {0, 0, camera->width, camera->height};
    const rig_vec3 s = solid->scale;
    if (solid->kind == RIG_SOLID_ROOM)
        return all;
    const int n = solid->kind == RIG_SOLID_BOX ? 8 : solid->length > 0 ? 2 : 1;
    bool near = false, front = false;
    for (int i = 0; i < n; i++) {
        double own[3] = {0, 0, i * (double)(solid->length * s.z)}, c[3], r = 0;
        if (solid->kind == RIG_SOLID_BOX)
            for (int axis = 0; axis < 3; axis++)
                own[axis] = (i >> axis & 1 ? 1 : -1) * (double)rig_vec3_at(s, axis);
        else
            r = (double)((i ? solid->r1 : solid->r0) * rig_maxf(s.x, rig_maxf(s.y, solid->length > 0 ? 0 : s.z)));
        rig_pose_apply(Rt_cam_solid, own, c);
        front = front || c[2] + r > (double)Z_NEAR;
        for (int axis = 0; axis < 2; axis++)
            near = !ball_widen(c[axis], c[2], r, &least[axis], &most[axis]) || near;
    }
    if (!front)
        return (rig_rect){0};
    return near ? all : rect_of_field(least, most, camera, rays);
}

rig_target rig_target_see(const rig_solid *solid, const rig_camera *camera, const rig_rays *rays,
                          const rig_pose *Rt_cam_world) {
    rig_target target = {.solid = solid, .cos = 1};
    const rig_pose Rt_cam_solid = rig_pose_mul(Rt_cam_world, &solid->Rt_world_solid);
    const rig_pose Rt_solid_cam = rig_pose_invert(&Rt_cam_solid);
    for (int i = 0; i < 9; i++)
        target.A[i] = (float)Rt_solid_cam.R[i] / rig_vec3_at(solid->scale, i / 3);
    target.b = rig_vec3_of(Rt_solid_cam.t[0] / (double)solid->scale.x, Rt_solid_cam.t[1] / (double)solid->scale.y,
                           Rt_solid_cam.t[2] / (double)solid->scale.z);
    if (solid->length > 0) {
        target.sin = (solid->r0 - solid->r1) / solid->length;
        target.cos = sqrtf(1 - target.sin * target.sin);
    }
    const rig_vec3 b = target.b, b1 = {b.x, b.y, b.z - solid->length};
    const float left = solid->r0 - target.sin * b.z;
    target.c_flank = target.cos * target.cos * (b.x * b.x + b.y * b.y) - left * left;
    target.c_ball0 = rig_vec3_dot(b, b) - solid->r0 * solid->r0;
    target.c_ball1 = rig_vec3_dot(b1, b1) - solid->r1 * solid->r1;
    target.rect = rect_of_solid(solid, &Rt_cam_solid, camera, rays);
    return target;
}

// The first t > 0 with a t^2 + 2 b t + c = 0 for a ball seen from outside.
static float ball_hit(float a, float b, float c) {
    const float square = b * b - a * c;
    if (square < 0 || b >= 0)
        return INFINITY;
    return c / (-b + sqrtf(square)); // (-b - root) / a without its cancellation
}

static float cone_distance(const rig_target *target, rig_vec3 own, rig_vec3 *normal);

// The hull is inside the flank's infinite cone. Where a ray enters that cone between the two circles of contact, it
// enters the hull; where it enters below or above, it can only meet the ball of that end.
static float hull_hit(const rig_target *target, rig_vec3 l) {
    const rig_solid *solid = target->solid;
    const rig_vec3 o = target->b;
    const float ll = rig_vec3_dot(l, l), ol = rig_vec3_dot(o, l);
    if (!(solid->length > 0))
        return ball_hit(ll, ol, target->c_ball0);
    const float sin = target->sin, cos2 = target->cos * target->cos;
    const float a = cos2 * (l.x * l.x + l.y * l.y) - sin * sin * l.z * l.z;
    const float b = cos2 * (o.x * l.x + o.y * l.y) + sin * l.z * (solid->r0 - sin * o.z);
    const float square = b * b - a * target->c_flank;
    if (square < 0)
        return INFINITY;
    // The first root; c / (-b + root) is the same number where -b - root would cancel or a vanish.
    const float root = sqrtf(square), t = b < 0 ? target->c_flank / (root - b) : (-b - root) / a, z = o.z + t * l.z;
    if (z < sin * solid->r0)
        return ball_hit(ll, ol, target->c_ball0);
    if (z > solid->length + sin * solid->r1)
        return ball_hit(ll, ol - solid->length * l.z, target->c_ball1);
    return t > 0 ? t : INFINITY;
}

// A cut cone is met where its hull is, or, by a ray that enters the hull beyond the cut, on the cut.
static float cone_hit(const rig_target *target, rig_vec3 v) {
    const rig_vec3 l = rig_vec3_map(target->A, v), o = target->b;
    const float t = hull_hit(target, l), cut = target->solid->cut;
    if (!(cut > 0) || !(t < INFINITY) || o.z + t * l.z <= cut)
        return t;
    if (l.z >= 0)
        return INFINITY;
    const float t_cut = (cut - o.z) / l.z;
    rig_vec3 normal;
    return cone_distance(target, rig_vec3_along(o, t_cut, l), &normal) <= 0 ? t_cut : INFINITY;
}

static float box_hit(const rig_target *target, rig_vec3 v) {
    const rig_vec3 l = rig_vec3_map(target->A, v), o = target->b;
    float enter = -INFINITY, leave = INFINITY;
    for (int i = 0; i < 3; i++) {
        const float at = rig_vec3_at(o, i), step = rig_vec3_at(l, i);
        const float away = 1 / (fabsf(step) > 1e-12f ? step : 1e-12f);
        const float t0 = (-1 - at) * away, t1 = (1 - at) * away;
        enter = rig_maxf(enter, rig_minf(t0, t1));
        leave = rig_minf(leave, rig_maxf(t0, t1));
    }
    if (target->solid->kind == RIG_SOLID_ROOM)
        return leave;
    return enter > 0 && enter <= leave ? enter : INFINITY;
}

float rig_target_hit(const rig_target *target, rig_vec3 v) {
    return target->solid->kind == RIG_SOLID_CONE ? cone_hit(target, v) : box_hit(target, v);
}

// In a cone's own units: how far own is outside, and the normal there.
static float cone_distance(const rig_target *target, rig_vec3 own, rig_vec3 *normal) {
    const rig_solid *solid = target->solid;
    const float across = sqrtf(own.x * own.x + own.y * own.y);
    const float along = own.z * target->cos - across * target->sin; // the flank's own direction
    if (along > 0 && along < solid->length * target->cos && across > 0) {
        const float share = target->cos / across;
        *normal = (rig_vec3){own.x * share, own.y * share, target->sin};
        return across * target->cos + own.z * target->sin - solid->r0;
    }
    const bool top = along > 0 && solid->length > 0;
    if (top)
        own.z -= solid->length;
    const float norm = rig_vec3_norm(own);
    *normal = norm > 0 ? rig_vec3_scale(own, 1 / norm) : (rig_vec3){0, 0, 1};
    return norm - (top ? solid->r1 : solid->r0);
}

float rig_target_distance(const rig_target *target, rig_vec3 p, rig_vec3 *normal) {
    assert(target->solid->kind == RIG_SOLID_CONE);
    const rig_vec3 own = rig_vec3_add(rig_vec3_map(target->A, p), target->b);
    float outside = cone_distance(target, own, normal);
    if (target->solid->cut > 0 && own.z - target->solid->cut > outside - 1e-5f) { // the cut is the nearer face
        outside = own.z - target->solid->cut;
        *normal = (rig_vec3){0, 0, 1};
    }
    *normal = rig_vec3_map_back(target->A, *normal);
    const float slope = rig_vec3_norm(*normal); // how fast the own distance grows by metre
    *normal = rig_vec3_scale(*normal, 1 / slope);
    return outside / slope;
}

// atan2 to 0.01 rad, which is enough for a pattern.
static float angle_around(float y, float x) {
    const float ax = fabsf(x), ay = fabsf(y), low = rig_minf(ax, ay), high = rig_maxf(ax, ay);
    const float t = high > 0 ? low / high : 0;
    float angle = t * (0.9724f - 0.1919f * t * t);
    if (ay > ax)
        angle = 1.5708f - angle;
    if (x < 0)
        angle = 3.1416f - angle;
    return y < 0 ? -angle : angle;
}

static rig_surface box_surface(const rig_target *target, rig_vec3 own) {
    const rig_solid *solid = target->solid;
    int axis = 0;
    for (int i = 1; i < 3; i++)
        if (fabsf(rig_vec3_at(own, i)) > fabsf(rig_vec3_at(own, axis)))
            axis = i;
    const bool positive = rig_vec3_at(own, axis) > 0;
    const float sign = (positive ? 1.0f : -1.0f) * (solid->kind == RIG_SOLID_ROOM ? -1.0f : 1.0f);
    rig_surface surface = {.material = solid->faces[2 * axis + positive]};
    surface.normal = rig_vec3_unit(
        rig_vec3_scale((rig_vec3){target->A[3 * axis], target->A[3 * axis + 1], target->A[3 * axis + 2]}, sign));
    const rig_vec3 p = rig_vec3_add(rig_vec3_mul(own, solid->scale), solid->texture_at);
    surface.spot.p = p;
    surface.spot.u = axis == 0 ? p.y : p.x; // walls: along the wall, and up
    surface.spot.v = axis == 2 ? p.y : p.z;
    return surface;
}

rig_surface rig_target_surface(const rig_target *target, rig_vec3 p) {
    const rig_solid *solid = target->solid;
    const rig_vec3 own = rig_vec3_add(rig_vec3_map(target->A, p), target->b);
    if (solid->kind != RIG_SOLID_CONE)
        return box_surface(target, own);
    rig_surface surface = {.material = solid->faces[0]};
    rig_target_distance(target, p, &surface.normal);
    const rig_vec3 p_texture = rig_vec3_map(solid->R_texture_solid, rig_vec3_mul(own, solid->scale));
    surface.spot.p = rig_vec3_add(p_texture, solid->texture_at);
    surface.spot.u = angle_around(surface.spot.p.y, surface.spot.p.x) * solid->unroll_m;
    surface.spot.v = surface.spot.p.z;
    return surface;
}

rig_vec3 rig_target_from_texture(const rig_target *target, rig_vec3 v) {
    const rig_vec3 own = rig_vec3_map_back(target->solid->R_texture_solid, v);
    return rig_vec3_map_back(target->A, rig_vec3_mul(own, target->solid->scale));
}
