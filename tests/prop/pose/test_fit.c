// Any picture in any input: it lies inside, keeps its aspect, and coordinates come back.
#include "core/rng.h"
#include "pose/preprocess.h"
#include "tests/support/support.h"

#include <math.h>

enum { CASES = 2000 };

static const double ROUND_TRIP_PX = 1e-7;

static rig_model random_model(rig_rng *rng) {
    return (rig_model){.input_width = 32 * (1 + rig_rng_below(rng, 40)),
                       .input_height = 32 * (1 + rig_rng_below(rng, 40)),
                       .sizing = (rig_sizing)rig_rng_below(rng, 3),
                       .multiple_of = 1 << rig_rng_below(rng, 8),
                       .pad_centre = rig_rng_below(rng, 2)};
}

static void pictures_fit(void **state) {
    (void)state;
    rig_err err;
    rig_rng rng = rig_rng_seed(1, 2);
    for (int i = 0; i < CASES; i++) {
        rig_preprocess input = {0};
        rig_model model = random_model(&rng);
        int width = 1 + rig_rng_below(&rng, 5000), height = 1 + rig_rng_below(&rng, i % 5 ? 3000 : 5);
        assert_ok(rig_preprocess_fit(&input, &model, width, height, &err));
        const double *A = input.A_net_cam, *B = input.A_cam_net;
        assert_true(A[0] > 0 && A[1] == 0 && A[3] == 0 && A[4] == A[0]);
        const double edges[2][2] = {{-0.5, -0.5}, {width - 0.5, height - 0.5}};
        for (int e = 0; e < 2; e++) {
            double x = A[0] * edges[e][0] + A[2], y = A[4] * edges[e][1] + A[5];
            assert_true(x >= -0.5 - ROUND_TRIP_PX && x <= input.width - 0.5 + ROUND_TRIP_PX);
            assert_true(y >= -0.5 - ROUND_TRIP_PX && y <= input.height - 0.5 + ROUND_TRIP_PX);
            assert_near(B[0] * x + B[2], edges[e][0], ROUND_TRIP_PX * width);
            assert_near(B[4] * y + B[5], edges[e][1], ROUND_TRIP_PX * height);
        }
        if (model.sizing == RIG_SIZING_FIXED)
            assert_true(input.width == model.input_width && input.height == model.input_height);
        else
            assert_true(input.width % model.multiple_of == 0 && input.height % model.multiple_of == 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(pictures_fit)};
    return cmocka_run_group_tests_name("fit", tests, NULL, NULL);
}
