#include "app/paper.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const double SHEET_MIN = 50, SHEET_MAX = 5000; // mm; readers of PDF take no page above 5080

static const struct {
    const char *name;
    double mm[2];
} PAPERS[] = {{"a4", {210, 297}}, {"a3", {297, 420}},  {"a2", {420, 594}},
              {"a1", {594, 841}}, {"a0", {841, 1189}}, {"letter", {215.9, 279.4}}};
enum { PAPERS_N = sizeof PAPERS / sizeof *PAPERS };

const char *rig_paper_name(int at) {
    return at < PAPERS_N ? PAPERS[at].name : NULL;
}

static rig_status fail_paper(const char *text, rig_err *err) {
    char known[64] = "";
    size_t n = 0;
    for (int i = 0; i < PAPERS_N; i++)
        n += (size_t)snprintf(known + n, sizeof known - n, "%s, ", PAPERS[i].name);
    return rig_fail(err, RIG_ERR_USAGE,
                    "option '--paper': '%s', expected %sor WIDTHxHEIGHT in millimetres, each from %g to %g", text,
                    known, SHEET_MIN, SHEET_MAX);
}

rig_status rig_paper_read(const char *text, double mm[2], rig_err *err) {
    for (int i = 0; i < PAPERS_N; i++)
        if (strcasecmp(PAPERS[i].name, text) == 0) {
            memcpy(mm, PAPERS[i].mm, sizeof PAPERS[i].mm);
            return RIG_OK;
        }
    char *end;
    mm[0] = strtod(text, &end);
    const bool two = end != text && *end == 'x';
    mm[1] = two ? strtod(end + 1, &end) : 0;
    bool good = two && *end == 0;
    for (int k = 0; k < 2; k++)
        good = good && mm[k] >= SHEET_MIN && mm[k] <= SHEET_MAX;
    return good ? RIG_OK : fail_paper(text, err);
}
