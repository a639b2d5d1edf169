#include "io/export_take.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void rig_marker_name(const char *joint, char name[RIG_NAME_MAX]) {
    static const char *const OWN[][2] = {{"mid_hip", "Hip"}, {"head_top", "Head"}};
    for (size_t i = 0; i < sizeof OWN / sizeof *OWN; i++)
        if (strcmp(joint, OWN[i][0]) == 0)
            joint = OWN[i][1];
    size_t n = 0;
    if (strncmp(joint, "left_", 5) == 0 || strncmp(joint, "right_", 6) == 0) {
        name[n++] = (char)toupper((unsigned char)*joint);
        joint = strchr(joint, '_') + 1;
    }
    bool begins = true; // a word
    for (; *joint && n + 1 < RIG_NAME_MAX; joint++) {
        const unsigned char c = (unsigned char)*joint;
        if (c != '_' && c > ' ')
            name[n++] = begins ? (char)toupper(c) : (char)c;
        begins = c == '_' || c <= ' ';
    }
    name[n] = 0;
}

const char *rig_number_text(double value, char text[32]) {
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, 32, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    return text;
}
