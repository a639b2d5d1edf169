// What the files of the importer share. Private to io/.
#ifndef RIG_IO_IMPORTS_PARTS_H
#define RIG_IO_IMPORTS_PARTS_H

#include "io/imports.h"

#include <jansson.h>
#include <stdio.h>

// People of one frame: a file of a folder, a value of a JSON file, a row of a CSV.
typedef struct rig_import_entry {
    long offset;
    int length, line; // bytes; 0: a frame that was looked at, without people
    int place;        // in the file, or of the folder's names
    int frame;        // while entries are gathered: an id, or the place of a name
} rig_import_entry;

typedef enum rig_import_kind { RIG_IMPORT_FOLDER, RIG_IMPORT_JSON, RIG_IMPORT_CSV } rig_import_kind;

// A column of a CSV.
typedef struct rig_csv_column {
    int person, joint; // joint -1: of no joint
    int value;         // 0, 1, 2: x, y, score
} rig_csv_column;

struct rig_import {
    const char *path, *file; // as opened; being read, for messages
    rig_import_plan plan;
    rig_import_kind kind;
    rig_import_counts counts;
    const rig_skeleton *layout;    // of the files' joints; NULL: not known yet
    rig_skeleton named;            // what layout points to where the files name their joints
    int source_of[RIG_JOINTS_MAX]; // joint of the layout for each of the skeleton, or -1
    rig_arena arena, scratch;      // scratch: a frame's
    FILE *stream;
    char *text; // of the value or row in hand
    size_t n_text, text_room;
    rig_import_entry *entries; // by frame, then place
    int n_entries, room, next; // next: the entry to be read
    char **names;              // a folder's files; pictures that a file names
    int n_names, names_room;
    bool by_name;                          // entries name pictures
    bool one_a_frame;                      // no frame may have two entries
    bool people_only;                      // frames without people have no entries
    int frame;                             // the next one, where people_only
    rig_csv_column *columns;               // of a CSV
    int n_columns, n_people, frame_column; // people in a row
    size_t people_room;                    // of the frame in hand
    int n_values;                          // of a person, in the files' order
    double values[RIG_JOINTS_MAX][3];
};

RIG_CHECKED rig_status rig_import_entry_add(rig_import *in, rig_import_entry entry, rig_err *err);
// The place of a picture's name, which is added where it differs from the one before.
RIG_CHECKED rig_status rig_import_name_add(rig_import *in, const char *name, size_t length, int *place, rig_err *err);
RIG_CHECKED rig_status rig_import_text_add(rig_import *in, int c, rig_err *err);

// Find the entries of in->stream.
RIG_CHECKED rig_status rig_import_scan_json(rig_import *in, rig_err *err);
RIG_CHECKED rig_status rig_import_scan_csv(rig_import *in, rig_err *err);
// JSON of a text, in which NaN and Infinity are numbers too great to be pixels. line: of the text's beginning.
RIG_CHECKED rig_status rig_import_json(const rig_import *in, char *text, size_t length, int line, json_t **root,
                                       rig_err *err);

// The people of an entry, whose text is in hand, added to frame.
RIG_CHECKED rig_status rig_import_json_people(rig_import *in, const rig_import_entry *entry, const json_t *root,
                                              rig_frame2d *frame, rig_arena *out, rig_err *err);
RIG_CHECKED rig_status rig_import_csv_people(rig_import *in, const rig_import_entry *entry, rig_frame2d *frame,
                                             rig_arena *out, rig_err *err);

// Room for n people more.
RIG_CHECKED rig_status rig_import_room(rig_import *in, int n, rig_frame2d *frame, rig_arena *out, rig_err *err);
// in->values, of n_values joints, as the frame's next person, where it has a joint. what, place: whose, for messages.
// score: of the person; NAN: the mean of the joints'.
RIG_CHECKED rig_status rig_import_person(rig_import *in, const char *what, int place, double score, rig_frame2d *frame,
                                         rig_err *err);
// The layout of a file that names its joints.
RIG_CHECKED rig_status rig_import_named(rig_import *in, rig_err *err);

#endif
