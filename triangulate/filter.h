// Filters of one coordinate through time, evenly sampled, as the field of movement analysis uses them.
#ifndef RIG_TRIANGULATE_FILTER_H
#define RIG_TRIANGULATE_FILTER_H

#include "core/arena.h"
#include "core/status.h"

enum { RIG_FILTER_DEGREE_MAX = 5 };

typedef enum rig_filter {
    RIG_FILTER_NONE,
    RIG_FILTER_BUTTERWORTH,    // low-pass, forwards and backwards: no lag
    RIG_FILTER_ONE_EURO,       // low-pass whose cutoff rises with speed; forwards only, as it would run live
    RIG_FILTER_KALMAN,         // constant velocity, smoothed backwards
    RIG_FILTER_SAVITZKY_GOLAY, // a polynomial through a window around each sample
    RIG_FILTERS
} rig_filter;

typedef struct rig_filter_params {
    rig_filter kind;
    double cutoff_hz;         // butterworth: where half of the power is left, after both passes; one_euro: at rest
    double cutoff_hz_per_m_s; // one_euro: what a speed of 1 m/s adds
    double window_s;          // savitzky_golay
    int degree;               // savitzky_golay: of the polynomial, 1 to RIG_FILTER_DEGREE_MAX
} rig_filter_params;

// none; where another kind is set: 6 Hz (one_euro 1.5 Hz and 20 Hz per m/s: behind by 8 mm at most), 0.25 s, degree 3.
rig_filter_params rig_filter_defaults(rig_filter kind);
const char *rig_filter_name(rig_filter kind); // "savitzky_golay"

// Filter x (n samples, m, in place), fps of them a second.
//   sigma              n, m, 1 standard deviation of each sample; kalman only, > 0
//   acceleration_m_s2  1 standard deviation of what velocity does not foresee; kalman only
// Fails with RIG_ERR_DATA: a cutoff that the rate does not carry (2 cutoffs must stay below it), or a window of fewer
// samples than the polynomial has coefficients; RIG_ERR_MEMORY.
// A stretch of fewer samples than a filter needs is left as it is.
// Sources: Winter 2009, "Biomechanics and motor control of human movement", 3.4.4.2 (Butterworth); Casiez et al. 2012
// (one euro); Rauch, Tung, Striebel 1965 (Kalman smoother); Savitzky and Golay 1964.
RIG_CHECKED rig_status rig_filter_run(const rig_filter_params *params, double fps, double *x, const double *sigma,
                                      double acceleration_m_s2, int n, rig_arena *scratch, rig_err *err);

// How many samples away a sample still changes another by more than a billionth part.
int rig_filter_reach(const rig_filter_params *params, double fps, double acceleration_m_s2);

#endif
