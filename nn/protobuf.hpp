// protobuf's wire format, read and rewritten message by message: as much of it as ONNX files need.
#ifndef RIG_NN_PROTOBUF_HPP
#define RIG_NN_PROTOBUF_HPP

#include "cv/guard.hpp"

#include <cstdint>

namespace rig {

enum { VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5 }; // wire types

struct span {
    const unsigned char *at, *end;
};

struct field {
    int number, type;
    std::uint64_t value;              // of VARINT
    span data;                        // of the others
    const unsigned char *begin, *end; // all of it
};

inline bool varint_read(span *in, std::uint64_t *value) {
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
inline bool field_read(span *in, field *out) {
    std::uint64_t key, length;
    const unsigned char *begin = in->at;
    if (!varint_read(in, &key) || key >> 3 == 0 || key >> 3 > 0x1FFFFFFF)
        return false;
    *out = field{(int)(key >> 3), (int)(key & 7), 0, {in->at, in->at}, begin, begin};
    switch (out->type) {
    case VARINT:
        if (!varint_read(in, &out->value))
            return false;
        length = 0;
        break;
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
    out->end = in->at;
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

inline void varint_write(std::uint64_t value, bytes *out) {
    for (; value > 0x7F; value >>= 7)
        out->push_back((unsigned char)(value | 0x80));
    out->push_back((unsigned char)value);
}

inline void field_write(int number, const bytes &data, bytes *out) {
    varint_write((std::uint64_t)number << 3 | BYTES, out);
    varint_write(data.size(), out);
    out->insert(out->end(), data.begin(), data.end());
}

// A message as it is, but for the fields that change(field, &part) replaces by `part`; an empty part leaves it out.
template <typename Change> bytes message_rewrite(span in, Change change) {
    bytes out;
    fields_walk(in, [&](const field &f) {
        bytes part;
        if (f.type != BYTES || !change(f, &part))
            out.insert(out.end(), f.begin, f.end);
        else if (!part.empty())
            field_write(f.number, part, &out);
        return true;
    });
    return out;
}

} // namespace rig

#endif
