#include "core/rng.h"
#include "tests/support/support.h"
#include "triangulate/sync_sound.h"

static const double WITHIN_S = 0.002;     // two steps of the energy
static const double WITHIN_DRIFT = 20e-6; // over a minute in common: 1 ms
static const double SEARCH_S = 100;
enum { N = 90000 }; // steps of 1 ms

// Sounds that begin at random, or every `period_s`, each dying away, over noise. offset_s and drift: of the clock.
static void heard(float *energy, double offset_s, double drift, double period_s, uint64_t seed) {
    rig_rng sounds = rig_rng_seed(seed, 1), noise = rig_rng_seed(seed, 2 + (uint64_t)(1e3 * fabs(offset_s)));
    for (int i = 0; i < N; i++)
        energy[i] = (float)(1e-6 * rig_rng_uniform(&noise, 0.5, 1.5));
    for (double at = -200; at < 300;) {
        at += period_s > 0 ? period_s : rig_rng_uniform(&sounds, 0.1, 2);
        const double loud = pow(10, rig_rng_uniform(&sounds, -5, -3)), length = rig_rng_uniform(&sounds, 0.005, 0.05);
        const double own = (at - offset_s) / (1 + drift);
        for (int i = (int)ceil(own / RIG_SYNC_SOUND_FINE_S); i < N && i * RIG_SYNC_SOUND_FINE_S < own + 5 * length; i++)
            if (i >= 0)
                energy[i] += (float)(loud * exp(-(i * RIG_SYNC_SOUND_FINE_S - own) / length));
    }
}

static rig_sync_pair pair_of(double offset_s, double drift, double period_s, uint64_t seed_b) {
    static float energy[2][N];
    rig_arena arena = {NULL};
    rig_err err = {""};
    rig_sync_sound sounds[2];
    rig_sync_pair pair;
    heard(energy[0], 0, 0, period_s, 1);
    heard(energy[1], offset_s, drift, period_s, seed_b);
    for (int i = 0; i < 2; i++)
        assert_ok(rig_sync_sound_make(energy[i], N, &sounds[i], &arena, &err));
    assert_ok(rig_sync_sound_pair_find(sounds, 0, 1, SEARCH_S, &pair, &arena, &err));
    rig_arena_release(&arena);
    return pair;
}

static void a_shift_and_a_drift_are_heard(void **state) {
    (void)state;
    static const double CASES[][2] = {{0, 0}, {12.3457, 80e-6}, {-31.0021, -100e-6}, {59.5, 50e-6}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const rig_sync_pair p = pair_of(CASES[i][0], CASES[i][1], 0, 1);
        assert_int_equal(p.refusal, RIG_SYNC_KNOWN);
        const double t_b = p.clocks.centre_s - p.clocks.shift_s;
        assert_near(CASES[i][0] + t_b * (1 + CASES[i][1]), p.clocks.centre_s, WITHIN_S);
        assert_true(p.clocks.sigma_shift_s > 0 && p.clocks.sigma_shift_s < WITHIN_S);
        if (p.clocks.sigma_drift > 0 && p.length_s > 50)
            assert_near(p.clocks.drift, CASES[i][1], WITHIN_DRIFT);
    }
}

static void other_sounds_are_refused(void **state) {
    (void)state;
    for (uint64_t seed = 2; seed < 12; seed++)
        assert_int_not_equal(pair_of(3, 0, 0, seed).refusal, RIG_SYNC_KNOWN);
}

static void a_beat_is_refused(void **state) {
    (void)state;
    assert_int_equal(pair_of(3.2, 0, 0.8, 1).refusal, RIG_SYNC_PERIODIC);
}

static void silence_is_refused(void **state) {
    (void)state;
    static float none[N];
    rig_arena arena = {NULL};
    rig_err err = {""};
    rig_sync_sound sounds[2];
    rig_sync_pair pair;
    assert_ok(rig_sync_sound_make(none, N, &sounds[0], &arena, &err));
    assert_ok(rig_sync_sound_make(NULL, 0, &sounds[1], &arena, &err));
    assert_ok(rig_sync_sound_pair_find(sounds, 0, 1, SEARCH_S, &pair, &arena, &err));
    assert_int_equal(pair.refusal, RIG_SYNC_SILENT);
    rig_arena_release(&arena);
}

static void nothing_in_common_is_refused(void **state) {
    (void)state;
    assert_int_not_equal(pair_of(95, 0, 0, 1).refusal, RIG_SYNC_KNOWN);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_shift_and_a_drift_are_heard),
        cmocka_unit_test(other_sounds_are_refused),
        cmocka_unit_test(a_beat_is_refused),
        cmocka_unit_test(silence_is_refused),
        cmocka_unit_test(nothing_in_common_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
