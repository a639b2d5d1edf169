// Pictures of dots that the network `dots` of tests/support/make_tiny_net.py sees as people: a joint is a colour, a
// person a share of blue.
#ifndef RIG_TESTS_DOTS_H
#define RIG_TESTS_DOTS_H

#include "core/image.h"
#include "pose/model.h"
#include "tests/support/support.h"

#include <stdlib.h>

enum { DOTS_JOINTS = 5 };

// A network of a kind that make_tiny_net.py knows, in the test's folder.
static inline bool dots_net(const char *kind, char *path, size_t size) {
    char command[512];
    snprintf(path, size, "%s/%s.onnx", rig_test_folder(), kind);
    snprintf(command, sizeof command, "/usr/bin/python3 tests/support/make_tiny_net.py %s '%s'", kind, path);
    return system(command) == 0;
}

// The descriptor of such a network, of n joints.
static inline rig_model dots_model(const char *file, int n, rig_backend backend) {
    rig_model m = {.runtime = {.backend = backend},
                   .input_width = 256,
                   .input_height = 256,
                   .sizing = RIG_SIZING_SHORT_SIDE,
                   .multiple_of = 32,
                   .rgb = true,
                   .scale = 1 / 255.0,
                   .mean = {0.5, 0.5, 0.5},
                   .std = {0.25, 0.25, 0.25},
                   .pad_centre = true,
                   .n_outputs = 2,
                   .outputs = {{.name = "out0", .stride = 4, .heatmaps = {0, n}, .tags = {n, 2 * n}},
                               {.name = "out1", .stride = 2, .heatmaps = {0, n}}},
                   .tag_dim = 1,
                   .tags_per_joint = true,
                   .coordinate_offset = 0.25,
                   .skeleton = {.n = n},
                   .decode = rig_decode_defaults()};
    snprintf(m.file, sizeof m.file, "%s", file);
    for (int k = 0; k < n; k++) {
        m.group_order[k] = m.skeleton.flip[k] = k;
        m.skeleton.sigma[k] = 0.05;
    }
    return m;
}

// A Gaussian of one joint's colour about q.
//   bright  of its middle, 0..1: a dim one has less heat
static inline void dots_draw(rig_image *image, int joint, const double q[2], double blue, double sigma, double bright) {
    const double reach = 2.5 * sigma, angle = joint * 3.14159265358979 / 8;
    const double bgr[3] = {255 * blue, 255 * sin(angle), 255 * cos(angle)};
    for (int y = (int)fmax(0, q[1] - reach); y < image->height && y <= q[1] + reach; y++)
        for (int x = (int)fmax(0, q[0] - reach); x < image->width && x <= q[0] + reach; x++) {
            double r2 = (x - q[0]) * (x - q[0]) + (y - q[1]) * (y - q[1]);
            for (int c = 0; c < 3; c++) {
                unsigned char *pixel = image->data + y * image->stride + 3 * x + c;
                double value = bright * bgr[c] * exp(-r2 / (2 * sigma * sigma));
                *pixel = value > *pixel ? (unsigned char)lround(value) : *pixel;
            }
        }
}

#endif
