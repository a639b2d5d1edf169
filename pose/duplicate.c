#include "pose/group.h"

#include <math.h>

static const double BOX_TO_AREA = 0.53; // CrowdPose's ratio of a person's area to its box

double rig_person_area(const rig_joint2d *joints, int n) {
    double low[2], high[2];
    if (!rig_joints_box(joints, n, low, high))
        return 0;
    double w = high[0] - low[0], h = high[1] - low[1], least = fmax(w, h) / 4;
    return BOX_TO_AREA * fmax(w, least) * fmax(h, least);
}

double rig_people_oks(const rig_joint2d *a, const rig_joint2d *b, const rig_skeleton *skeleton) {
    int n_a = 0, n_b = 0;
    double sum = 0;
    for (int k = 0; k < skeleton->n; k++) {
        n_a += a[k].found;
        n_b += b[k].found;
    }
    if (n_a == 0 || n_b == 0)
        return 0;
    double scale = fmax(rig_person_area(a, skeleton->n), 1);
    for (int k = 0; k < skeleton->n; k++) {
        if (!a[k].found || !b[k].found)
            continue;
        double dx = a[k].q[0] - b[k].q[0], dy = a[k].q[1] - b[k].q[1], spread = fmax(2 * skeleton->sigma[k], 1e-6);
        sum += exp(-(dx * dx + dy * dy) / (2 * scale * spread * spread));
    }
    return sum / (n_a < n_b ? n_a : n_b);
}

void rig_people_sort(rig_person2d *people, int n) {
    for (int i = 1; i < n; i++) {
        const rig_person2d person = people[i];
        int at = i;
        for (; at > 0 && people[at - 1].score < person.score; at--)
            people[at] = people[at - 1];
        people[at] = person;
    }
}

int rig_people_dedupe(const rig_person2d *people, int n, const rig_skeleton *skeleton, const rig_decode_params *params,
                      int *kept) {
    int count = 0;
    for (int i = 0; i < n && count < params->max_people; i++) {
        bool twice = false;
        for (int j = 0; j < count && !twice; j++)
            twice = rig_people_oks(people[kept[j]].joints, people[i].joints, skeleton) > params->duplicate_oks;
        if (!twice)
            kept[count++] = i;
    }
    return count;
}
