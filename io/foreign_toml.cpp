// The only file that knows toml++, and its exceptions.
#include "io/foreign_trees.h"

extern "C" {
#include "io/yaml.h"
}

#include <algorithm>
#include <cstdio>
#include <new>
#include <string>
#include <toml++/toml.h>
#include <vector>

namespace {

struct tree {
    const char *file;
    rig_arena *out;
};

const char *text_keep(const tree &t, const std::string &text) {
    const char *kept = rig_arena_strndup(t.out, text.data(), text.size());
    return kept ? kept : throw std::bad_alloc();
}

rig_yaml *items_new(const tree &t, size_t n) {
    rig_yaml *items = RIG_NEW(t.out, rig_yaml, n);
    return items ? items : throw std::bad_alloc();
}

std::string number_text(double value) {
    char text[40];
    std::snprintf(text, sizeof text, "%.17g", value);
    return text;
}

void scalar_fill(const tree &t, const toml::node &from, rig_yaml *node) {
    node->kind = RIG_YAML_SCALAR;
    if (auto text = from.as_string()) {
        node->quoted = true;
        node->text = text_keep(t, text->get());
    } else if (auto integer = from.as_integer())
        node->text = text_keep(t, std::to_string(integer->get()));
    else if (auto number = from.as_floating_point())
        node->text = text_keep(t, number_text(number->get()));
    else if (auto truth = from.as_boolean())
        node->text = truth->get() ? "true" : "false";
    else // a date or a time: no file of cameras needs it
        node->text = "date", node->quoted = true;
}

void node_fill(const tree &t, const toml::node &from, rig_yaml *node, rig_yaml *parent, int depth);

void table_fill(const tree &t, const toml::table &from, rig_yaml *node, int depth) {
    std::vector<std::pair<std::string, const toml::node *>> items; // toml++ sorts keys; the file's order is asked for
    for (auto &&[key, value] : from)
        items.emplace_back(std::string(key.str()), &value);
    std::stable_sort(items.begin(), items.end(),
                     [](const auto &a, const auto &b) { return a.second->source().begin < b.second->source().begin; });
    node->kind = RIG_YAML_MAP;
    node->n = static_cast<int>(items.size());
    node->items = items_new(t, items.size());
    for (size_t i = 0; i < items.size(); i++) {
        node->items[i].key = text_keep(t, items[i].first);
        node_fill(t, *items[i].second, &node->items[i], node, depth + 1);
    }
}

void node_fill(const tree &t, const toml::node &from, rig_yaml *node, rig_yaml *parent, int depth) {
    if (depth > RIG_FOREIGN_DEPTH_MAX)
        throw toml::parse_error("nested too deep", from.source());
    node->line = static_cast<int>(from.source().begin.line);
    node->file = t.file;
    node->status = RIG_ERR_FORMAT;
    node->parent = parent;
    if (!node->key)
        node->key = "";
    node->text = "";
    if (auto table = from.as_table())
        table_fill(t, *table, node, depth);
    else if (auto array = from.as_array()) {
        node->kind = RIG_YAML_LIST;
        node->n = static_cast<int>(array->size());
        node->items = items_new(t, array->size());
        for (size_t i = 0; i < array->size(); i++)
            node_fill(t, (*array)[i], &node->items[i], node, depth + 1);
    } else
        scalar_fill(t, from, node);
}

} // namespace

rig_status rig_toml_tree(const char *path, const char *text, size_t length, rig_yaml **root, rig_arena *out,
                         rig_err *err) {
    try {
        const tree t = {text_keep({path, out}, path), out};
        toml::table read = toml::parse(std::string_view(text, length));
        *root = items_new(t, 1);
        node_fill(t, read, *root, nullptr, 0);
        return RIG_OK;
    } catch (const toml::parse_error &e) {
        return rig_fail(err, RIG_ERR_FORMAT, "%s:%d: %s", path, static_cast<int>(e.source().begin.line),
                        std::string(e.description()).c_str());
    } catch (const std::bad_alloc &) {
        return rig_fail_memory(err, path);
    } catch (const std::exception &e) {
        return rig_fail(err, RIG_ERR_FORMAT, "%s: %s", path, e.what());
    }
}
