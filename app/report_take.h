// The take in the report: its people, its pictures.
#ifndef RIG_APP_REPORT_TAKE_H
#define RIG_APP_REPORT_TAKE_H

#include "app/session.h"
#include "report/person_fit.h"

#include <jansson.h>

// "people" of the page, from 80_motion.yaml, else 70_people3d.yaml, and 60_people2d; fit: how they fit together. *has =
// false, and nothing is set, where there is no 70_people3d.yaml. Of a long take every so many moments, as fit in
// RIG_PEOPLE_BYTES_MOST. Fails as the readers do, RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_report_take(rig_session *session, json_t *page, rig_person_fit *fit, bool *has,
                                       rig_err *err);

// "stills" of the page: pictures of each view of the take (else of the boards' recording), spread evenly over it.
// Footage that cannot be opened is left out and warned of. Fails with RIG_ERR_MEMORY, and as the readers do.
RIG_CHECKED rig_status rig_report_stills(rig_session *session, json_t *page, rig_err *err);

#endif
