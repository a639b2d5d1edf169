// Vicon's .xcp, XML, read only: pixels, millimetres. ORIENTATION (x y z w) turns the world into the camera, whose axes
// are ours; POSITION is its centre. VICON_RADIAL2 is taken as Pose2Sim (calibration.py, read_vicon) and OpenCap do:
// `ViconRadial2 x y k1 k2 k3` with OpenCV's radial coefficients; Vicon's own words on it we have not seen.
#include "io/camera_parts.h"
#include "io/camera_readers.h"

#include <string.h>

static const double RADIAL_LEAST = 1e-4; // a k1 below this, of a lens that has one, is of pixels, not of OpenCV's plane

static const rig_yaml *cameras_of(const rig_foreign *file) {
    return file->root ? rig_yaml_find(file->root, "Cameras") : NULL;
}

static const rig_yaml *key_frame(const rig_yaml *item) {
    const rig_yaml *frames = rig_yaml_find(item, "KeyFrames");
    return frames ? rig_yaml_find(frames, "KeyFrame") : NULL;
}

static bool is_camera(const rig_yaml *item) {
    return strcmp(item->key, "Camera") == 0 && item->kind == RIG_YAML_MAP;
}

bool rig_camera_vicon_is(const rig_foreign *file) {
    const rig_yaml *cameras = cameras_of(file);
    for (int i = 0; cameras && i < cameras->n; i++)
        if (is_camera(&cameras->items[i]) && rig_yaml_find(&cameras->items[i], "SENSOR_SIZE"))
            return true;
    return false;
}

static rig_status radial_read(const rig_yaml *frame, rig_camera *camera, rig_err *err) {
    const rig_yaml *radial2 = rig_yaml_find(frame, "VICON_RADIAL2"), *radial = rig_yaml_find(frame, "VICON_RADIAL");
    double v[5] = {0}, k[3] = {0};
    if (radial2) {
        rig_yaml numbers = *radial2; // without the word before them
        numbers.text += strcspn(numbers.text, " ");
        RIG_TRY(rig_camera_numbers(&numbers, 5, 5, v, NULL, err));
        memcpy(k, v + 2, sizeof k);
    } else if (radial)
        RIG_TRY(rig_camera_numbers(radial, 2, 2, k, NULL, err));
    if (k[0] != 0 && fabs(k[0]) < RADIAL_LEAST)
        return rig_yaml_fail(
            radial2 ? radial2 : radial, err,
            "a first coefficient of %g, expected 0 or more than %g: coefficients in pixels are not supported", k[0],
            RADIAL_LEAST);
    return rig_camera_set_dist(camera, false, (const double[]){k[0], k[1], 0, 0, k[2]}, 5, frame, err);
}

static rig_status camera_read(const rig_yaml *item, const rig_yaml *frame, rig_view_camera *camera, rig_err *err) {
    const rig_yaml *id;
    double size[2], f, aspect = 1, c[2], q[4], centre[3], R[9];
    RIG_TRY(rig_yaml_need(item, "DEVICEID", &id, err));
    RIG_TRY(rig_camera_name(camera, id->kind == RIG_YAML_SCALAR ? id->text : "", id, err));
    RIG_TRY(rig_camera_need_numbers(item, "SENSOR_SIZE", 2, size, err));
    RIG_TRY(rig_camera_set_size(&camera->camera, size, item, err));
    if (rig_yaml_find(item, "PIXEL_ASPECT_RATIO"))
        RIG_TRY(rig_camera_need_number(item, "PIXEL_ASPECT_RATIO", &aspect, err));
    RIG_TRY(rig_camera_need_number(frame, "FOCAL_LENGTH", &f, err));
    RIG_TRY(rig_camera_need_numbers(frame, "PRINCIPAL_POINT", 2, c, err));
    RIG_TRY(rig_camera_set_K(&camera->camera, (const double[]){f, f / aspect, c[0], c[1]}, frame, err));
    RIG_TRY(radial_read(frame, &camera->camera, err));
    RIG_TRY(rig_camera_need_numbers(frame, "ORIENTATION", 4, q, err));
    RIG_TRY(rig_camera_need_numbers(frame, "POSITION", 3, centre, err));
    RIG_TRY(rig_camera_rotation((const double[]){q[3], q[0], q[1], q[2]}, R, frame, err));
    return rig_camera_set_centre(camera, R, centre, frame, err);
}

rig_status rig_camera_vicon_read(const rig_foreign *file, rig_calibration *rig, rig_arena *out, rig_err *err) {
    const rig_yaml *cameras = cameras_of(file);
    RIG_TRY(rig_cameras_new(rig, cameras->n, out, err));
    rig->n = 0;
    for (int i = 0; i < cameras->n; i++) {
        const rig_yaml *item = &cameras->items[i], *frame = is_camera(item) ? key_frame(item) : NULL;
        const rig_yaml *type = frame ? rig_yaml_find(item, "TYPE") : NULL;
        const bool video =
            !type || type->kind != RIG_YAML_SCALAR || strstr(type->text, "VIDEO") || !strstr(type->text, "MX");
        if (frame && video) // the others see markers, not people
            RIG_TRY(camera_read(item, frame, &rig->cameras[rig->n++], err));
    }
    return RIG_OK;
}
