// A page that opens offline: one HTML file with its styles, modules and data inside.
#ifndef RIG_REPORT_PAGE_H
#define RIG_REPORT_PAGE_H

#include "core/arena.h"
#include "core/status.h"

#include <jansson.h>
#include <stdbool.h>

// Write the page of a template, web/NAME.html. Its line `<!-- styles -->` becomes web/page.css and
// web/NAME.css, `<!-- data -->` the data as
// JSON in an element of id "data", `<!-- modules -->` an import map of all web/NAME/*.js (as "NAME/FILE.js"), with
// web/libraries.js as "libraries.js", and the start of "NAME/main.js".
//   web     the folder
//   name    of the template
//   *plain  there is no web/libraries.js: an empty module takes its place, and the page does without
// Fails with RIG_ERR_IO (a file of the page is missing, path cannot be written), RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_page_write(const char *path, const char *web, const char *name, const json_t *data,
                                      bool *plain, rig_arena *scratch, rig_err *err);

#endif
