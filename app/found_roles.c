#include "app/found_roles.h"

#include "app/found_names.h"

#include <string.h>
#include <strings.h>

static bool has_word(const char *name, const char *const words[]) {
    for (int i = 0; words[i]; i++)
        for (const char *at = name; *at; at++)
            if (strncasecmp(at, words[i], strlen(words[i])) == 0)
                return true;
    return false;
}

// The recording whose name has one of the words; -1 where none has.
static int recording_with(const rig_found *found, const char *const words[], const char *const without[]) {
    for (int r = 0; r < found->n_recordings; r++)
        if (has_word(found->recordings[r], words) && !(without && has_word(found->recordings[r], without)))
            return r;
    return -1;
}

// The recording of most feeds whose name speaks of no board; the first of those.
static int take_find(const rig_found *found) {
    int take = -1, most = 0;
    for (int r = 0; r < found->n_recordings; r++) {
        const char *name = found->recordings[r];
        int n = 0;
        for (int i = 0; i < found->n_footage; i++)
            n += found->footage[i].recording == r;
        if (n > most && !has_word(name, rig_intrinsics_words) && !has_word(name, rig_extrinsics_words) &&
            !has_word(name, rig_board_words) && !has_word(name, rig_floor_words))
            take = r, most = n;
    }
    return take;
}

bool rig_found_has(const rig_found *found, int recording, int feed) {
    for (int i = 0; i < found->n_footage; i++)
        if (found->footage[i].recording == recording && found->footage[i].feed == feed)
            return true;
    return false;
}

const char *rig_found_view(const rig_found_feed *feed, int tile, rig_arena *out) {
    if (feed->tiles.n == 1)
        return feed->name;
    if (feed->tiles.cols == 2 && feed->tiles.rows == 1)
        return rig_arena_printf(out, "%s_%s", feed->name, tile ? "right" : "left");
    return rig_arena_printf(out, "%s_%d", feed->name, tile + 1);
}

// Two tiles side by side, or two feeds that are called so.
static void pair_find(const rig_found *found, rig_found_roles *roles, rig_arena *out) {
    for (int f = 0; f < found->n_feeds; f++) {
        const rig_found_feed *feed = &found->feeds[f];
        if (!rig_found_has(found, roles->intrinsics, f))
            continue;
        if (feed->tiles.cols == 2 && feed->tiles.rows == 1) {
            roles->left = rig_found_view(feed, 0, out), roles->right = rig_found_view(feed, 1, out);
            return;
        }
        if (feed->tiles.n == 1 && strcasecmp(feed->name, "left") == 0)
            roles->left = feed->name;
        if (feed->tiles.n == 1 && strcasecmp(feed->name, "right") == 0)
            roles->right = feed->name;
    }
    if (!roles->left || !roles->right)
        roles->left = roles->right = NULL;
}

// --- people of another tool ------------------------------------------------------------------------------------------

static bool is_listed(const rig_found_files *files, const char *before, const char *view, const char *after,
                      rig_arena *out) {
    const char *path = rig_arena_printf(out, "%s%s%s", before, view, after);
    for (int i = 0; path && i < files->n_people; i++)
        if (strcmp(files->people[i], path) == 0)
            return true;
    return false;
}

// Whether each view of the take has a folder of the same name but for its own.
static bool all_have(const rig_found *found, int take, const char *before, const char *after, rig_arena *out) {
    for (int f = 0; f < found->n_feeds; f++)
        for (int t = 0; rig_found_has(found, take, f) && t < found->feeds[f].tiles.n; t++)
            if (!is_listed(&found->files, before, rig_found_view(&found->feeds[f], t, out), after, out))
                return false;
    return true;
}

static rig_status people_find(rig_found *found, rig_found_roles *roles, rig_arena *out, rig_err *err) {
    for (int f = 0; f < found->n_feeds; f++)
        for (int i = 0; rig_found_has(found, roles->take, f) && !roles->people && i < found->files.n_people; i++) {
            const char *folder = found->files.people[i], *view = rig_found_view(&found->feeds[f], 0, out);
            const char *at = view ? strstr(folder, view) : NULL;
            const char *before = at ? rig_arena_strndup(out, folder, (size_t)(at - folder)) : NULL;
            if (before && all_have(found, roles->take, before, at + strlen(view), out))
                roles->people = rig_arena_printf(out, "%s{view}%s", before, at + strlen(view));
        }
    int left = 0;
    while (left < found->files.n_people && found->files.n_json[left] == 0)
        left++;
    if (left < found->files.n_people && !roles->people)
        return rig_found_files_pass(&found->files, out, err,
                                    "%s/: JSON files, but not in a folder for each view of the take",
                                    *found->files.people[left] ? found->files.people[left] : ".");
    return RIG_OK;
}

void rig_found_roles_board(const rig_found *found, int recording, rig_found_roles *roles, rig_arena *out) {
    roles->intrinsics = roles->extrinsics = recording;
    for (int r = 0; roles->take == recording && r < found->n_recordings; r++)
        if (r != recording && r != roles->floor)
            roles->take = r;
    roles->take = roles->take == recording ? -1 : roles->take;
    pair_find(found, roles, out);
}

rig_status rig_found_roles_tell(rig_found *found, rig_found_roles *roles, rig_arena *out, rig_err *err) {
    *roles = (rig_found_roles){.take = take_find(found)};
    roles->floor = recording_with(found, rig_floor_words, NULL);
    roles->intrinsics = recording_with(found, rig_intrinsics_words, NULL);
    roles->extrinsics = recording_with(found, rig_extrinsics_words, NULL);
    const int board = recording_with(found, rig_board_words, rig_floor_words);
    if (roles->intrinsics < 0)
        roles->intrinsics = board >= 0 ? board : roles->extrinsics;
    if (roles->extrinsics < 0)
        roles->extrinsics = board;
    pair_find(found, roles, out);
    return people_find(found, roles, out, err);
}
