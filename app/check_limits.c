// check: numbers of the rig YAML that only what the footage is can refuse.
#include "app/check.h"
#include "calib/intrinsics.h"
#include "io/file.h"

#include <limits.h>
#include <math.h>

static int frames_of(const rig_config *config, int r, const rig_view_source *s) {
    const rig_recording_config *recording = &config->recordings[r];
    return rig_footage_wanted(recording, &recording->files[config->views[s->view].feed], s->n_frames);
}

// A lens takes some boards, and a frame shows one at most.
static void boards_check(rig_check *check) {
    const rig_config *config = &check->session->config;
    const int r = config->intrinsics_from;
    for (int v = 0; v < config->n_views && r >= 0; v++) {
        const rig_view_source *s = rig_check_source(check, r, v);
        if (s && s->n_frames > 0 && frames_of(config, r, s) < RIG_LENS_BOARDS_MIN)
            rig_check_problem(
                check, "recording '%s': %d frames of view '%s', expected at least %d boards to calibrate a lens",
                config->recordings[r].name, frames_of(config, r, s), config->views[v].name, RIG_LENS_BOARDS_MIN);
    }
}

// One begins when the other has ended.
static bool are_apart(const rig_view_source *a, const rig_view_source *b) {
    const double late_s = a->offset_s - b->offset_s;
    return late_s >= b->n_frames / b->fps || -late_s >= a->n_frames / a->fps;
}

// A clock that is farther from all others than recordings are long has nothing in common with them.
static void clocks_check(rig_check *check) {
    const rig_config *config = &check->session->config;
    for (int v = 0; v < config->n_views && config->take >= 0; v++) {
        const rig_view_source *s = rig_check_source(check, config->take, v);
        int n_others = 0, n_apart = 0;
        for (int w = 0; w < config->n_views; w++) {
            const rig_view_source *other = w == v ? NULL : rig_check_source(check, config->take, w);
            if (!s || !other || s->fps <= 0 || other->fps <= 0 || s->n_frames == 0 || other->n_frames == 0)
                continue;
            n_others++;
            n_apart += are_apart(s, other);
        }
        if (n_others > 0 && n_apart == n_others && s->offset_s != 0)
            rig_check_problem(check,
                              "%s:%d: views.%s.offset_s: %g s, recording '%s' has %g s of its footage, expected a "
                              "smaller offset: no overlap with the other views is left",
                              config->path, config->views[v].line, config->views[v].name, s->offset_s,
                              config->recordings[config->take].name, s->n_frames / s->fps);
    }
}

// Filters have limits that the frames a second set: asked of them, with nothing to filter.
static void filter_check(rig_check *check) {
    const rig_config *config = &check->session->config;
    const bool asked = config->has_motion && config->take >= 0;
    for (int v = 0; v < config->n_views && asked; v++) {
        const rig_view_source *s = rig_check_source(check, config->take, v);
        const double stated = rig_view_in_take(config, v) ? config->feeds[config->views[v].feed].fps : 0;
        const double fps = s && s->fps > 0 ? s->fps : stated;
        double x = 0, sigma = 0.01;
        rig_err err = {""};
        if (fps <= 0)
            continue;
        if (rig_filter_run(&config->motion.filter, fps, &x, &sigma, config->motion.acceleration_m_s2, 1,
                           &check->session->scratch, &err) != RIG_OK)
            rig_check_problem(check, "%s: motion: %s", config->path, err.text);
        return; // the first rate is the rig's
    }
    if (asked && config->source != RIG_SOURCE_YAML)
        rig_check_problem(check,
                          "%s: motion: no view of the take has a frame rate, expected `feeds: {FEED: {fps: RATE}}`",
                          config->path);
}

// Two views with the same pictures stand in the same place.
static void twins_check(rig_check *check, int r) {
    const rig_config *config = &check->session->config;
    const rig_feed_file *files = config->recordings[r].files;
    for (int f = 1; f < config->n_feeds; f++)
        for (int g = 0; g < f; g++) {
            rig_file_stamp a, b;
            if (files[f].n > 0 && files[g].n > 0 && rig_file_stat(files[f].paths[0], &a) &&
                rig_file_stat(files[g].paths[0], &b) && a.disk == b.disk && a.id == b.id &&
                config->feeds[f].n_views == 1 && config->views[config->feeds[f].first_view].rect.w == 0)
                rig_check_warn(check, "%s:%d: recordings.%s: feeds '%s' and '%s' name the same file, '%s'",
                               config->path, config->recordings[r].line, config->recordings[r].name,
                               config->feeds[g].name, config->feeds[f].name, files[f].paths[0]);
        }
}

void rig_check_limits(rig_check *check) {
    for (int r = 0; r < check->session->config.n_recordings; r++)
        twins_check(check, r);
    boards_check(check);
    clocks_check(check);
    filter_check(check);
}
