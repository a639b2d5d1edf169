// The take's people for the page: moments in space and in each view, as bytes that web/report/payload.js reads.
#ifndef RIG_REPORT_PEOPLE_H
#define RIG_REPORT_PEOPLE_H

#include "report/json.h"
#include "report/person_fit.h"

// What a view's people are in bytes.
typedef struct rig_people2d_bytes {
    rig_bytes count; // a moment: u8
    rig_bytes who;   // a person: u16, the id in space; 0: nobody's
    rig_bytes q;     // a joint: u16 x, y in eighths of a pixel, 1 more than they are; 0: not found
} rig_people2d_bytes;

typedef struct rig_people_bytes {
    double unit_m; // of p
    int n_joints;
    json_t *moments;     // frames of the rig's clock
    rig_bytes count, id; // a moment: u8 people; a person: u16
    rig_bytes state, p;  // a joint: u8; i16 x, y, z in unit_m
    rig_bytes spread; // a joint: 3 u8 of standard deviations along the axes, mm (rig_byte_of), 3 i8 of correlations xy
                      // xz yz, 127 = 1
    rig_bytes rms, views; // a joint: u8, pixels (rig_byte_of); u8, how many views made it
    int n_views;
    rig_people2d_bytes *seen; // a view
} rig_people_bytes;

enum { RIG_PEOPLE_BYTES_MOST = 11500000 }; // of one page, before base64

// How many bytes a moment's people are.
size_t rig_people_bytes_size(const rig_frame3d *frame, const rig_frame2d *const *views, int n_views, int n_joints);
// Make room: unit_m by the largest coordinate. release in any case.
RIG_CHECKED rig_status rig_people_bytes_init(rig_people_bytes *bytes, int n_joints, int n_views, double reach_m,
                                             rig_arena *out, rig_err *err);
// A moment of people in space.
RIG_CHECKED rig_status rig_people_bytes_add(rig_people_bytes *bytes, const rig_frame3d *frame, rig_err *err);
// What a view saw at the moment added last; frame NULL: nothing. who as rig_person_fit_match has it.
RIG_CHECKED rig_status rig_people_bytes_add_view(rig_people_bytes *bytes, int view, const rig_frame2d *frame,
                                                 const rig_frame3d *frame3d, const int *who, rig_err *err);
// All of it as JSON.
RIG_CHECKED rig_status rig_people_bytes_put(const rig_people_bytes *bytes, json_t *people, rig_err *err);
void rig_people_bytes_release(rig_people_bytes *bytes);

#endif
