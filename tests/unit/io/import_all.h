// All frames of another tool's people at once, for tests.
#ifndef RIG_TESTS_IO_IMPORT_ALL_H
#define RIG_TESTS_IO_IMPORT_ALL_H

#include "io/file.h"
#include "io/imports.h"
#include "io/results.h"

#include <limits.h>
#include <stdio.h>

// The skeletons that come with rigpose; read once. NULL: the test does not run in the repository.
static inline const rig_skeleton *import_layouts(int *n) {
    static rig_arena arena;
    static rig_skeleton layouts[32];
    static int n_layouts;
    char **names, path[256];
    int n_names = 0;
    if (n_layouts == 0 && rig_folder_list("configs/skeletons", ".yaml", &names, &n_names, &arena, NULL) != RIG_OK)
        return NULL;
    for (int i = 0; i < n_names && i < 32; i++) {
        snprintf(path, sizeof path, "configs/skeletons/%s", names[i]);
        if (rig_skeleton_read(path, &layouts[n_layouts], NULL) == RIG_OK)
            n_layouts++;
    }
    *n = n_layouts;
    return layouts;
}

static inline rig_import_plan import_plan(const rig_skeleton *skeleton) {
    rig_import_plan plan = {.skeleton = skeleton, .last = INT_MAX, .step = 1};
    plan.layouts = import_layouts(&plan.n_layouts);
    return plan;
}

static inline const rig_skeleton *import_layout(const char *name) {
    int n = 0;
    const rig_skeleton *layouts = import_layouts(&n);
    return rig_layout_find(layouts, n, name);
}

// counts: may be NULL
static inline rig_status import_planned(const char *path, const rig_import_plan *plan, rig_people2d *people,
                                        rig_import_counts *counts, rig_arena *out, rig_err *err) {
    rig_import *import = NULL;
    rig_status status = rig_import_open(path, plan, &import, err);
    if (status != RIG_OK)
        return status;
    status = rig_import_next(import, INT_MAX, people, out, err);
    if (counts)
        *counts = *rig_import_count(import);
    rig_import_close(import);
    return status;
}

static inline rig_status import_read(const char *path, const rig_skeleton *skeleton, rig_people2d *people,
                                     rig_arena *out, rig_err *err) {
    const rig_import_plan plan = import_plan(skeleton);
    return import_planned(path, &plan, people, NULL, out, err);
}

#endif
