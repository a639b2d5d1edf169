#include "app/feed_look.h"

#include "app/tiles.h"
#include "io/frames.h"

#include <stdlib.h>
#include <string.h>

enum { LOOKS = 3, BETWEEN = 10 };    // pictures that are looked at, and how far apart
enum { SEAM_NEAR = 8 };              // pixels from a window's edge within which the edge of a tile does no harm
enum { COMB_STEP = 10, ZIPPER = 3 }; // grey levels between lines of two fields; lines on each side that alternate
static const double COMB_SHARE = 0.0003, COMB_OF_COLUMNS = 4; // of the pixels; times what columns show by chance

typedef struct look {
    rig_image greys[LOOKS];
    int n;
} look;

// --- frames of two fields --------------------------------------------------------------------------------------------

// Whether a pixel is unlike both neighbours along a direction, by twice what these are unlike each other.
static bool is_combed(const unsigned char *at, ptrdiff_t step) {
    const int before = *at - at[-step], after = *at - at[step];
    const int least = abs(before) < abs(after) ? abs(before) : abs(after);
    return before * after > 0 && least > COMB_STEP && least > 2 * abs(before - after);
}

// Several in a row, as at the edge of what moves; waves of the sea and cloth have fewer.
static bool is_zipper(const unsigned char *at, ptrdiff_t step) {
    bool all = true;
    for (int i = -ZIPPER; i <= ZIPPER && all; i++)
        all = is_combed(at + i * step, step);
    return all;
}

// Blinds and printed lines look alike at every moment. other: a picture of another one; NULL: there is none.
static bool is_moving(const rig_image *grey, const rig_image *other, int x, int y) {
    bool moving = !other;
    for (int k = y - 1; k <= y + 1 && !moving; k++)
        moving = abs(grey->data[k * grey->stride + x] - other->data[k * other->stride + x]) > COMB_STEP;
    return moving;
}

static bool is_interlaced(const rig_image *grey, const rig_image *other, rig_rect r) {
    long rows = 0, columns = 0;
    for (int y = r.y + ZIPPER + 1; y < r.y + r.h - ZIPPER - 1; y++)
        for (int x = r.x + ZIPPER + 1; x < r.x + r.w - ZIPPER - 1; x++) {
            const unsigned char *at = grey->data + y * grey->stride + x;
            rows += is_zipper(at, grey->stride) && is_moving(grey, other, x, y), columns += is_zipper(at, 1);
        }
    return (double)rows > COMB_SHARE * r.w * r.h && (double)rows > COMB_OF_COLUMNS * (double)columns;
}

static void fields_find(const rig_config *config, int recording, const rig_view_source *source, const look *l,
                        rig_look_findings *findings, rig_arena *out) {
    bool found = false;
    for (int k = 0; k < l->n && source->shown.turns % 2 == 0; k++)
        found = found || is_interlaced(&l->greys[k], l->n > 1 ? &l->greys[(k + 1) % l->n] : NULL, source->rect);
    if (found)
        rig_look_find(findings, out,
                      "recording '%s', view '%s': every other line was seen at another moment, expected progressive "
                      "footage (`ffmpeg -i FILE -vf bwdif OTHER` deinterlaces it)",
                      config->recordings[recording].name, config->views[source->view].name);
}

// --- windows ---------------------------------------------------------------------------------------------------------

static int overlap(int a0, int a1, int b0, int b1) {
    return (a1 < b1 ? a1 : b1) - (a0 > b0 ? a0 : b0);
}

// Whether a window holds parts of a tile and reaches beyond it.
static bool reaches_over(rig_rect window, rig_rect tile) {
    const int w = overlap(window.x, window.x + window.w, tile.x, tile.x + tile.w);
    const int h = overlap(window.y, window.y + window.h, tile.y, tile.y + tile.h);
    return w > SEAM_NEAR && h > SEAM_NEAR && (window.w - w > SEAM_NEAR || window.h - h > SEAM_NEAR);
}

static const char *tiles_text(const rig_tiles *tiles, rig_arena *out) {
    const char *text = "";
    for (int i = 0; i < tiles->n && text; i++)
        text = rig_arena_printf(out, "%s%s[%d, %d, %d, %d]", text, i ? ", " : "", tiles->rects[i].x, tiles->rects[i].y,
                                tiles->rects[i].w, tiles->rects[i].h);
    return text ? text : "";
}

// Windows that tiles share, or that hold more than their tile.
static void windows_find(const rig_config *config, int recording, const rig_view_source *sources, int n,
                         const rig_tiles *tiles, rig_look_findings *findings, rig_arena *out) {
    const char *views = "";
    for (int i = 0; i < n && tiles->n > 1 && views; i++) {
        bool over = false;
        for (int t = 0; t < tiles->n; t++)
            over = over || reaches_over(sources[i].rect, tiles->rects[t]);
        if (over)
            views = rig_arena_printf(out, "%s%s'%s'", views, *views ? ", " : "", config->views[sources[i].view].name);
    }
    if (views && *views)
        rig_look_find(
            findings, out,
            "recording '%s': the windows of views %s reach over the edges of tiles; the pictures show tiles at "
            "%s (`views: {NAME: {rect: [x, y, width, height]}}`)",
            config->recordings[recording].name, views, tiles_text(tiles, out));
}

// --- looks -----------------------------------------------------------------------------------------------------------

static rig_status view_look(const look *l, rig_view_source *source, rig_err *err) {
    rig_thumbnail thumbnails[LOOKS];
    rig_image views[LOOKS] = {{0}};
    rig_status status = RIG_OK;
    for (int k = 0; k < l->n && status == RIG_OK; k++)
        status = rig_view_extract(source, &l->greys[k], true, &views[k], err);
    if (status == RIG_OK) {
        const rig_rect content = rig_tiles_content(views, l->n, (rig_rect){0, 0, source->width, source->height});
        for (int k = 0; k < l->n; k++) {
            const rig_image part = rig_image_window(&views[k], content);
            rig_thumbnail_make(&part, &thumbnails[k]);
        }
        source->look.content = content;
        rig_thumbnail_median(thumbnails, l->n, &source->look.thumbnail);
    }
    for (int k = 0; k < l->n; k++)
        rig_image_release(&views[k]);
    return status;
}

static rig_status pictures_read(rig_reader *reader, look *l, rig_err *err) {
    bool got = true;
    for (int k = 0; k < LOOKS && got; k++) {
        rig_image picture;
        int frame;
        RIG_TRY(rig_reader_next(reader, &frame, &picture, &got, err));
        if (got)
            RIG_TRY(rig_image_to_grey(&picture, &l->greys[l->n++], err));
        rig_reader_skip(reader, BETWEEN - 1);
    }
    return RIG_OK;
}

rig_status rig_feed_look(const rig_config *config, int recording, int feed, const rig_footage *footage,
                         rig_view_source *sources, rig_look_findings *findings, rig_arena *out, rig_err *err) {
    rig_reader *reader = NULL;
    rig_tiles tiles;
    look l = {.n = 0};
    if (config->recordings[recording].files[feed].kind == RIG_FILE_NONE)
        return RIG_OK;
    RIG_TRY(rig_reader_open(config, recording, feed, sources, &reader, err));
    rig_status status = pictures_read(reader, &l, err);
    rig_reader_close(reader);
    if (status == RIG_OK && l.n > 0)
        status = rig_tiles_find(l.greys, l.n, &tiles, out, err);
    const int n = config->feeds[feed].n_views;
    for (int i = 0; i < n && status == RIG_OK && l.n > 0; i++) {
        status = view_look(&l, &sources[i], err);
        if (!footage->interlaced)
            fields_find(config, recording, &sources[i], &l, findings, out);
    }
    if (status == RIG_OK && l.n > 0)
        windows_find(config, recording, sources, n, &tiles, findings, out);
    for (int k = 0; k < l.n; k++)
        rig_image_release(&l.greys[k]);
    return status;
}

// --- recordings beside each other ------------------------------------------------------------------------------------

rig_status rig_feeds_looks_compare(rig_session *session, const rig_feeds *feeds, rig_look_findings *findings,
                                   rig_err *err) {
    const rig_config *config = &session->config;
    const int r = config->take >= 0 ? config->take : config->extrinsics_from;
    const char *beside = config->cameras ? rig_path_beside(&session->kept, config->cameras, "10_feeds.yaml") : NULL;
    const char *where = rig_arena_printf(&session->kept, " of '%s'", beside ? beside : "");
    rig_feeds_entry *now = RIG_NEW(&session->kept, rig_feeds_entry, feeds->n);
    rig_feeds_entry *others = RIG_NEW(&session->kept, rig_feeds_entry, feeds->n);
    rig_feeds earlier;
    int n = 0, n_others = 0;
    if (!now || !others || !where)
        return rig_fail_memory(err, "the views of recordings");
    for (int i = 0; i < feeds->n && r >= 0; i++)
        if (strcmp(feeds->entries[i].recording, config->recordings[r].name) == 0)
            now[n++] = feeds->entries[i];
        else
            others[n_others++] = feeds->entries[i];
    rig_looks_compare(now, n, others, n_others, "", findings, &session->kept);
    if (!beside || !rig_file_exists(beside))
        return RIG_OK;
    rig_err unread = {""};
    if (rig_feeds_read(beside, &earlier, &session->kept, &unread) == RIG_OK)
        rig_looks_compare(now, n, earlier.entries, earlier.n, where, findings, &session->kept);
    else
        rig_look_find(findings, &session->kept, "views are not compared with those of the earlier session: %s",
                      unread.text);
    return RIG_OK;
}
