#include "report/json.h"

#include "core/arena.h"
#include "core/text.h"

#include <math.h>
#include <string.h>

rig_status rig_json_set(json_t *object, const char *key, json_t *value, rig_err *err) {
    return json_object_set_new(object, key, value) == 0 ? RIG_OK : rig_fail_memory(err, "the report");
}

rig_status rig_json_add(json_t *array, json_t *value, rig_err *err) {
    return json_array_append_new(array, value) == 0 ? RIG_OK : rig_fail_memory(err, "the report");
}

json_t *rig_json_number(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *rig_json_numbers(const double *v, int n) {
    json_t *array = json_array();
    for (int i = 0; i < n && array; i++)
        if (json_array_append_new(array, rig_json_number(v[i])) != 0) {
            json_decref(array);
            array = NULL;
        }
    return array;
}

json_t *rig_json_text(const char *text) {
    if (!text)
        return json_null();
    json_t *whole = json_string(text);
    if (whole)
        return whole;
    const size_t n = strlen(text);
    char *plain = rig_heap_resize(NULL, n + 1, 1);
    if (!plain)
        return NULL;
    for (size_t i = 0; i < n; i++)
        plain[i] = (unsigned char)text[i] < 0x80 ? text[i] : '?';
    json_t *replaced = json_stringn(plain, n);
    rig_heap_free(plain);
    return replaced;
}

// --- bytes ----------------------------------------------------------------------------------------------------------

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// 3 bytes or fewer as 4 characters.
static void quad_make(const unsigned char *bytes, size_t n, char quad[4]) {
    const uint32_t bits =
        (uint32_t)bytes[0] << 16 | (n > 1 ? (uint32_t)bytes[1] << 8 : 0) | (n > 2 ? (uint32_t)bytes[2] : 0);
    for (int k = 0; k < 4; k++)
        quad[k] = (size_t)k <= n ? digits[bits >> (18 - 6 * k) & 63] : '=';
}

void rig_base64_write(FILE *stream, const unsigned char *bytes, size_t n) {
    char quad[4];
    for (size_t i = 0; i < n; i += 3) {
        quad_make(bytes + i, n - i < 3 ? n - i : 3, quad);
        fwrite(quad, 1, 4, stream);
    }
}

json_t *rig_json_blob(const void *bytes, size_t n) {
    const size_t length = (n + 2) / 3 * 4;
    char *text = rig_heap_resize(NULL, length + 1, 1);
    if (!text)
        return NULL;
    for (size_t i = 0; i < n; i += 3)
        quad_make((const unsigned char *)bytes + i, n - i < 3 ? n - i : 3, text + i / 3 * 4);
    json_t *blob = json_stringn_nocheck(text, length);
    rig_heap_free(text);
    return blob;
}

rig_status rig_bytes_u8(rig_bytes *bytes, unsigned value, rig_err *err) {
    if (bytes->n == bytes->room) {
        const size_t room = bytes->room ? 2 * bytes->room : 4096;
        unsigned char *data = rig_heap_resize(bytes->data, room, 1);
        if (!data)
            return rig_fail_memory(err, "the report");
        bytes->data = data;
        bytes->room = room;
    }
    bytes->data[bytes->n++] = (unsigned char)value;
    return RIG_OK;
}

rig_status rig_bytes_u16(rig_bytes *bytes, long value, rig_err *err) {
    const unsigned clamped = (unsigned)(value < 0 ? 0 : value > UINT16_MAX ? UINT16_MAX : value);
    RIG_TRY(rig_bytes_u8(bytes, clamped & 255, err));
    return rig_bytes_u8(bytes, clamped >> 8, err);
}

rig_status rig_bytes_i16(rig_bytes *bytes, long value, rig_err *err) {
    const long clamped = value < INT16_MIN ? INT16_MIN : value > INT16_MAX ? INT16_MAX : value;
    return rig_bytes_u16(bytes, clamped & 0xffff, err);
}

void rig_bytes_free(rig_bytes *bytes) {
    rig_heap_free(bytes->data);
    *bytes = (rig_bytes){0};
}

unsigned rig_byte_of(double value) {
    if (!(value > 0))
        return 0;
    return (unsigned)lrint(fmin(fmax(1 + 254 * log(value / 0.01) / log(1e6), 1), 255));
}
