#include "report/page.h"

#include "io/file.h"
#include "report/json.h"

#include <string.h>

typedef struct page {
    const char *web, *name;
    FILE *stream;
    bool plain;
    rig_arena *scratch;
} page;

static rig_status part_read(const page *p, const char *name, char **text, size_t *length, rig_err *err) {
    const char *path = rig_arena_printf(p->scratch, "%s/%s", p->web, name);
    return path ? rig_file_read(path, text, length, p->scratch, err) : rig_fail_memory(err, "a path");
}

// What all pages share, and its own.
static rig_status styles_write(const page *p, rig_err *err) {
    const char *own = rig_arena_printf(p->scratch, "%s.css", p->name), *files[] = {"page.css", own};
    if (!own)
        return rig_fail_memory(err, "a path");
    fputs("<style>\n", p->stream);
    for (int i = 0; i < 2; i++) {
        char *text;
        size_t length;
        RIG_TRY(part_read(p, files[i], &text, &length, err));
        fwrite(text, 1, length, p->stream);
    }
    fputs("</style>\n", p->stream);
    return RIG_OK;
}

// In a script element only `<` can end what is meant as text, and in JSON it stands in strings alone.
static int data_put(const char *text, size_t n, void *stream) {
    for (size_t i = 0; i < n; i++)
        if (text[i] == '<')
            fputs("\\u003c", stream);
        else
            putc(text[i], stream);
    return 0;
}

static rig_status data_write(const page *p, const json_t *data, rig_err *err) {
    fputs("<script type=\"application/json\" id=\"data\">", p->stream);
    if (json_dump_callback(data, data_put, p->stream, JSON_COMPACT | JSON_REAL_PRECISION(9)) != 0)
        return rig_fail_memory(err, "the report's data");
    fputs("</script>\n", p->stream);
    return RIG_OK;
}

static void module_write(FILE *stream, const char *before, const char *name, const char *text, size_t length) {
    fprintf(stream, "%s\"%s\": \"data:text/javascript;base64,", before, name);
    rig_base64_write(stream, (const unsigned char *)text, length);
    fputs("\"", stream);
}

static rig_status modules_write(page *p, rig_err *err) {
    static const char none[] = "export const THREE = null, OrbitControls = null, uPlot = null, uPlotCss = \"\";";
    char **names, *text;
    int n;
    size_t length;
    rig_err missing;
    const char *folder = rig_arena_printf(p->scratch, "%s/%s", p->web, p->name);
    if (!folder)
        return rig_fail_memory(err, "a path");
    RIG_TRY(rig_folder_list(folder, ".js", &names, &n, p->scratch, err));
    p->plain = part_read(p, "libraries.js", &text, &length, &missing) != RIG_OK;
    fputs("<script type=\"importmap\">{\"imports\": {\n", p->stream);
    module_write(p->stream, "", "libraries.js", p->plain ? none : text, p->plain ? strlen(none) : length);
    for (int i = 0; i < n; i++) {
        const char *file = rig_arena_printf(p->scratch, "%s/%s", p->name, names[i]);
        if (!file)
            return rig_fail_memory(err, "a path");
        RIG_TRY(part_read(p, file, &text, &length, err));
        module_write(p->stream, ",\n", file, text, length);
    }
    fprintf(p->stream, "\n}}</script>\n<script type=\"module\">import \"%s/main.js\";</script>\n", p->name);
    return RIG_OK;
}

static rig_status line_write(page *p, const char *line, size_t n, const json_t *data, rig_err *err) {
    static const char styles[] = "<!-- styles -->", values[] = "<!-- data -->", modules[] = "<!-- modules -->";
    if (n == sizeof styles - 1 && memcmp(line, styles, n) == 0)
        return styles_write(p, err);
    if (n == sizeof values - 1 && memcmp(line, values, n) == 0)
        return data_write(p, data, err);
    if (n == sizeof modules - 1 && memcmp(line, modules, n) == 0)
        return modules_write(p, err);
    fwrite(line, 1, n, p->stream);
    fputc('\n', p->stream);
    return RIG_OK;
}

static rig_status lines_write(page *p, const json_t *data, rig_err *err) {
    char *text;
    size_t length;
    const char *file = rig_arena_printf(p->scratch, "%s.html", p->name);
    if (!file)
        return rig_fail_memory(err, "a path");
    RIG_TRY(part_read(p, file, &text, &length, err));
    for (const char *line = text; *line;) {
        const size_t n = strcspn(line, "\n");
        RIG_TRY(line_write(p, line, n, data, err));
        line += n + (line[n] == '\n');
    }
    return RIG_OK;
}

rig_status rig_page_write(const char *path, const char *web, const char *name, const json_t *data, bool *plain,
                          rig_arena *scratch, rig_err *err) {
    rig_file_writer writer;
    RIG_TRY(rig_file_writer_open(&writer, path, err));
    page p = {.web = web, .name = name, .stream = writer.stream, .scratch = scratch};
    rig_status status = lines_write(&p, data, err);
    *plain = p.plain;
    if (status == RIG_OK)
        status = rig_file_writer_commit(&writer, err);
    rig_file_writer_abandon(&writer);
    return status;
}
