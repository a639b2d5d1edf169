#include "app/feeds.h"

#include "app/feed_look.h"
#include "app/inputs.h"
#include "app/seconds.h"
#include "app/stages.h"
#include "app/talk.h"
#include "io/file.h"

#include <string.h>
#include <time.h>

enum { SETTLED_S = 2 }; // a file that was changed so long ago has a date of its own, as coarse as dates may be

// --- what 10_feeds.yaml says ---------------------------------------------------------------------

// A 10_feeds.yaml of another program is taken as it is, but not without a word where the rig says otherwise.
static void foreign_warn(rig_session *session, const char *path, const rig_feeds *feeds) {
    const rig_config *config = &session->config;
    rig_inputs inputs;
    bool has = true;
    if (rig_result_inputs(path, "rigpose/feeds/1", &inputs, &has, NULL) != RIG_OK || has)
        return;
    for (int i = 0; i < feeds->n; i++) {
        const rig_feeds_entry *e = &feeds->entries[i];
        const int v = rig_config_find_view(config, e->view);
        if (v < 0)
            continue;
        const rig_view_config *view = &config->views[v];
        const double fps = config->feeds[view->feed].fps;
        if (e->source.offset_s != view->offset_s)
            rig_warn("'%s' was made by another program: recording '%s', view '%s' has offset_s %g there, which is "
                     "used, and %g in the rig YAML",
                     path, e->recording, e->view, e->source.offset_s, view->offset_s);
        if (fps > 0 && e->source.fps > 0 && e->source.fps != fps)
            rig_warn("'%s' was made by another program: recording '%s', view '%s' has fps %g there, which is used, and "
                     "%g in the rig YAML",
                     path, e->recording, e->view, e->source.fps, fps);
    }
}

static rig_status feeds_load(rig_session *session, rig_err *err) {
    const char *path;
    if (session->feeds)
        return RIG_OK;
    RIG_TRY(rig_session_path(session, "10_feeds.yaml", &path, err));
    rig_feeds *feeds = RIG_NEW(&session->kept, rig_feeds, 1);
    if (!feeds)
        return rig_fail_memory(err, "feeds");
    rig_err wrong;
    const rig_status status = rig_feeds_read(path, feeds, &session->kept, &wrong);
    if (status != RIG_OK)
        return rig_fail(err, status, "%s; run `rigpose crop %s` to remake it", wrong.text, session->config.path);
    foreign_warn(session, path, feeds);
    session->feeds = feeds;
    return RIG_OK;
}

void rig_feeds_written(rig_session *session) {
    session->feeds = NULL;
    session->feeds_current = true;
}

// What is known of a file from before: of a 10_feeds.yaml that says the same name for it. NULL: nothing.
static const rig_footage *footage_known(rig_session *session, int recording, int feed) {
    const rig_recording_config *r = &session->config.recordings[recording];
    const char *name = session->config.feeds[feed].name;
    rig_err none;
    if (feeds_load(session, &none) != RIG_OK)
        return NULL;
    const rig_footage *footage = rig_feeds_footage(session->feeds, r->name, name);
    for (int i = 0; footage && i < session->feeds->n; i++) {
        const rig_feeds_entry *e = &session->feeds->entries[i];
        if (strcmp(e->recording, r->name) == 0 && strcmp(e->feed, name) == 0 && e->file)
            return strcmp(e->file, r->files[feed].text) == 0 && *footage->digest ? footage : NULL;
    }
    return NULL;
}

rig_status rig_session_feeds(rig_session *session, int recording, rig_view_source **sources, rig_err *err) {
    const rig_config *config = &session->config;
    const rig_recording_config *r = &config->recordings[recording];
    *sources = RIG_NEW(&session->arena, rig_view_source, config->n_views + 1);
    if (!*sources)
        return rig_fail_memory(err, "the views' sources");
    RIG_TRY(rig_feeds_ensure(session, err));
    RIG_TRY(feeds_load(session, err));
    for (int v = 0; v < config->n_views; v++)
        (*sources)[v].view = -1;
    for (int i = 0; i < session->feeds->n; i++) {
        const rig_feeds_entry *e = &session->feeds->entries[i];
        const int v = strcmp(e->recording, r->name) == 0 ? rig_config_find_view(config, e->view) : -1;
        if (v < 0 || !r->has[config->views[v].feed])
            continue;
        (*sources)[v] = e->source;
        (*sources)[v].view = v, (*sources)[v].feed = config->views[v].feed;
    }
    for (int v = 0; v < config->n_views; v++)
        if (r->has[config->views[v].feed] && (*sources)[v].view < 0)
            return rig_fail(err, RIG_ERR_DATA, "%s/10_feeds.yaml: no view '%s' in recording '%s'", config->out,
                            config->views[v].name, r->name);
    return RIG_OK;
}

rig_status rig_session_reader_open(rig_session *session, int recording, int feed, rig_reader **reader, rig_err *err) {
    const rig_config *config = &session->config;
    rig_view_source *sources;
    RIG_TRY(rig_session_feeds(session, recording, &sources, err));
    return rig_reader_open(config, recording, feed, sources + config->feeds[feed].first_view, reader, err);
}

rig_status rig_session_reader_open_grey(rig_session *session, int recording, int feed, rig_reader **reader,
                                        rig_err *err) {
    const rig_config *config = &session->config;
    rig_view_source *sources;
    RIG_TRY(rig_session_feeds(session, recording, &sources, err));
    return rig_reader_open_grey(config, recording, feed, sources + config->feeds[feed].first_view, reader, err);
}

// --- what the footage holds ----------------------------------------------------------------------

typedef struct presence {
    int n; // files that are there
    long long bytes, changed_ns;
    char stamp[65]; // of all of them as they lie on the disk: which, how long, when changed
} presence;

static rig_status footage_look(rig_session *session, const rig_feed_file *file, presence *p, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(&session->scratch);
    rig_file_stamp *stamps = RIG_NEW(&session->scratch, rig_file_stamp, file->n);
    *p = (presence){0};
    if (!stamps)
        return rig_fail_memory(err, "the state of footage");
    for (int i = 0; i < file->n; i++) {
        if (!rig_file_stat(file->paths[i], &stamps[i]))
            continue;
        p->n++;
        p->bytes += stamps[i].bytes;
        p->changed_ns = stamps[i].changed_ns > p->changed_ns ? stamps[i].changed_ns : p->changed_ns;
    }
    const rig_status status = rig_bytes_digest(stamps, sizeof *stamps * (size_t)file->n, p->stamp, err);
    rig_arena_rewind(&session->scratch, mark);
    return status;
}

// Whether a feed's files are those that 10_feeds.yaml was made from. Dates alone do not tell: a folder may be exchanged
// for another, a file for one as long and older.
static bool is_untouched(rig_session *session, int recording, int feed, const presence *p, const rig_footage *known) {
    const rig_footage_stamp *stamp = rig_session_stamp(session, recording, feed);
    return known && stamp && p->n == session->config.recordings[recording].files[feed].n && p->bytes == known->bytes &&
           strcmp(stamp->stamp, p->stamp) == 0 && strcmp(stamp->digest, known->digest) == 0;
}

// Files that changed only now may change again without another date.
static void stamp_note(rig_session *session, int recording, int feed, const presence *p, const char *hex) {
    struct timespec now;
    rig_footage_stamp *stamp = rig_session_stamp(session, recording, feed);
    clock_gettime(CLOCK_REALTIME, &now);
    if (!stamp || p->changed_ns / 1000000000 + SETTLED_S > now.tv_sec)
        return;
    memcpy(stamp->stamp, p->stamp, sizeof stamp->stamp);
    memcpy(stamp->digest, hex, sizeof stamp->digest);
}

static rig_status files_digest(rig_session *session, const rig_feed_file *file, char hex[65], rig_err *err) {
    if (file->kind == RIG_FILE_VIDEO)
        return rig_session_digest(session, file->paths[0], hex, err);
    return rig_pictures_digest(session, file, hex, err);
}

rig_status rig_feed_digest(rig_session *session, int recording, int feed, char hex[65], rig_err *err) {
    const rig_feed_file *file = &session->config.recordings[recording].files[feed];
    const rig_footage *known = footage_known(session, recording, feed);
    presence p;
    *hex = 0;
    RIG_TRY(footage_look(session, file, &p, err));
    if (p.n == 0 || is_untouched(session, recording, feed, &p, known)) {
        if (known)
            memcpy(hex, known->digest, sizeof known->digest);
        return RIG_OK;
    }
    RIG_TRY(files_digest(session, file, hex, err));
    stamp_note(session, recording, feed, &p, hex);
    return RIG_OK;
}

static rig_status footage_find(rig_session *session, int recording, int feed, rig_footage *footage, rig_err *err) {
    const rig_feed_file *file = &session->config.recordings[recording].files[feed];
    const rig_footage *known = footage_known(session, recording, feed);
    presence p;
    char hex[65];
    *footage = (rig_footage){0};
    if (file->kind == RIG_FILE_NONE)
        return RIG_OK;
    RIG_TRY(footage_look(session, file, &p, err));
    if (p.n == 0 && known) {
        *footage = *known;
        return RIG_OK;
    }
    RIG_TRY(rig_footage_read(&session->config, recording, feed, footage, &session->kept, err));
    RIG_TRY(files_digest(session, file, hex, err)); // of the contents: dates may lie, as where a folder was exchanged
    memcpy(footage->digest, hex, sizeof hex);
    footage->bytes = p.bytes;
    stamp_note(session, recording, feed, &p, hex);
    return RIG_OK;
}

// --- all views of all recordings -----------------------------------------------------------------

// What a person may not expect of the pictures. Sessions calibrated on pictures as they are stored must learn of turns.
static void footage_say(const rig_config *config, int recording, int feed, const rig_footage *footage,
                        const rig_view_source *source) {
    const char *name = config->feeds[feed].name, *of = config->recordings[recording].name;
    if (source->shown.turns != 0 || source->shown.mirrored)
        rig_say("crop: recording '%s', feed '%s': pictures are rotated by %d degrees%s, as the file's metadata asks; "
                "`views: {%s: {rotate: 0}}` takes them as stored",
                of, name, 90 * source->shown.turns, source->shown.mirrored ? " and mirrored" : "",
                config->views[source->view].name);
    rig_err none_used;
    if (rig_footage_range_check(config, recording, feed, footage, &none_used) != RIG_OK)
        rig_warn("%s", none_used.text);
    if (footage->n_times > 0 && config->feeds[feed].fps > 0)
        rig_warn("recording '%s', feed '%s': the frame rate is variable, but `fps: %g` treats it as constant; without "
                 "it the time stamps are used",
                 of, name, config->feeds[feed].fps);
    if (footage->interlaced)
        rig_warn("recording '%s', feed '%s': interlaced and used without deinterlacing, expected progressive footage "
                 "(`ffmpeg -i FILE -vf bwdif OTHER` deinterlaces it)",
                 of, name);
    if (rig_pixels_are_oblong(footage))
        rig_say("crop: recording '%s', feed '%s': pixel aspect ratio %.4g, not corrected: fx and fy of the lenses "
                "differ by this factor",
                of, name, footage->pixel_aspect);
    if (footage->n_streams > 1)
        rig_warn("recording '%s', feed '%s': its file has %d video streams, the first is used (`ffmpeg -i FILE -map "
                 "0:v:1 -c copy OTHER` extracts the second)",
                 of, name, footage->n_streams);
}

// Of the file, and of the feed's views.
static rig_status feed_look(rig_session *session, int recording, int feed, rig_footage *footage,
                            rig_view_source *sources, rig_err *err) {
    const rig_config *config = &session->config;
    RIG_TRY(footage_find(session, recording, feed, footage, err));
    rig_status status = rig_view_sources_make(config, feed, footage, sources, err);
    if (status != RIG_OK)
        return rig_fail_in(err, status, "recording '%s', feed '%s': ", config->recordings[recording].name,
                           config->feeds[feed].name);
    footage_say(config, recording, feed, footage, sources);
    return RIG_OK;
}

// The look of a view whose footage is gone, from a 10_feeds.yaml that has the same window.
static void look_keep(const rig_session *session, const char *recording, const char *view, rig_view_source *s) {
    for (int i = 0; session->feeds && i < session->feeds->n; i++) {
        const rig_feeds_entry *e = &session->feeds->entries[i];
        if (strcmp(e->recording, recording) == 0 && strcmp(e->view, view) == 0 && e->source.turns == s->turns &&
            memcmp(&e->source.rect, &s->rect, sizeof s->rect) == 0)
            s->look = e->source.look;
    }
}

static void looks_warn(const rig_look_findings *findings) {
    for (int i = 0; i < findings->n; i++)
        rig_warn("%s", findings->texts[i]);
}

// Pictures that cannot be read here fail where they are needed.
static rig_status pictures_look(rig_session *session, int recording, int feed, const rig_footage *footage,
                                rig_view_source *sources, rig_err *err) {
    const rig_config *config = &session->config;
    const rig_feed_config *f = &config->feeds[feed];
    rig_look_findings findings = {.n = 0};
    rig_err unread;
    if (sources->width > 0 &&
        rig_feed_look(config, recording, feed, footage, sources, &findings, &session->kept, &unread) == RIG_ERR_MEMORY)
        return rig_fail_memory(err, "pictures");
    for (int i = 0; i < f->n_views; i++)
        if (!sources[i].look.thumbnail.known)
            look_keep(session, config->recordings[recording].name, config->views[f->first_view + i].name, &sources[i]);
    looks_warn(&findings);
    return RIG_OK;
}

static void feed_add(const rig_config *config, int recording, int feed, const rig_footage *footage,
                     const rig_view_source *sources, rig_feeds *feeds) {
    const rig_feed_config *f = &config->feeds[feed];
    const rig_feed_file *file = &config->recordings[recording].files[feed];
    const char *name = config->recordings[recording].name;
    for (int i = 0; i < f->n_views; i++) {
        rig_feeds_entry *e = &feeds->entries[feeds->n++];
        memcpy(e->recording, name, sizeof e->recording);
        memcpy(e->view, config->views[f->first_view + i].name, sizeof e->view);
        memcpy(e->feed, f->name, sizeof e->feed);
        e->file = file->kind == RIG_FILE_NONE ? NULL : file->text;
        e->source = sources[i];
    }
    if (file->kind == RIG_FILE_NONE)
        return;
    rig_feeds_file *put = &feeds->files[feeds->n_files++];
    memcpy(put->recording, name, sizeof put->recording);
    memcpy(put->feed, f->name, sizeof put->feed);
    put->footage = *footage;
}

static rig_status feed_collect(rig_session *session, int recording, int feed, rig_feeds *feeds, bool *whole,
                               rig_err *err) {
    const rig_config *config = &session->config;
    rig_view_source sources[RIG_VIEWS_MAX];
    rig_footage footage;
    rig_err why;
    rig_status status = feed_look(session, recording, feed, &footage, sources, &why);
    if (status != RIG_OK && (!whole || status == RIG_ERR_MEMORY || status == RIG_ERR_CONFIG))
        return rig_fail(err, status, "%s", why.text);
    if (status != RIG_OK) {
        const rig_footage *known = footage_known(session, recording, feed);
        rig_warn("%s: size, frame rate and length are %s", why.text, known ? "assumed to be unchanged" : "unknown");
        *whole = false;
        footage = known ? *known : (rig_footage){0};
        RIG_TRY(rig_view_sources_make(config, feed, &footage, sources, err));
    }
    RIG_TRY(pictures_look(session, recording, feed, &footage, sources, err));
    feed_add(config, recording, feed, &footage, sources, feeds);
    return RIG_OK;
}

// Views that are parts of the feed's picture: two feeds may then share a file.
static bool has_windows(const rig_config *config, const char *feed) {
    bool has = false;
    for (int v = 0; v < config->n_views; v++) {
        const rig_feed_config *of = &config->feeds[config->views[v].feed];
        has = has || (strcmp(of->name, feed) == 0 && (of->n_views > 1 || config->views[v].rect.w > 0));
    }
    return has;
}

// A camera's file copied over another's: two views that see the same stand in the same place.
static void twins_say(const rig_config *config, const rig_feeds *feeds) {
    for (int i = 0; i < feeds->n_files; i++)
        for (int k = 0; k < i; k++) {
            const rig_feeds_file *a = &feeds->files[k], *b = &feeds->files[i];
            if (strcmp(a->recording, b->recording) == 0 && *a->footage.digest &&
                strcmp(a->footage.digest, b->footage.digest) == 0 && !has_windows(config, a->feed) &&
                !has_windows(config, b->feed))
                rig_warn("recording '%s': the files of feeds '%s' and '%s' are identical", a->recording, a->feed,
                         b->feed);
        }
}

rig_status rig_feeds_collect(rig_session *session, rig_feeds *feeds, bool *whole, rig_err *err) {
    const rig_config *config = &session->config;
    *feeds = (rig_feeds){0};
    feeds->entries = RIG_NEW(&session->kept, rig_feeds_entry, config->n_recordings * config->n_views);
    feeds->files = RIG_NEW(&session->kept, rig_feeds_file, config->n_recordings * config->n_feeds);
    if (!feeds->entries || !feeds->files)
        return rig_fail_memory(err, "the views of all recordings");
    for (int r = 0; r < config->n_recordings; r++)
        for (int f = 0; f < config->n_feeds; f++)
            if (config->recordings[r].has[f])
                RIG_TRY(feed_collect(session, r, f, feeds, whole, err));
    twins_say(config, feeds);
    rig_look_findings findings = {.n = 0};
    RIG_TRY(rig_feeds_looks_compare(session, feeds, &findings, err));
    looks_warn(&findings);
    return RIG_OK;
}
