// Small ONNX files, written byte by byte: protobuf's wire format and the few messages of onnx.proto that a test needs.
#ifndef RIG_TESTS_UNIT_NN_ONNX_WRITE_H
#define RIG_TESTS_UNIT_NN_ONNX_WRITE_H

#include "tests/unit/cv/pictures.h"

typedef struct proto {
    size_t n;
    unsigned char bytes[32768];
} proto;

static inline void proto_varint(proto *p, unsigned long value) {
    for (; value > 127; value >>= 7)
        p->bytes[p->n++] = (unsigned char)(value | 128);
    p->bytes[p->n++] = (unsigned char)value;
}

static inline void proto_int(proto *p, int field, long value) {
    proto_varint(p, (unsigned long)field << 3);
    proto_varint(p, (unsigned long)value);
}

static inline void proto_bytes(proto *p, int field, const void *bytes, size_t n) {
    proto_varint(p, (unsigned long)field << 3 | 2);
    proto_varint(p, n);
    assert_true(p->n + n < sizeof p->bytes);
    memcpy(p->bytes + p->n, bytes, n);
    p->n += n;
}

static inline void proto_text(proto *p, int field, const char *text) {
    proto_bytes(p, field, text, strlen(text));
}

static inline void proto_part(proto *p, int field, const proto *part) {
    proto_bytes(p, field, part->bytes, part->n);
}

// TensorProto: floats by this name.
static inline const proto *tensor_make(const char *name, const int *dims, int n_dims, const float *values) {
    static proto tensor;
    int n = 1;
    tensor.n = 0;
    for (int i = 0; i < n_dims; i++) {
        proto_int(&tensor, 1, dims[i]);
        n *= dims[i];
    }
    proto_int(&tensor, 2, 1); // float
    proto_text(&tensor, 8, name);
    proto_bytes(&tensor, 9, values, (size_t)n * sizeof *values);
    return &tensor;
}

// GraphProto: a tensor of floats.
static inline void graph_weights(proto *graph, const char *name, const int *dims, int n_dims, const float *values) {
    proto_part(graph, 5, tensor_make(name, dims, n_dims, values));
}

// GraphProto: an input (field 11) or output (12): floats, 1 x channels x height x width; 0: any.
static inline void graph_value(proto *graph, int field, const char *name, int channels, int height, int width) {
    const int dims[4] = {1, channels, height, width};
    proto shape = {0}, type = {0}, any = {0}, value = {0};
    for (int i = 0; i < 4; i++) {
        proto dim = {0};
        if (dims[i])
            proto_int(&dim, 1, dims[i]);
        else
            proto_text(&dim, 2, i == 2 ? "height" : "width");
        proto_part(&shape, 1, &dim);
    }
    proto_int(&type, 1, 1);
    proto_part(&type, 2, &shape);
    proto_part(&any, 1, &type);
    proto_text(&value, 1, name);
    proto_part(&value, 2, &any);
    proto_part(graph, field, &value);
}

// NodeProto: inputs are a list with blanks between.
static inline proto node_begin(const char *op, const char *inputs, const char *output) {
    proto node = {0};
    char list[256];
    snprintf(list, sizeof list, "%s", inputs);
    for (char *input = strtok(list, " "); input; input = strtok(NULL, " "))
        proto_text(&node, 1, input);
    proto_text(&node, 2, output);
    proto_text(&node, 4, op);
    return node;
}

static inline void node_int(proto *node, const char *name, long value) {
    proto attribute = {0};
    proto_text(&attribute, 1, name);
    proto_int(&attribute, 3, value);
    proto_int(&attribute, 20, 2);
    proto_part(node, 5, &attribute);
}

static inline void node_ints(proto *node, const char *name, const int *values, int n) {
    proto attribute = {0};
    proto_text(&attribute, 1, name);
    for (int i = 0; i < n; i++)
        proto_int(&attribute, 8, values[i]);
    proto_int(&attribute, 20, 7);
    proto_part(node, 5, &attribute);
}

static inline void graph_node(proto *graph, const proto *node) {
    proto_part(graph, 1, node);
}

// One float by this name, as torch exports constants: a node.
static inline void graph_constant(proto *graph, const char *name, float value) {
    proto node = node_begin("Constant", "", name), attribute = {0};
    proto_text(&attribute, 1, "value");
    proto_part(&attribute, 5, tensor_make("", NULL, 0, &value));
    proto_int(&attribute, 20, 4);
    proto_part(&node, 5, &attribute);
    graph_node(graph, &node);
}

// ModelProto of a graph, opset 11, into a file.
static inline void model_write(const char *path, proto *graph, proto *model) {
    proto opset = {0};
    proto_text(graph, 2, "graph");
    proto_int(&opset, 2, 11);
    model->n = 0;
    proto_int(model, 1, 6); // ir_version
    proto_part(model, 7, graph);
    proto_part(model, 8, &opset);
    bytes_write(path, model->bytes, model->n);
}

#endif
