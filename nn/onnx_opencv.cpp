// A network as OpenCV takes it: Clip, with which ReLU6 is written, has its limits as attributes up to opset 10 and as
// inputs since, and OpenCV knows only the first. Where a node reads what nothing gives, it crashes.
#include "nn/onnx.hpp"
#include "nn/protobuf.hpp"

#include <cstring>
#include <map>
#include <set>

namespace rig {

namespace {

// Fields of onnx.proto.
enum { MODEL_GRAPH = 7, GRAPH_NODE = 1, GRAPH_WEIGHTS = 5, GRAPH_INPUT = 11, VALUE_NAME = 1 };
enum { NODE_INPUT = 1, NODE_OUTPUT = 2, NODE_OP = 4, NODE_ATTRIBUTE = 5 };
enum { ATTRIBUTE_NAME = 1, ATTRIBUTE_FLOAT = 2, ATTRIBUTE_TENSOR = 5, ATTRIBUTE_TYPE = 20, TYPE_FLOAT = 1 };
enum { TENSOR_TYPE = 2, TENSOR_FLOATS = 4, TENSOR_NAME = 8, TENSOR_RAW = 9, FLOAT = 1 };

using scalars = std::map<std::string, float>; // the constants of one float, by name

struct node {
    std::string op;
    std::vector<std::string> inputs, outputs;
    span value; // of a Constant
};

std::string text_of(span data) {
    return std::string((const char *)data.at, (std::size_t)(data.end - data.at));
}

// A broken message gives a node without an op.
node node_read(span message) {
    node read = {"", {}, {}, {nullptr, nullptr}};
    bool whole = fields_walk(message, [&](const field &f) {
        if (f.number == NODE_OP)
            read.op = text_of(f.data);
        else if (f.number == NODE_INPUT)
            read.inputs.push_back(text_of(f.data));
        else if (f.number == NODE_OUTPUT)
            read.outputs.push_back(text_of(f.data));
        else if (f.number == NODE_ATTRIBUTE)
            fields_walk(f.data, [&](const field &g) {
                if (g.number == ATTRIBUTE_TENSOR)
                    read.value = g.data;
                return true;
            });
        return true;
    });
    if (!whole)
        read.op.clear();
    return read;
}

// Keep a tensor if it is one float, by `name` or else its own.
void scalar_keep(span tensor, std::string name, scalars *kept) {
    std::uint64_t type = 0;
    span data = {nullptr, nullptr};
    fields_walk(tensor, [&](const field &f) {
        if (f.number == TENSOR_TYPE)
            type = f.value;
        else if (f.number == TENSOR_NAME && name.empty())
            name = text_of(f.data);
        else if (f.number == TENSOR_RAW || f.number == TENSOR_FLOATS)
            data = f.data;
        return true;
    });
    float value;
    if (type != FLOAT || data.end - data.at != sizeof value)
        return;
    std::memcpy(&value, data.at, sizeof value);
    (*kept)[name] = value;
}

scalars scalars_read(span graph) {
    scalars kept;
    fields_walk(graph, [&](const field &f) {
        if (f.number == GRAPH_WEIGHTS)
            scalar_keep(f.data, "", &kept);
        if (f.number != GRAPH_NODE)
            return true;
        const node constant = node_read(f.data);
        if (constant.op == "Constant" && constant.outputs.size() == 1)
            scalar_keep(constant.value, constant.outputs[0], &kept);
        return true;
    });
    return kept;
}

std::string name_of(span message, int number) {
    std::string name;
    fields_walk(message, [&](const field &f) {
        if (f.number == number && f.type == BYTES)
            name = text_of(f.data);
        return true;
    });
    return name;
}

rig_status nodes_check(span graph, const char *path, rig_err *err) {
    std::vector<node> nodes;
    std::set<std::string> given = {""}; // an input left out
    fields_walk(graph, [&](const field &f) {
        if (f.number == GRAPH_WEIGHTS || f.number == GRAPH_INPUT)
            given.insert(name_of(f.data, f.number == GRAPH_INPUT ? (int)VALUE_NAME : (int)TENSOR_NAME));
        if (f.number == GRAPH_NODE) {
            nodes.push_back(node_read(f.data));
            given.insert(nodes.back().outputs.begin(), nodes.back().outputs.end());
        }
        return true;
    });
    for (const node &reader : nodes)
        for (const std::string &name : reader.inputs)
            if (!given.count(name))
                return rig_fail(err, RIG_ERR_FORMAT,
                                "'%s' is damaged: its operation %s reads '%s', which does not exist", path,
                                reader.op.c_str(), name.c_str());
    return RIG_OK;
}

void attribute_append(const char *name, float value, bytes *message) {
    const unsigned char *raw = (const unsigned char *)&value;
    bytes part = {ATTRIBUTE_NAME << 3 | BYTES, (unsigned char)std::strlen(name)};
    part.insert(part.end(), name, name + std::strlen(name));
    part.push_back(ATTRIBUTE_FLOAT << 3 | FIXED32);
    part.insert(part.end(), raw, raw + sizeof value);
    varint_write(ATTRIBUTE_TYPE << 3 | VARINT, &part);
    part.push_back(TYPE_FLOAT);
    field_write(NODE_ATTRIBUTE, part, message);
}

// False where the node is no Clip, or its limits are not known beforehand.
bool clip_rewrite(span message, const scalars &known, bytes *rewritten) {
    static const char *const limits[] = {"", "min", "max"}; // by input
    const node clip = node_read(message);
    bytes attributes;
    int input = 0;
    if (clip.op != "Clip" || clip.inputs.size() < 2 || clip.inputs.size() > 3)
        return false;
    for (std::size_t i = 1; i < clip.inputs.size(); i++) {
        const auto limit = known.find(clip.inputs[i]);
        if (limit != known.end())
            attribute_append(limits[i], limit->second, &attributes);
        else if (!clip.inputs[i].empty()) // "": none
            return false;
    }
    *rewritten = message_rewrite(message, [&](const field &f, bytes *) { return f.number == NODE_INPUT && input++; });
    rewritten->insert(rewritten->end(), attributes.begin(), attributes.end());
    return true;
}

} // namespace

rig_status onnx_for_opencv(const bytes &file, const char *path, bytes *taken, rig_err *err) {
    rig_status status = RIG_OK;
    *taken = message_rewrite(span{file.data(), file.data() + file.size()}, [&](const field &f, bytes *graph) {
        if (f.number != MODEL_GRAPH || (status = nodes_check(f.data, path, err)) != RIG_OK)
            return false;
        const scalars known = scalars_read(f.data);
        *graph = message_rewrite(f.data, [&](const field &g, bytes *part) {
            return g.number == GRAPH_NODE && clip_rewrite(g.data, known, part);
        });
        return true;
    });
    return status;
}

} // namespace rig
