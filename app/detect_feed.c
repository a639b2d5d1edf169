#include "app/detect_feed.h"

#include "app/talk.h"
#include "pose/detect.h"

#include <omp.h>
#include <string.h>

enum { THREADS_MAX = 16, FRAMES_FIRST = 256 };

// One view's work: its own picture, memory and result, so that views can go side by side.
typedef struct lane {
    rig_image picture;
    rig_arena *out, scratch;
    rig_people2d *people;
    int room; // frames that people->frames can hold
    long not_finite;
    rig_status status;
    rig_err err;
} lane;

typedef struct crew {
    int n_lanes, n_detectors;
    lane *lanes;
    rig_detector *detectors[THREADS_MAX];
    const rig_view_source *sources;
} crew;

static rig_status frame_new(lane *l, int frame, rig_frame2d **out, rig_err *err) {
    rig_people2d *people = l->people;
    if (people->n_frames == l->room) {
        int room = l->room ? 2 * l->room : FRAMES_FIRST;
        rig_frame2d *frames = RIG_NEW(l->out, rig_frame2d, room);
        if (!frames)
            return rig_fail_memory(err, "frames");
        if (people->n_frames)
            memcpy(frames, people->frames, sizeof *frames * (size_t)people->n_frames);
        people->frames = frames, l->room = room;
    }
    *out = &people->frames[people->n_frames++];
    (*out)->frame = frame;
    return RIG_OK;
}

static rig_status lane_run(lane *l, const rig_view_source *source, rig_detector *detector, const rig_image *picture,
                           int frame, rig_err *err) {
    rig_frame2d *found = NULL;
    RIG_TRY(rig_view_extract(source, picture, false, &l->picture, err));
    RIG_TRY(frame_new(l, frame, &found, err));
    RIG_TRY(rig_detector_run(detector, &l->picture, NULL, found, l->out, &l->scratch, err));
    found->frame = frame;
    l->not_finite += rig_detector_not_finite(detector);
    rig_arena_clear(&l->scratch);
    return RIG_OK;
}

static rig_status frame_run(crew *c, const rig_image *picture, int frame, rig_err *err) {
#pragma omp parallel for schedule(dynamic, 1) num_threads(c->n_detectors)
    for (int v = 0; v < c->n_lanes; v++)
        c->lanes[v].status = lane_run(&c->lanes[v], &c->sources[v], c->detectors[omp_get_thread_num()], picture, frame,
                                      &c->lanes[v].err);
    for (int v = 0; v < c->n_lanes; v++)
        if (c->lanes[v].status != RIG_OK)
            return rig_fail(err, c->lanes[v].status, "view '%s', frame %d: %s", c->lanes[v].people->view, frame,
                            c->lanes[v].err.text);
    return RIG_OK;
}

static rig_status crew_run(crew *c, rig_reader *reader, rig_err *err) {
    rig_progress progress = rig_progress_begin("keypoints", c->sources[0].n_frames);
    rig_status status;
    for (;;) {
        rig_image picture;
        bool got;
        int frame;
        status = rig_reader_next(reader, &frame, &picture, &got, err);
        if (status != RIG_OK || !got)
            break;
        status = frame_run(c, &picture, frame, err);
        if (status != RIG_OK)
            break;
        rig_progress_add(&progress, 1);
    }
    rig_progress_end(&progress);
    return status;
}

static rig_status crew_open(rig_session *session, const rig_model *model, int feed, rig_people2d *people,
                            rig_arena *arenas, crew *c, rig_err *err) {
    const rig_feed_config *f = &session->config.feeds[feed];
    int threads = omp_get_max_threads();
    c->n_lanes = f->n_views;
    c->lanes = RIG_NEW(&session->scratch, lane, f->n_views);
    if (!c->lanes)
        return rig_fail_memory(err, "views");
    for (int v = 0; v < f->n_views; v++) {
        c->lanes[v].people = &people[v];
        c->lanes[v].out = &arenas[v];
        memcpy(people[v].view, session->config.views[f->first_view + v].name, sizeof people[v].view);
        memcpy(people[v].skeleton, model->skeleton.name, sizeof people[v].skeleton);
        people[v].n_joints = model->skeleton.n;
        people[v].has_tags = true;
    }
    threads = threads > f->n_views ? f->n_views : threads;
    threads = threads > THREADS_MAX ? THREADS_MAX : threads;
    while (c->n_detectors < threads) {
        RIG_TRY(rig_detector_open(model, &c->detectors[c->n_detectors], err));
        c->n_detectors++;
    }
    return RIG_OK;
}

static void crew_close(crew *c, const rig_model *model) {
    long not_finite = 0;
    for (int v = 0; c->lanes && v < c->n_lanes; v++) {
        not_finite += c->lanes[v].not_finite;
        rig_arena_release(&c->lanes[v].scratch);
        rig_image_release(&c->lanes[v].picture);
    }
    for (int d = 0; d < c->n_detectors; d++)
        rig_detector_close(c->detectors[d]);
    if (not_finite)
        rig_warn("%s: %ld values of its outputs were not finite and counted as no heat", model->file, not_finite);
}

rig_status rig_feed_detect(rig_session *session, const rig_model *model, int feed, rig_people2d *people,
                           rig_arena *arenas, rig_err *err) {
    rig_reader *reader = NULL;
    crew c = {0};
    rig_status status = rig_reader_open(&session->config, session->config.take, feed, &reader, err);
    if (status == RIG_OK)
        status = crew_open(session, model, feed, people, arenas, &c, err);
    if (status == RIG_OK) {
        c.sources = rig_reader_sources(reader);
        status = crew_run(&c, reader, err);
    }
    crew_close(&c, model);
    rig_reader_close(reader);
    return status;
}
