#include "core/rng.h"

#include <assert.h>
#include <math.h>

uint32_t rig_rng_u32(rig_rng *rng) {
    uint64_t old = rng->state;
    rng->state = old * 6364136223846793005u + rng->stream;
    uint32_t mixed = (uint32_t)(((old >> 18) ^ old) >> 27);
    uint32_t turn = (uint32_t)(old >> 59);
    return mixed >> turn | mixed << ((32 - turn) % 32);
}

rig_rng rig_rng_seed(uint64_t seed, uint64_t stream) {
    rig_rng rng = {0, stream << 1 | 1}; // the increment must be odd for the full period
    rig_rng_u32(&rng);
    rng.state += seed;
    rig_rng_u32(&rng);
    return rng;
}

double rig_rng_uniform(rig_rng *rng, double low, double high) {
    uint64_t upper = rig_rng_u32(rng) >> 5, lower = rig_rng_u32(rng) >> 6;
    double unit = (double)(upper << 26 | lower) * 0x1p-53;
    double value = low + (high - low) * unit;
    return value < high ? value : low; // the sum can round up to high
}

int rig_rng_below(rig_rng *rng, int n) {
    assert(n >= 1);
    uint32_t range = (uint32_t)n;
    uint32_t uneven = (0u - range) % range; // the first 2^32 mod n values would favour the small results
    uint32_t value;
    do
        value = rig_rng_u32(rng);
    while (value < uneven);
    return (int)(value % range);
}

double rig_rng_normal(rig_rng *rng) {
    double x, y, s; // Marsaglia's polar method; the second normal is dropped so that rig_rng has no hidden state
    do {
        x = rig_rng_uniform(rng, -1, 1);
        y = rig_rng_uniform(rng, -1, 1);
        s = x * x + y * y;
    } while (s >= 1 || s == 0);
    return x * sqrt(-2 * log(s) / s);
}
