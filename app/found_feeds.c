#include "app/found_feeds.h"

#include "app/tiles.h"
#include "cv/cv.h"
#include "io/file.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { FILES_MAX = 256 };

typedef struct candidate {
    const char *stem, *path;
    int n_frames;
    double fps;
    rig_found_feed shape; // name unset
} candidate;

static const char *const video_endings[] = {".mp4", ".avi", ".mov", ".mkv", ".webm", ".m4v", NULL};
static const char *const picture_endings[] = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", NULL};

static bool ends_with_any(const char *name, const char *const endings[]) {
    size_t n = strlen(name);
    for (int i = 0; endings[i]; i++)
        if (n > strlen(endings[i]) && strcasecmp(name + n - strlen(endings[i]), endings[i]) == 0)
            return true;
    return false;
}

// The first n bytes of a file's name as the name of a feed: what YAML would read otherwise becomes '-'.
static char *feed_name(const char *name, size_t n, rig_arena *out) {
    char *made = rig_arena_strndup(out, name, n);
    for (char *c = made; c && *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("_-.", *c) && (unsigned char)*c < 0x80)
            *c = '-';
    return made;
}

// A video's name as a rig YAML has it: quoted, and no pattern of numbered pictures.
static const char *video_text(const char *name, rig_arena *out) {
    const char *text = "";
    for (const char *rest = name; text && *rest; rest += strcspn(rest, "%") + (strchr(rest, '%') != NULL))
        text = rig_arena_printf(out, "%s%.*s%s", text, (int)strcspn(rest, "%"), rest, strchr(rest, '%') ? "%%" : "");
    return text ? rig_arena_printf(out, "\"%s\"", text) : NULL;
}

static rig_status shape_guess(const rig_image *picture, rig_found_feed *shape, rig_err *err) {
    rig_image grey = {0};
    RIG_TRY(rig_image_to_grey(picture, &grey, err));
    shape->width = picture->width, shape->height = picture->height;
    rig_tiles_guess(&grey, &shape->cols, &shape->rows);
    rig_image_release(&grey);
    return RIG_OK;
}

static rig_status video_look(const char *path, candidate *c, rig_err *err) {
    rig_video *video = NULL;
    rig_video_info info;
    rig_image frame, shown = {0};
    bool got = false;
    RIG_TRY(rig_video_open(path, &video, &info, err));
    c->n_frames = info.n_frames, c->fps = info.fps;
    rig_status status = rig_video_read(video, &frame, &got, err);
    if (status == RIG_OK && !got)
        status = rig_fail(err, RIG_ERR_FORMAT, "%s: no frame can be read", path);
    if (status == RIG_OK)
        status = rig_image_orient(&frame, info.asks, &shown, err);
    if (status == RIG_OK)
        status = shape_guess(&shown, &c->shape, err);
    rig_image_release(&shown);
    rig_video_close(video);
    return status;
}

// A folder of pictures as the flow list of its files; *is = false where it holds none.
static rig_status pictures_look(const char *folder, const char *name, candidate *c, bool *is, rig_arena *out,
                                rig_err *err) {
    const char *path = rig_arena_printf(out, "%s/%s", folder, name), *list = "", *first = NULL;
    char **names;
    int n, taken = 0;
    if (!path)
        return rig_fail_memory(err, "a path");
    RIG_TRY(rig_folder_list(path, "", &names, &n, out, err));
    for (int i = 0; i < n && list; i++)
        if (ends_with_any(names[i], picture_endings)) {
            list = rig_arena_printf(out, "%s%s\"%s/%s\"", list, taken++ ? ", " : "", name, names[i]);
            first = first ? first : rig_arena_printf(out, "%s/%s", path, names[i]);
        }
    *is = taken > 0;
    if (!taken)
        return RIG_OK;
    *c = (candidate){.stem = feed_name(name, strlen(name), out),
                     .path = list ? rig_arena_printf(out, "[%s]", list) : NULL,
                     .n_frames = taken};
    if (!c->stem || !c->path || !first)
        return rig_fail_memory(err, "a list of pictures");
    rig_image picture = {0};
    rig_status status = rig_cv_image_read(first, false, &picture, NULL, err);
    if (status == RIG_OK)
        status = shape_guess(&picture, &c->shape, err);
    rig_image_release(&picture);
    return status;
}

static rig_status candidates_find(const char *folder, candidate *found, int *n_found, rig_arena *out, rig_err *err) {
    char **names;
    int n;
    *n_found = 0;
    RIG_TRY(rig_folder_list(folder, "", &names, &n, out, err));
    for (int i = 0; i < n; i++) {
        candidate *c = &found[*n_found];
        const char *path = rig_arena_printf(out, "%s/%s", folder, names[i]);
        bool is = true;
        if (!path)
            return rig_fail_memory(err, "a path");
        if (rig_folder_exists(path)) {
            RIG_TRY(pictures_look(folder, names[i], c, &is, out, err));
        } else if (ends_with_any(names[i], video_endings)) {
            *c = (candidate){.stem = feed_name(names[i], (size_t)(strrchr(names[i], '.') - names[i]), out),
                             .path = video_text(names[i], out)};
            if (!c->stem || !c->path)
                return rig_fail_memory(err, "a name");
            RIG_TRY(video_look(path, c, err));
        } else {
            is = false;
        }
        *n_found += is;
        if (*n_found > FILES_MAX)
            return rig_fail(err, RIG_ERR_DATA, "'%s': more than %d videos and folders of pictures in it", folder,
                            FILES_MAX);
    }
    if (*n_found == 0)
        return rig_fail(err, RIG_ERR_DATA, "'%s': no video and no folder of pictures in it", folder);
    return RIG_OK;
}

static int name_index(const char **names, int *n, const char *name) {
    for (int i = 0; i < *n; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    names[*n] = name;
    return (*n)++;
}

// Where every stem is recording_feed, the part after the last '_' is the feed.
static bool all_two_parts(const candidate *c, int n) {
    for (int i = 0; i < n; i++) {
        const char *cut = strrchr(c[i].stem, '_');
        if (!cut || cut == c[i].stem || !cut[1])
            return false;
    }
    return true;
}

rig_status rig_found_open(const char *folder, rig_found *found, rig_arena *out, rig_err *err) {
    candidate *c = RIG_NEW(out, candidate, FILES_MAX + 1);
    const char **feeds = RIG_NEW(out, const char *, FILES_MAX);
    int n;
    *found = (rig_found){0};
    found->feeds = RIG_NEW(out, rig_found_feed, FILES_MAX);
    found->recordings = RIG_NEW(out, const char *, FILES_MAX);
    found->files = RIG_NEW(out, struct rig_found_file, FILES_MAX);
    if (!c || !feeds || !found->feeds || !found->recordings || !found->files)
        return rig_fail_memory(err, "the files found");
    RIG_TRY(candidates_find(folder, c, &n, out, err));
    bool two_parts = all_two_parts(c, n);
    for (int i = 0; i < n; i++) {
        const char *cut = two_parts ? strrchr(c[i].stem, '_') : NULL;
        const char *recording = cut ? rig_arena_strndup(out, c[i].stem, (size_t)(cut - c[i].stem)) : "take";
        if (!recording)
            return rig_fail_memory(err, "a name");
        struct rig_found_file *f = &found->files[found->n_files++];
        f->feed = name_index(feeds, &found->n_feeds, cut ? cut + 1 : c[i].stem);
        f->recording = name_index(found->recordings, &found->n_recordings, recording);
        f->path = c[i].path, f->n_frames = c[i].n_frames;
        rig_found_feed *feed = &found->feeds[f->feed];
        if (!feed->name)
            *feed = c[i].shape, feed->name = feeds[f->feed], feed->fps = c[i].fps;
    }
    return RIG_OK;
}
