// Rigs that nobody synchronised: how many clocks are found, to what, and what is refused. Of each view: the largest
// error in frames, and the sigma that is told; of all: the root mean square of errors in sigmas, and errors beyond what
// two sigmas tell. bench_sync [--known] [--first SEED] [--rigs N] [--pairs]
#include "tests/bench/clock.h"
#include "tests/support/wanderers.h"

#include <stdio.h>
#include <stdlib.h>

static const double OFFSET_S = 120, DRIFT = 100e-6, WITHIN_FRAMES = 0.1;

static wander_config late_rig_make(uint64_t seed, bool known) {
    static const double RATES[] = {25, 30, 50, 60};
    rig_rng rng = rig_rng_seed(seed, 1);
    wander_config c = {.known = known, .seed = seed, .noise_px = 2, .miss = 0.1, .wrong = 0.03};
    c.n_views = 3 + rig_rng_below(&rng, 3);
    c.n_people = 1 + rig_rng_below(&rng, 3);
    c.seconds = rig_rng_uniform(&rng, 150, 240);
    for (int v = 0; v < c.n_views; v++) {
        c.fps[v] = RATES[rig_rng_below(&rng, 4)];
        c.offset_s[v] = v ? rig_rng_uniform(&rng, -OFFSET_S, OFFSET_S) : 0;
        c.drift[v] = v ? rig_rng_uniform(&rng, -DRIFT, DRIFT) : 0;
    }
    return c;
}

// The largest error of a view's clock, in its frames, while another view is recording.
static double error_of(const wander_config *c, const rig_sync_clock *clocks, int v, int reference) {
    const double scale = (1 + c->drift[v]) / (1 + c->drift[reference]);
    const double offset = (c->offset_s[v] - c->offset_s[reference]) / (1 + c->drift[reference]);
    double most = 0;
    for (double t = 0; t <= c->seconds; t += 1) {
        const double at = c->offset_s[v] + t * (1 + c->drift[v]);
        bool seen = false;
        for (int k = 0; k < c->n_views; k++)
            seen = seen || (k != v && at >= c->offset_s[k] && at <= c->offset_s[k] + c->seconds);
        if (seen)
            most = fmax(most, fabs(clocks[v].offset_s + t * (1 + clocks[v].drift) - offset - t * scale));
    }
    return most * c->fps[v];
}

int main(int argc, char **argv) {
    bool known = false, tell = false;
    long first = 1, n_rigs = 50;
    int exact = 0, refused_views = 0, views_n = 0, wrong = 0, partly = 0, n_sigmas = 0, n_beyond = 0;
    double worst = 0, sum2 = 0, sigmas2 = 0;
    for (int i = 1; i < argc; i++) {
        known = known || strcmp(argv[i], "--known") == 0;
        tell = tell || strcmp(argv[i], "--pairs") == 0;
        if (strcmp(argv[i], "--first") == 0 && i + 1 < argc)
            first = atol(argv[++i]);
        else if (strcmp(argv[i], "--rigs") == 0 && i + 1 < argc)
            n_rigs = atol(argv[++i]);
    }
    const double began = now_s();
    for (long seed = first; seed < first + n_rigs; seed++) {
        rig_arena arena = {NULL}, scratch = {NULL};
        const wander_config c = late_rig_make((uint64_t)seed, known);
        rig_sync_view views[WANDER_VIEWS];
        rig_sync_pair pairs[WANDER_VIEWS * WANDER_VIEWS];
        rig_sync_clock clocks[WANDER_VIEWS];
        int n_pairs = 0, n_found = 0, n_bad = 0, reference = 0;
        if (!wander_rig(&c, views, &arena))
            return 1;
        for (int a = 0; a < c.n_views; a++)
            for (int b = a + 1; b < c.n_views; b++) {
                rig_sync_pair *p = &pairs[n_pairs++];
                if (rig_sync_pair_find(views, a, b, 2 * OFFSET_S, p, &scratch, NULL) != RIG_OK)
                    return 1;
                const double at = p->clocks.centre_s - p->clocks.shift_s;
                const double truth = c.offset_s[b] + at * (1 + c.drift[b]) - c.offset_s[a] -
                                     p->clocks.centre_s * (1 + c.drift[a]) + p->clocks.shift_s;
                if (tell)
                    printf("  %ld %d-%d %-9s share %.2f chance %.2f overlap %5.1f ratio %.2f shift err %+.3f frames "
                           "(sigma %.3f) drift err %+.1f (sigma %.1f) ppm\n",
                           seed, a, b, rig_sync_refusal_name(p->refusal), p->share, p->chance, p->overlap_s, p->ratio,
                           (p->clocks.shift_s - truth) * c.fps[b], p->clocks.sigma_shift_s * c.fps[b],
                           p->clocks.sigma_drift > 0 ? 1e6 * (p->clocks.drift - (c.drift[b] - c.drift[a])) : 0,
                           1e6 * p->clocks.sigma_drift);
            }
        if (rig_sync_join(views, c.n_views, pairs, n_pairs, RIG_SYNC_SIGMA_MOST, clocks, &scratch, NULL) != RIG_OK)
            return 1;
        for (int v = c.n_views - 1; v >= 0; v--)
            reference = clocks[v].held ? v : reference;
        printf("rig %ld: %d people, %.0f s;", seed, c.n_people, c.seconds);
        for (int v = 0; v < c.n_views; v++) {
            const double e = clocks[v].refusal ? 0 : error_of(&c, clocks, v, reference);
            const double sigma = clocks[v].sigma_s * c.fps[v];
            views_n++;
            if (clocks[v].refusal) {
                printf(" %s", rig_sync_refusal_name(clocks[v].refusal));
                refused_views++;
                continue;
            }
            printf(" %.3f(%.3f)", e, sigma);
            n_found++, n_bad += e > WITHIN_FRAMES;
            worst = fmax(worst, e), sum2 += e * e;
            if (sigma > 0)
                n_sigmas++, sigmas2 += e * e / (sigma * sigma), n_beyond += e > 2 * sigma;
        }
        printf("\n");
        wrong += n_bad > 0;
        exact += n_bad == 0 && n_found == c.n_views;
        partly += n_bad == 0 && n_found < c.n_views;
        rig_arena_release(&arena);
        rig_arena_release(&scratch);
        fflush(stdout);
    }
    printf("%ld rigs%s: %d all views within %g frames, %d with views refused and the others within, %d with an error "
           "beyond; "
           "%d of %d views refused; largest error %.3f frames, rms %.3f, %.2f sigmas, %d of %d beyond 2 sigmas; "
           "%.1f s a rig\n",
           n_rigs, known ? ", cameras known" : "", exact, WITHIN_FRAMES, partly, wrong, refused_views, views_n, worst,
           sqrt(sum2 / fmax(1, views_n - refused_views)), sqrt(sigmas2 / fmax(1, n_sigmas)), n_beyond, n_sigmas,
           (now_s() - began) / (double)n_rigs);
    return 0;
}
