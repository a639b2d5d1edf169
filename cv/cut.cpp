// Pictures that lack their end: decoders fill the rest with grey and say nothing, so the containers are walked here. So
// are they for their size, before a decoder takes memory for it: a file of 100 kB may ask for gigabytes.
#include "cv/internal.hpp"

#include <cmath>
#include <cstdint>
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

bool picture_is_known(const bytes &file) {
    static const std::string heads[] = {"\xFF\xD8\xFF", "\x89PNG\r\n\x1A\n", "BM", "II*", "MM", "P5", "P6"};
    if (file.size() >= 132 && std::memcmp(&file[128], "DICM", 4) == 0)
        return false; // DICOM, whatever stands before it
    for (const std::string &head : heads)
        if (file.size() > head.size() && std::memcmp(file.data(), head.data(), head.size()) == 0)
            return true;
    return file.size() > 12 && std::memcmp(file.data(), "RIFF", 4) == 0 && std::memcmp(&file[8], "WEBP", 4) == 0;
}

bool picture_is_cut(const bytes &file) {
    static const unsigned char png[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    if (file.size() >= 3 && file[0] == 0xFF && file[1] == 0xD8 && file[2] == 0xFF)
        return jpeg_is_cut(file);
    return file.size() >= sizeof png && std::memcmp(file.data(), png, sizeof png) == 0 && png_is_cut(file);
}

static std::uint32_t number_at(const bytes &file, std::size_t at, int n, bool little) {
    std::uint32_t value = 0;
    for (int i = 0; i < n; i++)
        value |= (std::uint32_t)file[at + (std::size_t)i] << 8 * (little ? i : n - 1 - i);
    return value;
}

// The frame header, which stands before the scans.
static bool jpeg_size(const bytes &file, double *width, double *height) {
    for (std::size_t at = 2; at + 8 < file.size();) {
        const int marker = file[at + 1];
        if (file[at] != 0xFF || marker == 0xFF) {
            at++;
            continue;
        }
        if (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC) {
            *height = number_at(file, at + 5, 2, false), *width = number_at(file, at + 7, 2, false);
            return at + 9 <= file.size();
        }
        at += 2 + number_at(file, at + 2, 2, false);
    }
    return false;
}

// The first directory, as TIFF 6.0, section 2, has it: entries of a tag, a type (3: two bytes) and a value.
static bool tiff_size(const bytes &file, double *width, double *height) {
    enum { WIDTH = 256, HEIGHT = 257, ENTRY = 12 };
    const bool little = file[0] == 'I';
    std::size_t at = number_at(file, 4, 4, little);
    *width = *height = 0;
    for (int n = at + 2 <= file.size() ? (int)number_at(file, at, 2, little) : 0, i = 0; i < n; i++) {
        const std::size_t entry = at + 2 + (std::size_t)i * ENTRY;
        if (entry + ENTRY > file.size())
            break;
        const std::uint32_t tag = number_at(file, entry, 2, little);
        const int bytes_of = number_at(file, entry + 2, 2, little) == 3 ? 2 : 4;
        if (tag == WIDTH || tag == HEIGHT)
            *(tag == WIDTH ? width : height) = number_at(file, entry + 8, bytes_of, little);
    }
    return *width > 0 && *height > 0;
}

bool is_tiff(const bytes &file) {
    return file.size() > 8 && (std::memcmp(file.data(), "II*", 4) == 0 || std::memcmp(file.data(), "MM\0*", 4) == 0);
}

bool picture_size(const bytes &file, double *width, double *height) {
    if (file.size() >= 3 && file[0] == 0xFF && file[1] == 0xD8 && file[2] == 0xFF)
        return jpeg_size(file, width, height);
    if (is_tiff(file))
        return tiff_size(file, width, height);
    const bool png = file.size() >= 26 && std::memcmp(file.data() + 1, "PNG", 3) == 0,
               bmp = file.size() >= 26 && std::memcmp(file.data(), "BM", 2) == 0;
    if (png)
        *width = number_at(file, 16, 4, false), *height = number_at(file, 20, 4, false);
    if (bmp) // a negative height: from the top down
        *width = (std::int32_t)number_at(file, 18, 4, true), *height = (std::int32_t)number_at(file, 22, 4, true);
    return png || bmp;
}

rig_status size_check(const char *path, double width, double height, rig_err *err) {
    if (std::fabs(width * height) <= (double)PIXELS_MAX)
        return RIG_OK;
    return rig_fail(err, RIG_ERR_FORMAT, "'%s' is a picture of %.0fx%.0f, expected at most %d megapixels", path, width,
                    std::fabs(height), PIXELS_MAX / 1000000);
}

} // namespace rig
