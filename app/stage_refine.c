// refine: the movement of the people of a take, from where they were triangulated frame by frame.
#include "app/stages.h"
#include "app/talk.h"
#include "triangulate/kinematics.h"
#include "triangulate/motion.h"

#include <string.h>

static void motion_say(const rig_people3d *raw, const rig_people3d *motion) {
    long filled = 0, before = 0;
    for (int f = 0; f < motion->n_frames; f++) {
        for (int p = 0; p < raw->frames[f].n; p++)
            for (int j = 0; j < raw->n_joints; j++)
                before += raw->frames[f].people[p].joints[j].state == RIG_JOINT_OK;
        for (int p = 0; p < motion->frames[f].n; p++)
            for (int j = 0; j < motion->n_joints; j++)
                filled += motion->frames[f].people[p].joints[j].state == RIG_JOINT_FILLED;
    }
    rig_say("refine: %ld joints, and %ld filled", before, filled);
}

rig_status rig_stage_refine(rig_session *session, const rig_inputs *inputs, const rig_stage_options *options,
                            rig_err *err) {
    (void)options;
    const rig_motion_config *config = &session->config.motion;
    rig_motion_params params = {config->fill_s, config->acceleration_m_s2, config->filter};
    rig_skeleton skeleton;
    rig_people3d raw, motion;
    const char *from, *to;
    RIG_TRY(rig_session_skeleton(session, &skeleton, err));
    RIG_TRY(rig_session_path(session, "70_people3d.yaml", &from, err));
    RIG_TRY(rig_session_path(session, "80_motion.yaml", &to, err));
    RIG_TRY(rig_people3d_read(from, &raw, &session->arena, err));
    if (strcmp(raw.skeleton, skeleton.name) != 0 || raw.n_joints != skeleton.n)
        return rig_fail(err, RIG_ERR_DATA, "'%s' has people of skeleton '%s' with %d joints, expected '%s' with %d",
                        from, raw.skeleton, raw.n_joints, skeleton.name, skeleton.n);
    if (raw.fps <= 0)
        return rig_fail(err, RIG_ERR_DATA,
                        "'%s' does not say how many frames a second it has: give the rig's feeds their fps", from);
    RIG_TRY(rig_motion_refine(&raw, &skeleton, raw.fps, &params, &motion, &session->arena, &session->scratch, err));
    if (config->derivatives || config->angles)
        RIG_TRY(rig_kinematics(&motion, &skeleton, raw.fps, config->derivatives, config->angles, &session->arena, err));
    RIG_TRY(rig_people3d_write(to, &motion, inputs, err));
    motion_say(&raw, &motion);
    return RIG_OK;
}
