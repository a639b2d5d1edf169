#include "core/text.h"
#include "cv/cv.h"
#include "cv/guard.hpp"

#include <opencv2/core.hpp>
#include <opencv2/core/ocl.hpp>
#include <opencv2/core/utils/logger.hpp>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <unistd.h>

// OpenCV prints an exception before it throws it; its text reaches the user as a status.
static int stay_silent(int, const char *, const char *, const char *, int, void *) {
    return 0;
}

enum { SHOWN_MAX = 4096 };

static void tell(const char *text) {
    if (write(STDERR_FILENO, text, std::strlen(text)) < 0)
        _exit(1);
}

static void (*before_abort)(int) = SIG_DFL; // the program's own handler

static void on_abort(int number) {
    tell("error: a library aborted on '");
    char shown[SHOWN_MAX];
    rig_text_show(rig::at_work ? rig::at_work : "a file", shown, sizeof shown);
    tell(shown);
    tell("': the file is damaged or too large\n");
    if (before_abort != SIG_DFL && before_abort != SIG_IGN && before_abort != SIG_ERR)
        before_abort(number);
    _exit(1);
}

void rig_cv_abort_tell(void) {
    before_abort = std::signal(SIGABRT, on_abort);
}

void rig_cv_init(void) {
    cv::setNumThreads(1);
    cv::ocl::setUseOpenCL(false); // no search for graphics drivers, equal results everywhere
    cv::redirectError(stay_silent);
    std::cerr.setstate(std::ios::badbit); // image decoders talk there; rigpose itself writes to C's stderr
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    setenv("OPENCV_FFMPEG_LOGLEVEL", "-8", 0); // AV_LOG_QUIET, unless the user asks for more
}
