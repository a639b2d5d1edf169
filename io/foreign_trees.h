// TOML and XML as the trees of io/yaml.h, so that readers of other tools' files need one set of words for what is
// wrong. Private to io/.
#ifndef RIG_IO_FOREIGN_TREES_H
#define RIG_IO_FOREIGN_TREES_H

#include "core/arena.h"
#include "core/status.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct rig_yaml;

enum { RIG_FOREIGN_DEPTH_MAX = 60 }; // of maps and lists within one another

// A file's text as a tree. TOML: tables and arrays are maps and lists, keys in the order of the file. XML: an element
// is a map of its attributes, as plain scalars, and of its elements, of which many may have one name; text between
// elements is left out; the root element is the only item of the top. Fails with RIG_ERR_FORMAT (`path:line: what is
// wrong`) and RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_toml_tree(const char *path, const char *text, size_t length, struct rig_yaml **root,
                                     rig_arena *out, rig_err *err);
RIG_CHECKED rig_status rig_xml_tree(const char *path, const char *text, size_t length, struct rig_yaml **root,
                                    rig_arena *out, rig_err *err);

#ifdef __cplusplus
}
#endif

#endif
