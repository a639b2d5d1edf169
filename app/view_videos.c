#include "app/view_videos.h"

#include "io/file.h"

#include <string.h>

rig_status rig_view_videos_open(rig_session *session, int recording, const char *folder, const rig_view_source *sources,
                                int n, rig_view_videos *videos, rig_err *err) {
    const int step = session->config.recordings[recording].step;
    RIG_TRY(rig_folder_make(folder, err));
    videos->n = n;
    for (int i = 0; i < n; i++) {
        const rig_view_source *s = &sources[i];
        const char *name = session->config.views[s->view].name;
        const char *ending = s->width % 2 || s->height % 2 ? ".avi" : ".mp4"; // MPEG-4 has no odd sizes
        videos->ending[i] = ending;
        videos->paths[i] = rig_arena_printf(&session->arena, "%s/%s%s", folder, name, ending);
        if (!videos->paths[i])
            return rig_fail_memory(err, "a path");
        RIG_TRY(rig_temporary_make(&videos->temporary[i], videos->paths[i], ending, false, err));
        const double fps = s->fps > 0 ? s->fps / step : RIG_FPS_UNKNOWN;
        RIG_TRY(rig_video_writer_open(videos->temporary[i].path, s->width, s->height, fps, &videos->writers[i], err));
    }
    return RIG_OK;
}

rig_status rig_view_videos_close(rig_view_videos *videos, rig_status status, rig_err *err) {
    for (int i = 0; i < videos->n; i++) {
        rig_temporary *t = &videos->temporary[i];
        rig_status closed = rig_video_writer_close(videos->writers[i], status == RIG_OK ? err : NULL);
        status = status == RIG_OK ? closed : status;
        if (status != RIG_OK)
            rig_temporary_name_place(t, videos->paths[i], err);
        else
            status = rig_temporary_place(t, videos->paths[i], videos->ending[i], err);
        rig_temporary_remove(t);
    }
    return status;
}

rig_status rig_picture_write(const char *path, const rig_image *image, rig_err *err) {
    rig_temporary t;
    const char *dot = strrchr(path, '.'), *ending = dot ? dot : "";
    RIG_TRY(rig_temporary_make(&t, path, ending, false, err));
    rig_status status = rig_cv_image_write(t.path, image, err);
    if (status == RIG_OK)
        return rig_temporary_place(&t, path, ending, err);
    rig_temporary_name_place(&t, path, err);
    rig_temporary_remove(&t);
    return status;
}
