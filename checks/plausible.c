#include "checks/plausible.h"

#include <math.h>

static const double SQUARE_LEAST_M = 0.001, SQUARE_MOST_M = 1;
static const double SPAN_LEAST_M = 0.005, SPAN_MOST_M = 250;
static const double CAMERAS_LEAST_M = 0.1, CAMERAS_MOST_M = 25; // of files that do not say their unit
static const double PEOPLE_LEAST = 0.25, PEOPLE_MOST = 2.2;
static const double LIKE = 1.35; // a factor so near to a unit's is that unit's

typedef struct unit {
    const char *name;
    double per_m;
} unit;

static const unit UNITS[] = {
    {"millimetres", 1000}, {"centimetres", 100}, {"inches", 39.3701}, {"decimetres", 10}, {"feet", 3.28084}};
enum { N_UNITS = sizeof UNITS / sizeof *UNITS };

const char *rig_implausible_square(const rig_board *board, rig_arena *out) {
    const char *key = board->kind == RIG_BOARD_APRILGRID ? "tag_m" : "square_m";
    const double edge = board->square_m;
    if (!(edge > 0)) // refused where it is read
        return NULL;
    if (edge > SQUARE_MOST_M)
        return rig_arena_printf(
            out, "board.%s: an edge of %g m; lengths are in metres: %g mm is %g, %g cm is %g, %g in is %g", key, edge,
            edge, edge / 1000, edge, edge / 100, edge, 0.0254 * edge);
    if (edge < SQUARE_LEAST_M)
        return rig_arena_printf(out, "board.%s: an edge of %g mm; lengths are in metres: %g mm is %g", key, 1000 * edge,
                                1e6 * edge, 1000 * edge);
    return NULL;
}

const char *rig_implausible_span(double span_m, const char *what, rig_arena *out) {
    if (span_m > SPAN_MOST_M)
        return rig_arena_printf(out, "%s are %.4g m apart; lengths are in metres: %.4g mm would be %.4g m", what,
                                span_m, span_m, span_m / 1000);
    if (span_m > 0 && span_m < SPAN_LEAST_M)
        return rig_arena_printf(out, "%s are %.3g mm apart; lengths are in metres", what, 1000 * span_m);
    return NULL;
}

double rig_plausible_unit_m(double cameras_span) {
    if (cameras_span <= CAMERAS_MOST_M)
        return 1;
    return cameras_span >= 1000 * CAMERAS_LEAST_M && cameras_span <= 1000 * CAMERAS_MOST_M ? 0.001 : 0;
}

double rig_span_of(const double (*p)[3], int n) {
    double span = 0;
    for (int k = 0; k < 3; k++) {
        double low = INFINITY, high = -INFINITY;
        for (int i = 0; i < n; i++)
            low = fmin(low, p[i][k]), high = fmax(high, p[i][k]);
        span = fmax(span, high - low);
    }
    return span;
}

double rig_cameras_span(const rig_calibration *rig) {
    double low[3] = {INFINITY, INFINITY, INFINITY}, high[3] = {-INFINITY, -INFINITY, -INFINITY}, span = 0;
    for (int c = 0; c < rig->n; c++) {
        double at[3];
        if (!rig->cameras[c].has_pose)
            continue;
        rig_pose_centre(&rig->cameras[c].Rt_cam_world, at);
        for (int k = 0; k < 3; k++)
            low[k] = fmin(low[k], at[k]), high[k] = fmax(high[k], at[k]);
    }
    for (int k = 0; k < 3; k++)
        span = fmax(span, high[k] - low[k]); // -INFINITY where there is none
    return span;
}

static bool is_of_people(const rig_skeleton *skeleton) {
    static const char *const ENDS[] = {"left_shoulder", "right_shoulder", "left_wrist", "right_wrist",
                                       "left_hip",      "right_hip",      "left_ankle", "right_ankle"};
    for (size_t i = 0; i < sizeof ENDS / sizeof *ENDS; i++)
        if (rig_skeleton_find(skeleton, ENDS[i]) < 0)
            return false;
    return true;
}

const char *rig_implausible_people(double size, const rig_skeleton *skeleton, rig_arena *out) {
    if (!(size > 0) || (size >= PEOPLE_LEAST && size <= PEOPLE_MOST) || !is_of_people(skeleton))
        return NULL;
    const double factor = size > 1 ? size : 1 / size;
    const char *which = size > 1 ? "large" : "small";
    for (int k = 0; k < N_UNITS; k++)
        if (factor > UNITS[k].per_m / LIKE && factor < UNITS[k].per_m * LIKE)
            return size > 1 ? rig_arena_printf(out,
                                               "people come out %.6g times too large, as if lengths were given in %s; "
                                               "they must be in metres",
                                               UNITS[k].per_m, UNITS[k].name)
                            : rig_arena_printf(out,
                                               "people come out %.6g times too small, as if lengths were converted "
                                               "from %s to metres twice",
                                               UNITS[k].per_m, UNITS[k].name);
    return rig_arena_printf(out, "people come out about %.2g times too %s; lengths are in metres", factor, which);
}
