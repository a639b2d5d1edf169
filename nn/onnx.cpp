// As much of ONNX's protobuf as tells what a network's inputs and outputs are called. OpenCV lists outputs in an order
// of its own, and takes a truncated file for a smaller network.
#include "nn/onnx.hpp"
#include "nn/protobuf.hpp"

#include <algorithm>

namespace rig {

namespace {

// Fields of onnx.proto.
enum { MODEL_IR_VERSION = 1, MODEL_GRAPH = 7, MODEL_FUNCTION = 25, FUNCTION_NODE = 7 };
enum { GRAPH_NODE = 1, GRAPH_WEIGHTS = 5, GRAPH_INPUT = 11, GRAPH_OUTPUT = 12, GRAPH_VALUE = 13 };
enum { VALUE_NAME = 1, VALUE_TYPE = 2, TENSOR_NAME = 8, TENSOR_EXTERNAL = 13, TENSOR_LOCATION = 14 };
enum { DEPTH_MAX = 64 };
enum { TYPE_TENSOR = 1, TENSOR_SHAPE = 2, SHAPE_DIM = 1 };

// Append the name of a message, which is its field `number`.
bool name_read(span message, int number, std::vector<std::string> *names) {
    names->emplace_back();
    return fields_walk(message, [&](const field &f) {
        if (f.number == number && f.type == BYTES)
            names->back().assign((const char *)f.data.at, (std::size_t)(f.data.end - f.data.at));
        return true;
    });
}

bool graph_read(span graph, onnx_names *names, std::vector<std::string> *weights) {
    return fields_walk(graph, [&](const field &f) {
        if (f.type != BYTES)
            return true;
        if (f.number == GRAPH_WEIGHTS)
            return name_read(f.data, TENSOR_NAME, weights);
        if (f.number == GRAPH_INPUT)
            return name_read(f.data, VALUE_NAME, &names->inputs);
        return f.number != GRAPH_OUTPUT || name_read(f.data, VALUE_NAME, &names->outputs);
    });
}

// Whether a message of this kind, or one below it, has a tensor whose values stand in another file: a runtime would
// open whatever path the network names. Deeper than any network nests: as if it had.
enum message { GRAPH, NODE, ATTRIBUTE, TENSOR, SPARSE };
bool has_external(span message, enum message kind, int depth) {
    static const struct {
        enum message in;
        int number;
        enum message kind;
    } parts[] = {
        {GRAPH, GRAPH_NODE, NODE}, {GRAPH, GRAPH_WEIGHTS, TENSOR}, {GRAPH, 15, SPARSE},     {NODE, 5, ATTRIBUTE},
        {ATTRIBUTE, 5, TENSOR},    {ATTRIBUTE, 6, GRAPH},          {ATTRIBUTE, 10, TENSOR}, {ATTRIBUTE, 11, GRAPH},
        {ATTRIBUTE, 22, SPARSE},   {ATTRIBUTE, 23, SPARSE},        {SPARSE, 1, TENSOR},     {SPARSE, 2, TENSOR}};
    bool found = depth > DEPTH_MAX;
    fields_walk(message, [&](const field &f) {
        if (kind == TENSOR)
            found = found || f.number == TENSOR_EXTERNAL || (f.number == TENSOR_LOCATION && f.value != 0);
        for (const auto &part : parts)
            found = found || (part.in == kind && part.number == f.number && f.type == BYTES &&
                              has_external(f.data, part.kind, depth + 1));
        return !found;
    });
    return found;
}

} // namespace

rig_status onnx_names_read(const bytes &file, const char *path, onnx_names *names, rig_err *err) {
    bool has_version = false, has_graph = false, external = false;
    std::vector<std::string> weights; // old files list them as inputs, too
    bool whole = fields_walk(span{file.data(), file.data() + file.size()}, [&](const field &f) {
        has_version = has_version || (f.number == MODEL_IR_VERSION && f.type == VARINT);
        if (f.number == MODEL_FUNCTION && f.type == BYTES)
            fields_walk(f.data, [&](const field &g) {
                external = external || (g.number == FUNCTION_NODE && g.type == BYTES && has_external(g.data, NODE, 0));
                return true;
            });
        if (f.number != MODEL_GRAPH || f.type != BYTES)
            return true;
        has_graph = true;
        external = external || has_external(f.data, GRAPH, 0);
        return graph_read(f.data, names, &weights);
    });
    std::sort(weights.begin(), weights.end());
    names->inputs.erase(std::remove_if(names->inputs.begin(), names->inputs.end(),
                                       [&](const std::string &name) {
                                           return std::binary_search(weights.begin(), weights.end(), name);
                                       }),
                        names->inputs.end());
    if (!whole && !has_version)
        return rig_fail(err, RIG_ERR_FORMAT, "'%s' is not an ONNX network", path);
    if (!whole)
        return rig_fail(err, RIG_ERR_FORMAT, "'%s' is truncated or damaged, expected an ONNX network", path);
    if (external)
        return rig_fail(err, RIG_ERR_FORMAT, "'%s' stores weights in external files, expected a single file", path);
    if (!has_version || !has_graph || names->outputs.empty())
        return rig_fail(err, RIG_ERR_FORMAT, "'%s' is not an ONNX network: it has no graph with outputs", path);
    return RIG_OK;
}

namespace {

// A value, its tensor type rewritten.
template <typename Change> bytes shape_rewrite(span value, Change change) {
    return message_rewrite(value, [&](const field &f, bytes *type) {
        if (f.number != VALUE_TYPE)
            return false;
        *type = message_rewrite(f.data, [&](const field &g, bytes *tensor) {
            if (g.number != TYPE_TENSOR)
                return false;
            *tensor = message_rewrite(g.data, change);
            return true;
        });
        return true;
    });
}

// Height and width of any size.
bytes input_loosen(span value) {
    return shape_rewrite(value, [](const field &f, bytes *shape) {
        int axis = 0;
        if (f.number != TENSOR_SHAPE)
            return false;
        *shape = message_rewrite(f.data, [&](const field &dim, bytes *free_dim) {
            static const unsigned char names[2][3] = {{0x12, 1, 'h'}, {0x12, 1, 'w'}}; // dim_param
            if (dim.number != SHAPE_DIM || axis++ < 2 || axis > 4)
                return false;
            free_dim->assign(names[axis - 3], names[axis - 3] + 3);
            return true;
        });
        return true;
    });
}

bytes output_loosen(span value) {
    return shape_rewrite(value, [](const field &f, bytes *) { return f.number == TENSOR_SHAPE; });
}

} // namespace

bytes onnx_loosen(const bytes &file, const std::string &input) {
    return message_rewrite(span{file.data(), file.data() + file.size()}, [&](const field &f, bytes *graph) {
        if (f.number != MODEL_GRAPH)
            return false;
        *graph = message_rewrite(f.data, [&](const field &g, bytes *value) {
            std::vector<std::string> name;
            if (g.number == GRAPH_OUTPUT)
                *value = output_loosen(g.data);
            else if (g.number == GRAPH_INPUT && name_read(g.data, VALUE_NAME, &name) && name[0] == input)
                *value = input_loosen(g.data);
            else
                return g.number == GRAPH_VALUE;
            return true;
        });
        return true;
    });
}

} // namespace rig
