// What C++ behind a C interface needs, here and in nn/: exceptions become a status, files become bytes. No OpenCV.
#ifndef RIG_CV_GUARD_HPP
#define RIG_CV_GUARD_HPP

#include "core/status.h"

#include <string>
#include <vector>

namespace rig {

using bytes = std::vector<unsigned char>;

// The exception in flight as a status, its text copied out: `subject: what it says`. Only inside a catch block.
RIG_CHECKED rig_status failure(const char *subject, rig_err *err) noexcept;

// RIG_ERR_CV, in one line: `subject: who: text`.
RIG_CHECKED rig_status fail_runtime(const char *subject, const char *who, const char *text, rig_err *err);

// What this thread is in a library for; NULL: for nothing.
extern thread_local const char *at_work;

// Run work, which returns a status; whatever it throws becomes one.
template <typename Work> RIG_CHECKED rig_status guard(const char *subject, rig_err *err, Work work) noexcept {
    struct note {
        const char *before;
        ~note() {
            at_work = before;
        }
    } restore{at_work};
    at_work = subject;
    try {
        return work();
    } catch (...) {
        return failure(subject, err);
    }
}

// Fails with RIG_ERR_IO as rig_regular_open does, with RIG_ERR_FORMAT where the file is empty.
RIG_CHECKED rig_status file_check(const char *path, rig_err *err);
// The whole file, at most 2 GiB (else RIG_ERR_FORMAT). Fails as file_check does.
RIG_CHECKED rig_status file_bytes(const char *path, bytes *out, rig_err *err);
// The lower-case ending of path, without its dot; "" where it has none.
std::string path_ending(const char *path);

} // namespace rig

#endif
