#include "app/known_cameras.h"

#include "app/talk.h"
#include "checks/plausible.h"
#include "io/camera_formats.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// What was taken how, as it is told.
typedef struct account {
    char names[256], unit[160];
    bool by_order; // which camera is which view is a guess
} account;

const char *rig_known_cameras_path(const rig_config *config) {
    return config->cameras ? config->cameras : config->lens_file;
}

// --- lengths -------------------------------------------------------------------------------------

const char *rig_unit_name(double unit_m) {
    return unit_m == 1 ? "metres" : unit_m == 0.01 ? "centimetres" : "millimetres";
}

static void lengths_scale(rig_calibration *rig, double by) {
    for (int c = 0; c < rig->n; c++)
        for (int k = 0; k < 3; k++)
            rig->cameras[c].Rt_cam_world.t[k] *= by;
}

// To metres: by what the rig says, else by the format, else by how far the cameras stand apart.
static rig_status unit_settle(const rig_config *config, const rig_camera_format *format, rig_calibration *rig,
                              account *told, rig_err *err) {
    const double said_m = config->cameras_unit_m, read_m = format->unit_open ? 1 : format->unit_m;
    double unit_m = said_m;
    if (!format->has_poses) {
        snprintf(told->unit, sizeof told->unit, "no poses");
        return RIG_OK;
    }
    if (said_m > 0)
        lengths_scale(rig, said_m / read_m);
    const double span = rig_cameras_span(rig);
    if (said_m == 0 && format->unit_open) {
        unit_m = rig_plausible_unit_m(span);
        if (unit_m == 0)
            return rig_fail(err, RIG_ERR_CONFIG,
                            "%s: the cameras are %.4g apart in a unit that the file does not state, expected "
                            "`cameras_unit: m`, cm or mm in %s",
                            config->cameras, span, config->path);
        lengths_scale(rig, unit_m);
    }
    char apart[48] = "";
    if (span > 0)
        snprintf(apart, sizeof apart, ": the cameras are %.3g m apart", rig_cameras_span(rig));
    snprintf(told->unit, sizeof told->unit, "lengths in %s%s%s", rig_unit_name(unit_m > 0 ? unit_m : format->unit_m),
             said_m > 0           ? ", as cameras_unit says"
             : !format->unit_open ? ""
             : span > 0           ? ", guessed from the cameras' distances (set cameras_unit if wrong)"
                                  : ", by default (set cameras_unit if wrong)",
             apart);
    return RIG_OK;
}

// --- names ---------------------------------------------------------------------------------------

static void names_take(const rig_config *config, rig_calibration *rig, account *told) {
    told->by_order = true;
    size_t n = (size_t)snprintf(told->names, sizeof told->names, "matched by order: ");
    for (int c = 0; c < rig->n; c++) {
        if (n < sizeof told->names)
            n += (size_t)snprintf(told->names + n, sizeof told->names - n, "%s'%s' is '%s'", c ? ", " : "",
                                  rig->cameras[c].view, config->views[c].name);
        memcpy(rig->cameras[c].view, config->views[c].name, sizeof rig->cameras[c].view);
    }
    if (n >= sizeof told->names)
        memcpy(told->names + sizeof told->names - 4, "...", 4);
}

static void known_tell(const rig_config *config, const rig_calibration *rig, int n_known, account *told) {
    size_t n = (size_t)snprintf(told->names, sizeof told->names, "%d of %d matched by name", n_known, rig->n);
    for (int c = 0; c < rig->n; c++)
        if (rig_config_find_view(config, rig->cameras[c].view) < 0 && n < sizeof told->names)
            n +=
                (size_t)snprintf(told->names + n, sizeof told->names - n, ", '%s' is not a view", rig->cameras[c].view);
}

static rig_status names_settle(const rig_config *config, rig_calibration *rig, account *told, rig_err *err) {
    int n_known = 0;
    for (int v = 0; v < config->n_views; v++)
        n_known += rig_calibration_find(rig, config->views[v].name) != NULL;
    if (n_known > 0)
        known_tell(config, rig, n_known, told);
    else if (rig->n == config->n_views)
        names_take(config, rig, told);
    else
        return rig_fail(err, RIG_ERR_CONFIG,
                        "%s: none of its %d cameras ('%s', ...) has the name of a view, and the rig has %d views "
                        "('%s', ...): expected matching names, or as many cameras as views",
                        rig_known_cameras_path(config), rig->n, rig->cameras[0].view, config->n_views,
                        config->views[0].name);
    return RIG_OK;
}

// -------------------------------------------------------------------------------------------------

rig_status rig_session_known_cameras(rig_session *session, rig_calibration *rig, rig_err *err) {
    const rig_config *config = &session->config;
    const rig_camera_format *format;
    account told = {.by_order = false};
    RIG_TRY(rig_cameras_read(rig_known_cameras_path(config), &format, rig, &session->arena, err));
    if (!format && config->cameras_unit_m > 0 && config->cameras_unit_m != 1)
        return rig_fail(err, RIG_ERR_CONFIG,
                        "%s: cameras_unit: '%s' is in rigpose's own format, whose lengths are in metres", config->path,
                        config->cameras);
    if (!format)
        return RIG_OK;
    if (config->cameras)
        RIG_TRY(unit_settle(config, format, rig, &told, err));
    else
        snprintf(told.unit, sizeof told.unit, "lenses alone");
    RIG_TRY(names_settle(config, rig, &told, err));
    void (*say)(const char *, ...) = told.by_order ? rig_warn : rig_say;
    if (!session->cameras_told)
        say("cameras: %s is in the format of %s: cameras %s; %s%s%s", rig_known_cameras_path(config), format->tool,
            told.names, told.unit, format->note ? "; " : "", format->note ? format->note : "");
    session->cameras_told = true;
    return RIG_OK;
}
