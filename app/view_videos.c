#include "app/view_videos.h"

#include "io/file.h"

#include <stdio.h>

rig_status rig_view_videos_open(rig_session *session, int recording, const char *folder, const rig_view_source *sources,
                                int n, rig_view_videos *videos, rig_err *err) {
    const int step = session->config.recordings[recording].step;
    RIG_TRY(rig_folder_make(folder, err));
    videos->n = n;
    for (int i = 0; i < n; i++) {
        const rig_view_source *s = &sources[i];
        const char *name = session->config.views[s->view].name;
        const char *ending = s->width % 2 || s->height % 2 ? "avi" : "mp4"; // MPEG-4 has no odd sizes
        videos->paths[i] = rig_arena_printf(&session->arena, "%s/%s.%s", folder, name, ending);
        if (!videos->paths[i])
            return rig_fail_memory(err, "a path");
        snprintf(videos->temporary[i], sizeof videos->temporary[i], "%s/%s.part.%s", folder, name, ending);
        const double fps = s->fps > 0 ? s->fps / step : RIG_FPS_UNKNOWN;
        RIG_TRY(rig_video_writer_open(videos->temporary[i], s->width, s->height, fps, &videos->writers[i], err));
    }
    return RIG_OK;
}

rig_status rig_view_videos_close(rig_view_videos *videos, rig_status status, rig_err *err) {
    for (int i = 0; i < videos->n; i++) {
        bool opened = videos->writers[i] != NULL;
        rig_status closed = rig_video_writer_close(videos->writers[i], status == RIG_OK ? err : NULL);
        status = status == RIG_OK ? closed : status;
        if (status == RIG_OK && rename(videos->temporary[i], videos->paths[i]) != 0)
            status = rig_fail(err, RIG_ERR_IO, "%s: cannot rename to '%s'", videos->temporary[i], videos->paths[i]);
        else if (status != RIG_OK && opened)
            remove(videos->temporary[i]);
    }
    return status;
}
