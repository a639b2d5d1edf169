// Random numbers that are the same everywhere: PCG32, and normals from it.
#ifndef RIG_CORE_RNG_H
#define RIG_CORE_RNG_H

#include <stdint.h>

typedef struct rig_rng {
    uint64_t state, stream;
} rig_rng;

// Different streams of one seed are independent. Source: O'Neill 2014, PCG-XSH-RR 64/32.
rig_rng rig_rng_seed(uint64_t seed, uint64_t stream);
uint32_t rig_rng_u32(rig_rng *rng);
double rig_rng_uniform(rig_rng *rng, double low, double high); // [low, high)
int rig_rng_below(rig_rng *rng, int n);                        // 0 .. n-1, n >= 1
double rig_rng_normal(rig_rng *rng);                           // mean 0, sigma 1

#endif
