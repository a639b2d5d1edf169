// A binary file of several columns one behind the other, each written from its begin to its end while the others are:
// what NPZ and glTF want of frames that come one by one.
#ifndef RIG_IO_EXPORT_COLUMNS_H
#define RIG_IO_EXPORT_COLUMNS_H

#include "core/arena.h"
#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { RIG_COLUMN_BUFFER = 4096 };

typedef struct rig_column {
    long long at, bytes; // where it begins in the file, and how long it will be
    long long n;         // bytes that were put
    uint32_t crc;        // of them: CRC-32 as zip has it
    size_t waiting;      // at the buffer's begin
    unsigned char *buffer;
} rig_column;

// A column from `at` on. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_column_init(rig_column *column, long long at, long long bytes, rig_arena *out, rig_err *err);
void rig_column_put(rig_column *column, FILE *stream, const void *bytes, size_t n);
// Little endian.
void rig_column_put_u8(rig_column *column, FILE *stream, unsigned value);
void rig_column_put_i64(rig_column *column, FILE *stream, long long value);
void rig_column_put_f32(rig_column *column, FILE *stream, double value);
void rig_column_put_f64(rig_column *column, FILE *stream, double value);
// All of it: false where it is not as long as it was to be.
bool rig_column_end(rig_column *column, FILE *stream);

#endif
