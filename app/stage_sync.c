// sync: people in each view, or what its video holds beside pictures, into the views' clocks, for cameras that were
// started one after the other.
#include "app/inputs.h"
#include "app/stages.h"
#include "app/sync_footage.h"
#include "app/talk.h"
#include "triangulate/sync_sound.h"
#include "triangulate/undistorter.h"

#include <math.h>
#include <string.h>

static const double REPEATED_MOST = 0.002; // of frames: a few may show people who stand
static const double FOCAL_SHARE = 0.8;     // of a picture's longer side: the unit of points where the lens is not known

typedef struct sync_work {
    rig_session *session;
    rig_calibration rig; // n = 0: no camera is known
    rig_view_source *sources;
    double fps;
    int n, *view_of; // the views of the take with people's files: places in the config
    rig_sync_view *views;
} sync_work;

// A view as points are made of it.
typedef struct view_points {
    const rig_view_source *source;
    bool has_lens;
    rig_undistorter lens;
    double centre[2], unit; // else
    double min_score;
    uint64_t before; // a number that stands for the joints of the frame before; 0: nobody
    int n_frames, n_repeated;
} view_points;

static bool joint_point(const view_points *p, const rig_joint2d *joint, rig_sync_joint *made) {
    double n[2], dq_dn[4];
    if (!joint->found || joint->filled || joint->score < p->min_score)
        return false;
    if (p->has_lens && !rig_undistorter_unproject(&p->lens, joint->q, n, dq_dn))
        return false;
    for (int c = 0; c < 2; c++)
        made->n[c] = (float)(p->has_lens ? n[c] : (joint->q[c] - p->centre[c]) / p->unit);
    made->known = true;
    return true;
}

static void box_join(double low[2], double high[2], const double other_low[2], const double other_high[2]) {
    for (int c = 0; c < 2; c++)
        low[c] = fmin(low[c], other_low[c]), high[c] = fmax(high[c], other_high[c]);
}

// Without a lens and a size the joints' own extent gives the unit: that of the first people who are found, or of all
// places where a point was in the first chunk.
static void unit_guess(view_points *p, const rig_people2d *chunk) {
    const bool points = rig_joints_are_points(chunk->n_joints);
    double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
    for (int f = 0; f < chunk->n_frames && (points || !(high[0] > low[0])); f++)
        for (int i = 0; i < chunk->frames[f].n && (points || !(high[0] > low[0])); i++) {
            double own_low[2], own_high[2];
            if (rig_joints_box(chunk->frames[f].people[i].joints, chunk->n_joints, own_low, own_high))
                box_join(low, high, own_low, own_high);
        }
    if (!(high[0] > low[0]))
        return;
    p->unit = (points ? 1 : 2) * fmax(high[0] - low[0], high[1] - low[1]); // a person fills half of a picture's height
    p->centre[0] = low[0], p->centre[1] = low[1];
}

// Frames that a recorder or a converter wrote twice: people are where they were, to the last digit.
static void repeats_count(view_points *p, const rig_frame2d *frame, int n_joints) {
    uint64_t now = frame->n > 0 ? 14695981039346656037u : 0; // FNV-1a
    for (int i = 0; i < frame->n; i++)
        for (int j = 0; j < n_joints; j++) {
            unsigned char bytes[sizeof frame->people[i].joints[j].q];
            memcpy(bytes, frame->people[i].joints[j].q, sizeof bytes);
            for (size_t k = 0; k < sizeof bytes; k++)
                now = (now ^ bytes[k]) * 1099511628211u;
        }
    p->n_frames += frame->n > 0;
    p->n_repeated += now != 0 && now == p->before;
    p->before = now;
}

static rig_status frames_add(sync_work *s, view_points *p, const rig_people2d *chunk, rig_sync_builder *builder,
                             rig_err *err) {
    const double fps = p->source->fps > 0 ? p->source->fps : s->fps;
    rig_view_source own = *p->source;
    own.offset_s = own.drift = 0;
    if (!p->has_lens && p->unit == 0)
        unit_guess(p, chunk);
    for (int f = 0; f < chunk->n_frames; f++) {
        const rig_frame2d *frame = &chunk->frames[f];
        repeats_count(p, frame, chunk->n_joints);
        rig_arena_mark mark = rig_arena_tell(&s->session->scratch);
        rig_sync_joint *joints = RIG_NEW(&s->session->scratch, rig_sync_joint, frame->n * chunk->n_joints);
        if (!joints)
            return rig_fail_memory(err, "people");
        for (int i = 0; i < frame->n; i++)
            for (int j = 0; j < chunk->n_joints; j++)
                (void)joint_point(p, &frame->people[i].joints[j], &joints[i * chunk->n_joints + j]);
        RIG_TRY(rig_sync_builder_add(builder, rig_source_moment(&own, fps, frame->frame) / fps, joints, frame->n, err));
        rig_arena_rewind(&s->session->scratch, mark);
    }
    return RIG_OK;
}

static rig_status points_begin(sync_work *s, int v, view_points *p, rig_err *err) {
    const rig_config *config = &s->session->config;
    const rig_view_camera *camera = rig_calibration_find(&s->rig, config->views[v].name);
    *p = (view_points){.source = &s->sources[v], .min_score = config->triangulate.min_score};
    p->centre[0] = 0.5 * p->source->width, p->centre[1] = 0.5 * p->source->height;
    p->unit = FOCAL_SHARE * fmax(p->source->width, p->source->height);
    p->has_lens = camera != NULL;
    return camera ? rig_undistorter_init(camera, &p->lens, &s->session->arena, err) : RIG_OK;
}

static rig_status tracks_read(sync_work *s, const char *path, int v, rig_sync_view *view, rig_err *err) {
    rig_people2d_reader *reader = NULL;
    rig_people2d head, chunk = {.n_frames = 1};
    rig_sync_builder *builder = NULL;
    rig_arena arena = {NULL};
    view_points points;
    rig_skeleton skeleton;
    rig_status status = points_begin(s, v, &points, err);
    const double fps = points.source->fps > 0 ? points.source->fps : s->fps;
    view->frame_s = 1 / fps;
    if (status == RIG_OK)
        status = rig_people2d_open(path, &reader, &head, err);
    if (status == RIG_OK)
        status = rig_skeleton_of(head.skeleton, head.n_joints, head.view, &skeleton, &s->session->arena, err);
    if (status == RIG_OK)
        status = rig_sync_builder_make(skeleton.n, view->frame_s, &builder, &s->session->arena, err);
    while (status == RIG_OK && chunk.n_frames > 0) {
        rig_arena_clear(&arena);
        status = rig_people2d_next(reader, rig_session_chunk(s->session), &chunk, &arena, err);
        if (status == RIG_OK)
            status = frames_add(s, &points, &chunk, builder, err);
    }
    if (status == RIG_OK)
        status = rig_sync_builder_end(builder, &view->people, &s->session->arena, err);
    view->first_s = view->people.first_s, view->last_s = view->people.last_s;
    if (points.n_repeated > REPEATED_MOST * points.n_frames)
        rig_warn("sync: %d of the %d frames of view '%s' that show people repeat the frame before: its recorder or a "
                 "converter filled up its rate, and its clock is as uneven",
                 points.n_repeated, points.n_frames, s->session->config.views[v].name);
    rig_people2d_close(reader);
    rig_arena_release(&arena);
    return status;
}

// The cameras that the rig has, or none.
static rig_status cameras_read(sync_work *s, rig_err *err) {
    const rig_config *config = &s->session->config;
    const char *path;
    if (config->sync_from != RIG_SYNC_FROM_PEOPLE)
        return RIG_OK;
    if (config->extrinsics_people) { // its poses come after the clocks
        RIG_TRY(rig_session_path(s->session, "30_intrinsics.yaml", &path, err));
        RIG_TRY(rig_calibration_read(path, &s->rig, &s->session->arena, err));
        return rig_session_take_fit(s->session, &s->rig, err);
    }
    if (!config->cameras && !config->has_extrinsics && !config->has_lenses)
        return RIG_OK;
    return rig_session_take_calibration(s->session, &s->rig, err);
}

static rig_status views_read(sync_work *s, rig_err *err) {
    const rig_config *config = &s->session->config;
    s->views = RIG_NEW(&s->session->arena, rig_sync_view, config->n_views);
    s->view_of = RIG_NEW(&s->session->arena, int, config->n_views);
    if (!s->views || !s->view_of)
        return rig_fail_memory(err, "views");
    for (int v = 0; v < config->n_views; v++) {
        const char *path;
        rig_sync_view *view = &s->views[s->n];
        const rig_view_camera *camera = rig_calibration_find(&s->rig, config->views[v].name);
        if (!rig_view_in_take(config, v))
            continue;
        *view = (rig_sync_view){.has_pose = camera && camera->has_pose, .frame_s = 1 / s->fps};
        view->held = config->views[v].has_offset, view->offset_s = config->views[v].offset_s;
        if (view->has_pose)
            view->Rt_cam_world = camera->Rt_cam_world;
        if (s->sources[v].fps > 0)
            view->frame_s = 1 / s->sources[v].fps;
        RIG_TRY(rig_session_people2d_path(s->session, v, &path, err));
        if (config->sync_from == RIG_SYNC_FROM_PEOPLE && rig_result_exists(path))
            RIG_TRY(tracks_read(s, path, v, view, err));
        s->view_of[s->n++] = v;
    }
    return s->n >= 2 ? RIG_OK : rig_fail(err, RIG_ERR_DATA, "need >= 2 views in the take to find clocks, got %d", s->n);
}

// --- the clocks ------------------------------------------------------------------------------------------------------

static rig_status pairs_by_people(sync_work *s, rig_sync_pair *found, int n_pairs, rig_err *err) {
    rig_status *status = RIG_NEW(&s->session->arena, rig_status, n_pairs);
    if (!status)
        return rig_fail_memory(err, "pairs of views");
#pragma omp parallel for schedule(dynamic, 1)
    for (int i = 0; i < n_pairs; i++) {
        rig_arena scratch = {NULL};
        status[i] = rig_sync_pair_find(s->views, found[i].a, found[i].b, s->session->config.sync_search_s, &found[i],
                                       &scratch, NULL);
        rig_arena_release(&scratch);
    }
    for (int i = 0; i < n_pairs; i++)
        if (status[i] != RIG_OK)
            return rig_fail_memory(err, "pairs of views");
    return RIG_OK;
}

// Views of one feed have one clock.
static void feeds_join(const sync_work *s, rig_sync_pair *pairs, int n_pairs) {
    const rig_view_config *views = s->session->config.views;
    for (int i = 0; i < n_pairs; i++) {
        rig_sync_pair *p = &pairs[i];
        if (views[s->view_of[p->a]].feed == views[s->view_of[p->b]].feed)
            *p = (rig_sync_pair){.a = p->a, .b = p->b, .clocks = {.sigma_shift_s = 1e-6, .sigma_drift = 1e-9}};
    }
}

static rig_status pairs_find(sync_work *s, rig_sync_pair **pairs, int *n_pairs, rig_err *err) {
    *n_pairs = s->n * (s->n - 1) / 2;
    rig_sync_pair *found = *pairs = RIG_NEW(&s->session->arena, rig_sync_pair, *n_pairs);
    if (!found)
        return rig_fail_memory(err, "pairs of views");
    for (int a = 0, i = 0; a < s->n; a++)
        for (int b = a + 1; b < s->n; b++, i++)
            found[i].a = a, found[i].b = b;
    const rig_sync_from from = s->session->config.sync_from;
    if (from == RIG_SYNC_FROM_SOUND)
        RIG_TRY(rig_sync_by_sound(s->session, s->view_of, s->n, s->views, found, *n_pairs, err));
    else if (from == RIG_SYNC_FROM_STAMPS)
        RIG_TRY(rig_sync_by_stamps(s->session, s->view_of, s->n, s->views, found, *n_pairs, err));
    else
        RIG_TRY(pairs_by_people(s, found, *n_pairs, err));
    feeds_join(s, found, *n_pairs);
    return RIG_OK;
}

static const char *const FROM[] = {"", "people", "sound", "stamps"};

static const char *refusal_text(rig_sync_refusal refusal) {
    static const char *const texts[] = {
        "",
        "nobody is seen in it for a second",
        "people hardly move in it, so that every offset fits",
        "within sync.search_s no other view sees people or records at the same time for long enough",
        "people's motion, or the sound, repeats itself, so that several offsets fit",
        "at no offset within sync.search_s does it fit another view",
        "the offsets to the other views contradict each other",
        "its video has no sound",
        "its video does not say when it was taken",
    };
    return texts[refusal];
}

static void clocks_say(const sync_work *s, const rig_sync_file *sync) {
    int n = 0;
    for (int i = 0; i < sync->n; i++) {
        const rig_sync_clock *c = &sync->entries[i].clock;
        n += c->refusal == RIG_SYNC_KNOWN;
        if (c->refusal != RIG_SYNC_KNOWN)
            rig_warn("sync: the clock of view '%s' is not known: %s; give `views: {%s: {offset_s: ...}}`, or its "
                     "people are not used",
                     sync->entries[i].view, refusal_text(c->refusal), sync->entries[i].view);
        else if (c->held)
            rig_say("  '%s': offset %.4f s, held", sync->entries[i].view, c->offset_s);
        else if (c->drift_known)
            rig_say("  '%s': offset %.4f s (sigma %.1f ms), drift %.1f ppm (sigma %.1f ppm)", sync->entries[i].view,
                    c->offset_s, 1e3 * c->sigma_s, 1e6 * c->drift, 1e6 * c->sigma_drift);
        else
            rig_say("  '%s': offset %.4f s (sigma %.1f ms); its drift is not determined", sync->entries[i].view,
                    c->offset_s, 1e3 * c->sigma_s);
    }
    const bool alone = s->session->config.sync_from == RIG_SYNC_FROM_PEOPLE && s->rig.n == 0;
    rig_say("sync: clocks of %d of %d views, from %s%s", n, sync->n, FROM[s->session->config.sync_from],
            alone ? " alone: no camera is calibrated yet" : "");
}

static void pairs_say(const rig_sync_file *sync, rig_sync_from from) {
    for (int i = 0; i < sync->n_pairs; i++) {
        const rig_sync_pair *p = &sync->pairs[i];
        const char *names[2] = {sync->entries[p->a].view, sync->entries[p->b].view};
        const char *refused = rig_sync_refusal_name(p->refusal), *gap = *refused ? " " : "";
        if (from == RIG_SYNC_FROM_PEOPLE)
            rig_detail("  '%s' and '%s': %s%s%.4f s, sigma %.1f ms; %.1f s in common; %.0f %% of the joints agree, by "
                       "chance %.0f %%; second best at %.2f s, %.0f %% as good",
                       names[0], names[1], refused, gap, p->clocks.shift_s, 1e3 * p->clocks.sigma_shift_s, p->overlap_s,
                       100 * p->share, 100 * p->chance, p->second_s, 100 * p->ratio);
        else
            rig_detail("  '%s' and '%s': %s%s%.4f s, sigma %.1f ms", names[0], names[1], refused, gap,
                       p->clocks.shift_s, 1e3 * p->clocks.sigma_shift_s);
    }
}

// Whose recorder it was, several pairs tell: that of the view that is in most of them.
static rig_status jumps_say(sync_work *s, const rig_sync_file *sync, rig_err *err) {
    int *count = RIG_NEW(&s->session->scratch, int, s->n);
    bool *told = RIG_NEW(&s->session->scratch, bool, s->n);
    if (!count || !told)
        return rig_fail_memory(err, "jumps of clocks");
    for (int i = 0; i < sync->n_pairs; i++)
        for (int k = 0; k < 2 && sync->pairs[i].jump.found; k++)
            count[k ? sync->pairs[i].b : sync->pairs[i].a]++;
    for (int i = 0; i < sync->n_pairs; i++) {
        const rig_sync_pair *p = &sync->pairs[i];
        const bool is_a = count[p->a] > count[p->b];
        const int v = is_a ? p->a : p->b, other = is_a ? p->b : p->a;
        if (!p->jump.found || told[v])
            continue;
        told[v] = true;
        const double size_s = is_a ? -p->jump.size_s : p->jump.size_s;
        const double at_s = is_a ? p->jump.at_s : p->jump.at_s - p->clocks.shift_s;
        rig_warn(
            "sync: about %.1f s into view '%s' its recorder %s %.1f frames (sigma %.1f), by view '%s'%s: its clock "
            "is off by up to as much; take what lies before or after alone (`recordings: {NAME: {frames: ...}}`)",
            at_s, sync->entries[v].view, size_s > 0 ? "lost" : "repeated", fabs(size_s) / s->views[v].frame_s,
            p->jump.sigma_s / s->views[v].frame_s, sync->entries[other].view,
            count[p->a] == count[p->b] ? ", or that one's the opposite" : "");
    }
    return RIG_OK;
}

static rig_status clocks_write(sync_work *s, const rig_inputs *inputs, const rig_sync_clock *clocks,
                               const rig_sync_pair *pairs, int n_pairs, rig_err *err) {
    static const char *const expected[] = {"", "people who walk about in two views at the same time",
                                           "sounds that two cameras heard", "videos that say when they were taken"};
    const char *path;
    rig_sync_file sync = {.n = s->n, .n_pairs = n_pairs, .pairs = pairs};
    int n = 0;
    sync.entries = RIG_NEW(&s->session->arena, rig_sync_entry, s->n);
    if (!sync.entries)
        return rig_fail_memory(err, "clocks");
    for (int i = 0; i < s->n; i++) {
        rig_sync_entry *e = &sync.entries[i];
        e->clock = clocks[i];
        memcpy(e->view, s->session->config.views[s->view_of[i]].name, sizeof e->view);
        const char *from = clocks[i].held ? "held" : FROM[s->session->config.sync_from];
        memcpy(e->from, from, strlen(from) + 1);
        n += clocks[i].refusal == RIG_SYNC_KNOWN;
    }
    pairs_say(&sync, s->session->config.sync_from);
    clocks_say(s, &sync);
    RIG_TRY(jumps_say(s, &sync, err));
    if (n < 2)
        return rig_fail(err, RIG_ERR_DATA,
                        "no two views have a common clock, expected %s, or `views: {VIEW: {offset_s: ...}}`",
                        expected[s->session->config.sync_from]);
    RIG_TRY(rig_session_path(s->session, "65_sync.yaml", &path, err));
    return rig_sync_write(path, &sync, inputs, err);
}

rig_status rig_stage_sync(rig_session *session, const rig_inputs *inputs, const rig_stage_options *options,
                          rig_err *err) {
    (void)options;
    sync_work s = {.session = session};
    const rig_config *config = &session->config;
    rig_sync_pair *pairs;
    int n_pairs;
    RIG_TRY(rig_session_feeds(session, config->take, &s.sources, err));
    RIG_TRY(rig_sources_rate(config, config->take, s.sources, &s.fps, err));
    if (s.fps <= 0)
        return rig_fail(err, RIG_ERR_CONFIG,
                        "%s: sync: no view of the take has a frame rate, expected `feeds: {FEED: {fps: RATE}}`",
                        config->path);
    RIG_TRY(cameras_read(&s, err));
    RIG_TRY(views_read(&s, err));
    rig_sync_clock *clocks = RIG_NEW(&session->arena, rig_sync_clock, s.n);
    if (!clocks)
        return rig_fail_memory(err, "clocks");
    RIG_TRY(pairs_find(&s, &pairs, &n_pairs, err));
    const double sigma_most = config->sync_from == RIG_SYNC_FROM_PEOPLE ? RIG_SYNC_SIGMA_MOST : INFINITY;
    RIG_TRY(rig_sync_join(s.views, s.n, pairs, n_pairs, sigma_most, clocks, &session->scratch, err));
    for (int i = 0; i < s.n && config->sync_from == RIG_SYNC_FROM_SOUND; i++)
        if (clocks[i].refusal == RIG_SYNC_KNOWN && !clocks[i].held)
            clocks[i].sigma_s = hypot(clocks[i].sigma_s, RIG_SYNC_SOUND_WAY_S);
    for (int i = 0; i < s.n; i++)
        if (clocks[i].refusal == RIG_SYNC_NOBODY && config->sync_from != RIG_SYNC_FROM_PEOPLE)
            clocks[i].refusal = config->sync_from == RIG_SYNC_FROM_SOUND ? RIG_SYNC_SILENT : RIG_SYNC_UNSTAMPED;
    return clocks_write(&s, inputs, clocks, pairs, n_pairs, err);
}
