// A network's maps as pictures, so that a person can see why joints were missed or two people mixed up.
#include "app/maps.h"

#include "app/overlay_marks.h"
#include "app/talk.h"
#include "app/view_videos.h"
#include "cv/cv.h"
#include "io/file.h"
#include "pose/detect.h"

#include <math.h>
#include <string.h>

enum { FRAMES_MAX = 20, WIDTH_MAX = 960 }; // of a panel
static const double DIM = 0.35;            // of the picture under the maps
static const double FAINT = 0.05;          // heat that a tag is shown from

typedef struct artist {
    rig_session *session;
    rig_detector *detector;
    rig_skeleton skeleton;
    const char *folder;
    rig_image picture, panel, sheet; // the view; the view at the panel's size; two panels
    rig_arena out, scratch;
} artist;

// --- colours -------------------------------------------------------------------------------------

// Black, red, yellow, white.
static void heat_colour(double heat, unsigned char bgr[3]) {
    for (int c = 0; c < 3; c++)
        bgr[c] = (unsigned char)lrint(255 * fmin(fmax(3 * heat - (2 - c), 0), 1));
}

static void pixel_blend(unsigned char *pixel, const unsigned char bgr[3], double share) {
    for (int c = 0; c < 3; c++)
        pixel[c] = (unsigned char)lrint(share * bgr[c] + (1 - share) * DIM * pixel[c]);
}

// The joint of the greatest heat in a cell.
static int hottest(const rig_maps *maps, size_t cell, double *heat) {
    const size_t plane = (size_t)maps->width * (size_t)maps->height;
    int best = 0;
    *heat = 0;
    for (int k = 0; k < maps->n_joints; k++) {
        double value = (double)maps->heat[(size_t)k * plane + cell];
        if (value > *heat) {
            *heat = value;
            best = k;
        }
    }
    return best;
}

static void cell_paint(const rig_maps *maps, size_t cell, unsigned char *heat_pixel, unsigned char *tag_pixel) {
    unsigned char bgr[3] = {0};
    double heat, tag[RIG_TAG_DIMS_MAX] = {0};
    const int joint = hottest(maps, cell, &heat);
    const double share = fmin(heat, 1);
    heat_colour(share, bgr);
    pixel_blend(heat_pixel, bgr, share);
    if (share > FAINT) {
        rig_maps_tag_at(maps, joint, (int)(cell % (size_t)maps->width), (int)(cell / (size_t)maps->width), tag);
        memcpy(bgr, rig_tag_colour(tag[0]).bgr, sizeof bgr);
    }
    pixel_blend(tag_pixel, bgr, share > FAINT ? fmin(2 * share, 1) : 0);
}

// --- sheets --------------------------------------------------------------------------------------

// The panel twice, side by side.
static rig_status sheet_lay(artist *a, double *scale, rig_err *err) {
    const rig_image *picture = &a->picture;
    const double black[3] = {0};
    *scale = fmin(1, (double)WIDTH_MAX / picture->width);
    const int width = (int)fmax(picture->width * *scale, 1), height = (int)fmax(picture->height * *scale, 1);
    const double A[6] = {*scale, 0, (*scale - 1) / 2, 0, *scale, (*scale - 1) / 2};
    RIG_TRY(rig_image_resize(&a->panel, width, height, 3, err));
    RIG_TRY(rig_image_resize(&a->sheet, 2 * width, height, 3, err));
    RIG_TRY(rig_cv_image_warp(picture, A, RIG_INTERP_AREA, black, &a->panel, err));
    for (int y = 0; y < height; y++)
        for (int half = 0; half < 2; half++)
            memcpy(a->sheet.data + y * a->sheet.stride + 3 * half * width, a->panel.data + y * a->panel.stride,
                   (size_t)(3 * width));
    return RIG_OK;
}

// Each pixel shows the cell that it lies in.
static void maps_paint(artist *a, double scale) {
    double A[6]; // q_cam = A q_hm: no turn, one scale
    const rig_maps *maps = rig_detector_maps(a->detector, A);
    for (int y = 0; y < a->panel.height; y++)
        for (int x = 0; x < a->panel.width; x++) {
            unsigned char *left = a->sheet.data + y * a->sheet.stride + 3 * x, *right = left + 3 * a->panel.width;
            const double u = ((x + 0.5) / scale - 0.5 - A[2]) / A[0], v = ((y + 0.5) / scale - 0.5 - A[5]) / A[4];
            const long cell_x = lrint(u), cell_y = lrint(v);
            if (cell_x >= 0 && cell_y >= 0 && cell_x < maps->width && cell_y < maps->height)
                cell_paint(maps, (size_t)(cell_y * maps->width + cell_x), left, right);
        }
}

static void people_paint(artist *a, const rig_frame2d *frame, double scale) {
    static const unsigned char white[3] = {255, 255, 255};
    const rig_image window =
        rig_image_window(&a->sheet, (rig_rect){a->panel.width, 0, a->panel.width, a->panel.height});
    rig_image right = window;
    for (int i = 0; i < frame->n; i++) {
        rig_person2d *person = &frame->people[i];
        for (int k = 0; k < a->skeleton.n; k++)
            for (int c = 0; c < 2; c++)
                person->joints[k].q[c] = (person->joints[k].q[c] + 0.5) * scale - 0.5;
        rig_person_draw(&right, person, &a->skeleton, rig_person_colour(i), true, a->panel.height / 1440.0);
        for (int k = 0; k < a->skeleton.n; k++) {
            const rig_joint2d *joint = &person->joints[k];
            const double beside[2] = {joint->q[0] + 5, joint->q[1] - 3};
            char text[32];
            snprintf(text, sizeof text, "%.1f", joint->tag);
            if (joint->found)
                rig_draw_text(&right, beside, text, 0.3, white);
        }
    }
}

static rig_status sheet_write(artist *a, const char *view, int number, rig_err *err) {
    rig_frame2d frame = {0};
    double scale;
    RIG_TRY(rig_detector_run(a->detector, &a->picture, NULL, &frame, &a->out, &a->scratch, err));
    RIG_TRY(sheet_lay(a, &scale, err));
    maps_paint(a, scale);
    people_paint(a, &frame, scale);
    const char *path = rig_arena_printf(&a->out, "%s/%s/%06d.png", a->folder, view, number);
    rig_status status = path ? rig_picture_write(path, &a->sheet, err) : rig_fail_memory(err, "a path");
    rig_arena_clear(&a->out);
    rig_arena_clear(&a->scratch);
    return status;
}

// --- the take ------------------------------------------------------------------------------------

static rig_status frames_draw(artist *a, const rig_feed_config *feed, rig_reader *reader, rig_err *err) {
    const rig_config *config = &a->session->config;
    const rig_view_source *sources = rig_reader_sources(reader);
    rig_progress progress = rig_progress_begin("maps", FRAMES_MAX);
    rig_status status = RIG_OK;
    bool got = true;
    for (int n = 0; n < FRAMES_MAX && status == RIG_OK && got; n++) {
        rig_image picture;
        int frame;
        status = rig_reader_next(reader, &frame, &picture, &got, err);
        for (int v = 0; v < feed->n_views && status == RIG_OK && got; v++) {
            status = rig_view_extract(&sources[v], &picture, false, &a->picture, err);
            if (status == RIG_OK)
                status = sheet_write(a, config->views[feed->first_view + v].name, frame, err);
        }
        rig_progress_add(&progress, got);
    }
    rig_progress_end(&progress);
    return status;
}

static rig_status feed_draw(artist *a, int feed, rig_err *err) {
    const rig_config *config = &a->session->config;
    const rig_feed_config *f = &config->feeds[feed];
    rig_reader *reader = NULL;
    for (int v = 0; v < f->n_views; v++) {
        const char *path =
            rig_arena_printf(&a->session->arena, "%s/%s", a->folder, config->views[f->first_view + v].name);
        if (!path)
            return rig_fail_memory(err, "a path");
        RIG_TRY(rig_folder_make(path, err));
    }
    RIG_TRY(rig_session_reader_open(a->session, config->take, feed, &reader, err));
    rig_status status = frames_draw(a, f, reader, err);
    rig_reader_close(reader);
    return status;
}

static rig_status take_draw(artist *a, rig_err *err) {
    const rig_config *config = &a->session->config;
    rig_model model;
    const char *path;
    RIG_TRY(rig_session_model(a->session, &model, &path, err));
    a->skeleton = model.skeleton;
    RIG_TRY(rig_detector_open(&model, &a->detector, err));
    for (int f = 0; f < config->n_feeds; f++)
        if (config->recordings[config->take].files[f].kind != RIG_FILE_NONE)
            RIG_TRY(feed_draw(a, f, err));
    rig_say("maps: the first %d frames of each view in %s", FRAMES_MAX, a->folder);
    return RIG_OK;
}

rig_status rig_maps_draw(rig_session *session, rig_err *err) {
    artist a = {.session = session};
    RIG_TRY(rig_session_path(session, "maps", &a.folder, err));
    rig_status status = take_draw(&a, err);
    rig_detector_close(a.detector);
    rig_image_release(&a.picture);
    rig_image_release(&a.panel);
    rig_image_release(&a.sheet);
    rig_arena_release(&a.out);
    rig_arena_release(&a.scratch);
    return status;
}
