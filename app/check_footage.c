// check: the files of the recordings.
#include "app/check.h"
#include "app/feed_look.h"
#include "app/talk.h"
#include "cv/cv.h"
#include "io/file.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// --- a file ----------------------------------------------------------------------------------------------------------

// Pictures that are not there, or not to be read: how many, and the first.
static rig_status pictures_check(const rig_feed_file *file, rig_err *err) {
    int lost = 0, first = 0;
    for (int i = file->n - 1; i >= 0; i--)
        if (access(file->paths[i], R_OK) != 0)
            lost++, first = i;
    if (lost == 0)
        return RIG_OK;
    return rig_fail(err, RIG_ERR_IO, "cannot read %d of %d pictures, the first is '%s'", lost, file->n,
                    file->paths[first]);
}

// The first frame, decoded: a video may open and hold nothing.
static rig_status video_check(const char *path, rig_err *err) {
    rig_video *video = NULL;
    rig_video_info info;
    rig_image frame;
    bool got = false;
    RIG_TRY(rig_video_open(path, &video, &info, err));
    rig_status status = rig_video_read(video, &frame, &got, err);
    if (status == RIG_OK && !got)
        status = rig_fail(err, RIG_ERR_FORMAT, "%s: no frame can be read", path);
    rig_video_close(video);
    return status;
}

// The last of the recording's `frames` against what a video has.
static rig_status last_check(const rig_config *config, const rig_recording_config *r, const rig_feed_file *file, int n,
                             rig_err *err) {
    if (file->kind == RIG_FILE_IMAGES || n <= 0 || r->last == INT_MAX || r->last < n)
        return RIG_OK;
    return rig_fail(err, RIG_ERR_CONFIG,
                    "%s:%d: recordings.%s.frames: frame %d is out of range, expected 0 to %d, the last frame",
                    config->path, r->line, r->name, r->last, n - 1);
}

static const double RATES_LIKE = 1e-3; // 29.97 and 30 are not alike

static void feed_tell(const rig_config *config, const rig_recording_config *recording, int f,
                      const rig_footage *footage, const rig_view_source *s) {
    const rig_feed_file *file = &recording->files[f];
    printf("recording %s, feed %s: %d frames", recording->name, config->feeds[f].name, s->n_frames);
    if (file->frames)
        printf(", numbered %d to %d", rig_feed_file_frame(file, 0), rig_feed_file_frame(file, file->n - 1));
    if (s->fps > 0)
        printf(" at %g frames/s%s", s->fps, s->n_times > 0 ? " (variable frame rate)" : "");
    for (int v = 0; v < config->feeds[f].n_views; v++)
        printf("%s%s %dx%d", v ? ", " : "; views ", config->views[s[v].view].name, s[v].width, s[v].height);
    if (footage->asks.turns != 0 || footage->asks.mirrored)
        printf("; the file's metadata asks for a rotation by %d degrees%s%s", 90 * footage->asks.turns,
               footage->asks.mirrored ? " and mirroring" : "", s->as_stored ? ", not applied" : ", applied");
    if (footage->fps > 0 && fabs(s->fps / footage->fps - 1) > RATES_LIKE)
        printf("; the file's %g frames/s are overridden by `feeds: {%s: {fps: %g}}`", footage->fps,
               config->feeds[f].name, s->fps);
    if (rig_pixels_are_oblong(footage))
        printf("; pixel aspect ratio %.4g, not corrected", footage->pixel_aspect);
    if (footage->n_streams > 1)
        printf("; the first of %d video streams", footage->n_streams);
    printf("\n");
}

static void findings_warn(rig_check *check, const rig_look_findings *findings) {
    for (int i = 0; i < findings->n; i++)
        rig_check_warn(check, "%s", findings->texts[i]);
}

static rig_status feed_check(rig_check *check, int r, int f, rig_err *err) {
    rig_session *session = check->session;
    const rig_config *config = &session->config;
    const rig_recording_config *recording = &config->recordings[r];
    const rig_feed_file *file = &recording->files[f];
    rig_footage footage;
    rig_view_source s[RIG_VIEWS_MAX];
    rig_status status = RIG_OK;
    if (file->kind == RIG_FILE_IMAGES)
        status = pictures_check(file, err);
    else
        status = video_check(file->paths[0], err);
    if (status != RIG_OK)
        return rig_fail_in(err, status, "recording '%s', feed '%s': ", recording->name, config->feeds[f].name);
    RIG_TRY(rig_footage_read(config, r, f, &footage, &session->kept, err));
    status = rig_view_sources_make(config, f, &footage, s, err);
    if (status != RIG_OK)
        return rig_fail_in(err, status, "recording '%s', feed '%s': ", recording->name, config->feeds[f].name);
    feed_tell(config, recording, f, &footage, s);
    if (footage.interlaced)
        rig_check_warn(check,
                       "recording '%s', feed '%s': interlaced, expected progressive footage (`ffmpeg -i FILE -vf bwdif "
                       "OTHER` deinterlaces it)",
                       recording->name, config->feeds[f].name);
    RIG_TRY(rig_footage_range_check(config, r, f, &footage, err));
    rig_look_findings findings = {.n = 0};
    RIG_TRY(rig_feed_look(config, r, f, &footage, s, &findings, &session->kept, err));
    findings_warn(check, &findings);
    for (int v = 0; v < config->feeds[f].n_views; v++)
        check->sources[r * config->n_views + s[v].view] = s[v];
    return last_check(config, recording, file, s->n_frames, err);
}

// --- the views of a recording beside each other ----------------------------------------------------------------------

// A take whose views end by more than this share of its length apart has moments that fewer of them see.
static const double EARLY_SHARE = 0.1;

static bool is_joint(const rig_config *config, int r) { // its views are held against each other
    return r == config->extrinsics_from || r == config->stereo_from || r == config->take;
}

// How long a view is, in seconds or frames, with those that are missing from a sequence of pictures.
static double length_of(const rig_config *config, int r, const rig_view_source *s, bool in_seconds) {
    const rig_feed_file *file = &config->recordings[r].files[s->feed];
    const bool pictures = file->kind == RIG_FILE_IMAGES && file->n > 0;
    const int n = pictures ? rig_feed_file_frame(file, file->n - 1) + 1 : s->n_frames;
    return in_seconds && s->fps > 0 ? n / s->fps : n;
}

// When it is over, by the rig's clock where that is in seconds.
static double end_of(const rig_config *config, int r, const rig_view_source *s, bool in_seconds) {
    return length_of(config, r, s, in_seconds) + (in_seconds ? s->offset_s : 0);
}

static void ends_check(rig_check *check, int r, bool in_seconds) {
    const rig_config *config = &check->session->config;
    const rig_view_source *last = NULL;
    for (int v = 0; v < config->n_views; v++) {
        const rig_view_source *s = rig_check_source(check, r, v);
        if (s && (!last || end_of(config, r, s, in_seconds) > end_of(config, r, last, in_seconds)))
            last = s;
    }
    for (int v = 0; v < config->n_views && last; v++) {
        const rig_view_source *s = rig_check_source(check, r, v);
        const double end = s ? end_of(config, r, s, in_seconds) : 0, latest = end_of(config, r, last, in_seconds);
        if (s && latest - end > EARLY_SHARE * length_of(config, r, last, in_seconds))
            rig_check_warn(check, "recording '%s': view '%s' ends after %g %s, view '%s' after %g",
                           config->recordings[r].name, config->views[v].name, end, in_seconds ? "s" : "frames",
                           config->views[last->view].name, latest);
    }
}

// `frames` and `step` count each feed's own frames: of other rates they are other stretches of time.
static void ranges_check(rig_check *check, int r, const rig_view_source *a, const rig_view_source *b) {
    const rig_config *config = &check->session->config;
    const rig_recording_config *recording = &config->recordings[r];
    if (recording->first > 0 || recording->last < INT_MAX)
        rig_check_warn(check,
                       "%s:%d: recordings.%s.frames: frame numbers count each feed's own frames: the first is at %.3g "
                       "s in feed '%s', but at %.3g s in feed '%s'",
                       config->path, recording->line, recording->name, recording->first / a->fps,
                       config->feeds[a->feed].name, recording->first / b->fps, config->feeds[b->feed].name);
    if (recording->step > 1)
        rig_check_warn(check,
                       "%s:%d: recordings.%s.step: the step counts each feed's own frames: every %.3g s in feed '%s', "
                       "but every %.3g s in feed '%s'",
                       config->path, recording->line, recording->name, recording->step / a->fps,
                       config->feeds[a->feed].name, recording->step / b->fps, config->feeds[b->feed].name);
}

static void rates_check(rig_check *check, int r) {
    const rig_config *config = &check->session->config;
    const rig_view_source *known = NULL, *unknown = NULL, *other = NULL;
    for (int v = 0; v < config->n_views; v++) {
        const rig_view_source *s = rig_check_source(check, r, v);
        if (!s)
            continue;
        if (s->fps <= 0)
            unknown = unknown ? unknown : s;
        else if (!known)
            known = s;
        else if (!other && (s->fps > known->fps * (1 + RATES_LIKE) || s->fps < known->fps * (1 - RATES_LIKE)))
            other = s;
    }
    if (known && unknown)
        rig_check_warn(check,
                       "recording '%s': feed '%s' has %g frames/s, the frame rate of feed '%s' is unknown and assumed "
                       "to be the same, expected `feeds: {%s: {fps: RATE}}`",
                       config->recordings[r].name, config->feeds[known->feed].name, known->fps,
                       config->feeds[unknown->feed].name, config->feeds[unknown->feed].name);
    if (other) {
        printf("recording %s: feed %s has %g frames/s, feed %s %g: results have the frame rate of the former\n",
               config->recordings[r].name, config->feeds[known->feed].name, known->fps, config->feeds[other->feed].name,
               other->fps);
        ranges_check(check, r, known, other);
    }
    ends_check(check, r, known && !unknown);
}

// What the views show in one recording and in another.
static rig_status looks_check(rig_check *check, rig_err *err) {
    const rig_config *config = &check->session->config;
    rig_look_findings findings = {.n = 0};
    rig_feeds feeds = {.n = 0};
    feeds.entries = RIG_NEW(&check->session->kept, rig_feeds_entry, config->n_recordings * config->n_views);
    if (!feeds.entries)
        return rig_fail_memory(err, "the views of recordings");
    for (int r = 0; r < config->n_recordings; r++)
        for (int v = 0; v < config->n_views; v++) {
            const rig_view_source *s = rig_check_source(check, r, v);
            rig_feeds_entry *e = &feeds.entries[feeds.n];
            if (!s)
                continue;
            memcpy(e->recording, config->recordings[r].name, sizeof e->recording);
            memcpy(e->view, config->views[v].name, sizeof e->view);
            e->source = *s;
            feeds.n++;
        }
    RIG_TRY(rig_feeds_looks_compare(check->session, &feeds, &findings, err));
    findings_warn(check, &findings);
    return RIG_OK;
}

void rig_check_footage(rig_check *check) {
    const rig_config *config = &check->session->config;
    for (int r = 0; r < config->n_recordings; r++) {
        for (int f = 0; f < config->n_feeds; f++) {
            rig_err err = {""};
            if (config->feeds[f].cols > 0 && config->recordings[r].files[f].kind != RIG_FILE_NONE)
                (void)rig_check_try(check, feed_check(check, r, f, &err), &err);
        }
        if (is_joint(config, r))
            rates_check(check, r);
    }
    rig_err err = {""};
    (void)rig_check_try(check, looks_check(check, &err), &err);
}
