#include "pose/centres.h"

#include "pose/peaks.h"

enum { WINDOW = 5 };                    // cells, of the search for centres
static const double LEAST_SCORE = 0.05; // of a centre
static const double LEAST_SIZE = 3;     // cells
// Twice the variance of a joint about where it is expected: a part of the person's size squared, and, in cells squared,
// what the network's rounding adds.
static const double SPREAD = 0.02, CELL_SPREAD = 0.5;
static const double NOBODYS = 9;       // a joint less likely than exp(-9) belongs to no centre
static const double APART = 10;        // between the tags of two centres
static const double NOBODYS_TAG = 1e4; // of the first cell that is nobody's

static void centre_expect(rig_map centre, const float *regression, int n_joints, rig_centre *c) {
    double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
    for (int k = 0; k < n_joints; k++)
        for (int a = 0; a < 2; a++) {
            const size_t plane = (size_t)(2 * k + 1 - a), cells = (size_t)centre.width * (size_t)centre.height;
            const rig_map offset = {regression + plane * cells, centre.width, centre.height};
            c->q[k][a] = (a ? c->y : c->x) + rig_map_at(offset, c->x, c->y);
            low[a] = fmin(low[a], c->q[k][a]);
            high[a] = fmax(high[a], c->q[k][a]);
        }
    c->size = fmax(sqrt(fmax(high[0] - low[0], 1) * fmax(high[1] - low[1], 1)), LEAST_SIZE);
    c->narrow = 1 / (SPREAD * c->size * c->size + CELL_SPREAD);
    c->log_score = 0.5 * log(c->score);
}

rig_status rig_centres_find(rig_map centre, const float *regression, int n_joints, rig_centres *centres,
                            rig_arena *scratch, rig_err *err) {
    rig_peak peaks[RIG_CENTRES_MAX];
    RIG_TRY(rig_peaks_find(centre, WINDOW, LEAST_SCORE, RIG_CENTRES_MAX, peaks, &centres->n, scratch, err));
    for (int i = 0; i < centres->n; i++) {
        rig_centre *c = &centres->list[i];
        *c = (rig_centre){.x = peaks[i].x, .y = peaks[i].y, .score = peaks[i].score};
        centre_expect(centre, regression, n_joints, c);
    }
    return RIG_OK;
}

double rig_centres_tag(const rig_centres *centres, int joint, int width, int x, int y) {
    double best = -NOBODYS;
    int nearest = -1;
    for (int i = 0; i < centres->n; i++) {
        const rig_centre *c = &centres->list[i];
        const double dx = x - c->q[joint][0], dy = y - c->q[joint][1];
        const double likely = c->log_score - (dx * dx + dy * dy) * c->narrow;
        if (likely >= best && (nearest < 0 || likely > best))
            best = likely, nearest = i;
    }
    return nearest >= 0 ? nearest * APART : NOBODYS_TAG + APART * ((double)(y * width + x) * RIG_JOINTS_MAX + joint);
}

void rig_maps_tag_at(const rig_maps *maps, int joint, int x, int y, double *tag) {
    for (int d = 0; d < maps->tag_dim; d++)
        tag[d] = maps->tags ? rig_map_at(rig_maps_plane(maps, maps->tags, joint * maps->tag_dim + d), x, y) : 0;
    if (maps->centres)
        tag[0] = rig_centres_tag(maps->centres, joint, maps->width, x, y);
}
