// What pictures say against how they are taken, as sentences; and views of one recording held against those of another.
#ifndef RIG_APP_LOOK_FINDINGS_H
#define RIG_APP_LOOK_FINDINGS_H

#include "io/results.h"

enum { RIG_LOOK_FINDINGS_MAX = 64 };
typedef struct rig_look_findings {
    int n; // further ones are dropped
    const char *texts[RIG_LOOK_FINDINGS_MAX];
} rig_look_findings;

void rig_look_find(rig_look_findings *findings, rig_arena *out, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Hold each view's look in a recording against the looks of all views in others, of this session or of an earlier one:
// add what shows that it is another's picture, or its own turned, mirrored or scaled, or with other black borders.
// Recordings of another place say nothing. A view that is as it was in any of them is passed over.
//   now     entries of the recording, n_now
//   before  entries of the others, n_before
//   where   names the others' session in the text: "" for this one
void rig_looks_compare(const rig_feeds_entry *now, int n_now, const rig_feeds_entry *before, int n_before,
                       const char *where, rig_look_findings *findings, rig_arena *out);

#endif
