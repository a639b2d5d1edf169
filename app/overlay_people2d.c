#include "app/overlay.h"

#include "app/overlay_film.h"
#include "app/overlay_marks.h"
#include "app/overlay_views2d.h"
#include "pose/group.h"

#include <stdio.h>
#include <string.h>

// --- who is who ----------------------------------------------------------------------------------

enum { CROWD_MAX = 64 };
static const double ALIKE = 0.1; // OKS of one person in frames that follow one another, at least

// The colours of a view's people, taken along to the next frame.
typedef struct colours {
    rig_frame2d last;
    rig_arena arena;   // of what it holds
    int of[CROWD_MAX]; // a colour a person of `last`
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

// The first colour that nobody of the frame has.
static int colour_free(const bool *worn) {
    int colour = 0;
    while (worn[colour])
        colour++;
    return colour;
}

static rig_status colours_update(colours *c, const rig_frame2d *frame, const rig_skeleton *skeleton, rig_err *err) {
    bool taken[CROWD_MAX] = {false}, worn[CROWD_MAX + 1] = {false};
    int now[CROWD_MAX];
    const int n = frame->n < CROWD_MAX ? frame->n : CROWD_MAX;
    for (int i = 0; i < n; i++) {
        now[i] = colour_kept(c, &frame->people[i], skeleton, taken);
        if (now[i] >= 0)
            worn[now[i]] = true;
    }
    for (int i = 0; i < n; i++)
        if (now[i] < 0) {
            now[i] = colour_free(worn);
            worn[now[i]] = true;
        }
    memcpy(c->of, now, sizeof now);
    return last_keep(c, frame, skeleton->n, err);
}

// --- videos --------------------------------------------------------------------------------------

typedef struct crowd {
    rig_overlay_view2d *views; // of the config
    colours *colours;
} crowd;

static rig_status people_draw(void *self, const rig_view_source *source, int number, rig_image *image,
                              rig_overlay_notes *notes, rig_err *err) {
    const crowd *c = self;
    rig_overlay_view2d *v = &c->views[source->view];
    colours *worn = &c->colours[source->view];
    const double scale = rig_mark_scale(image);
    const rig_frame2d *frame;
    RIG_TRY(rig_people2d_cursor_find(&v->people, number, &frame, err));
    if (!frame) {
        snprintf(notes->line[0], RIG_OVERLAY_NOTE, "not processed");
        return RIG_OK;
    }
    RIG_TRY(colours_update(worn, frame, &v->skeleton, err));
    for (int i = frame->n - 1; i >= 0; i--) // the surest on top
        rig_person_draw(image, &frame->people[i], &v->skeleton, rig_person_colour(i < CROWD_MAX ? worn->of[i] : i),
                        v->people.chunk.has_tags, scale);
    snprintf(notes->line[0], RIG_OVERLAY_NOTE, "2D: %d %s%s", frame->n, frame->n == 1 ? "person" : "people",
             v->people.chunk.has_tags ? ", joints coloured by tag" : "");
    return RIG_OK;
}

rig_status rig_overlay_people2d(rig_session *session, const char *folder, rig_err *err) {
    const int n = session->config.n_views;
    crowd c = {RIG_NEW(&session->arena, rig_overlay_view2d, n), RIG_NEW(&session->arena, colours, n)};
    if (!c.views || !c.colours)
        return rig_fail_memory(err, "views");
    const rig_overlay_painter painter = {&c, people_draw};
    rig_status status = rig_overlay_views2d_open(session, true, c.views, err);
    if (status == RIG_OK)
        status = rig_overlay_film(session, session->config.take, folder, &painter, err);
    rig_overlay_views2d_close(c.views, n);
    for (int v = 0; v < n; v++)
        rig_arena_release(&c.colours[v].arena);
    return status;
}
