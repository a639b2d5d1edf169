// models: which runtimes there are, which networks, and whether each network works on each.
#include "app/commands.h"
#include "app/network.h"
#include "app/session.h"
#include "app/talk.h"
#include "io/file.h"
#include "nn/net.h"
#include "pose/fuse.h"

#include <math.h>
#include <string.h>

enum { RUNS_MAX = 10 };
static const double ENOUGH_S = 2; // of timing one network on one runtime

static void put_text(rig_yaml_writer *w, const char *key, const char *text) {
    rig_yaml_key(w, key);
    rig_yaml_put_string(w, text);
}

// --- runtimes ------------------------------------------------------------------------------------

static const char *const backend_names[] = {
    [RIG_BACKEND_AUTO] = "auto", [RIG_BACKEND_OPENCV] = "opencv", [RIG_BACKEND_ONNXRUNTIME] = "onnxruntime"};

static void put_runtime(rig_yaml_writer *w, rig_backend backend) {
    rig_runtime_info info;
    rig_err err = {""};
    rig_status status = rig_runtime_describe(&(rig_runtime){.backend = backend}, &info, &err);
    rig_yaml_begin_map(w, true);
    put_text(w, "name", backend_names[backend]);
    rig_yaml_key(w, "there");
    rig_yaml_put_bool(w, status == RIG_OK);
    if (status == RIG_OK) {
        put_text(w, "version", info.version);
        put_text(w, "providers", info.providers);
        if (info.library[0])
            put_text(w, "library", info.library);
    } else {
        put_text(w, "why", err.text);
    }
    rig_yaml_end(w);
}

// --- a network on a runtime ----------------------------------------------------------------------

typedef struct trial {
    char runtime[64];
    rig_tensor tensors[RIG_OUTPUTS_MAX];
    double worst, best_s; // of the self-check, of a picture
} trial;

static rig_status net_try(rig_net *net, const rig_model *model, const float *input, trial *t, rig_err *err) {
    const int width = model->input_width, height = model->input_height;
    snprintf(t->runtime, sizeof t->runtime, "%s", rig_net_runtime(net));
    for (int i = 0; i < model->n_outputs; i++) {
        memcpy(t->tensors[i].name, model->outputs[i].name, sizeof t->tensors[i].name);
        t->tensors[i].place = model->outputs[i].place;
    }
    if (model->selfcheck.input[0])
        RIG_TRY(rig_net_check(net, &model->selfcheck, width, height, t->tensors, model->n_outputs, &t->worst, err));
    double begin_s = rig_now_s();
    t->best_s = INFINITY;
    for (int i = 0; i < RUNS_MAX && (i < 2 || rig_now_s() - begin_s < ENOUGH_S); i++) {
        double start_s = rig_now_s();
        RIG_TRY(rig_net_run(net, input, width, height, t->tensors, model->n_outputs, err));
        t->best_s = fmin(t->best_s, rig_now_s() - start_s);
    }
    return rig_fusion_check(model, t->tensors, width, height, err);
}

static void put_shapes(rig_yaml_writer *w, const rig_model *model, const trial *t) {
    rig_yaml_key(w, "outputs");
    rig_yaml_begin_map(w, true);
    for (int i = 0; i < model->n_outputs; i++) {
        rig_yaml_key(w, t->tensors[i].name);
        rig_yaml_begin_list(w, true);
        for (int k = 0; k < t->tensors[i].n_dims; k++)
            rig_yaml_put_int(w, t->tensors[i].dims[k]);
        rig_yaml_end(w);
    }
    rig_yaml_end(w);
}

static rig_status put_trial(rig_yaml_writer *w, const rig_model *model, rig_backend backend, const float *input,
                            rig_err *err) {
    rig_runtime runtime = model->runtime;
    rig_net *net = NULL;
    trial t = {.worst = 0};
    runtime.backend = backend;
    runtime.cuda = runtime.cuda && backend != RIG_BACKEND_OPENCV;
    rig_status status = rig_net_open(model->file, model->input_name, &runtime, &net, err);
    if (status == RIG_OK)
        status = net_try(net, model, input, &t, err);
    rig_net_close(net);
    rig_yaml_begin_map(w, true);
    put_text(w, "runtime", t.runtime[0] ? t.runtime : backend_names[backend]);
    rig_yaml_key(w, "works");
    rig_yaml_put_bool(w, status == RIG_OK);
    if (status != RIG_OK) {
        put_text(w, "why", err->text);
    } else {
        rig_yaml_key(w, "ms");
        rig_yaml_put_rounded(w, t.best_s * 1e3, 1);
        if (model->selfcheck.input[0]) {
            rig_yaml_key(w, "selfcheck_off_by");
            rig_yaml_put_double(w, t.worst);
        }
        put_shapes(w, model, &t);
    }
    rig_yaml_end(w);
    return status;
}

// --- descriptors ---------------------------------------------------------------------------------

// On each runtime that is there; what counts is the one that the descriptor would have.
static rig_status put_trials(rig_yaml_writer *w, const rig_model *model, rig_arena *scratch, rig_err *err) {
    float *input = RIG_NEW(scratch, float, 3 * (size_t)model->input_width * (size_t)model->input_height);
    rig_runtime by_library = model->runtime;
    rig_runtime_info info;
    rig_err other;
    if (!input)
        return rig_fail_memory(err, "a picture");
    by_library.backend = RIG_BACKEND_ONNXRUNTIME;
    bool ort = rig_runtime_describe(&by_library, &info, &other) == RIG_OK;
    bool want_ort = model->runtime.backend == RIG_BACKEND_ONNXRUNTIME || model->runtime.cuda;
    bool use_ort = want_ort || (ort && model->runtime.backend == RIG_BACKEND_AUTO);
    rig_yaml_key(w, "runtimes");
    rig_yaml_begin_list(w, false);
    rig_status by_opencv = put_trial(w, model, RIG_BACKEND_OPENCV, input, use_ort ? &other : err);
    rig_status by_ort =
        ort || use_ort ? put_trial(w, model, RIG_BACKEND_ONNXRUNTIME, input, use_ort ? err : &other) : RIG_OK;
    rig_yaml_end(w);
    return use_ort ? by_ort : by_opencv;
}

static rig_status put_model(rig_yaml_writer *w, const char *path, rig_arena *scratch, rig_err *err) {
    rig_model model;
    rig_yaml_begin_map(w, false);
    put_text(w, "descriptor", path);
    rig_status status = rig_model_read(path, &model, scratch, err);
    if (status == RIG_OK) {
        bool there = rig_file_exists(model.file);
        put_text(w, "network", model.file);
        rig_yaml_key(w, "there");
        rig_yaml_put_bool(w, there);
        if (there)
            status = rig_network_check(&model, err);
        if (there && status == RIG_OK)
            status = put_trials(w, &model, scratch, err);
    }
    if (status != RIG_OK)
        put_text(w, "error", err->text);
    rig_yaml_end(w);
    rig_arena_clear(scratch);
    return status;
}

// The descriptors that come with rigpose, and those of its own networks. A folder that is not there has none.
static rig_status shipped_list(const char ***paths, int *n, rig_arena *arena, rig_err *err) {
    static const char *const folders[] = {"models", "../data/models"};
    const char *beside;
    *n = 0;
    *paths = NULL;
    RIG_TRY(rig_share_path(arena, "configs/README.md", &beside, err));
    for (int f = 0; f < 2; f++) {
        const char *folder = rig_path_beside(arena, beside, folders[f]);
        char **names;
        int more;
        if (!folder || !rig_folder_exists(folder))
            continue;
        RIG_TRY(rig_folder_list(folder, ".yaml", &names, &more, arena, err));
        const char **all = RIG_NEW(arena, const char *, *n + more);
        if (!all)
            return rig_fail_memory(err, "paths");
        if (*n)
            memcpy(all, *paths, sizeof *all * (size_t)*n);
        for (int i = 0; i < more; i++)
            if (!(all[(*n)++] = rig_arena_printf(arena, "%s/%s", folder, names[i])))
                return rig_fail_memory(err, "paths");
        *paths = all;
    }
    return RIG_OK;
}

static rig_status models_write(const char *const *paths, int n, rig_arena *arena, rig_err *err) {
    rig_arena scratch = {0};
    rig_yaml_writer *w;
    int failed = 0;
    RIG_TRY(rig_yaml_writer_open(stdout, &w, arena, err));
    rig_yaml_begin_map(w, false);
    put_text(w, "schema", "rigpose/models/1");
    rig_yaml_key(w, "runtimes");
    rig_yaml_begin_list(w, false);
    put_runtime(w, RIG_BACKEND_OPENCV);
    put_runtime(w, RIG_BACKEND_ONNXRUNTIME);
    rig_yaml_end(w);
    rig_yaml_key(w, "models");
    rig_yaml_begin_list(w, false);
    for (int i = 0; i < n; i++) {
        rig_err one = {""};
        if (put_model(w, paths[i], &scratch, &one) != RIG_OK) {
            rig_tell_error("%s", one.text);
            failed++;
        }
    }
    rig_yaml_end(w);
    rig_yaml_end(w);
    rig_arena_release(&scratch);
    RIG_TRY(rig_yaml_writer_close(w, err));
    return failed ? rig_fail(err, RIG_ERR_DATA, "%d of %d models failed", failed, n) : RIG_OK;
}

rig_status rig_command_models(const rig_arguments *arguments, rig_err *err) {
    rig_arena arena = {0};
    const char **paths = (const char **)arguments->operands;
    int n = arguments->n;
    rig_status status = n ? RIG_OK : shipped_list(&paths, &n, &arena, err);
    if (status == RIG_OK)
        status = models_write((const char *const *)paths, n, &arena, err);
    rig_arena_release(&arena);
    return status;
}
