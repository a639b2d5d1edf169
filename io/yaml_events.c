// The only file that knows libyaml's reader.
#include "io/yaml_events.h"

#include "core/arena.h"
#include "core/text.h"
#include "cv/regular.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

static const size_t BYTES_MAX = (size_t)1 << 30;

struct rig_yaml_events {
    yaml_parser_t parser;
    yaml_event_t event;
    bool has_parser, has_event;
    FILE *stream;
    size_t bytes;          // read since more was last allowed
    long long all, length; // bytes read; of the file when it was opened: what it grows by is not read
    rig_yaml_gap gap;      // not read
    int io_error;
    const char *file;
    rig_status status;
};

static int source_read(void *self, unsigned char *buffer, size_t size, size_t *n) {
    rig_yaml_events *e = self;
    errno = 0;
    if (e->all == e->gap.from && e->gap.to > e->all && fseeko(e->stream, (off_t)e->gap.to, SEEK_SET) == 0)
        e->all = e->gap.to;
    const long long end = e->all < e->gap.from ? e->gap.from : e->length;
    if ((long long)size > end - e->all)
        size = (size_t)(end - e->all);
    *n = fread(buffer, 1, size, e->stream);
    const size_t mark = e->all == 0 ? rig_text_mark((const char *)buffer, *n) : 0;
    if (e->all == 0 && *n > mark + 6 && memcmp(buffer + mark, "%YAML:", 6) == 0)
        buffer[mark] = '#'; // OpenCV's FileStorage is YAML but for its first line, `%YAML:1.0`
    e->bytes += *n;
    e->all += (long long)*n;
    if (ferror(e->stream))
        e->io_error = errno ? errno : EIO;
    return !e->io_error && e->bytes <= BYTES_MAX;
}

static int line_of(const rig_yaml_events *e, yaml_mark_t mark) {
    const int line = (int)mark.line + 1;
    return line < e->gap.from_line ? line : line + e->gap.to_line - e->gap.from_line;
}

// A line of the file, or as much of its begin as fits.
static void line_get(FILE *stream, int line, char *text, int size) {
    *text = 0;
    if (fseek(stream, 0, SEEK_SET) != 0)
        return;
    for (int c; line > 1 && (c = getc(stream)) != EOF;)
        line -= c == '\n';
    if (!fgets(text, size, stream))
        *text = 0;
}

// What people bring from other programs, in their words; NULL: libyaml's will do. at: the column, from 0.
static const char *cure_of(const char *line, size_t at) {
    if (memchr(line, '\t', strspn(line, " \t")) || (at < strlen(line) && line[at] == '\t'))
        return "a tab, expected spaces: YAML is indented with spaces only";
    if (at < strlen(line) && strchr("@`%", line[at]))
        return "a value that begins with @, ` or %, expected it in quotes";
    return NULL;
}

// libyaml gives the place of a byte that it cannot read as an offset only.
static int line_at(FILE *stream, size_t offset) {
    int line = 1;
    if (fseek(stream, 0, SEEK_SET) != 0)
        return line;
    for (int c; offset > 0 && (c = getc(stream)) != EOF; offset--)
        line += c == '\n';
    return line;
}

static rig_status fail_size(const rig_yaml_events *e, rig_err *err) {
    return rig_fail(err, e->status, "'%s' is larger than the limit of 1 GiB", e->file);
}

static rig_status fail_parser(const rig_yaml_events *e, rig_err *err) {
    const yaml_parser_t *p = &e->parser;
    if (p->error == YAML_MEMORY_ERROR)
        return rig_fail_memory(err, e->file);
    if (e->io_error)
        return rig_fail(err, RIG_ERR_IO, "cannot read '%s': %s", e->file, strerror(e->io_error));
    if (e->bytes > BYTES_MAX)
        return fail_size(e, err);
    const char *problem = p->problem ? p->problem : "not YAML";
    const size_t gap = (long long)p->problem_offset < e->gap.from ? 0 : (size_t)(e->gap.to - e->gap.from);
    if (p->error == YAML_READER_ERROR)
        return rig_fail(err, e->status, "%s:%d: %s", e->file, line_at(e->stream, p->problem_offset + gap), problem);
    char line[160];
    line_get(e->stream, line_of(e, p->problem_mark), line, sizeof line);
    const char *cure = cure_of(line, p->problem_mark.column);
    if (cure)
        return rig_fail(err, e->status, "%s:%d:%d: %s", e->file, line_of(e, p->problem_mark),
                        (int)p->problem_mark.column + 1, cure);
    if (!p->context || line_of(e, p->context_mark) == line_of(e, p->problem_mark))
        return rig_fail(err, e->status, "%s:%d: %s", e->file, line_of(e, p->problem_mark), problem);
    return rig_fail(err, e->status, "%s:%d: %s, %s that begins in line %d", e->file, line_of(e, p->problem_mark),
                    problem, p->context, line_of(e, p->context_mark));
}

rig_status rig_yaml_events_need_small(rig_yaml_events *e, rig_err *err) {
    return e->length > (long long)BYTES_MAX ? fail_size(e, err) : RIG_OK;
}

double rig_yaml_events_share(const rig_yaml_events *e) {
    return e->length > 0 ? (double)e->all / (double)e->length : 0;
}

static rig_status begin(rig_yaml_events *e, rig_err *err) {
    RIG_TRY(rig_regular_open(e->file, &e->stream, &e->length, err));
    if (!yaml_parser_initialize(&e->parser))
        return rig_fail_memory(err, e->file);
    e->has_parser = true;
    yaml_parser_set_input(&e->parser, source_read, e);
    return RIG_OK;
}

rig_status rig_yaml_events_open(const char *path, rig_status status, rig_yaml_events **events, rig_err *err) {
    rig_yaml_events *made = rig_heap_resize(NULL, 1, sizeof *made);
    *events = NULL;
    if (!made)
        return rig_fail_memory(err, path);
    memset(made, 0, sizeof *made);
    made->file = path;
    made->status = status;
    status = begin(made, err);
    if (status == RIG_OK)
        *events = made;
    else
        rig_yaml_events_close(made);
    return status;
}

void rig_yaml_events_skip(rig_yaml_events *e, const rig_yaml_gap *gap) {
    e->gap = *gap;
}

void rig_yaml_events_allow(rig_yaml_events *e) {
    e->bytes = 0;
}

static void scalar_of(const yaml_event_t *from, rig_yaml_event *event) {
    const char *tag = (const char *)from->data.scalar.tag;
    event->kind = RIG_YAML_EVENT_SCALAR;
    event->text = (const char *)from->data.scalar.value;
    event->length = from->data.scalar.length;
    event->anchor = (const char *)from->data.scalar.anchor;
    event->quoted = from->data.scalar.style != YAML_PLAIN_SCALAR_STYLE ||
                    (tag && (strcmp(tag, "!") == 0 || strcmp(tag, YAML_STR_TAG) == 0));
}

rig_status rig_yaml_events_next(rig_yaml_events *e, rig_yaml_event *event, rig_err *err) {
    const yaml_event_t *from = &e->event;
    if (e->has_event)
        yaml_event_delete(&e->event);
    e->has_event = false;
    if (!yaml_parser_parse(&e->parser, &e->event))
        return fail_parser(e, err);
    e->has_event = true;
    *event = (rig_yaml_event){
        .kind = RIG_YAML_EVENT_OTHER, .line = line_of(e, from->start_mark), .column = (int)from->start_mark.column};
    switch (from->type) {
    case YAML_SCALAR_EVENT:
        scalar_of(from, event);
        break;
    case YAML_ALIAS_EVENT:
        event->kind = RIG_YAML_EVENT_ALIAS;
        event->anchor = (const char *)from->data.alias.anchor;
        break;
    case YAML_SEQUENCE_START_EVENT:
        event->kind = RIG_YAML_EVENT_LIST;
        event->anchor = (const char *)from->data.sequence_start.anchor;
        event->flow = from->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
        break;
    case YAML_MAPPING_START_EVENT:
        event->kind = RIG_YAML_EVENT_MAP;
        event->anchor = (const char *)from->data.mapping_start.anchor;
        event->flow = from->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        event->kind = RIG_YAML_EVENT_END;
        break;
    case YAML_DOCUMENT_START_EVENT:
        event->kind = RIG_YAML_EVENT_DOCUMENT;
        break;
    case YAML_STREAM_END_EVENT:
        event->kind = RIG_YAML_EVENT_FILE_END;
        break;
    default:
        break;
    }
    return RIG_OK;
}

void rig_yaml_events_close(rig_yaml_events *e) {
    if (!e)
        return;
    if (e->has_event)
        yaml_event_delete(&e->event);
    if (e->has_parser)
        yaml_parser_delete(&e->parser);
    if (e->stream)
        fclose(e->stream);
    rig_heap_free(e);
}
