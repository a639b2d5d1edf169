// Results that are a list of frames, of any length: read frame by frame, written frame by frame. Up to
// RIG_PART_FRAMES frames are one file; more are a folder of the file's name without `.yaml`, of whole documents with so
// many frames each, named after their first: 000000.yaml, 020000.yaml. Private to io/.
#ifndef RIG_IO_RESULT_FRAMES_H
#define RIG_IO_RESULT_FRAMES_H

#include "io/result.h"

enum { RIG_PART_FRAMES = 20000 };

// --- reading -------------------------------------------------------------------------------------
typedef struct rig_frames_reader {
    const char *schema;
    const rig_yaml *root; // of the part in hand: everything but its frames
    bool alone;           // one document, of whatever part
    int part, n_parts;    // the part that the last frame is of
    char **paths;
    rig_yaml_stream *stream;
    rig_frame_filter wanted; // NULL: all are
    const void *wanted_self;
    rig_arena arena;
} rig_frames_reader;

// Where the parts of the result at path would be: the path without `.yaml`. false: path does not end so.
bool rig_result_folder(const char *path, char *folder, size_t size);
// The files of a result, in the order of their frames. Fails where there is a file and a folder, or nothing.
RIG_CHECKED rig_status rig_result_paths(const char *path, char ***paths, int *n, rig_arena *out, rig_err *err);
// Open the file, or the folder of parts, and read its head; alone: one document, of whatever part. close in any case.
RIG_CHECKED rig_status rig_frames_reader_open(rig_frames_reader *reader, const char *path, const char *schema,
                                              bool alone, rig_err *err);
// The next frame of any part that is wanted, valid until the next call: as text, which the reader knows to read if it
// is laid out as ours are, else as a node; neither at the end. back: the frame that came as text is to be a node.
typedef struct rig_frames_item {
    const char *text; // lines, with bytes behind them that may be read; or NULL
    size_t n;
    const rig_yaml *node; // or NULL
} rig_frames_item;
RIG_CHECKED rig_status rig_frames_reader_next(rig_frames_reader *reader, rig_frames_item *frame, rig_err *err);
RIG_CHECKED rig_status rig_frames_reader_back(rig_frames_reader *reader, rig_frames_item *frame, rig_err *err);
// How many joints people have: n_joints of the head, else as many as the first of them (0 where there is nobody).
// Afterwards the first frame is the next.
RIG_CHECKED rig_status rig_frames_reader_joints(rig_frames_reader *reader, int *n_joints, rig_err *err);
// How much of the result was read, 0..1, about.
double rig_frames_reader_share(const rig_frames_reader *reader);
void rig_frames_reader_close(rig_frames_reader *reader);

// Frames of a number not known before: room for one more of size bytes, zeroed; NULL when memory is out.
typedef struct rig_frame_list {
    void *frames;
    int n, room;
} rig_frame_list;
void *rig_frame_list_add(rig_frame_list *list, size_t size, rig_arena *out);

// --- writing -------------------------------------------------------------------------------------
typedef struct rig_frames_writer {
    rig_result_writer result; // the part in hand, at its list of frames
    bool is_open;
    char path[1024];
    rig_temporary folder; // where its parts are gathered
    const char *schema;
    const rig_inputs *inputs;
    void (*head_put)(rig_yaml_writer *w, const void *head); // the keys of the head
    const void *head;
    int n_parts, n_frames; // parts that are complete; frames of the part in hand
    int first;             // the number of its first
} rig_frames_writer;

// inputs and head must outlive the writer. abandon in any case.
RIG_CHECKED rig_status rig_frames_writer_open(rig_frames_writer *writer, const char *path, const char *schema,
                                              const rig_inputs *inputs,
                                              void (*head_put)(rig_yaml_writer *w, const void *head), const void *head,
                                              rig_err *err);
// Before frame `number` is put to writer->result.yaml.
RIG_CHECKED rig_status rig_frames_writer_next(rig_frames_writer *writer, int number, rig_err *err);
// All at once: what stood at the path before, a file or a folder of parts, is gone then.
RIG_CHECKED rig_status rig_frames_writer_commit(rig_frames_writer *writer, rig_err *err);
void rig_frames_writer_abandon(rig_frames_writer *writer); // fine after commit and on a zeroed writer
void rig_frames_writer_leave(rig_frames_writer *writer);   // likewise: what was written stays for a later run

#endif
