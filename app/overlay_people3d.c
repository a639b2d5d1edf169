// People in space as the cameras see them, over what each view saw of them.
#include "app/overlay.h"

#include "app/overlay_film.h"
#include "app/overlay_marks.h"
#include "app/overlay_project.h"
#include "app/overlay_views2d.h"
#include "app/talk.h"
#include "io/file.h"

#include <stdio.h>
#include <string.h>

typedef struct view3d {
    rig_people3d_cursor people;
    const rig_view_camera *known; // NULL: none with a pose
    rig_view_camera camera;       // as of the moment
    double late;                  // frames of the rig's clock, by repairs
} view3d;

typedef struct scene {
    rig_skeleton skeleton;
    double fps; // of the rig's clock
    rig_calibration rig;
    rig_repairs repairs;
    view3d *views; // of the config
    rig_overlay_view2d *views2d;
} scene;

// --- drawing ---------------------------------------------------------------------------------------------------------

static void pose_set(const scene *s, view3d *view, int moment) {
    const int camera = (int)(view->known - s->rig.cameras);
    view->camera.Rt_cam_world = view->known->Rt_cam_world;
    for (int i = 0; i < s->repairs.n_poses; i++) // of a view, from rising
        if (s->repairs.poses[i].view == camera && s->repairs.poses[i].from <= moment)
            view->camera.Rt_cam_world = s->repairs.poses[i].Rt_cam_world;
}

static bool is_of_head(const char *joint) {
    static const char *const names[] = {"head_top", "head", "nose", "left_eye", "right_eye", "left_ear", "right_ear"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], joint) == 0)
            return true;
    return false;
}

// The number beside the head: above the joint of it that is highest in the picture, or, where none of it is there, the
// highest of all.
static void id_draw(rig_image *image, const rig_skeleton *skeleton, const rig_mark_joint *joints, int id,
                    rig_colour colour, double scale) {
    const rig_mark_joint *top[2] = {NULL, NULL}; // of all; of the head
    char text[16];
    for (int k = 0; k < skeleton->n; k++)
        for (int head = 0; head <= is_of_head(skeleton->names[k]); head++)
            if (joints[k].shown && (!top[head] || joints[k].q[1] < top[head]->q[1]))
                top[head] = &joints[k];
    const rig_mark_joint *at = top[1] ? top[1] : top[0];
    if (!at || at->q[0] <= 0 || at->q[1] <= 0 || at->q[0] >= image->width || at->q[1] >= image->height)
        return;
    snprintf(text, sizeof text, "%d", id);
    rig_label_draw(image, (const double[]){at->q[0] + 8 * scale, at->q[1] - 10 * scale}, text, 0.8 * scale, colour);
}

static void joints_place(const scene *s, const view3d *view, const rig_person3d *person, rig_mark_joint *joints) {
    for (int k = 0; k < s->skeleton.n; k++) {
        const rig_joint3d *joint = &person->joints[k];
        joints[k] =
            (rig_mark_joint){.hollow = joint->state == RIG_JOINT_FILLED, .colour = rig_person_colour(person->id - 1)};
        joints[k].shown = (joint->state == RIG_JOINT_OK || joint->state == RIG_JOINT_FILLED) &&
                          rig_overlay_project(&view->camera, joint->p, joints[k].q);
    }
}

// The people's limbs; or their joints, and their numbers.
static void people_draw(const scene *s, const view3d *view, const rig_frame3d *frame, bool limbs, rig_image *image) {
    const double scale = rig_mark_scale(image), size = s->skeleton.n > RIG_MANY_JOINTS ? scale / 2 : scale;
    for (int i = 0; i < frame->n; i++) {
        rig_mark_joint joints[RIG_JOINTS_MAX];
        const int id = frame->people[i].id;
        const rig_mark_style style = {rig_person_colour(id - 1), limbs ? rig_mark_pixels(5, size) : 0,
                                      limbs ? 0 : rig_mark_pixels(6, size), rig_mark_pixels(1.5, size)};
        joints_place(s, view, &frame->people[i], joints);
        rig_figure_draw(image, &s->skeleton, joints, &style);
        if (!limbs)
            id_draw(image, &s->skeleton, joints, id, style.colour, scale);
    }
}

static rig_status seen_draw(rig_overlay_view2d *view, int number, rig_image *image, rig_err *err) {
    const rig_mark_style thin = {.colour = rig_white, .line = rig_mark_pixels(1, rig_mark_scale(image))};
    const rig_frame2d *frame;
    RIG_TRY(rig_people2d_cursor_find(&view->people, number, &frame, err));
    for (int i = 0; frame && i < frame->n; i++) {
        rig_mark_joint joints[RIG_JOINTS_MAX];
        for (int k = 0; k < view->skeleton.n; k++) {
            const rig_joint2d *joint = &frame->people[i].joints[k];
            joints[k] = (rig_mark_joint){.shown = joint->found, .q = {joint->q[0], joint->q[1]}};
        }
        rig_figure_draw(image, &view->skeleton, joints, &thin);
    }
    return RIG_OK;
}

static rig_status moment_draw(void *self, const rig_view_source *source, int number, rig_image *image,
                              rig_overlay_notes *notes, rig_err *err) {
    const scene *s = self;
    view3d *view = &s->views[source->view];
    const int moment = (int)lrint(view->late + rig_source_moment(source, s->fps, number));
    const rig_frame3d *frame;
    RIG_TRY(rig_people3d_cursor_find(&view->people, moment, &frame, err));
    if (view->known)
        pose_set(s, view, moment);
    if (view->known && frame)
        people_draw(s, view, frame, true, image);
    if (s->views2d[source->view].has)
        RIG_TRY(seen_draw(&s->views2d[source->view], number, image, err));
    if (view->known && frame)
        people_draw(s, view, frame, false, image);
    snprintf(notes->line[0], RIG_OVERLAY_NOTE,
             view->known ? "thick: 3D (ring: filled), thin: 2D" : "thin: 2D; no camera pose, so no 3D");
    return RIG_OK;
}

// --- reading ---------------------------------------------------------------------------------------------------------

static rig_status repairs_read(rig_session *session, const rig_people3d *head, scene *s, rig_err *err) {
    const char *path;
    RIG_TRY(rig_session_path(session, "75_repair.yaml", &path, err));
    if (head->n_repaired == 0 || !rig_file_exists(path))
        return RIG_OK;
    RIG_TRY(rig_repairs_read(path, &s->rig, &s->repairs, &session->arena, err));
    rig_say("using the repairs in 75_repair.yaml");
    return RIG_OK;
}

static rig_status views_open(rig_session *session, const char *path, scene *s, rig_err *err) {
    for (int v = 0; v < session->config.n_views; v++) {
        view3d *view = &s->views[v];
        RIG_TRY(rig_people3d_cursor_open(&view->people, path, err));
        if (v == 0)
            RIG_TRY(repairs_read(session, &view->people.chunk, s, err));
        const rig_view_camera *camera = rig_calibration_find(&s->rig, session->config.views[v].name);
        if (!camera || !camera->has_pose)
            continue;
        view->known = camera;
        view->camera = *camera;
        view->late = s->repairs.n_views ? s->repairs.offset_frames[camera - s->rig.cameras] : 0;
    }
    return rig_overlay_views2d_open(session, false, s->views2d, err);
}

static rig_status scene_open(rig_session *session, const char *path, scene *s, rig_err *err) {
    rig_people3d_reader *reader;
    rig_people3d head;
    rig_view_source *sources;
    RIG_TRY(rig_session_take_calibration(session, &s->rig, err));
    RIG_TRY(rig_session_feeds(session, session->config.take, &sources, err));
    RIG_TRY(rig_sources_rate(&session->config, session->config.take, sources, &s->fps, err));
    RIG_TRY(rig_people3d_open(path, &reader, &head, err));
    rig_status status = rig_session_skeleton(session, &s->skeleton, err);
    if (status == RIG_OK && strcmp(s->skeleton.name, head.skeleton) != 0)
        status = rig_skeleton_of(head.skeleton, head.n_joints, path, &s->skeleton, &session->arena, err);
    rig_people3d_close(reader);
    return status == RIG_OK ? views_open(session, path, s, err) : status;
}

rig_status rig_overlay_people3d(rig_session *session, const char *file, const char *folder, rig_err *err) {
    const int n = session->config.n_views;
    const char *path;
    scene s = {.views = RIG_NEW(&session->arena, view3d, n),
               .views2d = RIG_NEW(&session->arena, rig_overlay_view2d, n)};
    if (!s.views || !s.views2d)
        return rig_fail_memory(err, "views");
    const rig_overlay_painter painter = {&s, moment_draw};
    RIG_TRY(rig_session_path(session, file, &path, err));
    rig_status status = scene_open(session, path, &s, err);
    if (status == RIG_OK)
        status = rig_overlay_film(session, session->config.take, folder, &painter, err);
    for (int v = 0; v < n; v++)
        rig_people3d_cursor_close(&s.views[v].people);
    rig_overlay_views2d_close(s.views2d, n);
    return status;
}
