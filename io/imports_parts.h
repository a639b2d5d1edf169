// What imports.c and imports_coco.c share. Private to io/.
#ifndef RIG_IO_IMPORTS_PARTS_H
#define RIG_IO_IMPORTS_PARTS_H

#include "io/imports.h"

#include <jansson.h>
#include <stdio.h>

// An entry of a COCO list: where it stands, and of which frame it is.
typedef struct rig_coco_entry {
    long offset;
    int length, line, frame, place; // bytes; place in the list
} rig_coco_entry;

struct rig_import {
    const char *path, *file; // as opened; being read, for messages
    rig_skeleton skeleton;
    double scale[2];
    int n_source;                  // joints that people have in the files; 0: not seen yet
    int source_of[RIG_JOINTS_MAX]; // joint of the files for each of the skeleton, or -1
    rig_arena arena, scratch;      // scratch: a frame's
    int next;                      // file, or entry
    // OpenPose: a file a frame
    char **names;
    int n_names;
    // COCO: entries by frame, then place
    FILE *stream;
    rig_coco_entry *entries;
    int n_entries, room;
    int frame; // the next one
};

RIG_CHECKED rig_status rig_import_init(const char *path, const rig_skeleton *skeleton, const double scale[2],
                                       rig_import **import, rig_err *err);
// line: of the text's beginning.
RIG_CHECKED rig_status rig_import_json(const rig_import *in, const char *text, size_t length, int line, json_t **root,
                                       rig_err *err);
RIG_CHECKED rig_status rig_import_people(const rig_import *in, size_t n, rig_person2d **people, rig_arena *out,
                                         rig_err *err);
// A person's x, y, score a joint, to the skeleton's joints. *any = false: no joint was found.
RIG_CHECKED rig_status rig_import_person(rig_import *in, const char *what, int place, const json_t *values,
                                         rig_person2d *person, bool *any, rig_err *err);
RIG_CHECKED rig_status rig_coco_next(rig_import *in, int most, rig_people2d *chunk, rig_arena *out, rig_err *err);

#endif
