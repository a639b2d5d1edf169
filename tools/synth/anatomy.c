#include "tools/synth/avatar.h"

// clang-format off
const rig_anatomy rig_anatomy_parts[] = {
    // Head: skull, middle of the face, jaw, nose, ears. Forward is x, up is z; the segment begins under the skull.
    {RIG_REGION_HEAD, RIG_SEGMENT_HEAD, false, {0.008, 0, 0.060}, {0.0560, 0.0445, 0.0550}, 0, 0, 0, 1, false},
    {RIG_REGION_HEAD, RIG_SEGMENT_HEAD, false, {0.026, 0, 0.032}, {0.0370, 0.0370, 0.0400}, 0, 0, 0, 1, false},
    {RIG_REGION_HEAD, RIG_SEGMENT_HEAD, false, {0.027, 0, 0.012}, {0.0340, 0.0310, 0.0270}, 0, 0, 0, 1, false},
    {RIG_REGION_HEAD, RIG_SEGMENT_HEAD, false, {0.049, 0, -0.003}, {0.0115, 0.0135, 0.0110}, 0, 0, 0, 1, false},
    {RIG_REGION_SKIN, RIG_SEGMENT_HEAD, false, {0.060, 0, 0.047}, {0.0675, 0, 0.030}, 0.0045, 0.0080, 1, 0.95, false},
    {RIG_REGION_SKIN, RIG_SEGMENT_HEAD, true, {0.000, 0.0450, 0.040}, {0.0130, 0.0055, 0.0185}, 0, 0, 0, 1, false},
    {RIG_REGION_HAIR, RIG_SEGMENT_HEAD, false, {0.001, 0, 0.0655}, {0.0560, 0.0475, 0.0545}, 0, 0, 0, 1, false},
    {RIG_REGION_HAIR, RIG_SEGMENT_HEAD, false, {-0.014, 0, 0.040}, {0.0410, 0.0420, 0.0420}, 0, 0, 0, 1, false},
    {RIG_REGION_HAIR_FULL, RIG_SEGMENT_HEAD, false, {-0.004, 0, 0.068}, {0.0610, 0.0530, 0.0590}, 0, 0, 0, 1, false},
    {RIG_REGION_HAIR_FULL, RIG_SEGMENT_HEAD, true, {-0.006, 0.028, 0.045}, {0.0400, 0.0270, 0.0440}, 0, 0, 0, 1, false},
    {RIG_REGION_HAIR_LONG, RIG_SEGMENT_HEAD, false, {-0.030, 0, 0.045}, {-0.040, 0, -0.060}, 0.040, 0.034, 0, 0.75, false},
    {RIG_REGION_HAIR_LONG, RIG_SEGMENT_HEAD, true, {-0.012, 0.034, 0.040}, {-0.014, 0.037, -0.045}, 0.022, 0.013, 1, 0.8, false},
    {RIG_REGION_HAIR_BUN, RIG_SEGMENT_HEAD, false, {-0.058, 0, 0.075}, {0.0260, 0.0270, 0.0260}, 0, 0, 0, 1, false},

    // Neck and trunk.
    {RIG_REGION_SKIN, RIG_SEGMENT_NECK, false, {-0.006, 0, -0.015}, {0.003, 0, 0.058}, 0.0335, 0.0305, 0, 1, false},
    {RIG_REGION_TRUNK, RIG_SEGMENT_CHEST, true, {-0.010, 0.018, 0.155}, {-0.007, 0.088, 0.139}, 0.026, 0.0265, 0, 0.95, false},
    {RIG_REGION_TRUNK, RIG_SEGMENT_CHEST, false, {-0.004, 0.062, 0.112}, {-0.004, -0.062, 0.112}, 0.050, 0.050, 0, 0.98, false},
    {RIG_REGION_TRUNK, RIG_SEGMENT_CHEST, false, {0.002, 0, 0.000}, {-0.002, 0, 0.088}, 0.080, 0.092, 0, 0.68, false},
    {RIG_REGION_TRUNK, RIG_SEGMENT_CHEST, true, {0.030, 0.042, 0.085}, {0.030, 0.046, 0.036}, 0, 0, 0, 1, false},
    {RIG_REGION_BUST, RIG_SEGMENT_CHEST, true, {0.045, 0.040, 0.070}, {0.034, 0.037, 0.037}, 0, 0, 0, 1, false},
    {RIG_REGION_TRUNK, RIG_SEGMENT_LUMBAR, false, {0.003, 0, -0.012}, {0.002, 0, 0.105}, 0.079, 0.079, 0, 0.70, false},
    {RIG_REGION_BELLY, RIG_SEGMENT_LUMBAR, false, {0.022, 0, 0.030}, {0.050, 0.066, 0.060}, 0, 0, 0, 1, false},
    {RIG_REGION_HEM, RIG_SEGMENT_PELVIS, false, {0.000, 0, 0.075}, {0.000, 0, 0.012}, 0.083, 0.092, 0, 0.76, true},

    // Arms: flesh, and sleeves around it.
    {RIG_REGION_ARM, RIG_SEGMENT_UPPER_ARM, true, {0, 0, -0.006}, {0.000, 0, -0.186}, 0.0305, 0.0235, 0, 1, false},
    {RIG_REGION_ARM, RIG_SEGMENT_UPPER_ARM, true, {0.004, 0, -0.090}, {0.0265, 0.0255, 0.060}, 0, 0, 0, 1, false},
    {RIG_REGION_FOREARM, RIG_SEGMENT_FOREARM, true, {0, 0, 0}, {0, 0, -0.140}, 0.0240, 0.0160, 1, 0.95, false},
    {RIG_REGION_FOREARM, RIG_SEGMENT_FOREARM, true, {0.002, 0, -0.045}, {0.0260, 0.0245, 0.050}, 0, 0, 0, 1, false},
    {RIG_REGION_SKIN, RIG_SEGMENT_HAND, true, {0, 0, -0.008}, {0.003, -0.002, -0.050}, 0.0175, 0.0230, 1, 0.52, false},
    {RIG_REGION_SKIN, RIG_SEGMENT_HAND, true, {0.003, -0.003, -0.056}, {0.010, -0.012, -0.092}, 0.0200, 0.0130, 1, 0.55, false},
    {RIG_REGION_SKIN, RIG_SEGMENT_HAND, true, {0.012, -0.002, -0.018}, {0.026, -0.008, -0.050}, 0.0090, 0.0070, 1, 1, false},
    {RIG_REGION_SLEEVE, RIG_SEGMENT_UPPER_ARM, true, {0, 0, -0.004}, {0.001, 0.002, -0.105}, 0.0335, 0.0350, 0, 1, true},
    {RIG_REGION_CUFF, RIG_SEGMENT_UPPER_ARM, true, {0, 0, -0.090}, {0, 0, -0.186}, 0.0325, 0.0280, 0, 1, false},
    {RIG_REGION_CUFF, RIG_SEGMENT_FOREARM, true, {0, 0, 0}, {0, 0, -0.143}, 0.0280, 0.0215, 0, 1, true},

    // Hips and legs: flesh, and legwear around it.
    {RIG_REGION_HIPS, RIG_SEGMENT_PELVIS, false, {0.000, 0, 0.045}, {0.000, 0, 0.002}, 0.079, 0.086, 0, 0.72, false},
    {RIG_REGION_HIPS, RIG_SEGMENT_PELVIS, true, {-0.024, 0.040, -0.012}, {0.042, 0.045, 0.050}, 0, 0, 0, 1, false},
    {RIG_REGION_THIGH, RIG_SEGMENT_THIGH, true, {0, 0, 0.004}, {0.001, -0.002, -0.245}, 0.0510, 0.0310, 0, 1, false},
    {RIG_REGION_THIGH, RIG_SEGMENT_THIGH, true, {0.010, 0, -0.100}, {0.0430, 0.0420, 0.110}, 0, 0, 0, 1, false},
    {RIG_REGION_SHANK, RIG_SEGMENT_SHANK, true, {0.002, 0, 0.002}, {0, 0, -0.238}, 0.0285, 0.0195, 0, 1, false},
    {RIG_REGION_SHANK, RIG_SEGMENT_SHANK, true, {-0.011, 0, -0.075}, {0.0270, 0.0290, 0.075}, 0, 0, 0, 1, false},
    {RIG_REGION_LEG_UPPER, RIG_SEGMENT_THIGH, true, {0, 0.000, 0.006}, {0.001, -0.002, -0.232}, 0.0535, 0.0400, 0, 1, true},
    {RIG_REGION_LEG_UPPER, RIG_SEGMENT_THIGH, true, {0.009, 0, -0.100}, {0.0460, 0.0455, 0.112}, 0, 0, 0, 1, false},
    {RIG_REGION_LEG_LOWER, RIG_SEGMENT_SHANK, true, {0.001, 0, 0.004}, {0.002, 0, -0.236}, 0.0375, 0.0315, 0, 1, true},
    {RIG_REGION_LEG_LOWER, RIG_SEGMENT_SHANK, true, {-0.010, 0, -0.080}, {0.0310, 0.0330, 0.085}, 0, 0, 0, 1, false},
    {RIG_REGION_SKIRT, RIG_SEGMENT_PELVIS, false, {0, 0, 0.030}, {0.004, 0, -0.150}, 0.086, 0.098, 0, 0.78, true},
    {RIG_REGION_SKIRT, RIG_SEGMENT_THIGH, true, {0, -0.008, 0.002}, {0.000, -0.012, -0.165}, 0.058, 0.074, 0, 1, true},

    // Shoes; their flat axis is z, so that the texture's x points up.
    {RIG_REGION_SHOE, RIG_SEGMENT_FOOT, true, {-0.017, 0, -0.019}, {0.060, 0.001, -0.0245}, 0.0250, 0.0230, 2, 0.78, false},
    {RIG_REGION_SHOE, RIG_SEGMENT_FOOT, true, {0.050, 0.001, -0.0245}, {0.089, 0.000, -0.0270}, 0.0245, 0.0180, 2, 0.66, false},
    {RIG_REGION_SHOE, RIG_SEGMENT_FOOT, true, {-0.006, 0, 0.010}, {0.030, 0, -0.0180}, 0.0230, 0.0210, 0, 1, false},
};
// clang-format on
const int rig_anatomy_n = sizeof rig_anatomy_parts / sizeof *rig_anatomy_parts;
