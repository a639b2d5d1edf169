// A video's container as FFmpeg opens it, for the files of this room that read one.
#ifndef RIG_CV_CONTAINER_H
#define RIG_CV_CONTAINER_H

#include "core/arena.h"
#include "core/status.h"

#include <libavformat/avformat.h>

// Open a container for its first stream of pictures; all other streams are passed over. out holds the path. On failure
// *container may be open: close it in any case. Fails with RIG_ERR_FORMAT naming path, RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_container_open(const char *path, AVFormatContext **container, AVStream **stream,
                                          rig_arena *out, rig_err *err);

#endif
