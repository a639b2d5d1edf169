#include "app/overlay.h"

#include "app/talk.h"
#include "app/view_videos.h"
#include "io/file.h"
#include "io/people_cursor.h"
#include "pose/group.h"

#include <math.h>
#include <string.h>

// --- drawing -------------------------------------------------------------------------------------

// Far apart in hue or lightness, the first most: B, G, R.
static const unsigned char palette[][3] = {{60, 76, 231},   {219, 152, 52}, {113, 204, 46}, {18, 196, 241},
                                           {182, 89, 155},  {34, 126, 230}, {156, 188, 26}, {203, 192, 255},
                                           {130, 130, 255}, {255, 255, 80}, {90, 240, 190}, {190, 190, 190}};
enum { COLOURS = sizeof palette / sizeof *palette };
static const double TAG_TURN = 8; // tags round the colour circle once

void rig_tag_colour(double tag, unsigned char bgr[3]) {
    const double turn = tag / TAG_TURN - floor(tag / TAG_TURN);
    for (int c = 0; c < 3; c++) { // blue, green and red are thirds of the circle apart
        double away = fabs(turn - (2 - c) / 3.0);
        away = fmin(away, 1 - away) * 6;
        bgr[c] = (unsigned char)lrint(255 * fmin(fmax(2 - away, 0), 1));
    }
}

void rig_person_colour(int i, unsigned char bgr[3]) {
    memcpy(bgr, palette[i % COLOURS], 3);
}

static int pixels(double size, double scale) {
    return (int)fmax(rint(size * scale), 1);
}

void rig_person_draw(rig_image *image, const rig_person2d *person, const rig_skeleton *skeleton,
                     const unsigned char bgr[3], bool tags, double scale) {
    static const unsigned char black[3] = {0, 0, 0};
    const int thin = pixels(3, scale), wide = thin + 2;
    for (int under = 1; under >= 0; under--) // a dark rim, that any picture lets the colour stand out
        for (int i = 0; i < skeleton->n_limbs; i++) {
            const rig_joint2d *a = &person->joints[skeleton->limbs[i][0]], *b = &person->joints[skeleton->limbs[i][1]];
            if (a->found && b->found)
                rig_draw_line(image, a->q, b->q, under ? black : bgr, under ? wide : thin);
        }
    for (int k = 0; k < skeleton->n; k++) {
        const rig_joint2d *joint = &person->joints[k];
        unsigned char own[3] = {bgr[0], bgr[1], bgr[2]};
        if (!joint->found)
            continue;
        if (tags)
            rig_tag_colour(joint->tag, own);
        rig_draw_disc(image, joint->q, pixels(5, scale), black);
        if (!joint->filled) // without evidence of its own it stays dark
            rig_draw_disc(image, joint->q, pixels(4, scale), own);
    }
}

// --- who is who ----------------------------------------------------------------------------------

enum { CROWD_MAX = 64 };
static const double ALIKE = 0.1; // OKS of one person in frames that follow one another, at least

// The colours of a view's people, taken along to the next frame.
typedef struct colours {
    rig_frame2d last;
    rig_arena arena;   // of what it holds
    int of[CROWD_MAX]; // a colour a person of `last`
    int next;
} colours;

static int colour_kept(const colours *c, const rig_person2d *person, const rig_skeleton *skeleton, bool *taken) {
    double best = ALIKE;
    int who = -1;
    for (int i = 0; i < c->last.n && i < CROWD_MAX; i++) {
        double alike = taken[i] ? 0 : rig_people_oks(c->last.people[i].joints, person->joints, skeleton);
        if (alike > best) {
            best = alike;
            who = i;
        }
    }
    if (who < 0)
        return -1;
    taken[who] = true;
    return c->of[who];
}

// A copy of the frame: the chunk that it is of goes.
static rig_status last_keep(colours *c, const rig_frame2d *frame, int n_joints, rig_err *err) {
    rig_arena_clear(&c->arena);
    c->last = (rig_frame2d){frame->frame, frame->n, RIG_NEW(&c->arena, rig_person2d, frame->n)};
    rig_joint2d *joints = RIG_NEW(&c->arena, rig_joint2d, (size_t)frame->n * (size_t)n_joints);
    if (!c->last.people || !joints) {
        c->last.n = 0;
        return rig_fail_memory(err, "people");
    }
    for (int i = 0; i < frame->n; i++) {
        c->last.people[i] = (rig_person2d){frame->people[i].score, joints + i * n_joints};
        memcpy(c->last.people[i].joints, frame->people[i].joints, (size_t)n_joints * sizeof *joints);
    }
    return RIG_OK;
}

static rig_status colours_update(colours *c, const rig_frame2d *frame, const rig_skeleton *skeleton, rig_err *err) {
    bool taken[CROWD_MAX] = {false};
    int now[CROWD_MAX];
    for (int i = 0; i < frame->n && i < CROWD_MAX; i++) {
        now[i] = colour_kept(c, &frame->people[i], skeleton, taken);
        if (now[i] < 0)
            now[i] = c->next++;
    }
    memcpy(c->of, now, sizeof now);
    return last_keep(c, frame, skeleton->n, err);
}

// --- videos --------------------------------------------------------------------------------------

typedef struct canvas {
    rig_people2d_cursor people;
    colours colours;
    rig_image image;
} canvas;

typedef struct overlay {
    rig_session *session;
    rig_skeleton skeleton;
    int n;
    canvas *canvases; // a view of the feed
} overlay;

static rig_status canvas_draw(canvas *c, const rig_skeleton *skeleton, int number, rig_err *err) {
    const rig_frame2d *frame;
    RIG_TRY(rig_people2d_cursor_find(&c->people, number, &frame, err));
    const double scale = c->image.height / 720.0, corner[2] = {8 * scale, 24 * scale};
    static const unsigned char white[3] = {255, 255, 255};
    char text[32];
    if (frame) {
        RIG_TRY(colours_update(&c->colours, frame, skeleton, err));
        for (int i = frame->n - 1; i >= 0; i--) { // the surest on top
            unsigned char bgr[3];
            rig_person_colour(i < CROWD_MAX ? c->colours.of[i] : i, bgr);
            rig_person_draw(&c->image, &frame->people[i], skeleton, bgr, c->people.chunk.has_tags, scale);
        }
    }
    snprintf(text, sizeof text, "%d", number);
    rig_draw_text(&c->image, corner, text, fmax(0.7 * scale, 0.4), white);
    return RIG_OK;
}

static rig_status overlay_fill(overlay *o, rig_reader *reader, const rig_view_videos *videos, rig_err *err) {
    const rig_view_source *sources = rig_reader_sources(reader);
    rig_progress progress = rig_progress_begin("overlay", sources[0].n_frames);
    rig_status status = RIG_OK;
    bool got = true;
    while (status == RIG_OK && got) {
        rig_image picture;
        int frame;
        status = rig_reader_next(reader, &frame, &picture, &got, err);
        for (int v = 0; v < o->n && status == RIG_OK && got; v++) {
            canvas *c = &o->canvases[v];
            status = rig_view_extract(&sources[v], &picture, false, &c->image, err);
            if (status != RIG_OK)
                break;
            status = canvas_draw(c, &o->skeleton, frame, err);
            if (status != RIG_OK)
                break;
            status = rig_video_writer_add(videos->writers[v], &c->image, err);
        }
        rig_progress_add(&progress, got);
    }
    rig_progress_end(&progress);
    return status;
}

static rig_status people_open(overlay *o, int first_view, rig_err *err) {
    for (int v = 0; v < o->n; v++) {
        const char *path;
        rig_people2d_cursor *cursor = &o->canvases[v].people;
        const rig_people2d *people = &cursor->chunk;
        const rig_frame2d *first;
        RIG_TRY(rig_session_people2d_path(o->session, first_view + v, &path, err));
        RIG_TRY(rig_people2d_cursor_open(cursor, path, err));
        RIG_TRY(rig_people2d_cursor_at(cursor, &first, err));
        if (first && people->n_joints && people->n_joints != o->skeleton.n)
            return rig_fail(err, RIG_ERR_DATA, "%s: people with %d joints, expected the %d of '%s'", path,
                            people->n_joints, o->skeleton.n, o->skeleton.name);
    }
    return RIG_OK;
}

static rig_status feed_draw(overlay *o, int feed, const char *folder, rig_err *err) {
    const rig_config *config = &o->session->config;
    rig_reader *reader = NULL;
    rig_view_videos videos = {0};
    RIG_TRY(people_open(o, config->feeds[feed].first_view, err));
    RIG_TRY(rig_session_reader_open(o->session, config->take, feed, &reader, err));
    rig_status status =
        rig_view_videos_open(o->session, config->take, folder, rig_reader_sources(reader), o->n, &videos, err);
    if (status == RIG_OK)
        status = overlay_fill(o, reader, &videos, err);
    status = rig_view_videos_close(&videos, status, err);
    rig_reader_close(reader);
    return status;
}

static rig_status feed_overlay(overlay *o, int feed, const char *folder, rig_err *err) {
    o->n = o->session->config.feeds[feed].n_views;
    o->canvases = RIG_NEW(&o->session->scratch, canvas, o->n);
    if (!o->canvases)
        return rig_fail_memory(err, "views");
    rig_status status = feed_draw(o, feed, folder, err);
    for (int v = 0; v < o->n; v++) {
        rig_image_release(&o->canvases[v].image);
        rig_people2d_cursor_close(&o->canvases[v].people);
        rig_arena_release(&o->canvases[v].colours.arena);
    }
    return status;
}

// The skeleton of what was found: the network's own, or the rig's.
static rig_status skeleton_of_people(rig_session *session, rig_skeleton *skeleton, rig_err *err) {
    rig_model model;
    const char *path;
    if (session->config.source != RIG_SOURCE_ONNX)
        return rig_session_skeleton(session, skeleton, err);
    RIG_TRY(rig_session_model(session, &model, &path, err));
    *skeleton = model.skeleton;
    return RIG_OK;
}

rig_status rig_overlay_write(rig_session *session, rig_err *err) {
    const rig_config *config = &session->config;
    overlay o = {.session = session};
    const char *folder;
    int drawn = 0;
    if (config->take < 0)
        return rig_fail(err, RIG_ERR_CONFIG, "%s: no take to draw on", config->path);
    RIG_TRY(skeleton_of_people(session, &o.skeleton, err));
    RIG_TRY(rig_session_begin(session, err));
    RIG_TRY(rig_session_path(session, "overlay", &folder, err));
    for (int f = 0; f < config->n_feeds; f++) {
        if (config->recordings[config->take].files[f].kind == RIG_FILE_NONE)
            continue;
        RIG_TRY(feed_overlay(&o, f, folder, err));
        rig_arena_clear(&session->scratch);
        drawn += o.n;
    }
    rig_say("overlay: %d views in %s", drawn, folder);
    return RIG_OK;
}
