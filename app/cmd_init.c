// init: a commented rig YAML for the footage found in a folder.
#include "app/commands.h"
#include "app/found_board.h"
#include "app/init_rig.h"
#include "app/network.h"
#include "app/session.h"
#include "app/talk.h"
#include "io/file.h"

enum { PASSED_SHOWN = 30, RECORDINGS_LOOKED = 6 };
static const double BOARD_SHARE = 0.3; // of a recording's pictures: with more it is of a board

// Where no name speaks of a board, the pictures may show one.
static rig_status board_look(const char *folder, rig_init *to, rig_arena *arena, rig_err *err) {
    rig_found_roles *roles = &to->roles;
    double share;
    RIG_TRY(rig_found_board_count(folder, to->found, roles->intrinsics, to->corners, &share, err));
    for (int r = 0; roles->intrinsics < 0 && r < to->found->n_recordings && r < RECORDINGS_LOOKED; r++) {
        RIG_TRY(rig_found_board_count(folder, to->found, r, to->corners, &share, err));
        if (share >= BOARD_SHARE)
            rig_found_roles_board(to->found, r, roles, arena);
    }
    if (roles->intrinsics < 0)
        to->corners[0] = to->corners[1] = 0;
    return RIG_OK;
}

// A network that is missing is told now, not after an hour of calibration.
static void network_warn(rig_arena *arena) {
    const char *path;
    rig_model model;
    rig_err err = {""};
    rig_status status = rig_share_path(arena, "data/models/people.yaml", &path, &err);
    if (status == RIG_OK)
        status = rig_model_read(path, &model, arena, &err);
    if (status == RIG_OK)
        status = rig_network_check(&model, &err);
    if (status != RIG_OK)
        rig_warn("keypoints: %s", err.text);
}

static void passed_tell(const rig_found_files *files) {
    for (int i = 0; i < files->n_passed && i < PASSED_SHOWN; i++)
        rig_say("init: skipped %s", files->passed[i]);
    if (files->n_passed > PASSED_SHOWN)
        rig_say("init: skipped %d more", files->n_passed - PASSED_SHOWN);
    if (files->n_others > 0)
        rig_say("init: skipped %d file%s that %s neither videos nor pictures", files->n_others,
                files->n_others > 1 ? "s" : "", files->n_others > 1 ? "are" : "is");
}

static void calibrations_tell(const rig_found_calibrations *found) {
    for (int i = 0; i < found->n; i++) {
        const rig_found_calibration *c = &found->of[i];
        rig_say("init: %s is a calibration: %s%s%s", c->path, c->account,
                c->unusable          ? "; left as a comment: "
                : c != found->chosen ? "; left as a comment: there is more than one"
                                     : "; written as `cameras`",
                c->unusable ? c->unusable : "");
    }
}

static void misfits_tell(const rig_init *to) {
    for (int i = 0; i < to->n_misfits; i++) {
        const rig_found_misfit *m = &to->misfits[i];
        rig_warn("%s: calibrated at %dx%d, the take's pictures are %dx%d: `rect: [%d, %d, %d, %d]`, in the rig as a "
                 "comment, is a guess",
                 m->view, m->calibrated_w, m->calibrated_h, m->width, m->height, m->rect.x, m->rect.y, m->rect.w,
                 m->rect.h);
    }
}

static void edits_tell(const rig_init *to, const char *path) {
    const int n_feeds = to->found->n_feeds, n = to->found->n_recordings;
    rig_say("init: %s: %d feed%s, %d recording%s", path, n_feeds, n_feeds == 1 ? "" : "s", n, n == 1 ? "" : "s");
    const rig_found_calibration *known = to->calibrations.chosen;
    if (to->calibrations.n_usable > 1)
        rig_say("init: choose cameras, of %d calibrations", to->calibrations.n_usable);
    if (known && known->unit_missing)
        rig_say("init: fill in cameras_unit");
    if (!known && to->roles.intrinsics >= 0)
        rig_say("init: fill in board.square_m%s",
                to->corners[0] > 0 ? "" : ", board.corners (no chessboard was found in the pictures)");
    rig_say("init: review it, then run `rigpose check %s`", path);
}

// All that is known of the folder.
static rig_status folder_look(const char *folder, rig_init *to, rig_arena *arena, rig_err *err) {
    rig_found *found = RIG_NEW(arena, rig_found, 1);
    if (!found)
        return rig_fail_memory(err, "what was found");
    to->found = found;
    RIG_TRY(rig_found_open(folder, found, arena, err));
    RIG_TRY(rig_found_calibrations_look(folder, found, &to->calibrations, arena, err));
    RIG_TRY(rig_found_roles_tell(found, &to->roles, arena, err));
    passed_tell(&found->files);
    if (found->n_footage == 0)
        return rig_fail(err, RIG_ERR_DATA, "'%s': no videos or pictures in it", folder);
    RIG_TRY(board_look(folder, to, arena, err));
    if (!to->calibrations.chosen)
        return RIG_OK;
    return rig_found_misfits(found, to->roles.take, to->calibrations.chosen, &to->misfits, &to->n_misfits, arena, err);
}

rig_status rig_command_init(const rig_arguments *arguments, rig_err *err) {
    const char *folder = arguments->operands[0];
    rig_arena arena = {0};
    rig_init to = {.found = NULL};
    rig_file_stamp stamp;
    const char *path = rig_arena_printf(&arena, "%s/rig.yaml", folder);
    rig_status status = path ? RIG_OK : rig_fail_memory(err, "a path");
    if (status == RIG_OK && rig_file_stat(path, &stamp))
        status = rig_fail(err, RIG_ERR_USAGE, "'%s' is there already: remove it first", path);
    if (status == RIG_OK)
        status = folder_look(folder, &to, &arena, err);
    if (status == RIG_OK)
        status = rig_init_write(&to, path, &arena, err);
    if (status == RIG_OK) {
        calibrations_tell(&to.calibrations);
        misfits_tell(&to);
        edits_tell(&to, path);
    }
    if (status == RIG_OK && to.roles.take >= 0 && !to.roles.people)
        network_warn(&arena);
    rig_arena_release(&arena);
    return status;
}
