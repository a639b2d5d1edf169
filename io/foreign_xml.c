// The only file that knows Expat.
#include "io/foreign_trees.h"
#include "io/yaml.h"

#include <expat.h>
#include <limits.h>
#include <string.h>

enum { ITEMS_MAX = 1000000 }; // elements and attributes of a file

// An element and the attributes that stand before its elements; those are linked until its end, when their number is
// known.
typedef struct element {
    rig_yaml node;
    struct element *next, *first, *last;
    int n;
} element;

typedef struct tree {
    XML_Parser parser;
    const char *file;
    rig_arena *out;
    element top, *open[RIG_FOREIGN_DEPTH_MAX];
    int depth, n_items;
    rig_status status;
    const char *problem; // with RIG_ERR_FORMAT
} tree;

static void stop(tree *t, rig_status status, const char *problem) {
    t->status = status, t->problem = problem;
    XML_StopParser(t->parser, XML_FALSE);
}

static element *element_add(tree *t, element *in, const char *name) {
    element *made = RIG_NEW(t->out, element, 1);
    char *key = rig_arena_strdup(t->out, name);
    if (!made || !key || t->n_items++ == ITEMS_MAX) {
        stop(t, made && key ? RIG_ERR_FORMAT : RIG_ERR_MEMORY, "more than 1000000 elements and attributes");
        return NULL;
    }
    made->node = (rig_yaml){.kind = RIG_YAML_MAP,
                            .line = (int)XML_GetCurrentLineNumber(t->parser),
                            .key = key,
                            .text = "",
                            .status = RIG_ERR_FORMAT,
                            .file = t->file};
    *(in->last ? &in->last->next : &in->first) = made;
    in->last = made;
    in->n++;
    return made;
}

static void on_begin(void *self, const char *name, const char **attributes) {
    tree *t = self;
    if (t->depth == RIG_FOREIGN_DEPTH_MAX) {
        stop(t, RIG_ERR_FORMAT, "elements nested deeper than 60 levels");
        return;
    }
    element *begun = element_add(t, t->depth ? t->open[t->depth - 1] : &t->top, name);
    if (!begun)
        return;
    t->open[t->depth++] = begun;
    for (; *attributes; attributes += 2) {
        element *attribute = element_add(t, begun, attributes[0]);
        if (!attribute)
            return;
        attribute->node.kind = RIG_YAML_SCALAR;
        attribute->node.text = rig_arena_strdup(t->out, attributes[1]);
        if (!attribute->node.text) {
            stop(t, RIG_ERR_MEMORY, NULL);
            return;
        }
    }
}

static void on_end(void *self, const char *name) {
    (void)name;
    ((tree *)self)->depth--;
}

// Entities may stand for one another, and so for more than memory holds: no file of cameras has any.
static void on_entity(void *self, const char *name, int is_parameter, const char *value, int length, const char *base,
                      const char *system, const char *public, const char *notation) {
    (void)name, (void)is_parameter, (void)value, (void)length, (void)base, (void)system, (void)public, (void)notation;
    stop(self, RIG_ERR_FORMAT, "an entity of its own, expected none");
}

// Encodings that Expat does not know by their names (ASCII, windows-1252) are taken byte by byte: what counts is ASCII.
static int on_encoding(void *self, const char *name, XML_Encoding *encoding) {
    (void)self, (void)name;
    for (int i = 0; i < 256; i++)
        encoding->map[i] = i;
    encoding->data = NULL, encoding->convert = NULL, encoding->release = NULL;
    return XML_STATUS_OK;
}

// Linked elements to lists of items; depth is bounded.
static bool items_place(const tree *t, element *of, rig_yaml *node) {
    node->n = of->n;
    node->items = RIG_NEW(t->out, rig_yaml, of->n);
    if (!node->items)
        return false;
    int i = 0;
    for (element *e = of->first; e; e = e->next) {
        rig_yaml *item = &node->items[i++];
        *item = e->node;
        item->parent = node;
        if (item->kind == RIG_YAML_MAP && !items_place(t, e, item))
            return false;
    }
    return true;
}

static rig_status text_parse(tree *t, const char *text, size_t length, rig_err *err) {
    if (length > INT_MAX)
        return rig_fail(err, RIG_ERR_FORMAT, "'%s' is larger than 2 GiB", t->file);
    XML_SetUserData(t->parser, t);
    XML_SetElementHandler(t->parser, on_begin, on_end);
    XML_SetEntityDeclHandler(t->parser, on_entity);
    XML_SetUnknownEncodingHandler(t->parser, on_encoding, NULL);
    if (XML_Parse(t->parser, text, (int)length, 1) != XML_STATUS_ERROR)
        return RIG_OK;
    if (t->status == RIG_ERR_MEMORY || XML_GetErrorCode(t->parser) == XML_ERROR_NO_MEMORY)
        return rig_fail_memory(err, t->file);
    return rig_fail(err, RIG_ERR_FORMAT, "%s:%d: %s", t->file, (int)XML_GetCurrentLineNumber(t->parser),
                    t->problem ? t->problem : XML_ErrorString(XML_GetErrorCode(t->parser)));
}

rig_status rig_xml_tree(const char *path, const char *text, size_t length, rig_yaml **root, rig_arena *out,
                        rig_err *err) {
    tree t = {.out = out, .file = rig_arena_strdup(out, path), .parser = XML_ParserCreate(NULL)};
    rig_status status = t.file && t.parser ? text_parse(&t, text, length, err) : rig_fail_memory(err, path);
    if (t.parser)
        XML_ParserFree(t.parser);
    if (status != RIG_OK)
        return status;
    *root = RIG_NEW(out, rig_yaml, 1);
    if (!*root)
        return rig_fail_memory(err, path);
    **root =
        (rig_yaml){.kind = RIG_YAML_MAP, .line = 1, .key = "", .text = "", .status = RIG_ERR_FORMAT, .file = t.file};
    return items_place(&t, &t.top, *root) ? RIG_OK : rig_fail_memory(err, path);
}
