// Two views' clocks against each other from what both heard: where sounds begin.
#ifndef RIG_TRIANGULATE_SYNC_SOUND_H
#define RIG_TRIANGULATE_SYNC_SOUND_H

#include "triangulate/sync.h"

// Where sounds begin, at steps of a view's clock from its first moment on.
typedef struct rig_sync_sound {
    int n_fine, n_coarse;
    float *fine, *coarse; // rises of the loudness
} rig_sync_sound;

#define RIG_SYNC_SOUND_FINE_S   0.001
#define RIG_SYNC_SOUND_COARSE_S 0.02

// How much longer a sound takes to one microphone than to another, which nobody knows: 2 m, one standard deviation.
// It is the same in all pairs of a view, and no part of their sigmas.
#define RIG_SYNC_SOUND_WAY_S 0.006

// From a recording's energy at steps of RIG_SYNC_SOUND_FINE_S. n = 0: silence. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_sync_sound_make(const float *energy, int n, rig_sync_sound *sound, rig_arena *out,
                                           rig_err *err);

// The clocks of views a and b, of which b's may be search_s ahead or late: the shift at which the rises correlate best,
// which must stand out at one shift alone; then of windows of some seconds each, whose shifts make a line. Source:
// Knapp and Carter 1976, "The generalized correlation method for estimation of time delay". Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_sync_sound_pair_find(const rig_sync_sound *sounds, int a, int b, double search_s,
                                                rig_sync_pair *pair, rig_arena *scratch, rig_err *err);

#endif
