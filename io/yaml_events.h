// What libyaml says of a file, event by event. Private to io/yaml_*.c.
#ifndef RIG_IO_YAML_EVENTS_H
#define RIG_IO_YAML_EVENTS_H

#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum rig_yaml_event_kind {
    RIG_YAML_EVENT_SCALAR,
    RIG_YAML_EVENT_ALIAS,
    RIG_YAML_EVENT_LIST, // begins
    RIG_YAML_EVENT_MAP,  // begins
    RIG_YAML_EVENT_END,  // of a list or map
    RIG_YAML_EVENT_DOCUMENT,
    RIG_YAML_EVENT_FILE_END,
    RIG_YAML_EVENT_OTHER
} rig_yaml_event_kind;

typedef struct rig_yaml_event {
    rig_yaml_event_kind kind;
    int line, column;   // from 1; from 0
    bool quoted;        // a scalar that is a string whatever it says
    bool flow;          // a list or map in brackets
    const char *text;   // of a scalar, `length` bytes; valid until the next event
    size_t length;      //
    const char *anchor; // of a scalar, list or map, or NULL; of an alias: the anchor that it names
} rig_yaml_event;

typedef struct rig_yaml_events rig_yaml_events;

// status: in the place of RIG_ERR_FORMAT. path must outlive the events. Fails with RIG_ERR_IO and RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_yaml_events_open(const char *path, rig_status status, rig_yaml_events **events,
                                            rig_err *err);
// Whole lines that are passed over, before any event is read: from the first one's place in the file to that of the
// line behind the last. What follows is told as if they were there, by its own line.
typedef struct rig_yaml_gap {
    long long from, to;     // offsets
    int from_line, to_line; // from 1
} rig_yaml_gap;
void rig_yaml_events_skip(rig_yaml_events *events, const rig_yaml_gap *gap);
// Fails with RIG_ERR_IO, the status (not YAML, or more than most bytes since the last call of rig_yaml_events_allow)
// and RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_yaml_events_next(rig_yaml_events *events, rig_yaml_event *event, rig_err *err);
// From here on 1 GiB may be read.
void rig_yaml_events_allow(rig_yaml_events *events);
// Refuse a file that is larger than may be read at once.
RIG_CHECKED rig_status rig_yaml_events_need_small(rig_yaml_events *events, rig_err *err);
// How much of the file was read, 0..1.
double rig_yaml_events_share(const rig_yaml_events *events);
void rig_yaml_events_close(rig_yaml_events *events); // NULL is fine

#endif
