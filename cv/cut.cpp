// Pictures that lack their end: decoders fill the rest with grey and say nothing, so the containers are walked here.
#include "cv/internal.hpp"

#include <cstring>

namespace rig {

// ITU T.81, annex B: segments of a marker and a length, entropy-coded data after each start of scan, up to EOI.
static bool jpeg_is_cut(const bytes &file) {
    enum { STUFFED = 0x00, RST0 = 0xD0, RST7 = 0xD7, SOI = 0xD8, EOI = 0xD9, SOS = 0xDA, FILL = 0xFF };
    bool in_scan = false;
    for (std::size_t at = 0; at + 1 < file.size();) {
        int marker = file[at + 1];
        if (file[at] != 0xFF || marker == FILL) {
            at++; // entropy-coded data, or padding before a marker
        } else if (marker == EOI) {
            return false;
        } else if (marker == SOI || (marker >= RST0 && marker <= RST7) || (in_scan && marker == STUFFED)) {
            at += 2;
        } else {
            if (at + 3 >= file.size())
                return true;
            in_scan = marker == SOS;
            at += 2 + (std::size_t)(file[at + 2] << 8 | file[at + 3]);
        }
    }
    return true;
}

// PNG, chapter 5: chunks of length, type, data and checksum, up to IEND.
static bool png_is_cut(const bytes &file) {
    for (std::size_t at = 8; at + 12 <= file.size();) {
        const unsigned char *chunk = &file[at];
        std::size_t length =
            (std::size_t)chunk[0] << 24 | (std::size_t)chunk[1] << 16 | (std::size_t)chunk[2] << 8 | chunk[3];
        if (length > file.size() - at - 12)
            return true;
        if (std::memcmp(chunk + 4, "IEND", 4) == 0)
            return false;
        at += 12 + length;
    }
    return true;
}

bool picture_is_cut(const bytes &file) {
    static const unsigned char png[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    if (file.size() >= 3 && file[0] == 0xFF && file[1] == 0xD8 && file[2] == 0xFF)
        return jpeg_is_cut(file);
    return file.size() >= sizeof png && std::memcmp(file.data(), png, sizeof png) == 0 && png_is_cut(file);
}

} // namespace rig
