// A set of joints of a skeleton: a bit each.
#ifndef RIG_TRIANGULATE_JOINT_SET_H
#define RIG_TRIANGULATE_JOINT_SET_H

#include "core/skeleton.h"

#include <stdint.h>

enum { RIG_JOINT_WORDS = (RIG_JOINTS_MAX + 63) / 64 };

typedef struct rig_joint_set {
    uint64_t words[RIG_JOINT_WORDS];
} rig_joint_set;

static inline bool rig_joint_set_has(const rig_joint_set *set, int joint) {
    return set->words[(unsigned)joint / 64] >> ((unsigned)joint % 64) & 1;
}

static inline void rig_joint_set_add(rig_joint_set *set, int joint) {
    set->words[(unsigned)joint / 64] |= (uint64_t)1 << ((unsigned)joint % 64);
}

static inline void rig_joint_set_remove(rig_joint_set *set, int joint) {
    set->words[(unsigned)joint / 64] &= ~((uint64_t)1 << ((unsigned)joint % 64));
}

static inline bool rig_joint_set_is_empty(const rig_joint_set *set) {
    uint64_t any = 0;
    for (int i = 0; i < RIG_JOINT_WORDS; i++)
        any |= set->words[i];
    return any == 0;
}

// The joints of both.
static inline rig_joint_set rig_joint_set_common(const rig_joint_set *a, const rig_joint_set *b) {
    rig_joint_set common;
    for (int i = 0; i < RIG_JOINT_WORDS; i++)
        common.words[i] = a->words[i] & b->words[i];
    return common;
}

#endif
