#include "tools/synth/takes.h"

#include "tools/synth/scene.h"

#include <string.h>

enum { PICTURES = 32 }; // of one session
enum { FRAMES = 250 };  // of a take
static const uint64_t SEEDS_ABOVE = (uint64_t)1 << 32;

struct rig_takes {
    rig_studio_params params;
    rig_rng rng;
    uint64_t taken;
    rig_synth *synth;
    rig_image view;
};

// Joints by COCO's names, as bodies have them: a session's skeleton has to have some.
static rig_skeleton skeleton_of_bodies(void) {
    rig_skeleton skeleton = {.n = RIG_AVATAR_JOINTS};
    for (int j = 0; j < RIG_AVATAR_JOINTS; j++)
        strncpy(skeleton.names[j], rig_avatar_joint_names[j], RIG_NAME_MAX - 1);
    return skeleton;
}

static rig_status session_change(rig_takes *takes, rig_err *err) {
    const rig_skeleton skeleton = skeleton_of_bodies();
    const int most = takes->params.people_max < RIG_SYNTH_PEOPLE_MAX ? takes->params.people_max : RIG_SYNTH_PEOPLE_MAX;
    rig_synth_params params = rig_synth_defaults();
    params.seed = SEEDS_ABOVE + takes->params.seed * 100000 + takes->taken / PICTURES;
    params.n_people = 1 + rig_rng_below(&takes->rng, most);
    params.height = takes->params.size;
    params.width = takes->params.size * 4 / 3;
    params.n_take = FRAMES;
    params.n_board = params.n_floor = 0;
    rig_synth_close(takes->synth);
    takes->synth = NULL;
    return rig_synth_open(&params, &skeleton, &takes->synth, err);
}

rig_status rig_takes_open(const rig_studio_params *params, rig_takes **takes, rig_err *err) {
    *takes = rig_heap_resize(NULL, 1, sizeof **takes);
    if (!*takes)
        return rig_fail_memory(err, "takes");
    **takes = (rig_takes){.params = *params, .rng = rig_rng_seed(params->seed, 1)};
    return RIG_OK;
}

void rig_takes_close(rig_takes *takes) {
    if (!takes)
        return;
    rig_synth_close(takes->synth);
    rig_image_release(&takes->view);
    rig_heap_free(takes);
}

// People in a view, in the pixels of a window of it that starts at column x0.
static rig_status people_label(const rig_synth *synth, int frame, int view, int x0, int size, rig_labels *labels,
                               rig_arena *scratch, rig_err *err) {
    const rig_viewpoint *viewpoint = &synth->viewpoints[view];
    rig_solid *solids = RIG_NEW(scratch, rig_solid, RIG_SYNTH_PEOPLE_MAX * RIG_AVATAR_PARTS_MAX);
    rig_target *targets = RIG_NEW(scratch, rig_target, RIG_SYNTH_PEOPLE_MAX * RIG_AVATAR_PARTS_MAX);
    if (!solids || !targets)
        return rig_fail_memory(err, "joints to see");
    const int n = rig_synth_people_solids(synth, frame, solids);
    for (int i = 0; i < n; i++)
        targets[i] = rig_target_see(&solids[i], &viewpoint->camera, &viewpoint->rays, &viewpoint->Rt_cam_world);
    labels->n = 0;
    for (int i = 0; i < synth->params.n_people; i++) {
        rig_figure figure;
        rig_pose segments[RIG_SEGMENTS];
        float q[RIG_FIGURE_JOINTS][2];
        rig_visibility visibility[RIG_FIGURE_JOINTS];
        bool seen = false;
        rig_synth_segments(synth, i, frame, segments);
        rig_figure_pose(&figure, synth->actors[i].body, segments);
        rig_figure_see(&figure, i + 1, viewpoint, targets, n, &synth->empty[view], q, visibility);
        for (int j = 0; j < RIG_FIGURE_JOINTS; j++) {
            float *joint = labels->joints[labels->n][j];
            joint[0] = q[j][0] - (float)x0;
            joint[1] = q[j][1];
            const bool inside = joint[0] > -0.5f && joint[0] < (float)size - 0.5f;
            joint[2] = inside ? (float)visibility[j] : RIG_VISIBILITY_OUTSIDE;
            seen = seen || (inside && visibility[j] == RIG_VISIBILITY_SEEN);
        }
        labels->n += seen;
    }
    return RIG_OK;
}

rig_status rig_takes_shoot(rig_takes *takes, rig_image *image, rig_labels *labels, rig_err *err) {
    rig_arena scratch = {NULL};
    const int size = takes->params.size;
    if (takes->taken % PICTURES == 0)
        RIG_TRY(session_change(takes, err));
    takes->taken++;
    const int frame = rig_rng_below(&takes->rng, FRAMES), view = rig_rng_below(&takes->rng, RIG_LAYOUT_VIEWS);
    RIG_TRY(rig_synth_draw(takes->synth, RIG_SYNTH_TAKE, frame, view, &takes->view, err));
    const int x0 = rig_rng_below(&takes->rng, takes->view.width - size + 1);
    RIG_TRY(rig_image_resize(image, size, size, 3, err));
    for (int y = 0; y < size; y++)
        memcpy(image->data + y * image->stride, takes->view.data + y * takes->view.stride + 3 * x0, 3 * (size_t)size);
    const rig_status status = people_label(takes->synth, frame, view, x0, size, labels, &scratch, err);
    rig_arena_release(&scratch);
    return status;
}
