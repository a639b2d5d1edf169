// OptiTrack Motive's .mcal, UTF-16 XML, read only: pixels, metres, the world's y axis up; OrientMatrix, by rows, takes
// the camera's axes to the world, and its camera looks along -z with y up. Of a camera's two models the one called
// IntrinsicStandardCameraModel is OpenCV's (docs.optitrack.com, ".mcal XML Calibration Files"); the sign of its
// tangential terms is that of a frame whose x points left, as others found by projection.
#include "io/camera_parts.h"
#include "io/camera_readers.h"

#include <string.h>

static const double MOTIVE_OURS[9] = {1, 0, 0, 0, 0, 1, 0, -1, 0}; // p_motive = R p_ours: y up is z up

static const rig_yaml *cameras_of(const rig_foreign *file) {
    const rig_yaml *profile = file->root ? rig_yaml_find(file->root, "calibrationProfile") : NULL;
    const rig_yaml *calibration = profile ? rig_yaml_find(profile, "Calibration") : NULL;
    return calibration ? rig_yaml_find(calibration, "Cameras") : NULL;
}

static bool has_lens(const rig_yaml *item) {
    return strcmp(item->key, "Camera") == 0 && item->kind == RIG_YAML_MAP &&
           rig_yaml_find(item, "IntrinsicStandardCameraModel");
}

bool rig_camera_optitrack_is(const rig_foreign *file) {
    const rig_yaml *cameras = cameras_of(file);
    for (int i = 0; cameras && i < cameras->n; i++)
        if (has_lens(&cameras->items[i]))
            return true;
    return false;
}

static rig_status keys_read(const rig_yaml *map, const char *const *keys, int n, double *values, rig_err *err) {
    for (int k = 0; k < n; k++)
        RIG_TRY(rig_camera_need_number(map, keys[k], &values[k], err));
    return RIG_OK;
}

static rig_status camera_read(const rig_yaml *item, rig_view_camera *camera, rig_err *err) {
    static const char *const sizes[] = {"ImagerPixelWidth", "ImagerPixelHeight"};
    static const char *const K_keys[] = {"HorizontalFocalLength", "VerticalFocalLength", "LensCenterX", "LensCenterY"};
    static const char *const d_keys[] = {"k1", "k2", "TangentialX", "TangentialY", "k3"};
    static const char *const places[] = {"X", "Y", "Z"};
    static const char *const turns[] = {"OrientMatrix0", "OrientMatrix1", "OrientMatrix2",
                                        "OrientMatrix3", "OrientMatrix4", "OrientMatrix5",
                                        "OrientMatrix6", "OrientMatrix7", "OrientMatrix8"};
    const rig_yaml *serial, *attributes, *extrinsic, *lens = rig_yaml_find(item, "IntrinsicStandardCameraModel");
    double size[2], K[4], d[5], centre[3], R[9];
    RIG_TRY(rig_yaml_need(item, "Serial", &serial, err));
    RIG_TRY(rig_camera_name(camera, serial->kind == RIG_YAML_SCALAR ? serial->text : "", serial, err));
    RIG_TRY(rig_yaml_need(item, "Attributes", &attributes, err));
    RIG_TRY(keys_read(attributes, sizes, 2, size, err));
    RIG_TRY(rig_camera_set_size(&camera->camera, size, attributes, err));
    RIG_TRY(keys_read(lens, K_keys, 4, K, err));
    RIG_TRY(rig_camera_set_K(&camera->camera, K, lens, err));
    RIG_TRY(keys_read(lens, d_keys, 5, d, err));
    d[3] = -d[3];
    RIG_TRY(rig_camera_set_dist(&camera->camera, false, d, 5, lens, err));
    RIG_TRY(rig_yaml_need(item, "Extrinsic", &extrinsic, err));
    RIG_TRY(keys_read(extrinsic, places, 3, centre, err));
    RIG_TRY(keys_read(extrinsic, turns, 9, R, err));
    for (int k = 0; k < 9; k++) // of our camera, which looks along +z with y down
        R[k] = k % 3 ? -R[k] : R[k];
    RIG_TRY(rig_camera_set_place(camera, R, centre, extrinsic, err));
    rig_camera_turn_world(camera, MOTIVE_OURS);
    return RIG_OK;
}

rig_status rig_camera_optitrack_read(const rig_foreign *file, rig_calibration *rig, rig_arena *out, rig_err *err) {
    const rig_yaml *cameras = cameras_of(file);
    RIG_TRY(rig_cameras_new(rig, cameras->n, out, err));
    rig->n = 0;
    for (int i = 0; i < cameras->n; i++)
        if (has_lens(&cameras->items[i]))
            RIG_TRY(camera_read(&cameras->items[i], &rig->cameras[rig->n++], err));
    return RIG_OK;
}
