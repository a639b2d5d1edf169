#include "io/camera_formats.h"

const rig_camera_format rig_camera_formats[] = {
    {.name = "opencv", .summary = "FileStorage YAML, a file a camera, and of the stereo pair; metres"},
    {.name = "easymocap", .summary = "intri.yml and extri.yml; metres"},
    {.name = NULL},
};
