// Maps on one grid: what a network says of each cell.
#ifndef RIG_POSE_MAPS_H
#define RIG_POSE_MAPS_H

#include <float.h>
#include <math.h>
#include <stddef.h>

typedef struct rig_centres rig_centres; // pose/centres.h

// One planar map. A value that is not finite counts as 0: read cells through rig_map_at.
typedef struct rig_map {
    const float *data; // data[y * width + x]
    int width, height;
} rig_map;

static inline double rig_map_at(rig_map map, int x, int y) {
    float value = map.data[(size_t)y * (size_t)map.width + (size_t)x];
    return fabsf(value) <= FLT_MAX ? (double)value : 0;
}

// Planar: heat[k][y][x]; tags[(k * tag_dim + d)][y][x], joint major.
typedef struct rig_maps {
    int n_joints, tag_dim, width, height;
    const float *heat, *tags;   // tags: NULL where they come from centres, or there are none
    const float *nms;           // heatmaps with all but the peaks at or below 0, or NULL: peaks are searched here
    const rig_centres *centres; // of a centre network, or NULL
} rig_maps;

// The n-th plane of some that lie on the grid of maps.
static inline rig_map rig_maps_plane(const rig_maps *maps, const float *planes, int n) {
    return (rig_map){planes + (size_t)n * (size_t)maps->width * (size_t)maps->height, maps->width, maps->height};
}

// The tag of a joint at a cell: maps->tag_dim values, zeros where the network has neither tags nor centres.
void rig_maps_tag_at(const rig_maps *maps, int joint, int x, int y, double *tag);

#endif
