// Memory: arenas for results and workspace, and the one door to the heap (malloc stands nowhere else).
#ifndef RIG_CORE_ARENA_H
#define RIG_CORE_ARENA_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rig_arena_chunk rig_arena_chunk;

// A stack of chunks; a zeroed rig_arena is a valid empty one. Not for two threads at a time.
typedef struct rig_arena {
    rig_arena_chunk *top; // the chunk in use; older ones hang below it
} rig_arena;

typedef struct rig_arena_mark {
    rig_arena_chunk *chunk;
    size_t used;
} rig_arena_mark;

// Zeroed memory for count items of size bytes, aligned to 64; NULL when the product overflows or memory is out.
// A count of 0 gives a valid pointer.
void *rig_arena_alloc(rig_arena *arena, size_t count, size_t size);
#define RIG_NEW(arena, type, count) ((type *)rig_arena_alloc((arena), (size_t)(count), sizeof(type)))

// A copy of a string of length bytes, with a 0 after it; NULL when memory is out.
char *rig_arena_strndup(rig_arena *arena, const char *text, size_t length);
char *rig_arena_strdup(rig_arena *arena, const char *text);
// snprintf into the arena; NULL when memory is out.
char *rig_arena_printf(rig_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Where the arena stands now, and the way back: what was allocated since the mark is gone, its memory kept for reuse
// only within the marked chunk.
rig_arena_mark rig_arena_tell(const rig_arena *arena);
void rig_arena_rewind(rig_arena *arena, rig_arena_mark mark);

// Forget all, keep the largest chunk: for workspace that is reset each frame.
void rig_arena_clear(rig_arena *arena);
// Give all back; the arena is then empty and may be used again.
void rig_arena_release(rig_arena *arena);

// Buffers that outlive frames (pixels, handles). resize keeps the contents; both return NULL on overflow or no memory,
// and the old block then stays valid.
void *rig_heap_resize(void *block, size_t count, size_t size);
void rig_heap_free(void *block);

// Test hook: the n-th chunk or heap request from now on fails once (1 = the next); 0 switches it off.
void rig_arena_fail_after(long n);

#ifdef __cplusplus
}
#endif
#endif
