#include "calib/pyramid.h"

#include <math.h>

enum { SHORT_SIDE_MIN = 160 };
// Pixels: a larger square's corners are fitted on a reduced picture, as exact there; and what is clear about its edges
// is to be so wide.
static const double FIT_PITCH = 24, FIT_CLEAR = 8;

// Half the size; a pixel is the mean of four.
static rig_status halve(const rig_image *from, rig_image *to, rig_arena *arena, rig_err *err) {
    *to = (rig_image){.width = from->width / 2, .height = from->height / 2, .channels = 1, .stride = from->width / 2};
    to->data = RIG_NEW(arena, unsigned char, (size_t)to->width *(size_t)to->height);
    if (!to->data)
        return rig_fail_memory(err, "a reduced picture");
    for (int y = 0; y < to->height; y++) {
        const unsigned char *a = from->data + 2 * y * from->stride, *b = a + from->stride;
        unsigned char *out = to->data + y * to->stride;
        for (int x = 0; x < to->width; x++)
            out[x] = (unsigned char)((a[2 * x] + a[2 * x + 1] + b[2 * x] + b[2 * x + 1] + 2) / 4);
    }
    return RIG_OK;
}

rig_status rig_pyramid_init(const rig_image *grey, rig_pyramid *p, rig_arena *arena, rig_err *err) {
    *p = (rig_pyramid){.level = {*grey}, .n = 1};
    while (p->n < RIG_LEVELS_MAX) {
        const rig_image *last = &p->level[p->n - 1];
        if ((last->width < last->height ? last->width : last->height) < 2 * SHORT_SIDE_MIN)
            break;
        RIG_TRY(halve(last, &p->level[p->n], arena, err));
        p->n++;
    }
    return RIG_OK;
}

void rig_pyramid_down(const double q[2], int level, double at[2]) {
    for (int k = 0; k < 2; k++)
        at[k] = ldexp(q[k] + 0.5, -level) - 0.5;
}

void rig_pyramid_up(const double at[2], int level, double q[2]) {
    for (int k = 0; k < 2; k++)
        q[k] = ldexp(at[k] + 0.5, level) - 0.5;
}

bool rig_pyramid_fit(const rig_pyramid *p, const double q[2], const double i[2], const double j[2], double clear,
                     rig_saddle_fit *fit) {
    double pitch = fmin(hypot(i[0], i[1]), hypot(j[0], j[1])), at[2], scaled[2][2];
    double least = clear > 0 ? fmax(FIT_PITCH, FIT_CLEAR / clear) : FIT_PITCH;
    int level = 0;
    while (level + 1 < p->n && ldexp(pitch, -level) > least)
        level++;
    rig_pyramid_down(q, level, at);
    for (int k = 0; k < 2; k++)
        scaled[0][k] = ldexp(i[k], -level), scaled[1][k] = ldexp(j[k], -level);
    if (!rig_saddle_fit_at(&p->level[level], at, scaled[0], scaled[1], clear, fit))
        return false;
    rig_pyramid_up(fit->q, level, fit->q);
    fit->sigma = ldexp(fit->sigma, level);
    return true;
}
