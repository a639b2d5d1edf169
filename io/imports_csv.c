// Tables of DeepLabCut, one row a frame under three or four rows of names, and of SLEAP, one row an animal.
#include "io/imports_parts.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MAX = 8192, ROW_MAX = 1 << 24, HEADERS = 4 };

typedef struct row_cells {
    int n;
    const char *at[COLUMNS_MAX];
} row_cells;

// The next row, without its end, into in->text with a 0 after it; *got = false at the end of the file.
static rig_status row_read(rig_import *in, int line, bool *got, rig_err *err) {
    int c = getc_unlocked(in->stream);
    *got = c != EOF;
    for (in->n_text = 0; c != EOF && c != '\n'; c = getc_unlocked(in->stream)) {
        if (in->n_text >= ROW_MAX)
            return rig_fail(err, RIG_ERR_FORMAT, "%s:%d: a row of more than %d bytes", in->file, line, (int)ROW_MAX);
        RIG_TRY(rig_import_text_add(in, c, err));
    }
    if (ferror(in->stream))
        return rig_fail(err, RIG_ERR_IO, "cannot read '%s': %s", in->file, strerror(errno));
    if (in->n_text > 0 && in->text[in->n_text - 1] == '\r')
        in->n_text--;
    RIG_TRY(rig_import_text_add(in, 0, err));
    in->n_text--;
    return RIG_OK;
}

// The cells of a row; its commas become ends of strings. Quotes around a cell go.
static rig_status cells_split(const rig_import *in, char *row, int line, row_cells *cells, rig_err *err) {
    cells->n = 0;
    for (char *at = row;; at++) {
        if (cells->n == COLUMNS_MAX)
            return rig_fail(err, RIG_ERR_FORMAT, "%s:%d: more than %d columns", in->file, line, (int)COLUMNS_MAX);
        char *end = at + strcspn(at, ",");
        const bool last = *end == 0;
        *end = 0;
        if (*at == '"' && end - at >= 2 && end[-1] == '"')
            at++, end[-1] = 0;
        cells->at[cells->n++] = at;
        at = end;
        if (last)
            return RIG_OK;
    }
}

static rig_status joint_column(rig_import *in, const char *name, size_t n_name, int *joint, rig_err *err) {
    char text[RIG_NAME_MAX];
    if (n_name == 0 || n_name >= sizeof text)
        return rig_fail(err, RIG_ERR_FORMAT, "%s: joint '%.*s', expected a name of 1 to %d bytes", in->file,
                        n_name < 80 ? (int)n_name : 80, name, RIG_NAME_MAX - 1);
    memcpy(text, name, n_name);
    text[n_name] = 0;
    *joint = rig_skeleton_find(&in->named, text);
    if (*joint >= 0)
        return RIG_OK;
    if (in->named.n == RIG_JOINTS_MAX)
        return rig_fail(err, RIG_ERR_FORMAT, "%s: more than %d joints", in->file, (int)RIG_JOINTS_MAX);
    *joint = in->named.n++;
    memcpy(in->named.names[*joint], text, n_name + 1);
    return RIG_OK;
}

static rig_status columns_make(rig_import *in, int n, rig_err *err) {
    in->n_columns = n;
    in->columns = RIG_NEW(&in->arena, rig_csv_column, n);
    for (int i = 0; i < n && in->columns; i++)
        in->columns[i].joint = -1;
    return in->columns ? RIG_OK : rig_fail_memory(err, in->file);
}

// SLEAP: track, frame_idx, instance.score, then NAME.x, NAME.y, NAME.score.
static rig_status sleap_header(rig_import *in, const row_cells *header, rig_err *err) {
    RIG_TRY(columns_make(in, header->n, err));
    in->frame_column = -1;
    in->n_people = 1;
    for (int i = 0; i < header->n; i++) {
        const char *dot = strrchr(header->at[i], '.');
        const int value = !dot                         ? -1
                          : strcmp(dot, ".x") == 0     ? 0
                          : strcmp(dot, ".y") == 0     ? 1
                          : strcmp(dot, ".score") == 0 ? 2
                                                       : -1;
        if (strcmp(header->at[i], "frame_idx") == 0)
            in->frame_column = i;
        else if (value >= 0 && strcmp(header->at[i], "instance.score") != 0) {
            in->columns[i].value = value;
            RIG_TRY(joint_column(in, header->at[i], (size_t)(dot - header->at[i]), &in->columns[i].joint, err));
        }
    }
    if (in->frame_column < 0 || in->named.n == 0)
        return rig_fail(err, RIG_ERR_FORMAT,
                        "%s:1: expected SLEAP's columns track, frame_idx, instance.score and "
                        "NAME.x, NAME.y, NAME.score",
                        in->file);
    return RIG_OK;
}

// Whose a DeepLabCut column is: a new animal where the name differs from that of all before.
static int person_column(rig_import *in, const row_cells *individuals, int i) {
    for (int k = 0; k < i && individuals; k++)
        if (in->columns[k].joint >= 0 && strcmp(individuals->at[k], individuals->at[i]) == 0)
            return in->columns[k].person;
    return !individuals ? 0 : in->n_people;
}

// DeepLabCut: rows scorer, (individuals,) bodyparts, coords.
static rig_status dlc_header(rig_import *in, const row_cells *rows, int n_rows, rig_err *err) {
    const row_cells *coords = &rows[n_rows - 1], *parts = &rows[n_rows - 2],
                    *individuals = n_rows == 4 ? &rows[1] : NULL;
    if (strcmp(parts->at[0], "bodyparts") != 0 || parts->n != coords->n ||
        (individuals && (strcmp(individuals->at[0], "individuals") != 0 || individuals->n != coords->n)))
        return rig_fail(err, RIG_ERR_FORMAT,
                        "%s: expected DeepLabCut's rows scorer, individuals (where there are "
                        "several), bodyparts and coords, of as many cells",
                        in->file);
    RIG_TRY(columns_make(in, coords->n, err));
    in->one_a_frame = true;
    for (int i = 1; i < coords->n; i++) {
        static const char *const words[] = {"x", "y", "likelihood"};
        int value = 0;
        while (value < 3 && strcmp(coords->at[i], words[value]) != 0)
            value++;
        if (strcmp(coords->at[i], "z") == 0)
            return rig_fail(err, RIG_ERR_FORMAT,
                            "%s:%d: coords x, y, z are 3D points, expected those in a picture: x, y, likelihood",
                            in->file, n_rows);
        if (value == 3) {
            in->frame_column = in->n_people ? in->frame_column : i; // of labelled pictures: folder, video, picture
            continue;
        }
        in->columns[i].value = value;
        in->columns[i].person = person_column(in, individuals, i);
        RIG_TRY(joint_column(in, parts->at[i], strlen(parts->at[i]), &in->columns[i].joint, err));
        if (in->columns[i].person == in->n_people)
            in->n_people++;
    }
    if (in->named.n == 0)
        return rig_fail(err, RIG_ERR_FORMAT, "%s:%d: no columns x, y, likelihood", in->file, n_rows);
    return RIG_OK;
}

static rig_status headers_read(rig_import *in, int *line, rig_err *err) {
    row_cells *rows = RIG_NEW(&in->scratch, row_cells, HEADERS);
    bool got = true;
    if (!rows)
        return rig_fail_memory(err, in->file);
    for (int n = 0; n < HEADERS && got; n++) {
        RIG_TRY(row_read(in, *line, &got, err));
        char *row = rig_arena_strdup(&in->scratch, in->text);
        if (!row)
            return rig_fail_memory(err, in->file);
        if (n == 0 && strchr(row, ';') && !strchr(row, ','))
            return rig_fail(err, RIG_ERR_FORMAT, "%s:1: cells separated by ';', expected ','", in->file);
        RIG_TRY(cells_split(in, row, *line, &rows[n], err));
        ++*line;
        if (n == 0 && strcmp(rows[0].at[0], "scorer") != 0)
            return sleap_header(in, &rows[0], err);
        if (n > 1 && strcmp(rows[n].at[0], "coords") == 0)
            return dlc_header(in, rows, n + 1, err);
    }
    return rig_fail(err, RIG_ERR_FORMAT, "%s: no row of coords below scorer, expected DeepLabCut's table", in->file);
}

// Numbers as they are written; NAN for an empty cell. False: no number.
static bool cell_number(const char *cell, double *number) {
    char *end;
    *number = *cell ? strtod(cell, &end) : NAN;
    return *cell == 0 || *end == 0;
}

static rig_status frame_read(rig_import *in, const char *cell, int line, rig_import_entry *entry, rig_err *err) {
    double number;
    const bool is_number = *cell && cell_number(cell, &number);
    if (is_number && number >= 0 && number <= RIG_FRAME_MAX && number == floor(number)) {
        entry->frame = (int)number;
        return in->n_names == 0
                   ? RIG_OK
                   : rig_fail(err, RIG_ERR_FORMAT, "%s:%d: frame number %s among picture names", in->file, line, cell);
    }
    if (!*cell || is_number || (in->n_entries > 0 && in->n_names == 0))
        return rig_fail(err, RIG_ERR_FORMAT, "%s:%d: frame '%.40s', expected a number from 0 to %d", in->file, line,
                        cell, (int)RIG_FRAME_MAX);
    in->by_name = true;
    return rig_import_name_add(in, cell, strlen(cell), &entry->frame, err);
}

rig_status rig_import_scan_csv(rig_import *in, rig_err *err) {
    int line = 1;
    row_cells *row = RIG_NEW(&in->arena, row_cells, 1);
    if (!row)
        return rig_fail_memory(err, in->file);
    RIG_TRY(headers_read(in, &line, err));
    RIG_TRY(rig_import_named(in, err));
    for (bool got = true; got; line++) {
        rig_import_entry entry = {.offset = ftell(in->stream), .line = line, .place = in->n_entries};
        RIG_TRY(row_read(in, line, &got, err));
        entry.length = (int)in->n_text;
        if (!got || in->n_text == 0)
            continue;
        RIG_TRY(cells_split(in, in->text, line, row, err));
        if (row->n != in->n_columns)
            return rig_fail(err, RIG_ERR_FORMAT, "%s:%d: %d cells, expected %d as in the header", in->file, line,
                            row->n, in->n_columns);
        RIG_TRY(frame_read(in, row->at[in->frame_column], line, &entry, err));
        RIG_TRY(rig_import_entry_add(in, entry, err));
    }
    return RIG_OK;
}

rig_status rig_import_csv_people(rig_import *in, const rig_import_entry *entry, rig_frame2d *frame, rig_arena *out,
                                 rig_err *err) {
    row_cells *row = RIG_NEW(&in->scratch, row_cells, 1);
    if (!row)
        return rig_fail_memory(err, in->file);
    RIG_TRY(rig_import_text_add(in, 0, err));
    RIG_TRY(cells_split(in, in->text, entry->line, row, err));
    RIG_TRY(rig_import_room(in, in->n_people, frame, out, err));
    in->n_values = in->named.n;
    for (int person = 0; person < in->n_people; person++) {
        for (int j = 0; j < in->n_values; j++)
            in->values[j][0] = in->values[j][1] = NAN, in->values[j][2] = 1;
        for (int i = 0; i < in->n_columns && i < row->n; i++) {
            const rig_csv_column *c = &in->columns[i];
            double number;
            if (c->joint < 0 || c->person != person)
                continue;
            if (!cell_number(row->at[i], &number))
                return rig_fail(err, RIG_ERR_FORMAT, "%s:%d: '%.40s', expected a number, or an empty cell", in->file,
                                entry->line, row->at[i]);
            if (c->value < 2 || isfinite(number)) // labelled by hand: without a score
                in->values[c->joint][c->value] = number;
        }
        RIG_TRY(rig_import_person(in, "row", entry->place, NAN, frame, err));
    }
    return RIG_OK;
}
