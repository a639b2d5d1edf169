// What became of the people that views saw: why they are in no skeleton.
#include "triangulate/person_cluster.h"

static void count_state(rig_tracker_tally *tally, rig_joint_state state) {
    switch (state) {
    case RIG_JOINT_PARALLAX:
        tally->parallel++;
        break;
    case RIG_JOINT_BEHIND:
        tally->behind++;
        break;
    case RIG_JOINT_MISSING:
        tally->alone++; // nobody with a joint in common
        break;
    default:
        tally->unmatched++;
    }
}

// A detection that no other is the same person as: by whom of another view it is most likely, were it not for that;
// rays along those of somebody tell most.
static void lonely_count(const rig_tracker *tracker, const rig_detections *detections, const rig_detection *who,
                         rig_tracker_tally *tally) {
    rig_joint_state why = RIG_JOINT_MISSING;
    double most = -INFINITY;
    for (int i = 0; i < detections->n; i++) {
        const rig_detection *other = &detections->list[i];
        if (other->view == who->view)
            continue;
        const rig_detection *a = other->view < who->view ? other : who, *b = a == who ? other : who;
        const rig_view_pair *pair = &tracker->pairs[a->view * tracker->rig->n + b->view];
        double depth[2], odds = rig_affinity_epipolar(pair, &tracker->body, a, b, depth);
        const rig_joint_state one = rig_affinity_obstacle(pair, &tracker->body, a, b);
        if (why != RIG_JOINT_PARALLAX && (odds > most || one == RIG_JOINT_PARALLAX))
            most = odds, why = one;
    }
    count_state(tally, why);
}

// Of views that are one person, but no skeleton of the result.
static void cluster_count(const rig_tracker *tracker, const rig_person_cluster *cluster, rig_tracker_tally *tally) {
    int count[RIG_JOINT_STATES] = {0};
    for (int j = 0; j < tracker->body.n; j++)
        count[cluster->joints[j].state]++;
    const int parallel = count[RIG_JOINT_PARALLAX], behind = count[RIG_JOINT_BEHIND],
              disagree = count[RIG_JOINT_REJECTED];
    long *of = cluster->n_ok >= tracker->params.min_joints     ? &tally->unsure
               : cluster->n_ok >= parallel + behind + disagree ? &tally->few_3d
               : parallel >= behind && parallel >= disagree    ? &tally->parallel
               : behind >= disagree                            ? &tally->behind
                                                               : &tally->disagree;
    *of += cluster->n;
}

void rig_person_clusters_tally(const rig_tracker *tracker, const rig_detections *detections,
                               const rig_person_clusters *clusters, const bool *in_result, rig_tracker_tally *tally) {
    tally->n += detections->n_people;
    tally->few_2d += detections->n_people - detections->n;
    for (int g = 0; g < clusters->n; g++) {
        const rig_person_cluster *cluster = &clusters->list[g];
        const bool one_view = (cluster->views & (cluster->views - 1)) == 0;
        if (in_result[g])
            tally->used += cluster->n;
        else if (!one_view)
            cluster_count(tracker, cluster, tally);
        else
            for (int k = 0; k < cluster->n; k++)
                lonely_count(tracker, detections, cluster->members[k], tally);
    }
}
