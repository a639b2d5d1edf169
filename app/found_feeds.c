#include "app/found_feeds.h"

#include "app/found_names.h"
#include "cv/cv.h"

#include <stdlib.h>
#include <string.h>

enum { LOOKS = 3, BETWEEN = 20 }; // pictures of a file that are looked at for seams, and how far apart in a video

// What a file's pictures are.
typedef struct look {
    int width, height, n_frames, n;
    double fps;
    rig_image greys[LOOKS];
    rig_tiles tiles;
} look;

// Pictures of another size than the first are passed over.
static rig_status picture_look(const rig_image *picture, look *l, rig_err *err) {
    if (l->n == 0)
        l->width = picture->width, l->height = picture->height;
    if (picture->width != l->width || picture->height != l->height)
        return RIG_OK;
    return rig_image_to_grey(picture, &l->greys[l->n++], err);
}

static rig_status video_look(const char *path, look *l, rig_err *err) {
    rig_video *video = NULL;
    rig_video_info info;
    rig_image frame, shown = {0};
    bool got = true;
    RIG_TRY(rig_video_open(path, &video, &info, err));
    l->n_frames = info.n_frames, l->fps = info.fps;
    rig_status status = RIG_OK;
    for (int i = 0; i <= (LOOKS - 1) * BETWEEN && status == RIG_OK && got; i++) {
        if (i % BETWEEN)
            status = rig_video_skip(video, &got, err);
        else
            status = rig_video_read(video, &frame, &got, err);
        if (status == RIG_OK && !got && i == 0)
            status = rig_fail(err, RIG_ERR_FORMAT, "%s: no frame can be read", path);
        if (status == RIG_OK && got && i % BETWEEN == 0)
            status = rig_image_orient(&frame, info.asks, &shown, err);
        if (status == RIG_OK && got && i % BETWEEN == 0)
            status = picture_look(&shown, l, err);
    }
    rig_image_release(&shown);
    rig_video_close(video);
    return status;
}

static rig_status pictures_look(const char *folder, const rig_found_file *file, look *l, rig_arena *out, rig_err *err) {
    l->n_frames = file->n_pictures;
    for (int k = 0; k < LOOKS && k < file->n_pictures; k++) {
        rig_image picture = {0};
        const char *path =
            rig_arena_printf(out, "%s/%s", folder, file->pictures[k * (file->n_pictures - 1) / (LOOKS - 1)]);
        if (!path)
            return rig_fail_memory(err, "a path");
        rig_status status = rig_cv_image_read(path, false, &picture, NULL, err);
        if (status == RIG_OK)
            status = picture_look(&picture, l, err);
        rig_image_release(&picture);
        RIG_TRY(status);
    }
    return RIG_OK;
}

static rig_status file_look(const char *folder, const rig_found_file *file, look *l, rig_arena *out, rig_err *err) {
    const char *path = rig_arena_printf(out, "%s/%s", folder, file->first);
    if (!path)
        return rig_fail_memory(err, "a path");
    rig_status status = file->pictures ? pictures_look(folder, file, l, out, err) : video_look(path, l, err);
    if (status == RIG_OK)
        status = rig_tiles_find(l->greys, l->n, &l->tiles, out, err);
    for (int k = 0; k < l->n; k++)
        rig_image_release(&l->greys[k]);
    return status;
}

// --- feeds and recordings --------------------------------------------------------------------------------------------

static int name_index(const char **names, int *n, const char *name) {
    for (int i = 0; i < *n; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    names[*n] = name;
    return (*n)++;
}

static void feed_see(rig_found_feed *feed, const char *name, const look *l) {
    if (!feed->name)
        *feed = (rig_found_feed){name, l->width, l->height, l->tiles, false, l->fps};
    feed->more_sizes = feed->more_sizes || feed->width != l->width || feed->height != l->height;
    if (!rig_tiles_same(&feed->tiles, &l->tiles))
        feed->tiles = (rig_tiles){1, 1, 1, {{0, 0, feed->width, feed->height}}};
    feed->fps = feed->fps > 0 ? feed->fps : l->fps;
}

static const rig_found_footage *twin_find(const rig_found *found, int feed, int recording) {
    for (int i = 0; i < found->n_footage; i++)
        if (found->footage[i].feed == feed && found->footage[i].recording == recording)
            return &found->footage[i];
    return NULL;
}

static rig_status footage_add(rig_found *found, const char *folder, const rig_found_file *file,
                              const rig_found_name *name, const char **feeds, rig_arena *out, rig_err *err) {
    look l = {0};
    rig_err why = {""};
    const rig_status status = file_look(folder, file, &l, out, &why);
    if (status == RIG_ERR_MEMORY)
        return rig_fail(err, status, "%s", why.text);
    if (status != RIG_OK)
        return rig_found_files_pass(&found->files, out, err, "%s: %s", file->first, why.text);
    const int feed = name_index(feeds, &found->n_feeds, name->camera);
    const int recording = name_index(found->recordings, &found->n_recordings, name->recording);
    const rig_found_footage *twin = twin_find(found, feed, recording);
    feed_see(&found->feeds[feed], name->camera, &l);
    if (twin)
        return rig_found_files_pass(&found->files, out, err, "%s: recording '%s' already has '%s' for feed '%s'",
                                    file->first, name->recording, twin->file->first, name->camera);
    found->by_order[recording] = name->by_order;
    found->footage[found->n_footage++] = (rig_found_footage){feed, recording, l.n_frames, l.width, l.height, file};
    return RIG_OK;
}

static int by_recording(const void *a, const void *b) {
    const rig_found_footage *x = a, *y = b;
    return x->recording != y->recording ? (x->recording > y->recording) - (x->recording < y->recording)
                                        : (x->feed > y->feed) - (x->feed < y->feed);
}

rig_status rig_found_open(const char *folder, rig_found *found, rig_arena *out, rig_err *err) {
    memset(found, 0, sizeof *found);
    RIG_TRY(rig_found_files_look(folder, &found->files, out, err));
    const int n = found->files.n;
    rig_found_name *names = RIG_NEW(out, rig_found_name, n + 1);
    const char **paths = RIG_NEW(out, const char *, n + 1), **feeds = RIG_NEW(out, const char *, n + 1);
    found->feeds = RIG_NEW(out, rig_found_feed, n + 1);
    found->recordings = RIG_NEW(out, const char *, n + 1);
    found->by_order = RIG_NEW(out, bool, n + 1);
    found->footage = RIG_NEW(out, rig_found_footage, n + 1);
    if (!names || !paths || !feeds || !found->feeds || !found->recordings || !found->by_order || !found->footage)
        return rig_fail_memory(err, "the files found");
    for (int i = 0; i < n; i++)
        paths[i] = found->files.files[i].name;
    RIG_TRY(rig_names_tell(paths, n, names, out, err));
    for (int i = 0; i < n; i++)
        RIG_TRY(footage_add(found, folder, &found->files.files[i], &names[i], feeds, out, err));
    qsort(found->footage, (size_t)found->n_footage, sizeof *found->footage, by_recording);
    return RIG_OK;
}
