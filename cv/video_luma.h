// The luma of a video's frames as they are stored, for what needs no colours: no conversion, no copy. Behind cv.h:
// rig_video_open_grey.
#ifndef RIG_CV_VIDEO_LUMA_H
#define RIG_CV_VIDEO_LUMA_H

#include "core/image.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rig_luma rig_luma;

// Open a video for its first stream of pictures, decoded by as many threads as there are cores.
//   luma  NULL where its frames have no plane of luma with 8 bits a pixel
// Fails with RIG_ERR_FORMAT naming path, RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_luma_open(const char *path, rig_luma **luma, rig_err *err);
// Keep the pixels of the last n frames, not of one alone: nothing is copied, the decoder takes other memory. Before the
// first frame. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_luma_keep(rig_luma *luma, int n, rig_err *err);
// The next frame, whose pixels are luma's until the next call, or as many calls as it keeps frames; *got = false at the
// end, which a frame that cannot be decoded is too. Frames may change their size.
//   time_s  its time stamp after the first of the stream; as it was where it has none
// Fails with RIG_ERR_FORMAT where a later frame has no such plane.
//   frame   NULL: the frame is passed over, and takes the place of none that is kept
RIG_CHECKED rig_status rig_luma_next(rig_luma *luma, rig_image *frame, double *time_s, bool *got, rig_err *err);
void rig_luma_close(rig_luma *luma); // NULL is fine

#ifdef __cplusplus
}
#endif
#endif
