#include "io/export_columns.h"

#include <string.h>

// Source: ISO 3309; PKWARE's APPNOTE, 4.4.7.
static uint32_t crc_add(uint32_t crc, const unsigned char *bytes, size_t n) {
    crc = ~crc;
    for (size_t i = 0; i < n; i++) {
        crc ^= bytes[i];
        for (int k = 0; k < 8; k++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

rig_status rig_column_init(rig_column *c, long long at, long long bytes, rig_arena *out, rig_err *err) {
    *c = (rig_column){.at = at, .bytes = bytes, .buffer = RIG_NEW(out, unsigned char, RIG_COLUMN_BUFFER)};
    return c->buffer ? RIG_OK : rig_fail_memory(err, "columns");
}

static void flush(rig_column *c, FILE *stream) {
    if (c->waiting > 0 && fseeko(stream, (off_t)(c->at + c->n - (long long)c->waiting), SEEK_SET) == 0)
        fwrite(c->buffer, 1, c->waiting, stream);
    c->waiting = 0;
}

void rig_column_put(rig_column *c, FILE *stream, const void *bytes, size_t n) {
    const unsigned char *from = bytes;
    c->crc = crc_add(c->crc, from, n);
    while (n > 0) {
        const size_t room = RIG_COLUMN_BUFFER - c->waiting, some = n < room ? n : room;
        memcpy(c->buffer + c->waiting, from, some);
        c->waiting += some, c->n += (long long)some;
        from += some, n -= some;
        if (c->waiting == RIG_COLUMN_BUFFER)
            flush(c, stream);
    }
}

static void put_word(rig_column *c, FILE *stream, uint64_t word, int n) {
    unsigned char bytes[8];
    for (int i = 0; i < n; i++)
        bytes[i] = (unsigned char)(word >> 8 * i & 255);
    rig_column_put(c, stream, bytes, (size_t)n);
}

void rig_column_put_u8(rig_column *c, FILE *stream, unsigned value) {
    put_word(c, stream, value, 1);
}
void rig_column_put_i64(rig_column *c, FILE *stream, long long value) {
    put_word(c, stream, (uint64_t)value, 8);
}
void rig_column_put_f32(rig_column *c, FILE *stream, double value) {
    const float single = (float)value;
    uint32_t word;
    memcpy(&word, &single, sizeof word);
    put_word(c, stream, word, 4);
}
void rig_column_put_f64(rig_column *c, FILE *stream, double value) {
    uint64_t word;
    memcpy(&word, &value, sizeof word);
    put_word(c, stream, word, 8);
}

bool rig_column_end(rig_column *c, FILE *stream) {
    flush(c, stream);
    return c->n == c->bytes;
}
