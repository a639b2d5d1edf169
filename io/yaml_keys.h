// Keys that stand twice in a map. Private to the YAML reader.
#ifndef RIG_IO_YAML_KEYS_H
#define RIG_IO_YAML_KEYS_H

#include "io/yaml.h"

// The first item, in the order of keys, whose key an earlier item has; *twin = NULL where all differ.
// O(n log n). Returns false when memory is out.
RIG_CHECKED bool rig_yaml_twin_find(const rig_yaml *items, int n, const rig_yaml **twin);

#endif
