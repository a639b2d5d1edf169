// How functions fail: a status is returned, its text goes to the caller's rig_err. See docs/conventions.md, "Errors".
#ifndef RIG_CORE_STATUS_H
#define RIG_CORE_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

#define RIG_NAME_MAX 64 // bytes of a view, feed, recording or joint name, with its 0

typedef enum rig_status {
    RIG_OK = 0,
    RIG_ERR_USAGE,   // wrong command line; exit code 2
    RIG_ERR_CONFIG,  // wrong rig YAML or model descriptor; exit code 2
    RIG_ERR_IO,      // a file cannot be opened, read or written; exit code 1, as are all that follow
    RIG_ERR_FORMAT,  // a file was read and is not what it should be
    RIG_ERR_DATA,    // the data do not allow the computation: too few boards, no view in common
    RIG_ERR_NUMERIC, // no convergence, singular system
    RIG_ERR_MEMORY,
    RIG_ERR_CV, // an exception from OpenCV or a network runtime
} rig_status;

typedef struct rig_err {
    char text[768]; // lower case, no full stop: the error first, the subject quoted, numbers, what was expected
} rig_err;

#define RIG_CHECKED __attribute__((warn_unused_result))

// Write the text of a failure, as it may be shown (rig_text_show), and return its status, so that a caller can
// `return rig_fail(...)`.
//   err     may be NULL: the text is then dropped
//   status  not RIG_OK
RIG_CHECKED rig_status rig_fail(rig_err *err, rig_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Put a prefix before the text that err holds ("camera 'c3': " + text) and return the status unchanged.
RIG_CHECKED rig_status rig_fail_in(rig_err *err, rig_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// RIG_ERR_MEMORY with a text that names what did not fit.
RIG_CHECKED rig_status rig_fail_memory(rig_err *err, const char *what);

// Return from the calling function when expr fails. Only where nothing is to be released; otherwise use goto done.
#define RIG_TRY(expr)                                                                                                  \
    do {                                                                                                               \
        rig_status rig_try_status_ = (expr);                                                                           \
        if (rig_try_status_ != RIG_OK)                                                                                 \
            return rig_try_status_;                                                                                    \
    } while (0)

#ifdef __cplusplus
}
#endif
#endif
