// check: files of other makers that the rig names.
#include "app/check.h"
#include "io/people_cursor.h"

// Every frame of a result.
static rig_status people_check(const char *path, rig_err *err) {
    rig_people3d_cursor cursor;
    const rig_frame3d *frame = NULL;
    rig_status status = rig_people3d_cursor_open(&cursor, path, err);
    do {
        rig_people3d_cursor_pass(&cursor);
        if (status == RIG_OK)
            status = rig_people3d_cursor_at(&cursor, &frame, err);
    } while (status == RIG_OK && frame);
    rig_people3d_cursor_close(&cursor);
    return status;
}

void rig_check_files(rig_check *check) {
    rig_session *session = check->session;
    const rig_config *config = &session->config;
    rig_calibration cameras;
    rig_points_file points;
    rig_err err = {""};
    if (config->cameras)
        (void)rig_check_try(check, rig_calibration_read(config->cameras, &cameras, &session->arena, &err), &err);
    if (config->surveyed)
        (void)rig_check_try(check, rig_calibration_read(config->surveyed, &cameras, &session->arena, &err), &err);
    if (config->world_points)
        (void)rig_check_try(check, rig_points_read(config->world_points, &points, &session->arena, &err), &err);
    if (config->world_people)
        (void)rig_check_try(check, people_check(config->world_people, &err), &err);
}
