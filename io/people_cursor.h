// A result of people frame by frame, whatever chunks it is read in: for what goes through two results side by side.
#ifndef RIG_IO_PEOPLE_CURSOR_H
#define RIG_IO_PEOPLE_CURSOR_H

#include "io/results.h"

typedef struct rig_people2d_cursor {
    rig_people2d_reader *reader;
    rig_people2d chunk; // the head, and the frames in hand
    int at;             // of the chunk
    rig_arena arena;
} rig_people2d_cursor;

typedef struct rig_people3d_cursor {
    rig_people3d_reader *reader;
    rig_people3d chunk;
    int at;
    rig_arena arena;
} rig_people3d_cursor;

// Fail as rig_people2d_open and rig_people3d_open; close in any case.
RIG_CHECKED rig_status rig_people2d_cursor_open(rig_people2d_cursor *cursor, const char *path, rig_err *err);
RIG_CHECKED rig_status rig_people3d_cursor_open(rig_people3d_cursor *cursor, const char *path, rig_err *err);
// The frame that the cursor stands at, NULL at the end. It is valid until the cursor has passed it and stands at the
// next. pass: go on to the next.
RIG_CHECKED rig_status rig_people2d_cursor_at(rig_people2d_cursor *cursor, const rig_frame2d **frame, rig_err *err);
RIG_CHECKED rig_status rig_people3d_cursor_at(rig_people3d_cursor *cursor, const rig_frame3d **frame, rig_err *err);
void rig_people2d_cursor_pass(rig_people2d_cursor *cursor);
void rig_people3d_cursor_pass(rig_people3d_cursor *cursor);
// The frame of a number, NULL where there is none; frames below it are passed. Numbers rise from call to call.
RIG_CHECKED rig_status rig_people2d_cursor_find(rig_people2d_cursor *cursor, int number, const rig_frame2d **frame,
                                                rig_err *err);
RIG_CHECKED rig_status rig_people3d_cursor_find(rig_people3d_cursor *cursor, int number, const rig_frame3d **frame,
                                                rig_err *err);
void rig_people2d_cursor_close(rig_people2d_cursor *cursor);
void rig_people3d_cursor_close(rig_people3d_cursor *cursor);

#endif
