#include "app/report_take.h"

#include "app/take.h"
#include "io/people_cursor.h"
#include "report/people.h"

#include <math.h>
#include <string.h>

enum { CROWD_MOST = 256 };

typedef struct report_take {
    rig_session *session;
    rig_take take;
    const char *path; // of the people in space
    rig_person_fit *fit;
    size_t bytes;           // that all moments would be
    int step;               // of the moments that are kept
    rig_people_bytes *kept; // NULL: count alone
    json_t *moves;          // cameras that a repair moved
} report_take;

static rig_status view_add(report_take *t, int v, const rig_frame2d *seen, const rig_frame3d *frame, rig_err *err) {
    int who[CROWD_MOST];
    rig_frame2d some = seen ? *seen : (rig_frame2d){0};
    rig_view_fit again = t->fit->views[v], *fit = t->kept ? &again : &t->fit->views[v]; // counted once
    some.n = some.n < CROWD_MOST ? some.n : CROWD_MOST;
    if (seen)
        rig_person_fit_match(&t->take.rig.cameras[v], &some, frame, t->take.skeleton.n, who, fit);
    return t->kept ? rig_people_bytes_add_view(t->kept, v, seen ? &some : NULL, frame, who, err) : RIG_OK;
}

static rig_status moved_add(report_take *t, int moment, rig_err *err) {
    for (int v = 0; v < t->take.n_views; v++) {
        const rig_view_camera *c = &t->take.rig.cameras[v];
        RIG_TRY(
            rig_json_add(t->moves,
                         json_pack("{s:o, s:i, s:o, s:o}", "view", rig_json_text(c->view), "from", moment, "R",
                                   rig_json_numbers(c->Rt_cam_world.R, 9), "t", rig_json_numbers(c->Rt_cam_world.t, 3)),
                         err));
    }
    return RIG_OK;
}

static rig_status frame_add(report_take *t, const rig_frame3d *frame, long at, rig_err *err) {
    const rig_frame2d *views[RIG_VIEWS_MAX];
    bool moved;
    RIG_TRY(rig_take_views(&t->take, frame->frame, views, &moved, err));
    if (moved && t->kept)
        RIG_TRY(moved_add(t, frame->frame, err));
    if (!t->kept) {
        rig_person_fit_add(t->fit, frame, t->take.skeleton.n);
        t->bytes += rig_people_bytes_size(frame, views, t->take.n_views, t->take.skeleton.n);
    } else if (at % t->step) {
        return RIG_OK;
    } else {
        RIG_TRY(rig_people_bytes_add(t->kept, frame, err));
    }
    for (int v = 0; v < t->take.n_views; v++)
        RIG_TRY(view_add(t, v, views[v], frame, err));
    return RIG_OK;
}

static rig_status frames_run(report_take *t, double *fps, rig_err *err) {
    rig_people3d_cursor cursor = {0};
    rig_status status = rig_people3d_cursor_open(&cursor, t->path, err);
    const rig_frame3d *frame = NULL;
    for (long at = 0; status == RIG_OK; at++) {
        status = rig_people3d_cursor_at(&cursor, &frame, err);
        if (status != RIG_OK || !frame)
            break;
        if (frame->n && cursor.chunk.n_joints != t->take.skeleton.n)
            status = rig_fail(err, RIG_ERR_DATA, "%s: people with %d joints, expected the %d of '%s'", t->path,
                              cursor.chunk.n_joints, t->take.skeleton.n, t->take.skeleton.name);
        else
            status = frame_add(t, frame, at, err);
        rig_people3d_cursor_pass(&cursor);
    }
    *fps = cursor.chunk.fps;
    rig_people3d_cursor_close(&cursor);
    return status;
}

static rig_status fit_init(report_take *t, rig_err *err) {
    *t->fit = (rig_person_fit){.n_views = t->take.n_views};
    t->fit->views = RIG_NEW(&t->session->arena, rig_view_fit, t->take.n_views);
    if (!t->fit->views)
        return rig_fail_memory(err, "views");
    for (int v = 0; v < t->take.n_views; v++) {
        const rig_view_camera *c = &t->take.rig.cameras[v];
        memcpy(t->fit->views[v].view, c->view, sizeof c->view);
        t->fit->views[v].diagonal_px = hypot(c->camera.width, c->camera.height);
    }
    return RIG_OK;
}

static rig_status skeleton_put(const rig_skeleton *skeleton, json_t *people, rig_err *err) {
    json_t *joints = json_array(), *limbs = json_array();
    RIG_TRY(rig_json_set(people, "skeleton", rig_json_text(skeleton->name), err));
    RIG_TRY(rig_json_set(people, "joints", joints, err));
    RIG_TRY(rig_json_set(people, "limbs", limbs, err));
    for (int j = 0; j < skeleton->n; j++)
        RIG_TRY(rig_json_add(joints, rig_json_text(skeleton->names[j]), err));
    for (int i = 0; i < skeleton->n_limbs; i++)
        RIG_TRY(rig_json_add(limbs, json_pack("[i, i]", skeleton->limbs[i][0], skeleton->limbs[i][1]), err));
    return RIG_OK;
}

static json_t *view_fit_json(const rig_view_fit *fit) {
    const double n = fit->joints ? (double)fit->joints : 1;
    return json_pack("{s:o, s:i, s:i, s:i, s:i, s:i, s:i, s:f, s:[f, f]}", "view", rig_json_text(fit->view), "frames",
                     (int)fit->frames, "frames_with", (int)fit->frames_with, "people", (int)fit->people, "matched",
                     (int)fit->matched, "expected", (int)fit->expected, "joints", (int)fit->joints, "rms_px",
                     rig_view_fit_rms_px(fit), "mean_px", fit->sum[0] / n, fit->sum[1] / n);
}

static rig_status people_put(report_take *t, double fps, json_t *people, rig_err *err) {
    json_t *views = json_array();
    RIG_TRY(rig_json_set(people, "fps", rig_json_number(fps), err));
    RIG_TRY(rig_json_set(people, "step", json_integer(t->step), err));
    RIG_TRY(rig_json_set(people, "frames", json_integer(t->fit->frames), err));
    RIG_TRY(rig_json_set(people, "file", rig_json_text(strrchr(t->path, '/') + 1), err));
    RIG_TRY(rig_json_set(people, "views_fit", views, err));
    for (int v = 0; v < t->fit->n_views; v++)
        RIG_TRY(rig_json_add(views, view_fit_json(&t->fit->views[v]), err));
    RIG_TRY(skeleton_put(&t->take.skeleton, people, err));
    return rig_people_bytes_put(t->kept, people, err);
}

// Twice through the people: what they are, then the moments that fit into the page.
static rig_status take_run(report_take *t, json_t *page, rig_err *err) {
    double fps;
    rig_people_bytes kept;
    json_t *people = json_object();
    RIG_TRY(rig_json_set(page, "people", people, err));
    t->moves = json_array();
    RIG_TRY(rig_json_set(people, "moves", t->moves, err));
    RIG_TRY(fit_init(t, err));
    RIG_TRY(frames_run(t, &fps, err));
    t->step = 1 + (int)(t->bytes / RIG_PEOPLE_BYTES_MOST);
    RIG_TRY(rig_take_restart(t->session, &t->take, err));
    rig_status status =
        rig_people_bytes_init(&kept, t->take.skeleton.n, t->take.n_views, t->fit->reach_m, &t->session->arena, err);
    t->kept = &kept;
    if (status == RIG_OK)
        status = frames_run(t, &fps, err);
    if (status == RIG_OK)
        status = people_put(t, fps, people, err);
    rig_people_bytes_release(&kept);
    return status;
}

rig_status rig_report_take(rig_session *session, json_t *page, rig_person_fit *fit, bool *has, rig_err *err) {
    static const char *const files[] = {"80_motion.yaml", "70_people3d.yaml"};
    report_take t = {.session = session, .fit = fit};
    *has = false;
    for (int i = session->config.has_motion ? 0 : 1; i < 2 && !*has; i++) {
        RIG_TRY(rig_session_path(session, files[i], &t.path, err));
        *has = rig_result_exists(t.path);
    }
    if (!*has)
        return RIG_OK;
    rig_status status = rig_take_open(session, &t.take, err);
    if (status == RIG_OK)
        status = take_run(&t, page, err);
    rig_take_release(&t.take);
    return status;
}
