// As much of ONNX's protobuf as tells what a network's outputs are called. OpenCV lists outputs in an order of its own,
// and takes a truncated file for a smaller network.
#include "cv/internal.hpp"

#include <cstdint>

namespace rig {

namespace {

enum { VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5 };                          // wire types
enum { MODEL_IR_VERSION = 1, MODEL_GRAPH = 7, GRAPH_OUTPUT = 12, VALUE_NAME = 1 }; // fields of onnx.proto

struct span {
    const unsigned char *at, *end;
};

struct field {
    int number, type;
    span data; // of BYTES
};

bool varint_read(span *in, std::uint64_t *value) {
    *value = 0;
    for (int shift = 0; shift < 64 && in->at < in->end; shift += 7) {
        unsigned char byte = *in->at++;
        *value |= (std::uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80)
            return true;
    }
    return false;
}

// The next field of a message; false where the bytes do not hold one.
bool field_read(span *in, field *out) {
    std::uint64_t key, length;
    if (!varint_read(in, &key) || key >> 3 == 0 || key >> 3 > 0x1FFFFFFF)
        return false;
    *out = field{(int)(key >> 3), (int)(key & 7), {in->at, in->at}};
    switch (out->type) {
    case VARINT:
        return varint_read(in, &length);
    case FIXED64:
        length = 8;
        break;
    case FIXED32:
        length = 4;
        break;
    case BYTES:
        if (!varint_read(in, &length))
            return false;
        break;
    default:
        return false;
    }
    if (length > (std::uint64_t)(in->end - in->at))
        return false;
    out->data = span{in->at, in->at + length};
    in->at += length;
    return true;
}

// Call take for every field of a message; false where the message is broken.
template <typename Take> bool fields_walk(span in, Take take) {
    for (field f; in.at < in.end;) {
        if (!field_read(&in, &f))
            return false;
        if (!take(f))
            return false;
    }
    return true;
}

bool output_name(span value, std::vector<std::string> *names) {
    names->emplace_back();
    return fields_walk(value, [&](const field &f) {
        if (f.number == VALUE_NAME && f.type == BYTES)
            names->back().assign((const char *)f.data.at, (std::size_t)(f.data.end - f.data.at));
        return true;
    });
}

} // namespace

rig_status onnx_outputs(const bytes &file, const char *path, std::vector<std::string> *names, rig_err *err) {
    bool has_version = false, has_graph = false;
    bool whole = fields_walk(span{file.data(), file.data() + file.size()}, [&](const field &f) {
        has_version = has_version || (f.number == MODEL_IR_VERSION && f.type == VARINT);
        if (f.number != MODEL_GRAPH || f.type != BYTES)
            return true;
        has_graph = true;
        return fields_walk(f.data, [&](const field &g) {
            return g.number != GRAPH_OUTPUT || g.type != BYTES || output_name(g.data, names);
        });
    });
    if (!whole && !has_version)
        return rig_fail(err, RIG_ERR_FORMAT, "'%s' is not an ONNX network", path);
    if (!whole)
        return rig_fail(err, RIG_ERR_FORMAT, "'%s' is truncated or damaged, expected an ONNX network", path);
    if (!has_version || !has_graph || names->empty())
        return rig_fail(err, RIG_ERR_FORMAT, "'%s' is not an ONNX network: it has no graph with outputs", path);
    return RIG_OK;
}

} // namespace rig
