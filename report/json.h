// JSON values of the report's page, made with jansson. A value that could not be made is NULL: whoever adds it fails.
#ifndef RIG_REPORT_JSON_H
#define RIG_REPORT_JSON_H

#include "core/status.h"

#include <jansson.h>
#include <stdint.h>

// Put value under key (object) or at the end (array); the value belongs to the container then, in any case. Fail with
// RIG_ERR_MEMORY, which a NULL value also means.
RIG_CHECKED rig_status rig_json_set(json_t *object, const char *key, json_t *value, rig_err *err);
RIG_CHECKED rig_status rig_json_add(json_t *array, json_t *value, rig_err *err);

json_t *rig_json_number(double value);              // null where it is not finite
json_t *rig_json_numbers(const double *v, int n);   // an array of them
json_t *rig_json_text(const char *text);            // null where it is NULL; bytes that are no UTF-8 become '?'
json_t *rig_json_blob(const void *bytes, size_t n); // base64

// A growing list of bytes, little endian, for blobs. Zeroed: empty. free in any case.
typedef struct rig_bytes {
    unsigned char *data;
    size_t n, room;
} rig_bytes;
RIG_CHECKED rig_status rig_bytes_u8(rig_bytes *bytes, unsigned value, rig_err *err);
RIG_CHECKED rig_status rig_bytes_i16(rig_bytes *bytes, long value, rig_err *err); // clamped to 16 bits, signed
RIG_CHECKED rig_status rig_bytes_u16(rig_bytes *bytes, long value, rig_err *err); // clamped to 16 bits
void rig_bytes_free(rig_bytes *bytes);

// A positive number as one byte, to 2.8 %: 0.01 to 10,000, clamped; 0: not known. report/payload.js reads it.
unsigned rig_byte_of(double value);

// Base64 of bytes to a stream.
void rig_base64_write(FILE *stream, const unsigned char *bytes, size_t n);

#endif
