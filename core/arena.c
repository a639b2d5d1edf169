#include "core/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGN = 64, FIRST_CHUNK = 64 * 1024 };

struct rig_arena_chunk {
    rig_arena_chunk *below;
    size_t size, used; // bytes of data, counted from the first aligned byte
    unsigned char *data;
};

static long fail_in; // 0: never

void rig_arena_fail_after(long n) {
    fail_in = n;
}

static int refuse(void) {
    return fail_in > 0 && --fail_in == 0;
}

// Doubling chunks keep the number of requests logarithmic in the arena's size.
static rig_arena_chunk *chunk_push(rig_arena *arena, size_t bytes) {
    size_t size = arena->top ? arena->top->size * 2 : FIRST_CHUNK;
    if (size < bytes)
        size = bytes;
    if (size > SIZE_MAX - sizeof(rig_arena_chunk) - ALIGN || refuse())
        return NULL;
    rig_arena_chunk *chunk = malloc(sizeof *chunk + ALIGN + size);
    if (!chunk)
        return NULL;
    uintptr_t start = (uintptr_t)(chunk + 1);
    chunk->data = (unsigned char *)(chunk + 1) + (ALIGN - start % ALIGN) % ALIGN;
    chunk->below = arena->top;
    chunk->size = size;
    chunk->used = 0;
    arena->top = chunk;
    return chunk;
}

void *rig_arena_alloc(rig_arena *arena, size_t count, size_t size) {
    if (size && count > (SIZE_MAX - ALIGN) / size)
        return NULL;
    size_t bytes = (count * size + ALIGN - 1) / ALIGN * ALIGN;
    if (bytes == 0)
        bytes = ALIGN;
    rig_arena_chunk *chunk = arena->top;
    if (!chunk || chunk->size - chunk->used < bytes)
        chunk = chunk_push(arena, bytes);
    if (!chunk)
        return NULL;
    void *block = chunk->data + chunk->used;
    chunk->used += bytes;
    return memset(block, 0, bytes);
}

char *rig_arena_strndup(rig_arena *arena, const char *text, size_t length) {
    char *copy = rig_arena_alloc(arena, length + 1, 1);
    if (copy)
        memcpy(copy, text, length);
    return copy;
}

char *rig_arena_strdup(rig_arena *arena, const char *text) {
    return rig_arena_strndup(arena, text, strlen(text));
}

char *rig_arena_printf(rig_arena *arena, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    char *text = n < 0 ? NULL : rig_arena_alloc(arena, (size_t)n + 1, 1);
    if (text)
        vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    va_end(args);
    return text;
}

rig_arena_mark rig_arena_tell(const rig_arena *arena) {
    return (rig_arena_mark){arena->top, arena->top ? arena->top->used : 0};
}

void rig_arena_rewind(rig_arena *arena, rig_arena_mark mark) {
    while (arena->top != mark.chunk) {
        rig_arena_chunk *below = arena->top->below;
        free(arena->top);
        arena->top = below;
    }
    if (arena->top)
        arena->top->used = mark.used;
}

void rig_arena_clear(rig_arena *arena) {
    rig_arena_chunk *keep = arena->top; // the newest is the largest
    if (!keep)
        return;
    arena->top = keep->below;
    keep->below = NULL;
    rig_arena_release(arena);
    keep->used = 0;
    arena->top = keep;
}

void rig_arena_release(rig_arena *arena) {
    rig_arena_rewind(arena, (rig_arena_mark){NULL, 0});
}

void *rig_heap_resize(void *block, size_t count, size_t size) {
    if ((size && count > SIZE_MAX / size) || refuse())
        return NULL;
    size_t bytes = count * size;
    return realloc(block, bytes ? bytes : 1);
}

void rig_heap_free(void *block) {
    free(block);
}
