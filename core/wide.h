// Loops over pixels that are also compiled for the wider registers of newer processors; which, is chosen as the program
// starts. The results are the same to the last bit: each value is computed by the same operations.
#ifndef RIG_CORE_WIDE_H
#define RIG_CORE_WIDE_H

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define RIG_WIDE __attribute__((target_clones("default", "avx2")))
#else
#define RIG_WIDE
#endif

#endif
