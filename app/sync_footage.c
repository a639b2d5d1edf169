#include "app/sync_footage.h"

#include "app/talk.h"
#include "cv/cv.h"
#include "triangulate/sync_sound.h"

static const double DATE_SIGMA_S = 1; // cameras write whole seconds, by clocks that a person has set
static const double CODE_SIGMA = 0.5; // frames: which of them is shown is known, not when within it
static const double DAY_S = 86400;    // after which time codes begin again

// The video of a view's feed, or NULL.
static const char *video_of(const rig_session *session, int view) {
    const rig_config *config = &session->config;
    const rig_feed_file *file = &config->recordings[config->take].files[config->views[view].feed];
    return file->kind == RIG_FILE_VIDEO ? file->paths[0] : NULL;
}

// --- sound -----------------------------------------------------------------------------------------------------------

static rig_status sounds_read(rig_session *session, const int *view_of, int n, rig_sync_view *views,
                              rig_sync_sound *sounds, rig_err *err) {
    const rig_config *config = &session->config;
    for (int i = 0; i < n; i++) {
        const char *path = video_of(session, view_of[i]);
        rig_video_sound heard = {0};
        for (int k = 0; k < i && sounds[i].n_fine == 0; k++) // a feed's views hear the same
            if (config->views[view_of[k]].feed == config->views[view_of[i]].feed)
                sounds[i] = sounds[k];
        if (sounds[i].n_fine == 0 && path) {
            RIG_TRY(rig_video_sound_read(path, &heard, &session->arena, err));
            RIG_TRY(rig_sync_sound_make(heard.energy, heard.n, &sounds[i], &session->arena, err));
        }
        views[i].last_s = sounds[i].n_fine * RIG_SYNC_SOUND_FINE_S;
    }
    return RIG_OK;
}

rig_status rig_sync_by_sound(rig_session *session, const int *view_of, int n, rig_sync_view *views,
                             rig_sync_pair *pairs, int n_pairs, rig_err *err) {
    rig_sync_sound *sounds = RIG_NEW(&session->arena, rig_sync_sound, n);
    if (!sounds)
        return rig_fail_memory(err, "sound");
    RIG_TRY(sounds_read(session, view_of, n, views, sounds, err));
    for (int i = 0; i < n_pairs; i++)
        RIG_TRY(rig_sync_sound_pair_find(sounds, pairs[i].a, pairs[i].b, session->config.sync_search_s, &pairs[i],
                                         &session->scratch, err));
    return RIG_OK;
}

// --- stamps ----------------------------------------------------------------------------------------------------------

typedef struct view_stamp {
    bool known;
    double at_s, sigma_s;
} view_stamp;

static rig_status stamps_read(rig_session *session, const int *view_of, int n, view_stamp *made, bool *codes,
                              rig_err *err) {
    rig_video_stamp *stamps = RIG_NEW(&session->scratch, rig_video_stamp, n);
    if (!stamps)
        return rig_fail_memory(err, "time stamps");
    *codes = true;
    for (int i = 0; i < n; i++) {
        const char *path = video_of(session, view_of[i]);
        if (path)
            RIG_TRY(rig_video_stamp_read(path, &stamps[i], err));
        *codes = *codes && stamps[i].has_code;
    }
    for (int i = 0; i < n; i++)
        made[i] = *codes ? (view_stamp){true, stamps[i].code_s, CODE_SIGMA * stamps[i].code_step_s}
                         : (view_stamp){stamps[i].has_date, stamps[i].date_s, DATE_SIGMA_S};
    return RIG_OK;
}

static void far_say(const rig_session *session, int first, int second, double late_s) {
    const rig_config *config = &session->config;
    rig_warn("sync: by their stamps view '%s' began %.0f s after view '%s', more than sync.search_s (%g s): is a "
             "camera's clock wrong, or its time zone?",
             config->views[second].name, late_s, config->views[first].name, config->sync_search_s);
}

rig_status rig_sync_by_stamps(rig_session *session, const int *view_of, int n, rig_sync_view *views,
                              rig_sync_pair *pairs, int n_pairs, rig_err *err) {
    view_stamp *stamps = RIG_NEW(&session->arena, view_stamp, n);
    bool codes = false;
    if (!stamps)
        return rig_fail_memory(err, "time stamps");
    RIG_TRY(stamps_read(session, view_of, n, stamps, &codes, err));
    int n_known = 0;
    for (int i = 0; i < n; i++) {
        views[i].last_s = stamps[i].known ? views[i].frame_s : 0;
        n_known += stamps[i].known;
    }
    const double shared = sqrt(0.5 * n_known); // pairs share their views' errors, but are joined as if they did not
    for (int i = 0; i < n_pairs; i++) {
        const view_stamp *a = &stamps[pairs[i].a], *b = &stamps[pairs[i].b];
        double late_s = b->at_s - a->at_s;
        late_s -= codes ? DAY_S * round(late_s / DAY_S) : 0;
        pairs[i].refusal = !a->known || !b->known                         ? RIG_SYNC_UNSTAMPED
                           : fabs(late_s) > session->config.sync_search_s ? RIG_SYNC_OVERLAP
                                                                          : RIG_SYNC_KNOWN;
        if (pairs[i].refusal == RIG_SYNC_OVERLAP)
            far_say(session, view_of[late_s > 0 ? pairs[i].a : pairs[i].b],
                    view_of[late_s > 0 ? pairs[i].b : pairs[i].a], fabs(late_s));
        if (pairs[i].refusal == RIG_SYNC_KNOWN) // at the first moment of b
            pairs[i].clocks = (rig_sync_clocks){
                .shift_s = late_s, .centre_s = late_s, .sigma_shift_s = shared * hypot(a->sigma_s, b->sigma_s)};
    }
    if (!codes)
        rig_warn("sync: not all videos have a time code: their dates are used, which are whole seconds of clocks that "
                 "people set");
    return RIG_OK;
}
