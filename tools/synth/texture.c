#include "tools/synth/texture.h"

uint32_t rig_hash2(int x, int y, uint32_t seed) {
    uint32_t h = (uint32_t)x * 0x9e3779b1u ^ (uint32_t)y * 0x85ebca77u ^ seed * 0xc2b2ae3du;
    h = (h ^ h >> 15) * 0x2c1b3c6du;
    h = (h ^ h >> 12) * 0x297a2d39u;
    return h ^ h >> 15;
}

static float lattice(int x, int y, uint32_t seed) {
    return 2 * rig_hash_unit(rig_hash2(x, y, seed)) - 1;
}

// floorf is a call without SSE4.1; a cast and a correction are not.
static int floor_int(float x) {
    int i = (int)x;
    return i - (x < (float)i);
}

float rig_noise2(float x, float y, uint32_t seed) {
    const int i = floor_int(x), j = floor_int(y);
    const float u = rig_smoothstep(x - (float)i), v = rig_smoothstep(y - (float)j);
    const float a = lattice(i, j, seed), b = lattice(i + 1, j, seed);
    const float c = lattice(i, j + 1, seed), d = lattice(i + 1, j + 1, seed);
    const float low = a + u * (b - a), high = c + u * (d - c);
    return low + v * (high - low);
}

float rig_noise2_octaves(float x, float y, float blur, uint32_t seed) {
    float sum = 0, weight = 0.6f;
    for (int octave = 0; octave < 3; octave++) {
        const float kept = rig_clampf(2 - 2 * blur, 0, 1);
        if (kept <= 0)
            break;
        sum += weight * kept * rig_noise2(x, y, seed + (uint32_t)octave);
        x = 2.03f * x + 17.3f, y = 2.03f * y - 5.1f, blur *= 2.03f;
        weight *= 0.55f;
    }
    return sum;
}

float rig_noise3(rig_vec3 p, uint32_t seed, rig_vec3 *gradient) {
    const int i = floor_int(p.x), j = floor_int(p.y), k = floor_int(p.z);
    const float x = p.x - (float)i, y = p.y - (float)j, z = p.z - (float)k;
    const float u = x * x * (3 - 2 * x), v = y * y * (3 - 2 * y), w = z * z * (3 - 2 * z);
    const uint32_t low = seed + (uint32_t)k * 0x27d4eb2fu, high = low + 0x27d4eb2fu;
    const float a = lattice(i, j, low), b = lattice(i + 1, j, low);
    const float c = lattice(i, j + 1, low), d = lattice(i + 1, j + 1, low);
    const float e = lattice(i, j, high), f = lattice(i + 1, j, high);
    const float g = lattice(i, j + 1, high), h = lattice(i + 1, j + 1, high);
    const float ab = a + u * (b - a), cd = c + u * (d - c), ef = e + u * (f - e), gh = g + u * (h - g);
    const float lower = ab + v * (cd - ab), upper = ef + v * (gh - ef);
    const float near = b - a + v * (d - c - b + a), far = f - e + v * (h - g - f + e);
    const float left = cd - ab, right = gh - ef;
    gradient->x = 6 * x * (1 - x) * (near + w * (far - near));
    gradient->y = 6 * y * (1 - y) * (left + w * (right - left));
    gradient->z = 6 * z * (1 - z) * (upper - lower);
    return lower + w * (upper - lower);
}

// How much of [0, x) the wave is 1.
static float wave_sum(float x, float duty) {
    const int i = floor_int(x);
    const float part = x - (float)i;
    return duty * (float)i + (part < duty ? part : duty);
}

float rig_wave(float x, float duty, float blur) {
    const float wide = blur > 1e-4f ? blur : 1e-4f;
    return (wave_sum(x + wide / 2, duty) - wave_sum(x - wide / 2, duty)) / wide;
}

rig_cell rig_cells(float u, float v, float width, float height, float shift, float joint, float blur, uint32_t seed) {
    rig_cell cell = {0};
    const float y = v / height;
    cell.row = floor_int(y);
    const float moved = shift >= 0 ? shift * (float)(cell.row & 1) : rig_hash_unit(rig_hash2(cell.row, 0, seed));
    const float x = u / width + moved;
    cell.column = floor_int(x);
    cell.x = x - (float)cell.column;
    cell.y = y - (float)cell.row;
    const float joint_x = joint / width, joint_y = joint / height;
    const float in_x = rig_wave(x + joint_x / 2, joint_x, blur / width);
    const float in_y = rig_wave(y + joint_y / 2, joint_y, blur / height);
    cell.joint = in_x + in_y - in_x * in_y;
    return cell;
}
