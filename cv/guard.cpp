#include "cv/guard.hpp"
#include "cv/regular.h"

#include <cctype>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <memory>
#include <new>

namespace rig {

thread_local const char *at_work;

// OpenCV breaks its texts into lines; an error is one. In place: nothing here may throw.
static void one_line(rig_err *err) {
    char *to = err->text;
    for (const char *from = err->text; *from; from++) {
        bool blank = std::isspace((unsigned char)*from);
        if (!blank || (to > err->text && to[-1] != ' '))
            *to++ = blank ? ' ' : *from;
    }
    *to = 0;
}

rig_status fail_runtime(const char *subject, const char *who, const char *text, rig_err *err) {
    rig_status status = rig_fail(err, RIG_ERR_CV, "%s: %s: %s", subject, who, text);
    if (err)
        one_line(err);
    return status;
}

rig_status failure(const char *subject, rig_err *err) noexcept {
    try {
        throw;
    } catch (const std::bad_alloc &) {
        return rig_fail_memory(err, subject);
    } catch (const std::exception &e) {
        return fail_runtime(subject, "opencv", e.what(), err);
    } catch (...) {
        return fail_runtime(subject, "opencv", "an exception without a message", err);
    }
}

static rig_status fail_read(const char *path, const char *why, rig_err *err) {
    return rig_fail(err, RIG_ERR_IO, "cannot read '%s': %s", path, why);
}

using stream_ptr = std::unique_ptr<FILE, int (*)(FILE *)>;

static rig_status open_filled(const char *path, stream_ptr *stream, long long *length, rig_err *err) {
    FILE *opened;
    RIG_TRY(rig_regular_open(path, &opened, length, err));
    stream->reset(opened);
    return *length > 0 ? RIG_OK : rig_fail(err, RIG_ERR_FORMAT, "'%s' is empty", path);
}

rig_status file_check(const char *path, rig_err *err) {
    stream_ptr stream(nullptr, std::fclose);
    long long length;
    return open_filled(path, &stream, &length, err);
}

rig_status file_bytes(const char *path, bytes *out, rig_err *err) {
    stream_ptr stream(nullptr, std::fclose);
    long long length;
    RIG_TRY(open_filled(path, &stream, &length, err));
    if (length > INT_MAX)
        return rig_fail(err, RIG_ERR_FORMAT, "'%s' has %lld bytes, expected at most %d", path, length, INT_MAX);
    out->resize((std::size_t)length);
    if (std::fread(out->data(), 1, out->size(), stream.get()) != out->size())
        return fail_read(path, std::ferror(stream.get()) ? std::strerror(errno) : "it was truncated while being read",
                         err);
    return RIG_OK;
}

std::string path_ending(const char *path) {
    const char *slash = std::strrchr(path, '/'), *dot = std::strrchr(slash ? slash : path, '.');
    std::string ending(dot ? dot + 1 : "");
    for (char &c : ending)
        c = (char)std::tolower((unsigned char)c);
    return ending;
}

} // namespace rig
