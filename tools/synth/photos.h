// Photographs for backgrounds: all binary PPM files of a folder.
#ifndef RIG_TOOLS_SYNTH_PHOTOS_H
#define RIG_TOOLS_SYNTH_PHOTOS_H

#include "core/image.h"

typedef struct rig_photos {
    int n;
    rig_image *images; // BGR, in the order of the files' names
} rig_photos;

// Read every *.ppm of a folder (P6, 8 bit, at least 64 pixels each way). Fails with RIG_ERR_IO where a file or the
// folder cannot be read or has none, RIG_ERR_FORMAT where a file is something else, RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_photos_read(const char *folder, rig_photos *photos, rig_err *err);
void rig_photos_release(rig_photos *photos);

#endif
