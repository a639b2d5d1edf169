// motion of the rig YAML: what is wanted of people's movement.
#include "io/config_parts.h"

static const double SECONDS_MAX = 60, HZ_MAX = 10000, ACCELERATION_MAX = 1000;

// Keys of some filters only.
static rig_status filter_numbers_read(const rig_yaml *section, rig_filter_params *filter, rig_err *err) {
    const struct {
        const char *key, *filters;
        unsigned kinds; // bit k: of filter k
        double high, *value;
    } numbers[] = {
        {"cutoff_hz", "butterworth or one_euro", 1U << RIG_FILTER_BUTTERWORTH | 1U << RIG_FILTER_ONE_EURO, HZ_MAX,
         &filter->cutoff_hz},
        {"cutoff_hz_per_m_s", "one_euro", 1U << RIG_FILTER_ONE_EURO, HZ_MAX, &filter->cutoff_hz_per_m_s},
        {"window_s", "savitzky_golay", 1U << RIG_FILTER_SAVITZKY_GOLAY, SECONDS_MAX, &filter->window_s},
        {"degree", "savitzky_golay", 1U << RIG_FILTER_SAVITZKY_GOLAY, 0, NULL},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const rig_yaml *item = rig_yaml_find(section, numbers[i].key);
        if (!item)
            continue;
        if (!(numbers[i].kinds >> filter->kind & 1))
            return rig_yaml_fail(item, err, "not of filter %s, expected only with %s", rig_filter_name(filter->kind),
                                 numbers[i].filters);
        if (numbers[i].value)
            RIG_TRY(rig_config_positive(item, numbers[i].high, numbers[i].value, err));
        else
            RIG_TRY(rig_yaml_int(item, 1, RIG_FILTER_DEGREE_MAX, &filter->degree, err));
    }
    return RIG_OK;
}

static rig_status filter_read(const rig_yaml *section, rig_filter_params *filter, rig_err *err) {
    const char *words[RIG_FILTERS + 1] = {NULL};
    const rig_yaml *item = rig_yaml_find(section, "filter");
    int kind = RIG_FILTER_NONE;
    for (int k = 0; k < RIG_FILTERS; k++)
        words[k] = rig_filter_name((rig_filter)k);
    if (item)
        RIG_TRY(rig_yaml_choice(item, words, &kind, err));
    *filter = rig_filter_defaults((rig_filter)kind);
    return filter_numbers_read(section, filter, err);
}

rig_status rig_config_read_motion(rig_config *config, rig_err *err) {
    static const char *const keys[] = {
        "fill_s", "acceleration_m_s2", "filter", "cutoff_hz", "cutoff_hz_per_m_s", "window_s",
        "degree", "derivatives",       "angles", NULL};
    const rig_yaml *section = rig_yaml_find(config->root, "motion"), *item;
    rig_motion_config *motion = &config->motion;
    *motion = (rig_motion_config){.fill_s = 0.2, .acceleration_m_s2 = 15};
    config->has_motion = section != NULL;
    if (!section)
        return RIG_OK;
    RIG_TRY(rig_yaml_only_keys(section, keys, err));
    if ((item = rig_yaml_find(section, "fill_s")))
        RIG_TRY(rig_yaml_double(item, 0, SECONDS_MAX, &motion->fill_s, err));
    if ((item = rig_yaml_find(section, "acceleration_m_s2")))
        RIG_TRY(rig_config_positive(item, ACCELERATION_MAX, &motion->acceleration_m_s2, err));
    if ((item = rig_yaml_find(section, "derivatives")))
        RIG_TRY(rig_yaml_bool(item, &motion->derivatives, err));
    if ((item = rig_yaml_find(section, "angles")))
        RIG_TRY(rig_yaml_bool(item, &motion->angles, err));
    return filter_read(section, &motion->filter, err);
}
