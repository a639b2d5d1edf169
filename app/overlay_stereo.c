// The stereo pair, rectified and side by side: what is one point lies in one row.
#include "app/overlay.h"

#include "app/corners_for.h"
#include "app/overlay_film.h"
#include "app/overlay_marks.h"
#include "app/overlay_views2d.h"
#include "app/talk.h"
#include "io/file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct side {
    const rig_view_camera *camera;
    const rig_view_corners *seen;
    int view, feed;     // of the config
    rig_reader *reader; // the right one's is the left one's where both are of one feed: NULL
    const rig_view_source *source;
    float (*map)[2];      // where a rectified pixel is in the view
    double R[9], K[4];    // rectifying rotation; fx fy cx cy of the rectified picture
    rig_image view_image; // as seen
    int frame;
} side;

typedef struct pair {
    rig_session *session;
    rig_calibration rig;
    rig_stereo stereo;
    int recording;
    rig_corners_file file;       // its corners, where
    rig_overlay_view2d *views2d; // of the config; NULL: corners are drawn, else the take's joints
    double fps;                  // of the rig's clock
    side sides[2];
    rig_image sheet; // both, rectified
    long n;          // frames written
} pair;

// --- geometry --------------------------------------------------------------------------------------------------------

static bool rectify(const side *s, const double q[2], double out[2]) {
    double n[2], v[3];
    if (!rig_camera_unproject(&s->camera->camera, q, n))
        return false;
    rig_mat3_mul_vec(s->R, (const double[]){n[0], n[1], 1}, v);
    out[0] = s->K[0] * v[0] / v[2] + s->K[2];
    out[1] = s->K[1] * v[1] / v[2] + s->K[3];
    return v[2] > 0;
}

static rig_status map_make(pair *p, side *s, rig_err *err) {
    const int width = p->stereo.width, height = p->stereo.height;
    double back[9];
    s->map = rig_arena_alloc(&p->session->arena, (size_t)width * (size_t)height, sizeof *s->map);
    if (!s->map)
        return rig_fail_memory(err, "a map of a rectified picture");
    rig_mat3_transpose(s->R, back);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            const double ray[3] = {(x - s->K[2]) / s->K[0], (y - s->K[3]) / s->K[1], 1};
            double v[3], q[2];
            float *at = s->map[y * width + x];
            rig_mat3_mul_vec(back, ray, v);
            const bool seen =
                rig_camera_project(&s->camera->camera, v, q, NULL, NULL) && fabs(q[0]) < 1e5 && fabs(q[1]) < 1e5;
            at[0] = seen ? (float)q[0] : -2, at[1] = seen ? (float)q[1] : -2;
        }
    return RIG_OK;
}

// --- drawing ---------------------------------------------------------------------------------------------------------

static rig_status sides_lay(pair *p, rig_err *err) {
    for (int k = 0; k < 2; k++) {
        rig_image half =
            rig_image_window(&p->sheet, (rig_rect){k * p->stereo.width, 0, p->stereo.width, p->stereo.height});
        RIG_TRY(rig_cv_image_remap(&p->sides[k].view_image, (const float(*)[2])p->sides[k].map, &half, err));
    }
    return RIG_OK;
}

// A row of the picture through the outermost corners and a middle one, and the corners of both sides. Returns the root
// of the mean of their distances in height squared, or -1 where no corner was seen by both.
static double corners_draw(pair *p, const rig_board_view *const seen[2]) {
    const double scale = rig_mark_scale(&p->sheet);
    const int cols = p->file.board.cols, rows = p->file.board.rows, n = cols * rows;
    double sum = 0;
    int used = 0;
    for (int i = 0; i < n; i++) {
        double q[2][2];
        bool both = true;
        for (int k = 0; k < 2 && both; k++)
            both = (!seen[k]->seen || seen[k]->seen[i]) && rectify(&p->sides[k], seen[k]->q[i], q[k]);
        if (!both)
            continue;
        const rig_colour colour = rig_ramp_colour((double)(i / cols) / (rows - 1));
        sum += (q[0][1] - q[1][1]) * (q[0][1] - q[1][1]);
        used++;
        q[1][0] += p->stereo.width;
        if (i == 0 || i == cols - 1 || i == n - cols || i == n - 1 || i == n / 2)
            rig_draw_line(&p->sheet, (const double[]){0, q[0][1]}, (const double[]){p->sheet.width, q[0][1]},
                          colour.bgr, rig_mark_pixels(1, scale));
        for (int k = 0; k < 2; k++)
            rig_draw_ring(&p->sheet, q[k], rig_mark_pixels(4, scale), rig_mark_pixels(1.5, scale), colour.bgr);
    }
    return used ? sqrt(sum / used) : -1;
}

// A row of the picture through each joint of the left view's people, and the joints of both.
static rig_status joints_draw(pair *p, rig_err *err) {
    const double scale = rig_mark_scale(&p->sheet);
    for (int k = 0; k < 2; k++) {
        rig_overlay_view2d *view = &p->views2d[p->sides[k].view];
        const rig_frame2d *frame;
        RIG_TRY(rig_people2d_cursor_find(&view->people, p->sides[k].frame, &frame, err));
        for (int i = 0; frame && i < frame->n * view->skeleton.n; i++) {
            const int person = i / view->skeleton.n;
            const rig_joint2d *joint = &frame->people[person].joints[i % view->skeleton.n];
            const rig_colour colour = k == 0 ? rig_person_colour(person) : rig_white;
            double q[2];
            if (!joint->found || !rectify(&p->sides[k], joint->q, q))
                continue;
            q[0] += k * p->stereo.width;
            if (k == 0)
                rig_draw_line(&p->sheet, (const double[]){0, q[1]}, (const double[]){p->sheet.width, q[1]}, colour.bgr,
                              rig_mark_pixels(1, scale));
            rig_draw_disc(&p->sheet, q, rig_mark_pixels(5, scale), rig_black.bgr);
            rig_draw_disc(&p->sheet, q, rig_mark_pixels(4, scale), colour.bgr);
        }
    }
    return RIG_OK;
}

// The corners of a moment, where both saw the board.
static void board_draw(pair *p, rig_overlay_notes *notes) {
    const rig_board_view *seen[2];
    double rms = -1;
    for (int k = 0; k < 2; k++)
        seen[k] = rig_overlay_board_find(p->sides[k].seen, p->sides[k].frame);
    if (seen[0] && seen[1])
        rms = corners_draw(p, seen);
    if (rms >= 0)
        snprintf(notes->line[0], RIG_OVERLAY_NOTE, "rows differ by rms %.3f px", rms);
    else
        snprintf(notes->line[0], RIG_OVERLAY_NOTE, "no board in both");
}

static rig_status moment_write(pair *p, rig_overlay_video *video, rig_err *err) {
    rig_overlay_notes notes = {{""}};
    char name[2 * RIG_NAME_MAX + 8];
    RIG_TRY(sides_lay(p, err));
    if (p->views2d) {
        RIG_TRY(joints_draw(p, err));
        snprintf(notes.line[0], RIG_OVERLAY_NOTE, "rows through the joints of %s", p->stereo.left);
    } else
        board_draw(p, &notes);
    snprintf(name, sizeof name, "%s | %s", p->stereo.left, p->stereo.right);
    rig_overlay_head(&p->sheet, name, p->sides[0].source, p->sides[0].frame, &notes);
    rig_draw_line(&p->sheet, (const double[]){p->stereo.width, 0}, (const double[]){p->stereo.width, p->sheet.height},
                  rig_white.bgr, 1);
    p->n++;
    return rig_web_video_add(video->video, &p->sheet, err);
}

// --- frames ----------------------------------------------------------------------------------------------------------

// The next frame of a side's own feed; views of the same feed come with it.
static rig_status side_step(pair *p, int k, bool *got, rig_err *err) {
    rig_image picture;
    int frame;
    RIG_TRY(rig_reader_next(p->sides[k].reader, &frame, &picture, got, err));
    for (int j = 0; j < 2 && *got; j++) {
        side *s = &p->sides[j];
        if (s->feed != p->sides[k].feed)
            continue;
        s->frame = frame;
        RIG_TRY(rig_view_extract(s->source, &picture, false, &s->view_image, err));
    }
    return RIG_OK;
}

static rig_status pairs_write(pair *p, rig_overlay_video *video, rig_err *err) {
    const bool one = p->sides[0].feed == p->sides[1].feed;
    rig_progress progress = rig_progress_begin("overlay", p->sides[0].source->n_frames);
    bool got = true;
    rig_status status = one ? RIG_OK : side_step(p, 1, &got, err);
    while (got && status == RIG_OK) {
        status = side_step(p, 0, &got, err);
        const int moment = rig_source_clock(p->sides[0].source, p->fps, p->sides[0].frame);
        while (!one && got && status == RIG_OK &&
               rig_source_clock(p->sides[1].source, p->fps, p->sides[1].frame) < moment)
            status = side_step(p, 1, &got, err);
        const bool meet = one || rig_source_clock(p->sides[1].source, p->fps, p->sides[1].frame) == moment;
        if (status == RIG_OK && got && meet)
            status = moment_write(p, video, err);
        rig_progress_add(&progress, got);
    }
    rig_progress_end(&progress);
    return status;
}

// --- reading ---------------------------------------------------------------------------------------------------------

static rig_status side_open(pair *p, int k, const rig_recording_corners *corners, const rig_view_source *sources,
                            rig_err *err) {
    const char *name = k == 0 ? p->stereo.left : p->stereo.right;
    const rig_config *config = &p->session->config;
    side *s = &p->sides[k];
    const double *P = k == 0 ? p->stereo.P1 : p->stereo.P2;
    s->view = rig_config_find_view(config, name);
    s->camera = rig_calibration_find(&p->rig, name);
    for (int i = 0; corners && i < corners->n_views; i++)
        if (strcmp(corners->views[i].view, name) == 0)
            s->seen = &corners->views[i];
    if (s->view < 0 || sources[s->view].view < 0 || !s->camera || (corners && !s->seen))
        return rig_fail(err, RIG_ERR_DATA, "view '%s' of 50_stereo.yaml: %s", name,
                        s->view < 0 || sources[s->view].view < 0 ? "it is not in the recording"
                        : !s->camera                             ? "no camera of it is known"
                                                                 : "no corners of it");
    memcpy(s->R, k == 0 ? p->stereo.R1 : p->stereo.R2, sizeof s->R);
    memcpy(s->K, (const double[]){P[0], P[5], P[2], P[6]}, sizeof s->K);
    s->feed = sources[s->view].feed;
    s->source = &sources[s->view];
    if (k == 0 || s->feed != p->sides[0].feed)
        RIG_TRY(rig_session_reader_open(p->session, p->recording, s->feed, &s->reader, err));
    return map_make(p, s, err);
}

// The size of rectified pictures where the file does not say it: the larger view's.
static void size_default(pair *p) {
    const char *const names[2] = {p->stereo.left, p->stereo.right};
    const bool stated = p->stereo.width > 0;
    for (int k = 0; k < 2 && !stated; k++) {
        const rig_view_camera *camera = rig_calibration_find(&p->rig, names[k]);
        if (camera && (double)camera->camera.width * camera->camera.height > (double)p->stereo.width * p->stereo.height)
            p->stereo.width = camera->camera.width, p->stereo.height = camera->camera.height;
    }
}

static rig_status pair_open(pair *p, rig_err *err) {
    const char *path;
    const rig_recording_corners *corners = NULL;
    rig_view_source *sources;
    RIG_TRY(rig_session_path(p->session, "50_stereo.yaml", &path, err));
    RIG_TRY(rig_stereo_read(path, &p->stereo, err));
    if (p->views2d) {
        RIG_TRY(rig_session_take_calibration(p->session, &p->rig, err));
        RIG_TRY(rig_overlay_views2d_open(p->session, false, p->views2d, err));
    } else {
        RIG_TRY(rig_session_calibration(p->session, &p->rig, err));
        RIG_TRY(rig_corners_for(p->session, p->recording, &p->file, &corners, err));
    }
    RIG_TRY(rig_session_feeds(p->session, p->recording, &sources, err));
    RIG_TRY(rig_sources_rate(&p->session->config, p->recording, sources, &p->fps, err));
    size_default(p);
    for (int k = 0; k < 2; k++)
        RIG_TRY(side_open(p, k, corners, sources, err));
    return rig_image_resize(&p->sheet, 2 * p->stereo.width, p->stereo.height, 3, err);
}

static rig_status pair_film(pair *p, const char *folder, rig_err *err) {
    rig_overlay_video video = {.video = NULL};
    const rig_recording_config *recording = &p->session->config.recordings[p->recording];
    RIG_TRY(pair_open(p, err));
    RIG_TRY(rig_folder_make(folder, err));
    RIG_TRY(rig_overlay_video_open(&video, folder, recording->name, p->sheet.width, p->sheet.height,
                                   p->sides[0].source->fps / recording->step, err));
    rig_status status = pairs_write(p, &video, err);
    if (status == RIG_OK && p->n == 0)
        status = rig_fail(err, RIG_ERR_DATA, "views '%s' and '%s' have no frames of the same moment", p->stereo.left,
                          p->stereo.right);
    if (status == RIG_OK)
        rig_overlay_warn_unplayable(&video);
    return rig_overlay_video_close(&video, status, err);
}

static rig_status recording_film(pair *p, const char *folder, rig_err *err) {
    rig_status status = pair_film(p, folder, err);
    for (int k = 0; k < 2; k++) {
        rig_reader_close(p->sides[k].reader);
        rig_image_release(&p->sides[k].view_image);
    }
    rig_image_release(&p->sheet);
    if (p->views2d)
        rig_overlay_views2d_close(p->views2d, p->session->config.n_views);
    return status;
}

// Whether the take has both views, and their people are there.
static rig_status joints_find(rig_session *session, bool *found, rig_err *err) {
    const rig_config *config = &session->config;
    *found = config->take >= 0;
    for (int k = 0; k < 2 && *found; k++) {
        const int v = config->stereo_pair[k];
        const char *path;
        RIG_TRY(rig_session_people2d_path(session, v, &path, err));
        *found = rig_view_in_take(config, v) && rig_result_exists(path) &&
                 config->recordings[config->take].files[config->views[v].feed].kind != RIG_FILE_NONE;
    }
    return RIG_OK;
}

rig_status rig_overlay_stereo(rig_session *session, const char *folder, rig_err *err) {
    pair boards = {.session = session, .recording = session->config.stereo_from};
    pair take = {.session = session, .recording = session->config.take};
    bool has_joints;
    RIG_TRY(joints_find(session, &has_joints, err));
    RIG_TRY(recording_film(&boards, folder, err));
    if (!has_joints || take.recording == boards.recording)
        return RIG_OK;
    take.views2d = RIG_NEW(&session->arena, rig_overlay_view2d, session->config.n_views);
    return take.views2d ? recording_film(&take, folder, err) : rig_fail_memory(err, "views");
}
