// The person a take is about, where the rig asks for one of several: main_person.
#ifndef RIG_APP_PERSON_TALLY_H
#define RIG_APP_PERSON_TALLY_H

#include "io/config.h"

// What is known of a person over a take.
typedef struct rig_person_tally {
    int id, first, last;   // frames in which a joint has a place
    long n_seen;           // such frames
    double distance_sum_m; // from the world's z axis, of the middle of the joints, over those frames
} rig_person_tally;

// Which of n people, n >= 1, main_person keeps; -1: all of them. `why` says in words who was kept, and by what. Fails
// with RIG_ERR_DATA where nobody has the id it asks for.
RIG_CHECKED rig_status rig_person_tally_main(const rig_config *config, const rig_person_tally *people, int n, int *kept,
                                             char why[160], rig_err *err);

#endif
