// check: the rig YAML itself.
#include "app/check.h"
#include "app/talk.h"
#include "io/file.h"

#include <string.h>

enum { SHOWN_MOST = 120 }; // bytes of a line

// The line of a text, from 1; its length without the line's end.
static const char *line_at(const char *text, int line, int *length) {
    for (; line > 1 && text; line--) {
        text = strchr(text, '\n');
        text = text ? text + 1 : NULL;
    }
    *length = text ? (int)strcspn(text, "\r\n") : 0;
    return text;
}

// Bytes of n characters, at most `length`.
static int bytes_of(const char *line, int length, int n) {
    int i = 0;
    for (; i < length && n > 0; n--)
        for (i++; i < length && ((unsigned char)line[i] & 0xC0) == 0x80;)
            i++;
    return i;
}

// The line, and a caret under the character that the problem begins at. Long lines: the part around it.
static void line_show(const char *text, const rig_config_problem *problem) {
    int length;
    const char *line = line_at(text, problem->line, &length);
    if (problem->line <= 0 || !line || length == 0)
        return;
    char caret[2 * SHOWN_MOST];
    int at = problem->column > 0 ? bytes_of(line, length, problem->column) : 0, from = 0, n = 0;
    while (from < at && at - from > SHOWN_MOST / 2)
        from += bytes_of(line + from, length - from, 1);
    int shown = bytes_of(line + from, length - from, SHOWN_MOST);
    shown = shown > SHOWN_MOST * 3 ? SHOWN_MOST * 3 : shown;
    for (int i = from; i < at; i++)
        if (((unsigned char)line[i] & 0xC0) != 0x80)
            caret[n++] = line[i] == '\t' ? '\t' : ' ';
    rig_say("%6d | %.*s", problem->line, shown, line + from);
    if (problem->column >= 0)
        rig_say("       | %.*s^ column %d", n, caret, problem->column + 1);
}

void rig_check_yaml(rig_check *check) {
    const rig_config *config = &check->session->config;
    rig_err ignored;
    size_t length;
    char *text;
    if (config->n_problems == 0 ||
        rig_file_read(config->path, &text, &length, &check->session->kept, &ignored) != RIG_OK)
        return;
    for (int i = 0; i < config->n_problems; i++) {
        rig_check_problem(check, "%s", config->problems[i].text);
        line_show(text, &config->problems[i]);
    }
}
