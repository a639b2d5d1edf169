#include "io/camera_formats.h"

#include "io/camera_readers.h"

#include <string.h>

#define PINHOLES4 (1u << RIG_LENS_PINHOLE0 | 1u << RIG_LENS_PINHOLE2 | 1u << RIG_LENS_PINHOLE4)
#define PINHOLES5 (PINHOLES4 | 1u << RIG_LENS_PINHOLE5)
#define PINHOLES8 (PINHOLES5 | 1u << RIG_LENS_PINHOLE8)
#define PINHOLES  (PINHOLES8 | 1u << RIG_LENS_PINHOLE12)
#define FISHEYE   (1u << RIG_LENS_FISHEYE4)

// The first row whose `is` takes a file is its format.
const rig_camera_format rig_camera_formats[] = {
    {.name = "opencv",
     .summary = "VIEW.yml, FileStorage; of a stereo pair intrinsics.yml, extrinsics.yml too; metres",
     .tool = "OpenCV",
     .lenses = PINHOLES | FISHEYE,
     .has_poses = true,
     .has_pair = true,
     .has_names = true,
     .a_file_each = true,
     .unit_m = 1,
     .write = rig_camera_opencv_write,
     .is = rig_camera_opencv_is,
     .read = rig_camera_opencv_read},
    {.name = "easymocap",
     .summary = "intri.yml and extri.yml; metres",
     .tool = "EasyMocap",
     .lenses = PINHOLES5,
     .needs_poses = true,
     .has_poses = true,
     .has_names = true,
     .beside = "extri.yml",
     .unit_m = 1,
     .write = rig_camera_easymocap_write,
     .is = rig_camera_easymocap_is,
     .read = rig_camera_easymocap_read},
    {.name = NULL},
};

const rig_camera_format *rig_camera_format_find(const char *name) {
    for (const rig_camera_format *of = rig_camera_formats; of->name; of++)
        if (of->summary && strcmp(of->name, name) == 0)
            return of;
    return NULL;
}
