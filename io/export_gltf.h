// glTF 2.0 as one binary file (GLB): m, y up, quaternions. A person is a node with the skeleton's nodes below it, and
// sticks from each to the next, so that there is something to see; all people are in one animation. A rotation that is
// not known in a frame has no key there; programs that show it will interpolate. Times are floats of 32 bits, in
// seconds of the rig's clock, or from the take's first frame on where that is negative. Source: Khronos, "glTF 2.0
// Specification", 3.11 Animations and 4 GLB.
#ifndef RIG_IO_EXPORT_GLTF_H
#define RIG_IO_EXPORT_GLTF_H

#include "io/export_columns.h"
#include "io/export_take.h"
#include "triangulate/articulated.h"

// The keys of a person: how many each node has, at which frames the first and the last are.
typedef struct rig_gltf_person {
    const rig_articulation *articulation; // NULL: left out
    long n[RIG_NODES];
    int first[RIG_NODES], last[RIG_NODES];
    rig_column times[RIG_NODES], turns[RIG_NODES], places; // places: of node 0, at its times
    double quaternion[RIG_NODES][4];                       // of the key before: x, y, z, w
} rig_gltf_person;

// Count the keys of a frame, before begin.
void rig_gltf_count(rig_gltf_person *person, int frame, const rig_articulated_pose *pose);
// All but the keys. people: as the take's. Fails with RIG_ERR_DATA beyond 4 GiB, RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_gltf_begin(FILE *stream, const rig_export_take *take, rig_gltf_person *people,
                                      rig_arena *out, rig_err *err);
// pose: in a frame with y up.
void rig_gltf_add(FILE *stream, const rig_export_take *take, rig_gltf_person *person, int frame,
                  const rig_articulated_pose *pose);
// false: other keys came than were counted.
bool rig_gltf_end(FILE *stream, const rig_export_take *take, rig_gltf_person *people);

#endif
