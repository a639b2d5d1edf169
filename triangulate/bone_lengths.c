#include "triangulate/bone_lengths.h"

#include "core/geom.h"

#include <stdlib.h>
#include <string.h>

enum { MEASURED_LEAST = 5 }; // moments that show a bone, before it has a length
enum { MOMENTS_MOST = 16384, AWAY_FRAMES = 20000 };

typedef struct measure {
    double m, weight; // 0: the moment does not show the bone
} measure;

typedef struct person {
    int id, last_frame;
    int n, room, stride; // moments; of which frame numbers
    int *frames;
    measure *measures; // room x bones
    bool settled;      // measured to the end: moments are gone
    double length_m[RIG_BONES_MAX];
} person;

struct rig_bone_lengths {
    const rig_body *body;
    int n_bones;
    int n, room;
    person *people; // in the order of their coming; when ended by id
};

rig_status rig_bone_lengths_open(const rig_body *body, rig_bone_lengths **lengths, rig_err *err) {
    rig_bone_lengths *made = rig_heap_resize(NULL, 1, sizeof *made);
    *lengths = made;
    if (!made)
        return rig_fail_memory(err, "bones");
    *made = (rig_bone_lengths){.body = body, .n_bones = body->n_bones + body->n_rigid};
    return RIG_OK;
}

static void moments_free(person *p) {
    rig_heap_free(p->frames);
    rig_heap_free(p->measures);
    p->frames = NULL, p->measures = NULL;
    p->n = p->room = 0;
}

// --- medians ---------------------------------------------------------------------------------------------------------

static int by_length(const void *a, const void *b) {
    double x = ((const measure *)a)->m, y = ((const measure *)b)->m;
    return (x > y) - (x < y);
}

static double weighted_median(measure *measures, int n) {
    double sum = 0, half = 0;
    qsort(measures, (size_t)n, sizeof *measures, by_length);
    for (int i = 0; i < n; i++)
        half += measures[i].weight / 2;
    for (int i = 0; i < n; i++)
        if ((sum += measures[i].weight) >= half)
            return measures[i].m;
    return 0;
}

static rig_status settle(const rig_bone_lengths *b, person *p, rig_err *err) {
    measure *shown = rig_heap_resize(NULL, (size_t)p->n, sizeof *shown);
    if (!shown)
        return rig_fail_memory(err, "bones");
    for (int k = 0; k < b->n_bones; k++) {
        int n = 0;
        for (int i = 0; i < p->n; i++)
            if (p->measures[(size_t)i * (size_t)b->n_bones + (size_t)k].weight > 0)
                shown[n++] = p->measures[(size_t)i * (size_t)b->n_bones + (size_t)k];
        p->length_m[k] = n >= MEASURED_LEAST ? weighted_median(shown, n) : 0;
    }
    rig_heap_free(shown);
    moments_free(p);
    p->settled = true;
    return RIG_OK;
}

// --- moments ---------------------------------------------------------------------------------------------------------

static rig_status person_find(rig_bone_lengths *b, int id, person **found, rig_err *err) {
    for (int i = b->n - 1; i >= 0; i--) // who is there came late
        if (b->people[i].id == id) {
            *found = &b->people[i];
            return RIG_OK;
        }
    if (b->n == b->room) {
        int room = b->room ? 2 * b->room : 16;
        person *people = rig_heap_resize(b->people, (size_t)room, sizeof *people);
        if (!people)
            return rig_fail_memory(err, "bones");
        b->people = people, b->room = room;
    }
    *found = &b->people[b->n++];
    **found = (person){.id = id, .stride = 1};
    return RIG_OK;
}

static rig_status reserve(const rig_bone_lengths *b, person *p, rig_err *err) {
    if (p->n < p->room)
        return RIG_OK;
    int room = p->room ? 2 * p->room : 64;
    int *frames = rig_heap_resize(p->frames, (size_t)room, sizeof *frames);
    p->frames = frames ? frames : p->frames;
    measure *measures = rig_heap_resize(p->measures, (size_t)room * (size_t)b->n_bones, sizeof *measures);
    p->measures = measures ? measures : p->measures;
    if (!frames || !measures)
        return rig_fail_memory(err, "bones");
    p->room = room;
    return RIG_OK;
}

// Half of the moments are enough.
static void thin(const rig_bone_lengths *b, person *p) {
    const size_t n_bones = (size_t)b->n_bones;
    int n = 0;
    p->stride *= 2;
    for (int i = 0; i < p->n; i++) {
        if (p->frames[i] % p->stride != 0)
            continue;
        memmove(p->measures + (size_t)n * n_bones, p->measures + (size_t)i * n_bones, n_bones * sizeof *p->measures);
        p->frames[n++] = p->frames[i];
    }
    p->n = n;
}

static measure bone_measure(const rig_bone *bone, const rig_joint3d *joints) {
    const rig_joint3d *a = &joints[bone->a], *b = &joints[bone->b];
    if (a->state != RIG_JOINT_OK || b->state != RIG_JOINT_OK)
        return (measure){0, 0};
    double d[3] = {a->p[0] - b->p[0], a->p[1] - b->p[1], a->p[2] - b->p[2]};
    double spread2 = a->sigma_m * a->sigma_m + b->sigma_m * b->sigma_m;
    return (measure){rig_norm3(d), spread2 > 0 ? 1 / spread2 : 1};
}

static rig_status person_add(rig_bone_lengths *b, const rig_person3d *who, int frame, rig_err *err) {
    person *p = NULL;
    RIG_TRY(person_find(b, who->id, &p, err));
    if (p->n > 0 && (long)frame - p->last_frame > AWAY_FRAMES)
        RIG_TRY(settle(b, p, err));
    p->last_frame = frame;
    if (p->settled || frame % p->stride != 0)
        return RIG_OK;
    RIG_TRY(reserve(b, p, err));
    p->frames[p->n] = frame;
    for (int k = 0; k < b->n_bones; k++)
        p->measures[(size_t)p->n * (size_t)b->n_bones + (size_t)k] = bone_measure(&b->body->bones[k], who->joints);
    p->n++;
    while (p->n > MOMENTS_MOST)
        thin(b, p);
    return RIG_OK;
}

rig_status rig_bone_lengths_add(rig_bone_lengths *b, const rig_frame3d *frame, rig_err *err) {
    for (int i = 0; i < frame->n; i++)
        RIG_TRY(person_add(b, &frame->people[i], frame->frame, err));
    for (int i = 0; i < b->n; i++) // those who left need no more memory
        if (b->people[i].n > 0 && (long)frame->frame - b->people[i].last_frame > AWAY_FRAMES)
            RIG_TRY(settle(b, &b->people[i], err));
    return RIG_OK;
}

static int by_id(const void *a, const void *b) {
    int x = ((const person *)a)->id, y = ((const person *)b)->id;
    return (x > y) - (x < y);
}

rig_status rig_bone_lengths_end(rig_bone_lengths *b, rig_err *err) {
    for (int i = 0; i < b->n; i++)
        if (!b->people[i].settled)
            RIG_TRY(settle(b, &b->people[i], err));
    if (b->n > 0)
        qsort(b->people, (size_t)b->n, sizeof *b->people, by_id);
    return RIG_OK;
}

const double *rig_bone_lengths_find(const rig_bone_lengths *b, int id) {
    const person key = {.id = id};
    const person *found = b->n ? bsearch(&key, b->people, (size_t)b->n, sizeof key, by_id) : NULL;
    return found ? found->length_m : NULL;
}

rig_status rig_bone_lengths_list(const rig_bone_lengths *b, const rig_skeleton *skeleton, rig_bone_length **list,
                                 int *n, rig_arena *out, rig_err *err) {
    *n = 0;
    *list = RIG_NEW(out, rig_bone_length, (size_t)b->n * (size_t)b->n_bones);
    if (!*list)
        return rig_fail_memory(err, "bones");
    for (int i = 0; i < b->n; i++)
        for (int k = 0; k < b->n_bones; k++)
            if (b->people[i].length_m[k] > 0)
                (*list)[(*n)++] = (rig_bone_length){b->people[i].id, skeleton->names[b->body->bones[k].a],
                                                    skeleton->names[b->body->bones[k].b], b->people[i].length_m[k]};
    return RIG_OK;
}

void rig_bone_lengths_close(rig_bone_lengths *b) {
    if (!b)
        return;
    for (int i = 0; i < b->n; i++)
        moments_free(&b->people[i]);
    rig_heap_free(b->people);
    rig_heap_free(b);
}
