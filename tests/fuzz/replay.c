// The fuzz target as a normal test: each file of the corpus as every kind, then with seeded damage: bytes changed, cut,
// doubled.
#include "core/rng.h"
#include "tests/fuzz/readers.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { DAMAGED = 60, SIZE_MAX_READ = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t damage(rig_rng *rng, const uint8_t *from, size_t size, uint8_t *to) {
    size_t n = size;
    memcpy(to, from, size);
    for (int i = rig_rng_below(rng, 4); i >= 0; i--) {
        size_t at = (size_t)rig_rng_below(rng, (int)n), length = 1 + (size_t)rig_rng_below(rng, 24);
        length = at + length > n ? n - at : length;
        switch (rig_rng_below(rng, 3)) {
        case 0:
            to[at] = (uint8_t)rig_rng_u32(rng);
            break;
        case 1:
            memmove(to + at, to + at + length, n - at - length);
            n -= length < n ? length : 0;
            break;
        default:
            if (n + length <= 2 * SIZE_MAX_READ) {
                memmove(to + at + length, to + at, n - at);
                n += length;
            }
        }
    }
    return n;
}

static int replay(const char *path) {
    static uint8_t bytes[1 + SIZE_MAX_READ], damaged[1 + 2 * SIZE_MAX_READ];
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        return 1;
    }
    size_t size = fread(bytes + 1, 1, SIZE_MAX_READ, file);
    fclose(file);
    rig_rng rng = rig_rng_seed(1, size);
    for (int reader = 0; reader < FUZZ_READERS; reader++) {
        bytes[0] = damaged[0] = (uint8_t)reader;
        LLVMFuzzerTestOneInput(bytes, 1 + size);
        for (int i = 0; size && i < DAMAGED; i++)
            LLVMFuzzerTestOneInput(damaged, 1 + damage(&rng, bytes + 1, size, damaged + 1));
    }
    return 0;
}

int main(int argc, char **argv) {
    int failed = 0;
    for (int i = 1; i < argc; i++)
        failed += replay(argv[i]);
    printf("%d files replayed, %d could not be read\n", argc - 1, failed);
    return failed || argc < 2;
}
