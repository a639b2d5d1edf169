// synth and demo: a made-up session, and the whole pipeline on it.
#include "app/commands.h"
#include "app/report.h"
#include "app/stages.h"
#include "app/talk.h"
#include "tools/commands/evaluate.h"
#include "tools/commands/synthesize.h"

#include <stdio.h>

rig_status rig_command_synth(const rig_arguments *arguments, rig_err *err) {
    rig_synth_params params = rig_synth_defaults();
    int seed = (int)params.seed;
    RIG_TRY(rig_arguments_int(arguments, "--people", 1, 4, &params.n_people, err));
    RIG_TRY(rig_arguments_int(arguments, "--seed", 0, 1000000000, &seed, err));
    params.seed = (uint64_t)seed;
    RIG_TRY(rig_synthesize(arguments->operands[0], &params, err));
    rig_say("synth: %s/rig.yaml", arguments->operands[0]);
    return RIG_OK;
}

static rig_status demo_run(const char *rig_path, rig_err *err) {
    rig_session session = {0};
    rig_stage_options options = {.force = true};
    rig_report_summary summary;
    rig_status status = rig_session_open(rig_path, &session, err);
    if (status == RIG_OK)
        status = rig_stages_run(&session, &options, err);
    if (status == RIG_OK)
        status = rig_session_report(&session, &summary, err);
    rig_session_release(&session);
    return status;
}

// The worst camera's figures and the people's.
static void demo_say(const rig_evaluation *e, const char *folder, double seconds) {
    double focal = 0, position = 0, rotation = 0;
    for (int i = 0; i < e->n_cameras; i++) {
        focal = e->cameras[i].focal_pct > focal ? e->cameras[i].focal_pct : focal;
        position = e->cameras[i].position_mm > position ? e->cameras[i].position_mm : position;
        rotation = e->cameras[i].rotation_mrad > rotation ? e->cameras[i].rotation_mrad : rotation;
    }
    rig_say("demo: %d cameras, largest errors: focal length %.3f %%, position %.2f mm, rotation %.2f mrad",
            e->n_cameras, focal, position, rotation);
    rig_say("demo: 2D: %d people found of %d, AP %.3f, median joint error %.2f px", e->keypoints.n_result,
            e->keypoints.n_truth, e->keypoints.ap, e->keypoints.median_px);
    rig_say("demo: 3D: %d of %d people found, %d false; MPJPE %.1f mm (p95 %.1f), %.1f %% of joints, %d id switches",
            e->people.n_found, e->people.n_truth, e->people.n_false, e->people.mpjpe_mm, e->people.p95_mm,
            100 * e->people.joint_recall, e->people.id_switches);
    rig_say("demo: %.0f s; results in %s/out, truth in %s/truth; open %s/out/report.html in a browser", seconds, folder,
            folder, folder);
}

rig_status rig_command_demo(const rig_arguments *arguments, rig_err *err) {
    const char *folder = arguments->n ? arguments->operands[0] : "demo_out";
    rig_synth_params params = rig_synth_defaults();
    rig_arena arena = {0};
    rig_evaluation evaluation;
    double start_s = rig_now_s();
    rig_status status = rig_synthesize(folder, &params, err);
    const char *rig_path = rig_arena_printf(&arena, "%s/rig.yaml", folder);
    const char *out = rig_arena_printf(&arena, "%s/out", folder), *truth = rig_arena_printf(&arena, "%s/truth", folder);
    if (status == RIG_OK && (!rig_path || !out || !truth))
        status = rig_fail_memory(err, "paths");
    if (status == RIG_OK)
        status = demo_run(rig_path, err);
    if (status == RIG_OK)
        status = rig_evaluate(out, truth, &evaluation, &arena, err);
    if (status == RIG_OK)
        status = rig_evaluation_print(&evaluation, stdout, &arena, err);
    if (status == RIG_OK)
        demo_say(&evaluation, folder, rig_now_s() - start_s);
    rig_arena_release(&arena);
    return status;
}
