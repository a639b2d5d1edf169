#include "tests/support/support.h"

#include <string.h>

enum { CHUNK = 64 * 1024 }; // the size of the first chunk

static void test_memory_is_zeroed_aligned_and_apart(void **state) {
    (void)state;
    rig_arena arena = {0};
    unsigned char *a = rig_arena_alloc(&arena, 3, 5), *b = rig_arena_alloc(&arena, 0, 8);
    unsigned char *c = rig_arena_alloc(&arena, 2, 8);
    assert_non_null(a);
    assert_non_null(b);
    assert_non_null(c);
    assert_int_equal((uintptr_t)a % 64, 0);
    assert_int_equal((uintptr_t)b % 64, 0);
    assert_int_equal((uintptr_t)c % 64, 0);
    for (int i = 0; i < 15; i++)
        assert_int_equal(a[i], 0);
    assert_true(a + 15 <= b && b < c);
    rig_arena_release(&arena);
    assert_null(arena.top);
}

// malloc aligns to 16: blocks of odd sizes in between bring chunks to all four places.
static void test_memory_is_aligned_wherever_the_chunk_lies(void **state) {
    (void)state;
    rig_arena arenas[16] = {0};
    void *between[16];
    for (size_t i = 0; i < 16; i++) {
        between[i] = rig_heap_resize(NULL, 1 + 16 * (i % 7), 1);
        assert_int_equal((uintptr_t)rig_arena_alloc(&arenas[i], 1, 1) % 64, 0);
    }
    for (size_t i = 0; i < 16; i++) {
        rig_heap_free(between[i]);
        rig_arena_release(&arenas[i]);
    }
}

static void test_memory_given_back_is_zeroed_when_it_is_given_again(void **state) {
    (void)state;
    rig_arena arena = {0};
    rig_arena_alloc(&arena, 1, 1);
    rig_arena_mark mark = rig_arena_tell(&arena);
    unsigned char *first = rig_arena_alloc(&arena, 100, 1);
    memset(first, 0xff, 100);
    rig_arena_rewind(&arena, mark);
    unsigned char *again = rig_arena_alloc(&arena, 100, 1);
    assert_ptr_equal(first, again);
    for (int i = 0; i < 100; i++)
        assert_int_equal(again[i], 0);
    rig_arena_release(&arena);
}

static void test_products_that_overflow_are_refused(void **state) {
    (void)state;
    rig_arena arena = {0};
    assert_null(rig_arena_alloc(&arena, SIZE_MAX / 4, 8));
    assert_null(rig_arena_alloc(&arena, SIZE_MAX, 1));
    assert_null(rig_heap_resize(NULL, SIZE_MAX / 4, 8));
    assert_null(arena.top);
}

static void test_large_blocks_get_chunks_of_their_own_size(void **state) {
    (void)state;
    rig_arena arena = {0};
    char *small = rig_arena_strdup(&arena, "kept");
    char *large = rig_arena_alloc(&arena, 10 * CHUNK, 1);
    assert_non_null(large);
    memset(large, 1, 10 * CHUNK); // the sanitizer watches the end
    assert_string_equal(small, "kept");
    rig_arena_release(&arena);
}

static void test_rewind_to_a_mark_in_an_older_chunk(void **state) {
    (void)state;
    rig_arena arena = {0};
    rig_arena_mark empty = rig_arena_tell(&arena);
    char *kept = rig_arena_strdup(&arena, "kept");
    rig_arena_mark mark = rig_arena_tell(&arena);
    char *next = rig_arena_strdup(&arena, "gone");
    assert_non_null(rig_arena_alloc(&arena, 3 * CHUNK, 1));
    rig_arena_rewind(&arena, mark);
    assert_string_equal(kept, "kept");
    assert_ptr_equal(rig_arena_alloc(&arena, 1, 1), next);
    rig_arena_rewind(&arena, empty);
    assert_null(arena.top);
}

static void test_clear_keeps_the_largest_chunk(void **state) {
    (void)state;
    rig_arena arena = {0};
    rig_arena_clear(&arena);
    assert_null(arena.top);
    rig_arena_alloc(&arena, 1, 1);
    void *large = rig_arena_alloc(&arena, 5 * CHUNK, 1);
    rig_arena_clear(&arena);
    rig_arena_fail_after(1); // so that a request for memory would show
    assert_ptr_equal(rig_arena_alloc(&arena, 5 * CHUNK, 1), large);
    rig_arena_fail_after(0);
    rig_arena_release(&arena);
}

static void test_text_goes_into_the_arena(void **state) {
    (void)state;
    rig_arena arena = {0};
    assert_string_equal(rig_arena_strndup(&arena, "camera", 3), "cam");
    assert_string_equal(rig_arena_printf(&arena, "%s %d", "c", 3), "c 3");
    assert_string_equal(rig_arena_printf(&arena, "%200d", 1) + 199, "1");
    rig_arena_release(&arena);
}

static void test_failures_happen_when_asked_for_and_once(void **state) {
    (void)state;
    rig_arena arena = {0};
    rig_arena_fail_after(2);
    void *block = rig_heap_resize(NULL, 4, 4);
    assert_non_null(block);
    assert_null(rig_arena_alloc(&arena, 1, 1));
    assert_non_null(rig_arena_alloc(&arena, 1, 1));
    rig_arena_fail_after(1);
    assert_null(rig_heap_resize(block, 8, 4));
    memset(block, 1, 16); // still valid
    rig_heap_free(block);
    rig_arena_release(&arena);
}

static void test_heap_keeps_the_contents(void **state) {
    (void)state;
    char *block = rig_heap_resize(NULL, 4, 1);
    memcpy(block, "abc", 4);
    block = rig_heap_resize(block, CHUNK, 4);
    assert_string_equal(block, "abc");
    rig_heap_free(block);
    block = rig_heap_resize(NULL, 0, 4);
    assert_non_null(block);
    rig_heap_free(block);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory_is_zeroed_aligned_and_apart),
        cmocka_unit_test(test_memory_is_aligned_wherever_the_chunk_lies),
        cmocka_unit_test(test_memory_given_back_is_zeroed_when_it_is_given_again),
        cmocka_unit_test(test_products_that_overflow_are_refused),
        cmocka_unit_test(test_large_blocks_get_chunks_of_their_own_size),
        cmocka_unit_test(test_rewind_to_a_mark_in_an_older_chunk),
        cmocka_unit_test(test_clear_keeps_the_largest_chunk),
        cmocka_unit_test(test_text_goes_into_the_arena),
        cmocka_unit_test(test_failures_happen_when_asked_for_and_once),
        cmocka_unit_test(test_heap_keeps_the_contents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
