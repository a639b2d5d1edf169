// feeds and views of the rig YAML: what pictures there are, and which parts of them.
#include "core/people.h"
#include "io/config_parts.h"

#include <string.h>

// Names of views in a feed's list; null is a tile that is not used.
static int names_count(const rig_yaml *list) {
    int n = 0;
    for (int i = 0; i < list->n; i++)
        n += !rig_yaml_is_null(&list->items[i]);
    return n;
}

static rig_status view_add(rig_config *config, const rig_yaml *node, int feed, int tile, rig_err *err) {
    rig_view_config *view = &config->views[config->n_views];
    *view = (rig_view_config){.feed = feed, .tile = tile, .line = node->line};
    RIG_TRY(rig_yaml_name(node, view->name, err));
    int twin = rig_config_find_view(config, view->name);
    if (twin >= 0)
        return rig_yaml_fail(node, err, "duplicate view name '%s' (first used in line %d), expected another name",
                             view->name, config->views[twin].line);
    config->n_views++;
    return RIG_OK;
}

// The names of a feed and its views.
static rig_status names_read(rig_config *config, const rig_yaml *node, int f, rig_arena *out, rig_err *err) {
    rig_feed_config *feed = &config->feeds[f];
    const rig_yaml *names;
    RIG_TRY(rig_yaml_key_name(node, feed->name, err));
    if (strcmp(feed->name, "frames") == 0 || strcmp(feed->name, "step") == 0)
        return rig_yaml_fail(node, err, "a feed must not be called '%s': recordings have a key of this name",
                             feed->name);
    RIG_TRY(rig_yaml_need(node, "views", &names, err));
    RIG_TRY(rig_yaml_need_kind(names, RIG_YAML_LIST, err));
    if (names_count(names) == 0)
        return rig_yaml_fail(names, err, "no view, expected at least one name");
    if (config->n_views + names_count(names) > RIG_VIEWS_MAX)
        return rig_yaml_fail(names, err, "more than %d views, all feeds together", RIG_VIEWS_MAX);
    for (int i = 0; i < names->n; i++)
        if (!rig_yaml_is_null(&names->items[i]))
            RIG_NOTE(view_add(config, &names->items[i], f, i, err));
    return RIG_OK;
}

static rig_status feed_read(rig_config *config, const rig_yaml *node, int f, rig_arena *out, rig_err *err) {
    rig_feed_config *feed = &config->feeds[f];
    const rig_yaml *grid = rig_yaml_find(node, "grid");
    int tiles[2] = {0, 0};
    feed->line = grid ? grid->line : node->line;
    feed->first_view = config->n_views;
    rig_status status = names_read(config, node, f, out, err);
    config->names_lost = config->names_lost || status != RIG_OK;
    RIG_NOTE(status);
    feed->n_views = config->n_views - feed->first_view;
    RIG_TRY(rig_key_number(node, "feeds.FEED.fps", &feed->fps, err));
    RIG_TRY(rig_key_int(node, "feeds.FEED.grid", tiles, err));
    feed->cols = tiles[0];
    feed->rows = tiles[1];
    return RIG_OK;
}

static rig_status rect_read(const rig_yaml *map, rig_rect *rect, rig_err *err) {
    const rig_yaml *node = rig_yaml_find(map, "rect");
    int v[4] = {0};
    RIG_TRY(rig_key_int(map, "views.VIEW.rect", v, err));
    for (int i = 2; node && i < 4; i++)
        if (v[i] == 0)
            return rig_yaml_fail(&node->items[i], err, "an empty rectangle, expected [x, y, width, height]");
    *rect = (rig_rect){v[0], v[1], v[2], v[3]};
    return RIG_OK;
}

static rig_status turns_read(const rig_yaml *map, int *turns, bool *stated, rig_err *err) {
    int degrees = 0;
    RIG_TRY(rig_key_int(map, "views.VIEW.rotate", &degrees, err));
    if (degrees % 90 != 0)
        return rig_yaml_fail(rig_yaml_find(map, "rotate"), err, "%d is not a quarter turn, expected 0, 90, 180 or 270",
                             degrees);
    *turns = degrees / 90;
    *stated = rig_yaml_find(map, "rotate") != NULL;
    return RIG_OK;
}

static rig_status override_read(rig_config *config, const rig_yaml *node, rig_arena *out, rig_err *err) {
    int v;
    RIG_TRY(rig_config_need_view(config, node, node->key, &v, err));
    rig_view_config *view = &config->views[v];
    view->line = node->line;
    RIG_NOTE(rect_read(node, &view->rect, err));
    bool stated = false;
    RIG_NOTE(turns_read(node, &view->turns, &stated, err));
    config->feeds[view->feed].as_stored |= stated;
    const rig_yaml *offset = rig_yaml_find(node, "offset_s");
    view->has_offset = offset && !rig_yaml_is_null(offset);
    return rig_key_number(node, "views.VIEW.offset_s", &view->offset_s, err);
}

static bool rect_equal(rig_rect a, rig_rect b) {
    return a.x == b.x && a.y == b.y && a.w == b.w && a.h == b.h;
}

// Overlapping windows have uses (a picture in a picture); the same one twice is a slip.
static rig_status rects_check(const rig_config *config, const rig_yaml *overrides, rig_err *err) {
    for (int i = 1; i < overrides->n; i++) {
        const int v = rig_config_find_view(config, overrides->items[i].key);
        for (int j = 0; v >= 0 && j < i; j++) {
            const int w = rig_config_find_view(config, overrides->items[j].key);
            const rig_view_config *view = &config->views[v], *other = &config->views[w >= 0 ? w : v];
            if (view != other && view->rect.w && view->feed == other->feed && rect_equal(view->rect, other->rect))
                return rig_yaml_fail(rig_yaml_find(&overrides->items[i], "rect"), err,
                                     "the same rectangle as view '%s' of this feed, expected another", other->name);
        }
    }
    return RIG_OK;
}

// A view beyond the grid's tiles has no picture, unless nobody in the feed uses the tiles.
static rig_status tiles_check(const rig_config *config, const rig_yaml *feeds, rig_err *err) {
    for (int f = 0; f < config->n_feeds; f++) {
        const rig_feed_config *feed = &config->feeds[f];
        const rig_yaml *names = rig_yaml_find(&feeds->items[f], "views");
        bool all_rects = true;
        for (int v = feed->first_view; v < feed->first_view + feed->n_views; v++)
            all_rects = all_rects && config->views[v].rect.w > 0;
        if (feed->cols > 0 && feed->n_views > 0 && names->n > feed->cols * feed->rows && !all_rects)
            return rig_yaml_fail(names, err, "%d views, expected at most %d (grid %d x %d), or a rect for each",
                                 names->n, feed->cols * feed->rows, feed->cols, feed->rows);
    }
    return RIG_OK;
}

static rig_status feeds_need(const rig_config *config, const rig_yaml **feeds, rig_err *err) {
    const rig_key *key = rig_key_find("feeds");
    RIG_TRY(rig_yaml_need(config->root, "feeds", feeds, err));
    RIG_TRY(rig_yaml_need_kind(*feeds, RIG_YAML_MAP, err));
    if ((*feeds)->n < key->low || (*feeds)->n > key->high)
        return rig_yaml_fail(*feeds, err, "%d feeds, expected %g to %g", (*feeds)->n, key->low, key->high);
    return RIG_OK;
}

rig_status rig_config_read_feeds(rig_config *config, rig_arena *out, rig_err *err) {
    const rig_yaml *feeds, *overrides = rig_yaml_find(config->root, "views");
    rig_status status = feeds_need(config, &feeds, err);
    const int n = status == RIG_OK ? feeds->n : 0;
    config->names_lost = status != RIG_OK;
    RIG_NOTE(status);
    config->feeds = RIG_NEW(out, rig_feed_config, n + 1);
    config->views = RIG_NEW(out, rig_view_config, RIG_VIEWS_MAX);
    if (!config->feeds || !config->views)
        return rig_fail_memory(err, config->path);
    config->n_feeds = n;
    for (int f = 0; f < n; f++)
        RIG_NOTE(feed_read(config, &feeds->items[f], f, out, err));
    if (overrides && overrides->kind == RIG_YAML_MAP) {
        for (int i = 0; i < overrides->n; i++)
            RIG_NOTE(override_read(config, &overrides->items[i], out, err));
        RIG_NOTE(rects_check(config, overrides, err));
    }
    return n > 0 ? rig_config_note(config, tiles_check(config, feeds, err), out, err) : RIG_OK;
}
