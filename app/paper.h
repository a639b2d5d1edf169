// Sheets of paper, by name or by size.
#ifndef RIG_APP_PAPER_H
#define RIG_APP_PAPER_H

#include "core/status.h"

// The sheets that have a name, the common one first; NULL: no more.
const char *rig_paper_name(int at);
// The size of such a sheet, whatever the case of its letters, or of `WIDTHxHEIGHT` in millimetres. Fails with
// RIG_ERR_USAGE, saying what is expected.
RIG_CHECKED rig_status rig_paper_read(const char *text, double mm[2], rig_err *err);

#endif
