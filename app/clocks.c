#include "app/clocks.h"

rig_status rig_session_take_clocks(rig_session *session, rig_view_source **sources, rig_err *err) {
    const rig_config *config = &session->config;
    const char *path;
    rig_sync_file sync;
    RIG_TRY(rig_session_feeds(session, config->take, sources, err));
    if (config->sync_from == RIG_SYNC_FROM_NONE)
        return RIG_OK;
    RIG_TRY(rig_session_path(session, "65_sync.yaml", &path, err));
    RIG_TRY(rig_sync_read(path, &sync, &session->arena, err));
    for (int v = 0; v < config->n_views; v++) {
        rig_view_source *source = &(*sources)[v];
        const rig_sync_entry *entry = rig_sync_find(&sync, config->views[v].name);
        if (source->view < 0 || config->views[v].has_offset)
            continue;
        source->unsynced = !entry || entry->clock.refusal != RIG_SYNC_KNOWN;
        if (source->unsynced)
            continue;
        source->offset_s = entry->clock.offset_s;
        source->drift = entry->clock.drift;
    }
    return RIG_OK;
}
