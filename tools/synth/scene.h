// What a rig_synth holds: the truth, and all that drawing needs, made once at open.
#ifndef RIG_TOOLS_SYNTH_SCENE_H
#define RIG_TOOLS_SYNTH_SCENE_H

#include "tools/synth/avatar.h"
#include "tools/synth/canvas.h"
#include "tools/synth/carry.h"
#include "tools/synth/draw.h"
#include "tools/synth/gait.h"
#include "tools/synth/layout.h"
#include "tools/synth/room.h"
#include "tools/synth/synth.h"

enum { RIG_SYNTH_PEOPLE_MAX = 4 };

typedef struct rig_actor {
    rig_avatar *body;
    rig_gait gait;
    rig_walk walk;
} rig_actor;

struct rig_synth {
    rig_arena arena; // holds the rig_synth itself
    rig_synth_params params;
    rig_skeleton skeleton;
    int joint_of[RIG_AVATAR_JOINTS]; // the skeleton's joint for each of the body's
    rig_board board;
    rig_calibration rig;
    rig_people3d people;
    rig_room *room;
    rig_carry carry;
    rig_actor actors[RIG_SYNTH_PEOPLE_MAX];
    rig_viewpoint viewpoints[RIG_LAYOUT_VIEWS];
    rig_canvas empty[RIG_LAYOUT_VIEWS]; // the room without anybody, as each camera sees it
    rig_noise noise;
};

// Streams of random numbers: what is drawn for one never changes another.
enum {
    RIG_STREAM_RIG = 1,
    RIG_STREAM_ROOM,
    RIG_STREAM_BOARD,
    RIG_STREAM_WALKS,
    RIG_STREAM_PERSON = 100 // + person
};

// The segments of a person (from 0) in a frame of the take.
void rig_synth_segments(const rig_synth *synth, int person, int frame, rig_pose Rt_world_segment[RIG_SEGMENTS]);
// All people's solids in a frame of the take, owners 1, 2, ...: at most RIG_SYNTH_PEOPLE_MAX * RIG_AVATAR_PARTS_MAX.
// Returns how many.
int rig_synth_people_solids(const rig_synth *synth, int frame, rig_solid *solids);

#endif
