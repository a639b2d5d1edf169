#include "io/export_bvh.h"

#include "core/geom.h"

#include <math.h>
#include <string.h>

static const double CM = 100, DEGREES = 180 / 3.14159265358979323846;

// --- hierarchy -------------------------------------------------------------------------------------------------------

static void indented(FILE *f, int depth, const char *text) {
    fprintf(f, "%*s%s", depth, "", text);
}

static void offset_put(FILE *f, const rig_articulation *a, int node, int depth) {
    const double *d = a->offset_m[node];
    indented(f, depth, "OFFSET");
    fprintf(f, " %.6f %.6f %.6f\n", d[0] * CM, d[1] * CM, d[2] * CM);
}

static void node_put(FILE *f, const rig_articulation *a, int node, int depth) {
    indented(f, depth, node == 0 ? "ROOT " : a->turns[node] ? "JOINT " : "End Site");
    fprintf(f, "%s\n", a->turns[node] ? rig_node_name(node) : "");
    indented(f, depth, "{\n");
    offset_put(f, a, node, depth + 1);
    if (node == 0)
        indented(f, depth + 1, "CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation\n");
    else if (a->turns[node])
        indented(f, depth + 1, "CHANNELS 3 Zrotation Xrotation Yrotation\n");
    for (int child = node + 1; child < RIG_NODES; child++)
        if (a->has[child] && rig_node_parent(child) == node)
            node_put(f, a, child, depth + 1);
    indented(f, depth, "}\n");
}

void rig_bvh_begin(FILE *f, const rig_export_take *take, const rig_export_person *person, const rig_articulation *a) {
    fputs("HIERARCHY\n", f);
    node_put(f, a, 0, 0);
    fprintf(f, "MOTION\nFrames: %ld\nFrame Time: %.10g\n", rig_export_rows(take, person), take->step / take->fps);
}

// --- frames ----------------------------------------------------------------------------------------------------------

// R = Rz Rx Ry.
static void angles_of(const double R[9], double degrees[3]) {
    const double sine = R[7] > 1 ? 1 : R[7] < -1 ? -1 : R[7];
    degrees[1] = asin(sine) * DEGREES;
    if (fabs(sine) > 1 - 1e-12) { // z and y turn about one axis
        degrees[0] = atan2(R[3], R[0]) * DEGREES;
        degrees[2] = 0;
        return;
    }
    degrees[0] = atan2(-R[1], R[4]) * DEGREES;
    degrees[2] = atan2(-R[6], R[8]) * DEGREES;
}

// Turns of z and y go on from the frame before, so that what is between two frames is between their angles.
static void angles_set(const double R[9], double degrees[3]) {
    double now[3];
    angles_of(R, now);
    for (int k = 0; k < 3; k++)
        degrees[k] = now[k] + 360 * round((degrees[k] - now[k]) / 360);
}

static void turn_of(const rig_articulated_pose *pose, int node, double R[9]) {
    const int parent = rig_node_parent(node);
    double transposed[9];
    memcpy(R, pose->R[node], sizeof pose->R[node]);
    if (parent < 0)
        return;
    rig_mat3_transpose(pose->R[parent], transposed);
    rig_mat3_mul(transposed, pose->R[node], R);
}

static void channels_put(FILE *f, const rig_articulation *a, int node, const rig_bvh_state *state) {
    const double *d = state->degrees[node];
    fprintf(f, " %.6f %.6f %.6f", d[0], d[1], d[2]);
    for (int child = node + 1; child < RIG_NODES; child++) // in the hierarchy's order
        if (a->turns[child] && rig_node_parent(child) == node)
            channels_put(f, a, child, state);
}

bool rig_bvh_add(FILE *f, const rig_articulation *a, const rig_articulated_pose *pose, rig_bvh_state *state) {
    bool all = true;
    for (int i = 0; i < RIG_NODES; i++) {
        double R[9];
        if (!a->turns[i])
            continue;
        all = all && pose && pose->known[i];
        if (!pose || !pose->known[i])
            continue;
        turn_of(pose, i, R);
        angles_set(R, state->degrees[i]);
    }
    for (int k = 0; k < 3 && pose && pose->known[0]; k++)
        state->p_cm[k] = pose->p[0][k] * CM;
    fprintf(f, "%.6f %.6f %.6f", state->p_cm[0], state->p_cm[1], state->p_cm[2]);
    channels_put(f, a, 0, state);
    fputc('\n', f);
    return all;
}
