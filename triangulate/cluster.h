// The partition of a graph with affinities into clusters (correlation clustering, or multicut).
#ifndef RIG_TRIANGULATE_CLUSTER_H
#define RIG_TRIANGULATE_CLUSTER_H

#include "core/arena.h"
#include "core/status.h"

// Partition n nodes so that the affinities within clusters add up to as much as greedy steps reach: contract the edge
// of the largest positive affinity until none is left, then move single nodes between clusters while that gains. How
// many clusters there are follows from the affinities' signs. A partition is consistent around every cycle of nodes,
// which pairwise decisions are not.
//   affinity    n x n, symmetric, log-odds that two nodes belong together; a pair below -1e29 is never in one cluster
//   label       n, out: clusters numbered from 0 in the order of their first nodes
//   n_clusters  out
// Fails with RIG_ERR_MEMORY. Cost about n^2 for each contraction. Source: Keuper et al. 2015, "Efficient decomposition
// of image and mesh graphs by lifted multicuts" (greedy additive edge contraction, then Kernighan-Lin with joins).
RIG_CHECKED rig_status rig_cluster(const double *affinity, int n, int *label, int *n_clusters, rig_arena *scratch,
                                   rig_err *err);

#endif
