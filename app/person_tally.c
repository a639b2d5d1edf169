#include "app/person_tally.h"

#include <stdio.h>

// Who is nearest is looked for among those who are there at least this share of the longest one's frames: not among
// those who pass by.
static const double STAYS = 0.1;

static double distance_m(const rig_person_tally *person) {
    return person->distance_sum_m / (double)person->n_seen;
}

static int longest_find(const rig_person_tally *people, int n) {
    int best = 0;
    for (int i = 1; i < n; i++)
        if (people[i].n_seen > people[best].n_seen)
            best = i;
    return best;
}

static int nearest_find(const rig_person_tally *people, int n) {
    const int longest = longest_find(people, n);
    int best = longest;
    for (int i = 0; i < n; i++)
        if ((double)people[i].n_seen >= STAYS * (double)people[longest].n_seen &&
            distance_m(&people[i]) < distance_m(&people[best]))
            best = i;
    return best;
}

rig_status rig_person_tally_main(const rig_config *config, const rig_person_tally *people, int n, int *kept,
                                 char why[160], rig_err *err) {
    *kept = -1;
    switch (config->main_person) {
    case RIG_MAIN_PERSON_ALL:
        break;
    case RIG_MAIN_PERSON_LONGEST:
        *kept = longest_find(people, n);
        break;
    case RIG_MAIN_PERSON_NEAREST:
        *kept = nearest_find(people, n);
        break;
    case RIG_MAIN_PERSON_ID:
        for (int i = 0; i < n; i++)
            *kept = people[i].id == config->main_person_id ? i : *kept;
        if (*kept < 0)
            return rig_fail(err, RIG_ERR_DATA, "main_person: nobody has id %d, expected one of %d to %d",
                            config->main_person_id, people[0].id, people[n - 1].id);
    }
    if (*kept < 0)
        return RIG_OK;
    const rig_person_tally *who = &people[*kept];
    static const char *const RULES[] = {
        [RIG_MAIN_PERSON_LONGEST] = "longest", [RIG_MAIN_PERSON_NEAREST] = "nearest", [RIG_MAIN_PERSON_ID] = "by id"};
    snprintf(why, 160,
             "person %d of %d is kept (main_person, %s): %ld frames, %.2f m from the world's z axis on average",
             who->id, n, RULES[config->main_person], who->n_seen, distance_m(who));
    return RIG_OK;
}
