// Who is who: nodes are joined where that is likely, never where it is impossible.
#ifndef RIG_TRIANGULATE_CLUSTER_H
#define RIG_TRIANGULATE_CLUSTER_H

#include "core/arena.h"
#include "core/status.h"

// Split n nodes into clusters so that the affinities within clusters add up to much.
//   affinity  n x n, symmetric, a log-odds each; a pair below -1e29 is never in one cluster
//   label     n, out: clusters numbered from 0 in the order of their first nodes
// Returns through *n_clusters. A clustering is a partition: who is with whom is consistent around every cycle of views.
// Edges are contracted greedily, the best first, then nodes are moved one at a time while that gains.
// Fails with RIG_ERR_MEMORY. Cost about n^2 for each join. Source: Keuper et al. 2015, "Efficient decomposition of
// image and mesh graphs by lifted multicuts" (GAEC and KLj).
RIG_CHECKED rig_status rig_cluster(const double *affinity, int n, int *label, int *n_clusters, rig_arena *scratch,
                                   rig_err *err);

#endif
