#include "triangulate/chain.h"

#include "core/linalg.h"
#include "core/rng.h"
#include "tests/support/support.h"

enum { SHORT = 30, LONG = 1500 };

static const double EXACT = 1e-9; // relative; of sums of some thousand doubles, times how badly they are conditioned

typedef struct chain {
    int n;
    double w; // of second differences
    double A[LONG][6], g[LONG][3], before[LONG];
    rig_chain_frame at[LONG];
    double x[LONG][3];
} chain;

// Frames that are held here more and there less, and by hardly anything in every tenth.
static void chain_make(chain *c, int n, double w, uint64_t seed) {
    rig_rng rng = rig_rng_seed(seed, 0);
    c->n = n, c->w = w;
    for (int i = 0; i < n; i++) {
        const bool last = i >= 2, middle = i >= 1 && i + 1 < n, first = i + 2 < n;
        const double held = i % 10 == 9 ? 1 : rig_rng_uniform(&rng, 1e3, 1e5),
                     diagonal = w * (last + 4 * middle + first);
        double u[3];
        for (int k = 0; k < 3; k++) {
            u[k] = rig_rng_normal(&rng);
            c->g[i][k] = 1e4 * rig_rng_normal(&rng);
        }
        const double more = i % 10 == 9 ? 0 : 5e4;
        const double A[6] = {
            held + diagonal + more * u[0] * u[0], more * u[0] * u[1], more * u[0] * u[2],
            held + diagonal + more * u[1] * u[1], more * u[1] * u[2], held + diagonal + more * u[2] * u[2]};
        memcpy(c->A[i], A, sizeof A);
        c->before[i] = -2 * w * (last + middle);
        rig_chain_push(c->at, i, c->A[i], c->g[i], c->before[i], w);
    }
    for (int i = n - 1; i >= 0; i--)
        rig_chain_back(c->at, n, i, w, c->x);
}

static void dense_of(const chain *c, double *M) {
    static const int AT[3][3] = {{0, 1, 2}, {1, 3, 4}, {2, 4, 5}};
    const int n = 3 * c->n;
    memset(M, 0, (size_t)n * (size_t)n * sizeof *M);
    for (int i = 0; i < c->n; i++)
        for (int r = 0; r < 3; r++) {
            for (int k = 0; k < 3; k++)
                M[(3 * i + r) * n + 3 * i + k] = c->A[i][AT[r][k]];
            if (i > 0)
                M[(3 * i + r) * n + 3 * i - 3 + r] = c->before[i];
            if (i > 1)
                M[(3 * i + r) * n + 3 * i - 6 + r] = c->w;
        }
}

static void chains_are_dense_systems(void **state) {
    (void)state;
    static chain c;
    static double M[9 * SHORT * SHORT];
    for (int power = 2; power <= 8; power++) {
        chain_make(&c, SHORT, pow(10, power), (uint64_t)power);
        double x[3 * SHORT];
        dense_of(&c, M);
        memcpy(x, c.g, sizeof x);
        assert_true(rig_cholesky(M, 3 * SHORT));
        rig_cholesky_solve(M, 3 * SHORT, x, 1);
        assert_true(rig_cholesky_invert(M, 3 * SHORT));
        rig_chain_spread spread = {{0}, {0}, {0}};
        for (int i = SHORT - 1; i >= 0; i--) {
            rig_chain_spread_back(c.at, SHORT, i, c.w, &spread);
            for (int r = 0; r < 3; r++) {
                assert_near(c.x[i][r], x[3 * i + r], EXACT * pow(10, power / 2));
                for (int k = 0; k < 3; k++)
                    assert_near(spread.now[3 * r + k], M[(3 * i + r) * 3 * SHORT + 3 * i + k], EXACT);
            }
        }
    }
}

// Errors of rounding do not grow along the chain: a frame's spread is what its neighbours make it.
static void long_chains_are_as_exact(void **state) {
    (void)state;
    static chain c;
    enum { AT = 40, AROUND = 400 };
    for (int power = 2; power <= 8; power += 2) {
        chain_make(&c, LONG, pow(10, power), 1);
        rig_chain_spread spread = {{0}, {0}, {0}}, near = {{0}, {0}, {0}};
        for (int i = LONG - 1; i >= AT; i--)
            rig_chain_spread_back(c.at, LONG, i, c.w, &spread);
        for (int i = AROUND - 1; i >= AT; i--)
            rig_chain_spread_back(c.at, AROUND, i, c.w, &near);
        for (int k = 0; k < 9; k++)
            assert_near(spread.now[k], near.now[k], EXACT * spread.now[0]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chains_are_dense_systems),
        cmocka_unit_test(long_chains_are_as_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
