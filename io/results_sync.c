#include "io/result.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char SCHEMA[] = "rigpose/sync/1";
static const double OFFSET_MAX = 1e6, PPM = 1e6, PPM_MAX = 1e5;
enum { SECONDS_DECIMALS = 6, PPM_DECIMALS = 2, SHARE_DECIMALS = 3 };

// --- writing -------------------------------------------------------------------------------------

static void entry_put(rig_yaml_writer *w, const rig_sync_entry *e) {
    const rig_sync_clock *c = &e->clock;
    rig_yaml_key(w, e->view);
    rig_yaml_begin_map(w, true);
    rig_result_put_rounded(w, "offset_s", c->offset_s, SECONDS_DECIMALS);
    rig_result_put_rounded(w, "drift_ppm", PPM * c->drift, PPM_DECIMALS);
    rig_result_put_rounded(w, "sigma_s", c->sigma_s, SECONDS_DECIMALS);
    if (!c->held && c->sigma_drift > 0)
        rig_result_put_rounded(w, "sigma_drift_ppm", PPM * c->sigma_drift, PPM_DECIMALS);
    rig_result_put_string(w, "from", e->from);
    rig_yaml_end(w);
}

static void pair_put(rig_yaml_writer *w, const rig_sync_file *sync, const rig_sync_pair *p) {
    const rig_sync_clocks *c = &p->clocks;
    rig_yaml_begin_map(w, true);
    rig_yaml_key(w, "views");
    rig_yaml_begin_list(w, true);
    rig_yaml_put_string(w, sync->entries[p->a].view);
    rig_yaml_put_string(w, sync->entries[p->b].view);
    rig_yaml_end(w);
    if (p->refusal != RIG_SYNC_KNOWN || p->dropped)
        rig_result_put_string(w, "refused", rig_sync_refusal_name(p->dropped ? RIG_SYNC_CONTRADICTED : p->refusal));
    if (p->overlap_s > 0) {
        rig_result_put_rounded(w, "shift_s", c->shift_s, SECONDS_DECIMALS);
        rig_result_put_rounded(w, "at_s", c->centre_s, 2);
        rig_result_put_rounded(w, "sigma_s", c->sigma_shift_s, SECONDS_DECIMALS);
        if (c->sigma_drift > 0) {
            rig_result_put_rounded(w, "drift_ppm", PPM * c->drift, PPM_DECIMALS);
            rig_result_put_rounded(w, "sigma_drift_ppm", PPM * c->sigma_drift, PPM_DECIMALS);
        }
        rig_result_put_rounded(w, "overlap_s", p->overlap_s, 2);
        rig_result_put_rounded(w, "share", p->share, SHARE_DECIMALS);
        rig_result_put_rounded(w, "chance", p->chance, SHARE_DECIMALS);
        rig_result_put_rounded(w, "second_ratio", p->ratio, SHARE_DECIMALS);
        if (p->ratio > 0)
            rig_result_put_rounded(w, "second_s", p->second_s, 3);
        if (p->jump.found) {
            rig_result_put_rounded(w, "jump_s", p->jump.size_s, SECONDS_DECIMALS);
            rig_result_put_rounded(w, "jump_sigma_s", p->jump.sigma_s, SECONDS_DECIMALS);
            rig_result_put_rounded(w, "jump_at_s", p->jump.at_s, 2);
        }
    }
    rig_yaml_end(w);
}

rig_status rig_sync_write(const char *path, const rig_sync_file *sync, const rig_inputs *inputs, rig_err *err) {
    rig_result_writer result;
    RIG_TRY(rig_result_open(&result, path, SCHEMA, inputs, err));
    rig_yaml_writer *w = result.yaml;
    rig_yaml_key(w, "views");
    rig_yaml_begin_map(w, false);
    for (int i = 0; i < sync->n; i++)
        if (sync->entries[i].clock.refusal == RIG_SYNC_KNOWN)
            entry_put(w, &sync->entries[i]);
    rig_yaml_end(w);
    rig_yaml_key(w, "refused");
    rig_yaml_begin_map(w, false);
    for (int i = 0; i < sync->n; i++)
        if (sync->entries[i].clock.refusal != RIG_SYNC_KNOWN)
            rig_result_put_string(w, sync->entries[i].view, rig_sync_refusal_name(sync->entries[i].clock.refusal));
    rig_yaml_end(w);
    rig_yaml_key(w, "pairs");
    rig_yaml_begin_list(w, false);
    for (int i = 0; i < sync->n_pairs; i++)
        pair_put(w, sync, &sync->pairs[i]);
    rig_yaml_end(w);
    return rig_result_commit(&result, err);
}

// --- reading -------------------------------------------------------------------------------------

static rig_status entry_parse(const rig_yaml *item, rig_sync_entry *e, rig_err *err) {
    const rig_yaml *node;
    const char *from = "people";
    double ppm = 0, sigma_ppm = 0;
    RIG_TRY(rig_yaml_key_name(item, e->view, err));
    RIG_TRY(rig_yaml_need_kind(item, RIG_YAML_MAP, err));
    RIG_TRY(rig_yaml_need(item, "offset_s", &node, err));
    RIG_TRY(rig_yaml_double(node, -OFFSET_MAX, OFFSET_MAX, &e->clock.offset_s, err));
    RIG_TRY(rig_result_maybe_double(item, "drift_ppm", -PPM_MAX, PPM_MAX, &ppm, err));
    RIG_TRY(rig_result_maybe_double(item, "sigma_s", 0, OFFSET_MAX, &e->clock.sigma_s, err));
    RIG_TRY(rig_result_maybe_double(item, "sigma_drift_ppm", 0, PPM_MAX, &sigma_ppm, err));
    e->clock.drift = ppm / PPM, e->clock.sigma_drift = sigma_ppm / PPM;
    if ((node = rig_yaml_find(item, "from")))
        RIG_TRY(rig_yaml_string(node, &from, err));
    snprintf(e->from, sizeof e->from, "%s", from);
    e->clock.held = strcmp(e->from, "held") == 0;
    return RIG_OK;
}

static rig_status refusal_parse(const rig_yaml *item, rig_sync_entry *e, rig_err *err) {
    const char *text;
    RIG_TRY(rig_yaml_key_name(item, e->view, err));
    RIG_TRY(rig_yaml_string(item, &text, err));
    e->clock.refusal = RIG_SYNC_UNMATCHED; // of other programs: whatever they call it
    for (int r = 1; r < RIG_SYNC_REFUSALS; r++)
        if (strcmp(rig_sync_refusal_name((rig_sync_refusal)r), text) == 0)
            e->clock.refusal = (rig_sync_refusal)r;
    return RIG_OK;
}

static rig_status sync_parse(const rig_yaml *root, rig_sync_file *sync, rig_arena *out, rig_err *err) {
    const rig_yaml *views, *refused;
    RIG_TRY(rig_result_need(root, "views", RIG_YAML_MAP, &views, err));
    RIG_TRY(rig_result_maybe(root, "refused", RIG_YAML_MAP, &refused, err));
    sync->entries = RIG_NEW(out, rig_sync_entry, views->n + (refused ? refused->n : 0));
    if (!sync->entries)
        return rig_fail_memory(err, "clocks");
    for (int i = 0; i < views->n; i++)
        RIG_TRY(entry_parse(&views->items[i], &sync->entries[sync->n++], err));
    for (int i = 0; refused && i < refused->n; i++)
        RIG_TRY(refusal_parse(&refused->items[i], &sync->entries[sync->n++], err));
    return RIG_OK;
}

rig_status rig_sync_read(const char *path, rig_sync_file *sync, rig_arena *out, rig_err *err) {
    rig_arena tree = {NULL};
    const rig_yaml *root;
    *sync = (rig_sync_file){0};
    rig_status status = rig_result_read(path, SCHEMA, &tree, &root, err);
    if (status == RIG_OK)
        status = sync_parse(root, sync, out, err);
    rig_arena_release(&tree);
    return status;
}

const rig_sync_entry *rig_sync_find(const rig_sync_file *sync, const char *view) {
    for (int i = 0; i < sync->n; i++)
        if (strcmp(sync->entries[i].view, view) == 0)
            return &sync->entries[i];
    return NULL;
}
