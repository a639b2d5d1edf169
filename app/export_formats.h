// What `export` writes, in other tools' formats: calibrations (io/camera_formats.h has their table) and, once there are
// any, people.
#ifndef RIG_APP_EXPORT_FORMATS_H
#define RIG_APP_EXPORT_FORMATS_H

#include "app/session.h"

typedef struct rig_export_format {
    const char *name;    // "anipose", as `--to` takes it; NULL ends a list
    const char *holds;   // "cameras" or "people"
    const char *summary; // what is written, for which tools, in which unit: some words for --help
    // Write into folder, which is made; on failure nothing is left there. name is the format's: one function may write
    // several. Fails as what it reads and writes does.
    rig_status (*write)(rig_session *session, const char *name, const char *folder, rig_err *err);
} rig_export_format;

// The i-th format of all, calibrations first. false: there are no more.
bool rig_export_format_at(int i, rig_export_format *format);
// A line for each format on stdout, as `export --help` shows them.
void rig_export_formats_print(void);

#endif
