// Windows of views, written into the rig YAML that a person wrote.
#include "io/config.h"
#include "io/file.h"
#include "io/yaml_edit.h"

#include <string.h>

// The changed rig as it would be read: valid, with the windows that were asked for.
static rig_status rects_check(const char *path, const char *const *views, const rig_rect *rects, int n, rig_arena *out,
                              rig_err *err) {
    rig_config config;
    RIG_TRY(rig_config_read(path, &config, out, err));
    for (int i = 0; i < n; i++) {
        const int v = rig_config_find_view(&config, views[i]);
        if (v < 0 || memcmp(&config.views[v].rect, &rects[i], sizeof *rects) != 0)
            return rig_fail(err, RIG_ERR_FORMAT, "the changed text does not read back as it should");
    }
    return RIG_OK;
}

static rig_status text_change(const char **text, const char *const *views, const rig_rect *rects, int n, rig_arena *out,
                              rig_err *err) {
    for (int i = 0; i < n; i++) {
        const double values[] = {rects[i].x, rects[i].y, rects[i].w, rects[i].h};
        RIG_TRY(rig_yaml_text_set(text, &(rig_yaml_path){3, {"views", views[i], "rect"}}, values, 4, out, err));
    }
    return RIG_OK;
}

rig_status rig_config_rects_save(const char *path, const char *const *views, const rig_rect *rects, int n,
                                 rig_arena *out, rig_err *err) {
    rig_file_writer writer;
    char *old;
    size_t length;
    RIG_TRY(rig_file_read(path, &old, &length, out, err));
    const char *text = old;
    rig_status status = text_change(&text, views, rects, n, out, err);
    if (status != RIG_OK)
        return rig_fail_in(err, status, "'%s' cannot be changed in place: ", path);
    RIG_TRY(rig_file_writer_open_edit(&writer, path, out, err));
    status = rig_file_writer_put(&writer, text, err);
    if (status == RIG_OK) {
        status = rects_check(writer.temporary.path, views, rects, n, out, err);
        rig_temporary_name_place(&writer.temporary, path, err);
    }
    if (status == RIG_OK)
        return rig_file_writer_commit(&writer, err);
    rig_file_writer_abandon(&writer);
    return status;
}
