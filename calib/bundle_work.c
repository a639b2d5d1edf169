#include "calib/bundle_work.h"

#include <string.h>

enum { CHUNKS_MAX = 32, BOARDS_A_CHUNK = 4 };
static const double CHUNK_NUMBERS_MAX = 8e6; // doubles that all partial sums together may take

rig_view_points rig_bundle_points(const rig_bundle_work *work, int view, const double (*p)[3]) {
    const rig_bundle *b = work->bundle;
    rig_view_points points = {.n = b->n_points, .p = p, .q = b->views[view].q, .huber_px = work->huber_px};
    points.n_shape = b->shape.n;
    points.dp = b->shape.dp;
    points.use = rig_bundle_use(work, view);
    points.sigma_px = b->views[view].sigma_px;
    memcpy(points.centre, work->centre, sizeof points.centre);
    return points;
}

// Counts, then places: views of one board stand together, in the order in which they came.
static void index_views(rig_bundle_work *work) {
    const rig_bundle *b = work->bundle;
    for (int v = 0; v < b->n_views; v++)
        work->first[b->views[v].board + 1]++;
    for (int i = 0; i < b->n_boards; i++)
        work->first[i + 1] += work->first[i];
    for (int v = b->n_views - 1; v >= 0; v--)
        work->order[--work->first[b->views[v].board + 1]] = v;
    for (int i = 0; i < b->n_boards; i++) // each entry now holds its own begin, one place too far up
        work->first[i] = work->first[i + 1];
    work->first[b->n_boards] = b->n_views;
}

static void place_unknowns(rig_bundle_work *work) {
    const rig_bundle *b = work->bundle;
    for (int c = 0; c < b->n_cameras; c++) {
        const rig_bundle_camera *camera = &b->cameras[c];
        const int n_lens = 4 + rig_lens_n_dist(camera->camera.lens);
        rig_bundle_slot *slot = &work->slots[c];
        *slot = (rig_bundle_slot){.at = work->n_free, .pose = !camera->held_pose};
        for (int i = 0; i < n_lens; i++)
            if (!(camera->held_lens >> i & 1))
                slot->inner[slot->n_lens++] = i;
        slot->n_inner = slot->n_lens;
        for (int k = 0; k < b->shape.n; k++)
            slot->inner[slot->n_inner++] = (slot->n_lens ? n_lens : 0) + k;
        slot->n = slot->n_inner + (slot->pose ? 6 : 0);
        work->n_free += slot->n - b->shape.n;
    }
    work->at_shape = work->n_free;
    work->n_free += b->shape.n;
}

static void cut_chunks(rig_bundle_work *work) {
    int n = work->bundle->n_boards;
    double room = CHUNK_NUMBERS_MAX / (1 + (double)work->n_free * work->n_free);
    work->n_chunks = (n + BOARDS_A_CHUNK - 1) / BOARDS_A_CHUNK;
    if (work->n_chunks > CHUNKS_MAX)
        work->n_chunks = CHUNKS_MAX;
    if (work->n_chunks > room)
        work->n_chunks = (int)room;
    if (work->n_chunks < 1)
        work->n_chunks = 1;
}

static void normal_place(rig_bundle_normal *normal, double *numbers, const rig_bundle *b) {
    const ptrdiff_t cameras = b->n_cameras, boards = b->n_boards, M = RIG_VIEW_COLUMNS;
    normal->H = numbers;
    normal->g = normal->H + cameras * M * M;
    normal->H_board = normal->g + cameras * M;
    normal->g_board = normal->H_board + 36 * boards;
    normal->W = normal->g_board + 6 * boards;
}

static rig_status work_allocate(rig_bundle_work *work, rig_arena *scratch, rig_err *err) {
    const rig_bundle *b = work->bundle;
    const size_t cameras = (size_t)b->n_cameras, boards = (size_t)b->n_boards, views = (size_t)b->n_views;
    const size_t n = (size_t)work->n_free, chunks = (size_t)work->n_chunks, M = RIG_VIEW_COLUMNS;
    const size_t in_normal = cameras * M * (M + 1) + boards * 42 + views * 6 * M;
    work->chunks = RIG_NEW(scratch, int, chunks + 1);
    work->chunk_at = RIG_NEW(scratch, int, chunks *(cameras + 1));
    work->state_tried.boards = RIG_NEW(scratch, rig_bundle_board, boards);
    work->state_tried.cameras = RIG_NEW(scratch, rig_bundle_camera, cameras);
    work->p_tried = rig_arena_alloc(scratch, (size_t)b->n_points, sizeof *work->p_tried);
    double *normals = RIG_NEW(scratch, double, 2 * in_normal);
    work->chunk_H = RIG_NEW(scratch, double, chunks *cameras *M *(M + 1));
    work->S = RIG_NEW(scratch, double, n *n);
    work->chunk_S = RIG_NEW(scratch, double, chunks *n *(n + 1));
    work->chunk_rows = RIG_NEW(scratch, double, chunks *n *(6 * RIG_ELIMINATE_BOARDS + n));
    work->step = RIG_NEW(scratch, double, 3 * n);
    work->chunk_cost = RIG_NEW(scratch, double, chunks);
    double *per_board = RIG_NEW(scratch, double, boards *(36 + 6 + 6));
    if (!work->chunks || !work->chunk_at || !work->state_tried.boards || !work->state_tried.cameras || !work->p_tried ||
        !normals || !work->chunk_H || !work->S || !work->chunk_S || !work->chunk_rows || !work->step ||
        !work->chunk_cost || !per_board)
        return rig_fail_memory(err, "the normal equations");
    normal_place(&work->at, normals, b);
    normal_place(&work->tried, normals + in_normal, b);
    work->state_tried.p = b->shape.n ? (const double(*)[3])work->p_tried : b->p;
    work->diagonal = work->step + n;
    work->gradient = work->diagonal + n;
    work->L_board = per_board;
    work->z_board = work->L_board + 36 * boards;
    work->step_board = work->z_board + 6 * boards;
    return RIG_OK;
}

static void use_seen(rig_bundle_work *work) {
    for (int v = 0; v < work->bundle->n_views; v++) {
        rig_bundle_view *view = &work->bundle->views[v];
        view->n_used = 0;
        view->why = view->left_out ? view->why : NULL;
        for (int i = 0; i < work->bundle->n_points; i++) {
            bool use = !view->left_out && (!view->seen || view->seen[i]);
            rig_bundle_use(work, v)[i] = use;
            view->n_used += use;
        }
    }
}

rig_status rig_bundle_work_init(rig_bundle_work *work, rig_bundle *bundle, rig_arena *scratch, rig_err *err) {
    *work = (rig_bundle_work){.bundle = bundle};
    work->slots = RIG_NEW(scratch, rig_bundle_slot, bundle->n_cameras);
    work->order = RIG_NEW(scratch, int, bundle->n_views);
    work->first = RIG_NEW(scratch, int, bundle->n_boards + 2);
    work->use = rig_arena_alloc(scratch, (size_t)bundle->n_views, (size_t)bundle->n_points * sizeof *work->use);
    if (!work->slots || !work->order || !work->first || !work->use)
        return rig_fail_memory(err, "the corners in use");
    rig_points_centre(bundle->p, bundle->n_points, work->centre);
    use_seen(work);
    index_views(work);
    place_unknowns(work);
    cut_chunks(work);
    RIG_TRY(work_allocate(work, scratch, err));
    for (int i = 0; i <= work->n_chunks; i++)
        work->chunks[i] = (int)((ptrdiff_t)bundle->n_boards * i / work->n_chunks);
    return RIG_OK;
}

static void step_camera(const rig_bundle_work *work, int c) {
    const rig_bundle_slot *slot = &work->slots[c];
    rig_bundle_camera *to = &work->state_tried.cameras[c];
    const double *step = work->step + slot->at, origin[3] = {0, 0, 0};
    *to = work->bundle->cameras[c];
    for (int i = 0; i < slot->n_lens; i++)
        *(slot->inner[i] < 4 ? &to->camera.K[slot->inner[i]] : &to->camera.dist[slot->inner[i] - 4]) += step[i];
    if (!slot->pose)
        return;
    // A turn about the camera's own centre, which is the origin of the frame it turns in.
    rig_pose turn = rig_pose_identity();
    turn = rig_pose_stepped_about(&turn, origin, step + slot->n_lens);
    to->Rt_cam_world = rig_pose_mul(&turn, &to->Rt_cam_world);
}

static void step_shape(const rig_bundle_work *work) {
    const rig_bundle *b = work->bundle;
    const double *step = work->step + work->at_shape;
    for (int i = 0; b->shape.n && i < b->n_points; i++)
        for (int j = 0; j < 3; j++) {
            work->p_tried[i][j] = b->p[i][j];
            for (int k = 0; k < b->shape.n; k++)
                work->p_tried[i][j] += step[k] * b->shape.dp[i][k][j];
        }
}

static double linearize(void *self) {
    rig_bundle_work *work = self;
    const rig_bundle_state state = rig_bundle_state_of(work->bundle);
    if (!work->linearized)
        rig_bundle_normal_build(work, &state, &work->at);
    work->linearized = false;
    return work->at.cost;
}

static double try_step(void *self) {
    rig_bundle_work *work = self;
    const rig_bundle *b = work->bundle;
    if (work->stopped)
        return work->at.cost;
    for (int c = 0; c < b->n_cameras; c++)
        step_camera(work, c);
    for (int i = 0; i < b->n_boards; i++) {
        const rig_bundle_board *from = &b->boards[i];
        work->state_tried.boards[i] = *from;
        if (!from->held)
            work->state_tried.boards[i].Rt_world_board =
                rig_pose_stepped_about(&from->Rt_world_board, work->centre, work->step_board + 6 * (ptrdiff_t)i);
    }
    step_shape(work);
    rig_bundle_normal_build(work, &work->state_tried, &work->tried);
    return work->tried.cost;
}

static void accept(void *self) {
    rig_bundle_work *work = self;
    rig_bundle *b = work->bundle;
    rig_bundle_normal old = work->at;
    memcpy(b->cameras, work->state_tried.cameras, sizeof *b->cameras * (size_t)b->n_cameras);
    memcpy(b->boards, work->state_tried.boards, sizeof *b->boards * (size_t)b->n_boards);
    for (int k = 0; k < b->shape.n; k++)
        b->shape.x[k] += work->step[work->at_shape + k];
    if (b->shape.n)
        memcpy(b->shape.p, work->p_tried, sizeof *b->shape.p * (size_t)b->n_points);
    work->at = work->tried;
    work->tried = old;
    work->linearized = true;
}

static void reject(void *self) {
    (void)self; // the state was never touched
}

rig_lm_problem rig_bundle_problem(rig_bundle_work *work) {
    return (rig_lm_problem){work, linearize, rig_bundle_eliminate, try_step, accept, reject};
}
