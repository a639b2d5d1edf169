#include "app/doctor_lengths.h"
#include "calib/tag_gap.h"
#include "checks/plausible.h"
#include "io/file.h"

static rig_status scale_add(rig_findings *findings, double value, const char *says, const char *advice, rig_err *err) {
    findings->looked[RIG_FAULT_SCALE] = true;
    return says ? rig_finding_add(findings, RIG_FAULT_SCALE, NULL, NULL, NULL, value, 1, says, advice, err) : RIG_OK;
}

static rig_status gaps_check(rig_session *session, const rig_corners_file *corners, rig_findings *findings,
                             rig_err *err) {
    const rig_board *board = &corners->board;
    for (int r = 0; r < corners->n && board->kind == RIG_BOARD_APRILGRID; r++) {
        double share;
        RIG_TRY(rig_tag_gap_measure(board, corners->recordings[r].views, corners->recordings[r].n_views, &share,
                                    &session->scratch, err));
        if (rig_tag_gap_differs(board, share))
            RIG_TRY(rig_finding_add(
                findings, RIG_FAULT_CORNERS, corners->recordings[r].recording, NULL, NULL,
                share * board->square_m / board->gap_m, 1, rig_tag_gap_says(board, share, &session->arena),
                rig_arena_printf(&session->arena, "board.gap_m: %.4g", share * board->square_m), err));
    }
    return RIG_OK;
}

// By how large people came out, where they have been triangulated.
static rig_status people_check(rig_session *session, rig_findings *findings, rig_err *err) {
    rig_people3d_reader *reader;
    rig_people3d head;
    rig_skeleton skeleton;
    rig_err none;
    const char *path;
    RIG_TRY(rig_session_path(session, "70_people3d.yaml", &path, err));
    if (session->config.take < 0 || !rig_result_exists(path) ||
        rig_session_skeleton(session, &skeleton, &none) != RIG_OK ||
        rig_people3d_open(path, &reader, &head, &none) != RIG_OK)
        return RIG_OK;
    rig_people3d_close(reader);
    return scale_add(findings, head.body_scale, rig_implausible_people(head.body_scale, &skeleton, &session->arena),
                     session->config.cameras ? "t_m of cameras must be in metres"
                                             : "board.square_m, scene points and surveyed poses must be in metres",
                     err);
}

rig_status rig_doctor_lengths(rig_session *session, const rig_corners_file *corners, rig_findings *findings,
                              rig_err *err) {
    if (corners)
        RIG_TRY(gaps_check(session, corners, findings, err));
    const char *says = corners ? rig_implausible_square(&corners->board, &session->arena) : NULL;
    if (says)
        return scale_add(findings, corners->board.square_m, says, "give it in metres", err);
    return people_check(session, findings, err);
}
