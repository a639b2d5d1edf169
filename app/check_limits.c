// check: numbers of the rig YAML that only what the footage is can refuse.
#include "app/check.h"
#include "io/file.h"

#include <limits.h>
#include <math.h>

enum { BOARDS_LEAST = 3 }; // calib/intrinsics.c refuses a camera with fewer

static int frames_of(const rig_recording_config *r, const rig_view_source *s) {
    const int last = r->last < s->n_frames ? r->last : s->n_frames - 1;
    return last < r->first ? 0 : (last - r->first) / r->step + 1;
}

// A lens takes some boards, and a frame shows one at most.
static void boards_check(rig_check *check) {
    const rig_config *config = &check->session->config;
    const int r = config->intrinsics_from;
    for (int v = 0; v < config->n_views && r >= 0; v++) {
        const rig_view_source *s = rig_check_source(check, r, v);
        if (s && s->n_frames > 0 && frames_of(&config->recordings[r], s) < BOARDS_LEAST)
            rig_check_problem(check, "recording '%s': %d frames of view '%s', expected %d or more boards for a lens",
                              config->recordings[r].name, frames_of(&config->recordings[r], s), config->views[v].name,
                              BOARDS_LEAST);
    }
}

// A clock that is later than the recording is long has nothing in common with the others.
static void clocks_check(rig_check *check) {
    const rig_config *config = &check->session->config;
    for (int v = 0; v < config->n_views && config->take >= 0; v++) {
        const rig_view_source *s = rig_check_source(check, config->take, v);
        if (s && s->fps > 0 && fabs(s->offset_s) * s->fps >= s->n_frames)
            rig_check_problem(
                check,
                "%s:%d: views.%s.offset_s: %g s, recording '%s' has %g s of it, expected less: no moment is "
                "left that the others see",
                config->path, config->views[v].line, config->views[v].name, s->offset_s,
                config->recordings[config->take].name, s->n_frames / s->fps);
    }
}

// Filters have limits that the frames a second set: asked of them, with nothing to filter.
static void filter_check(rig_check *check) {
    const rig_config *config = &check->session->config;
    for (int v = 0; v < config->n_views && config->has_motion && config->take >= 0; v++) {
        const rig_view_source *s = rig_check_source(check, config->take, v);
        double x = 0, sigma = 0.01;
        rig_err err = {""};
        if (!s || s->fps <= 0)
            continue;
        if (rig_filter_run(&config->motion.filter, s->fps, &x, &sigma, config->motion.acceleration_m_s2, 1,
                           &check->session->scratch, &err) != RIG_OK)
            rig_check_problem(check, "%s: motion: %s", config->path, err.text);
        return; // the first rate is the rig's
    }
}

// Two views with the same pictures stand in the same place.
static void twins_check(rig_check *check, int r) {
    const rig_config *config = &check->session->config;
    const rig_feed_file *files = config->recordings[r].files;
    for (int f = 1; f < config->n_feeds; f++)
        for (int g = 0; g < f; g++) {
            rig_file_stamp a, b;
            if (files[f].n > 0 && files[g].n > 0 && rig_file_stat(files[f].paths[0], &a) &&
                rig_file_stat(files[g].paths[0], &b) && a.id == b.id && a.bytes == b.bytes &&
                config->feeds[f].n_views == 1 && config->views[config->feeds[f].first_view].rect.w == 0)
                rig_check_warn(check, "%s:%d: recordings.%s: feeds '%s' and '%s' have the same file, '%s'",
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
