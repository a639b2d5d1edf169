// How a picture's file asks viewers to turn it: the orientation of its Exif data, which JPEG, PNG and WebP may carry.
#include "cv/internal.hpp"

#include <cstring>

namespace rig {

namespace {

// A stretch of the file; what lies beyond its end reads as 0.
struct span {
    const unsigned char *data;
    std::size_t n;
    bool little;

    unsigned long at(std::size_t place, int bytes) const {
        unsigned long value = 0;
        for (int i = 0; i < bytes; i++) {
            const std::size_t k = place + (std::size_t)(little ? bytes - 1 - i : i);
            value = value << 8 | (k < n ? data[k] : 0);
        }
        return value;
    }
    span from(std::size_t place, std::size_t length) const {
        const std::size_t start = place < n ? place : n;
        return span{data + start, length < n - start ? length : n - start, little};
    }
    bool begins(const char *text, std::size_t length) const {
        return n >= length && std::memcmp(data, text, length) == 0;
    }
};

const char EXIF[] = "Exif\0"; // and a byte of padding
enum { N_EXIF = 6, ORIENTATION = 0x0112 };

// JPEG: the segments before the first scan.
span jpeg_exif(const span &file) {
    for (std::size_t at = 2; file.at(at, 1) == 0xFF && file.at(at + 1, 1) != 0xDA;) {
        const std::size_t length = file.at(at + 2, 2);
        const span body = file.from(at + 4, length > 2 ? length - 2 : 0);
        if (file.at(at + 1, 1) == 0xE1 && body.begins(EXIF, N_EXIF))
            return body.from(N_EXIF, body.n);
        at += file.at(at + 1, 1) == 0xFF ? 1 : 2 + length;
    }
    return span{};
}

// PNG's and WebP's chunks: a name, a length, a body.
span chunk_exif(const span &file, bool png) {
    for (std::size_t at = png ? 8 : 12; at + 8 <= file.n;) {
        const std::size_t length = file.at(at + (png ? 0 : 4), 4);
        if (file.from(at + (png ? 4 : 0), 4).begins(png ? "eXIf" : "EXIF", 4)) {
            const span body = file.from(at + 8, length);
            return body.begins(EXIF, N_EXIF) ? body.from(N_EXIF, body.n) : body;
        }
        at += png ? 12 + length : 8 + length + length % 2;
    }
    return span{};
}

// The first directory of the TIFF that Exif is.
int tiff_orientation(span tiff) {
    tiff.little = tiff.begins("II", 2);
    const std::size_t directory = tiff.at(4, 4);
    for (std::size_t i = 0, n = tiff.at(directory, 2); i < n; i++)
        if (tiff.at(directory + 2 + 12 * i, 2) == ORIENTATION)
            return (int)tiff.at(directory + 10 + 12 * i, 2);
    return 1;
}

} // namespace

rig_orientation picture_orientation(const bytes &file) {
    static const rig_orientation of[9] = {{0, false}, {0, false}, {0, true}, {2, false}, {2, true},
                                          {1, true},  {1, false}, {3, true}, {3, false}};
    span all{file.data(), file.size(), false};
    int value = 1;
    if (all.begins("\xFF\xD8", 2)) {
        value = tiff_orientation(jpeg_exif(all));
    } else if (all.begins("\x89PNG", 4)) {
        value = tiff_orientation(chunk_exif(all, true));
    } else if (all.begins("RIFF", 4) && all.from(8, 4).begins("WEBP", 4)) {
        all.little = true;
        value = tiff_orientation(chunk_exif(all, false));
    }
    return of[value >= 1 && value <= 8 ? value : 1];
}

} // namespace rig
