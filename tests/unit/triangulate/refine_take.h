// A take refined from memory to memory, as the driver refines one from file to file, for the tests of this room.
#ifndef RIG_TESTS_TRIANGULATE_REFINE_TAKE_H
#define RIG_TESTS_TRIANGULATE_REFINE_TAKE_H

#include "tests/support/support.h"
#include "triangulate/motion.h"

#include <string.h>

// Copy frames of a window behind those of motion; there is room for all.
static inline rig_status refined_copy(const rig_frame3d *frames, int n, rig_people3d *motion, rig_arena *out,
                                      rig_err *err) {
    for (int f = 0; f < n; f++) {
        rig_frame3d *frame = &motion->frames[motion->n_frames++];
        *frame = (rig_frame3d){frames[f].frame, frames[f].n, RIG_NEW(out, rig_person3d, frames[f].n)};
        for (int i = 0; frame->people && i < frame->n; i++) {
            frame->people[i] =
                (rig_person3d){frames[f].people[i].id, RIG_NEW(out, rig_joint3d, motion->n_joints), NULL};
            if (!frame->people[i].joints)
                return rig_fail_memory(err, "joints");
            memcpy(frame->people[i].joints, frames[f].people[i].joints,
                   (size_t)motion->n_joints * sizeof *frame->people[i].joints);
        }
        if (!frame->people)
            return rig_fail_memory(err, "people");
    }
    return RIG_OK;
}

static inline rig_status refined_window(rig_motion *refined, rig_people3d *motion, int *n, rig_arena *out,
                                        rig_arena *scratch, rig_err *err) {
    int n_people;
    rig_frame3d *frames;
    RIG_TRY(rig_motion_begin(refined, &n_people, err));
    for (int i = n_people - 1; i >= 0; i--) {
        RIG_TRY(rig_motion_person(refined, i, scratch, err));
        rig_arena_clear(scratch);
    }
    RIG_TRY(rig_motion_end(refined, &frames, n, err));
    return refined_copy(frames, *n, motion, out, err);
}

static inline rig_status refined_run(const rig_people3d *raw, rig_motion *refined, rig_people3d *motion, rig_arena *out,
                                     rig_arena *scratch, rig_err *err) {
    int n = 1;
    for (int f = 0; f < raw->n_frames; f++)
        for (bool more = false; !more;) {
            RIG_TRY(rig_motion_add(refined, &raw->frames[f], &more, err));
            if (!more)
                RIG_TRY(refined_window(refined, motion, &n, out, scratch, err));
        }
    while (n > 0)
        RIG_TRY(refined_window(refined, motion, &n, out, scratch, err));
    return RIG_OK;
}

static inline rig_status refine_take(const rig_people3d *raw, const rig_skeleton *skeleton, double fps,
                                     const rig_motion_params *params, rig_people3d *motion, rig_arena *out,
                                     rig_arena *scratch, rig_err *err) {
    const rig_body body = rig_body_init(skeleton);
    rig_bone_lengths *lengths = NULL;
    rig_motion *refined = NULL;
    *motion = *raw;
    motion->n_frames = 0;
    motion->frames = RIG_NEW(out, rig_frame3d, raw->n_frames);
    rig_status status = motion->frames ? RIG_OK : rig_fail_memory(err, "frames");
    if (status == RIG_OK)
        status = rig_bone_lengths_open(&body, &lengths, err);
    for (int f = 0; f < raw->n_frames && status == RIG_OK; f++)
        status = rig_bone_lengths_add(lengths, &raw->frames[f], err);
    if (status == RIG_OK)
        status = rig_bone_lengths_end(lengths, err);
    if (status == RIG_OK)
        status = rig_bone_lengths_list(lengths, skeleton, &motion->lengths, &motion->n_lengths, out, err);
    if (status == RIG_OK)
        status = rig_motion_open(&body, lengths, fps, params, &refined, err);
    if (status == RIG_OK)
        status = refined_run(raw, refined, motion, out, scratch, err);
    rig_motion_close(refined);
    rig_bone_lengths_close(lengths);
    return status;
}

#endif
