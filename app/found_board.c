#include "app/found_board.h"

#include "calib/lattice.h"
#include "calib/saddle_fit.h"
#include "cv/cv.h"

#include <stdio.h>

enum { LONGEST = 50, SHORTEST = 3, PICTURES = 8, EVERY = 25, LOOKED_MOST = 64, LONG_SIDE = 1000 };

typedef struct votes {
    int of[LONGEST + 1][LONGEST + 1]; // longer side, shorter side
    int n, looked;                    // pictures with a board; all
} votes;

// The largest patch of corners without a gap, in the picture halved until boards are found best.
static rig_status picture_vote(const rig_image *grey, votes *v, rig_arena *scratch, rig_err *err) {
    rig_pyramid pyramid;
    rig_saddle_map map;
    rig_saddle *saddles;
    rig_patch patches[RIG_PATCHES_MAX];
    int n, n_patches, level = 0;
    RIG_TRY(rig_pyramid_init(grey, &pyramid, scratch, err));
    while (level + 1 < pyramid.n && (pyramid.level[level].width > LONG_SIDE || pyramid.level[level].height > LONG_SIDE))
        level++;
    RIG_TRY(rig_saddle_map_init(&pyramid.level[level], &map, scratch, err));
    RIG_TRY(rig_saddles_find(&map, &saddles, &n, scratch, scratch, err));
    RIG_TRY(rig_lattice_patches(&map, saddles, n, LONGEST, true, patches, &n_patches, scratch, err));
    v->looked++;
    for (int k = 0; k < n_patches; k++) {
        const rig_patch *p = &patches[k];
        const int longer = p->w > p->h ? p->w : p->h, shorter = p->w > p->h ? p->h : p->w;
        if (p->n == p->w * p->h && shorter >= SHORTEST && longer <= LONGEST) {
            v->of[longer][shorter]++;
            v->n++;
            break;
        }
    }
    return RIG_OK;
}

static rig_status image_vote(const rig_image *picture, const rig_found_feed *feed, votes *v, rig_arena *scratch,
                             rig_err *err) {
    rig_image grey = {0};
    rig_status status = rig_image_to_grey(picture, &grey, err);
    const rig_rect whole = {0, 0, picture->width, picture->height};
    const bool fits = picture->width == feed->width && picture->height == feed->height;
    for (int t = 0; status == RIG_OK && t < (fits ? feed->tiles.n : 1); t++) {
        rig_image tile = rig_image_window(&grey, fits ? feed->tiles.rects[t] : whole);
        status = picture_vote(&tile, v, scratch, err);
        rig_arena_clear(scratch);
    }
    rig_image_release(&grey);
    return status;
}

// Pictures that cannot be read count as none.
static rig_status footage_vote(const char *folder, const rig_found_footage *f, const rig_found_feed *feed, votes *v,
                               rig_arena *scratch, rig_err *err) {
    rig_err ignored;
    rig_video *video = NULL;
    rig_video_info info;
    rig_image shown = {0};
    bool got = true;
    char path[4096];
    const rig_found_file *file = f->file;
    for (int i = 0; file->pictures && i < PICTURES && i < file->n_pictures; i++) {
        const int at = file->n_pictures <= PICTURES ? i : i * (file->n_pictures - 1) / (PICTURES - 1);
        rig_image picture = {0};
        snprintf(path, sizeof path, "%s/%s", folder, file->pictures[at]);
        rig_status status = RIG_OK;
        if (rig_cv_image_read(path, false, &picture, NULL, &ignored) == RIG_OK)
            status = image_vote(&picture, feed, v, scratch, err);
        rig_image_release(&picture);
        RIG_TRY(status);
    }
    snprintf(path, sizeof path, "%s/%s", folder, file->first);
    if (file->pictures || rig_video_open(path, &video, &info, &ignored) != RIG_OK)
        return RIG_OK;
    rig_status status = RIG_OK;
    for (int i = 0; got && status == RIG_OK && i < PICTURES * EVERY; i++) {
        rig_image picture;
        rig_status read =
            i % EVERY ? rig_video_skip(video, &got, &ignored) : rig_video_read(video, &picture, &got, &ignored);
        got = got && read == RIG_OK;
        if (got && i % EVERY == 0)
            status = rig_image_orient(&picture, info.asks, &shown, err);
        if (got && i % EVERY == 0 && status == RIG_OK)
            status = image_vote(&shown, feed, v, scratch, err);
    }
    rig_image_release(&shown);
    rig_video_close(video);
    return status;
}

rig_status rig_found_board_count(const char *folder, const rig_found *found, int recording, int corners[2],
                                 double *share, rig_err *err) {
    rig_arena scratch = {0};
    rig_arena work = {0};
    votes *v = RIG_NEW(&scratch, votes, 1);
    rig_status status = v ? RIG_OK : rig_fail_memory(err, "boards");
    corners[0] = corners[1] = 0, *share = 0;
    for (int i = 0, looked = 0; status == RIG_OK && i < found->n_footage && looked < LOOKED_MOST; i++)
        if (found->footage[i].recording == recording) {
            status = footage_vote(folder, &found->footage[i], &found->feeds[found->footage[i].feed], v, &work, err);
            looked++;
        }
    if (status == RIG_OK) {
        int best = 1; // one picture tells too little
        for (int a = 0; a <= LONGEST; a++)
            for (int b = 0; b <= LONGEST; b++)
                if (v->of[a][b] > best)
                    best = v->of[a][b], corners[0] = a, corners[1] = b;
        if (3 * best < v->n)
            corners[0] = corners[1] = 0;
        if (corners[0] > 0)
            *share = (double)best / v->looked;
    }
    rig_arena_release(&work);
    rig_arena_release(&scratch);
    return status;
}
