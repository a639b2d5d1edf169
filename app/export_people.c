#include "app/export_people.h"

#include "app/people_survey.h"
#include "app/talk.h"
#include "core/geom.h"
#include "io/export_bvh.h"
#include "io/export_files.h"
#include "io/export_gltf.h"
#include "io/export_npz.h"
#include "io/export_tables.h"
#include "triangulate/bone_lengths.h"

#include <math.h>
#include <string.h>

// A person's file in the making.
typedef struct person_file {
    FILE *stream; // NULL: not yet, or no more
    char name[256];
    int next; // the frame of its next row
    // Of formats with bones:
    rig_articulation articulation;
    bool left_out; // its bones are not known
    rig_bvh_state state;
    long held;   // rows in which some rotation is the row's before
    long n_fits; // joints that were fitted, and how far they are off
    double off2_sum_m2, off_most_m;
} person_file;

typedef enum format_kind { TRC, C3D, BVH, GLTF, CSV, NPZ, KEYPOINTS3D } format_kind;

typedef struct people_format {
    const char *ending;
    bool per_person, needs_up;
} people_format;

static const people_format FORMATS[] = {
    [TRC] = {".trc", true, true},
    [C3D] = {".c3d", true, false},
    [BVH] = {".bvh", true, true},
    [GLTF] = {".glb", false, true},
    [CSV] = {".csv", false, false},
    [NPZ] = {".npz", false, false},
    [KEYPOINTS3D] = {".json", false, false},
};

typedef struct people_export {
    rig_people_survey survey;
    format_kind kind;
    rig_export_files files;
    person_file *people; // as the survey's, where each has a file
    FILE *stream;        // of all people
    rig_npz npz;
    rig_gltf_person *gltf;
    long rows;
    rig_articulation articulation; // of no person yet
    rig_body body;                 // of its nodes
    rig_bone_lengths *lengths;
    int n_left_out; // people whose bones are not known
} people_export;

// --- bones -----------------------------------------------------------------------------------------------------------

static rig_status bones_add(void *of, const rig_frame3d *frame, rig_err *err) {
    people_export *e = of;
    for (int p = 0; p < frame->n; p++) {
        rig_joint3d points[RIG_NODE_POINTS];
        rig_person3d person = {.id = frame->people[p].id, .joints = points};
        const rig_frame3d alone = {frame->frame, 1, &person};
        rig_node_points(&e->articulation, frame->people[p].joints, points);
        RIG_TRY(rig_bone_lengths_add(e->lengths, &alone, err));
    }
    return RIG_OK;
}

// Everybody's bones, for which the take is read once more.
static rig_status bones_measure(people_export *e, rig_err *err) {
    e->body = rig_articulation_init(&e->survey.skeleton, &e->articulation);
    RIG_TRY(rig_bone_lengths_open(&e->body, &e->lengths, err));
    RIG_TRY(rig_people_survey_visit(&e->survey, bones_add, e, err));
    RIG_TRY(rig_bone_lengths_end(e->lengths, err));
    for (int i = 0; i < e->survey.take.n_people; i++) {
        person_file *file = &e->people[i];
        const int id = e->survey.take.people[i].id;
        const double *lengths_m = rig_bone_lengths_find(e->lengths, id);
        file->articulation = e->articulation;
        file->left_out = !lengths_m || !rig_articulation_set(&file->articulation, lengths_m);
        if (file->left_out)
            rig_warn("export: person %d is left out: fewer than five frames show both hips and shoulders, knees and "
                     "elbows",
                     id);
        e->n_left_out += file->left_out;
    }
    return e->n_left_out < e->survey.take.n_people
               ? RIG_OK
               : rig_fail(err, RIG_ERR_DATA, "nobody is left to export: measuring bones takes at least five frames");
}

static void pose_fit(const person_file *file, const rig_joint3d *joints, rig_articulated_pose *pose) {
    rig_joint3d points[RIG_NODE_POINTS];
    rig_node_points(&file->articulation, joints, points);
    for (int i = 0; i < RIG_NODE_POINTS; i++)
        rig_export_y_up(points[i].p, points[i].p);
    rig_articulation_fit(&file->articulation, points, pose);
}

static void fit_count(person_file *file, const rig_articulated_pose *pose) {
    for (int i = 0; i < RIG_NODES; i++)
        if (pose->off_m[i] >= 0 && rig_norm3(file->articulation.offset_m[i]) > 0) {
            file->n_fits++;
            file->off2_sum_m2 += pose->off_m[i] * pose->off_m[i];
            file->off_most_m = fmax(file->off_most_m, pose->off_m[i]);
        }
}

static void bvh_row(person_file *file, const rig_joint3d *joints) {
    rig_articulated_pose pose;
    if (joints) {
        pose_fit(file, joints, &pose);
        fit_count(file, &pose);
    }
    file->held += !rig_bvh_add(file->stream, &file->articulation, joints ? &pose : NULL, &file->state);
}

// The keys of a frame: counted first, written when it comes again.
static void gltf_frame(people_export *e, const rig_frame3d *frame, bool counts) {
    const rig_export_take *take = &e->survey.take;
    for (int i = 0, p = 0; i < take->n_people; i++) {
        person_file *file = &e->people[i];
        while (p < frame->n && frame->people[p].id < take->people[i].id)
            p++;
        if (file->left_out || p == frame->n || frame->people[p].id != take->people[i].id)
            continue;
        rig_articulated_pose pose;
        pose_fit(file, frame->people[p].joints, &pose);
        if (!counts) {
            rig_gltf_add(e->stream, take, &e->gltf[i], frame->frame, &pose);
            continue;
        }
        fit_count(file, &pose);
        rig_gltf_count(&e->gltf[i], frame->frame, &pose);
        for (int k = 0; k < RIG_NODES; k++)
            if (file->articulation.turns[k] && !pose.known[k]) {
                file->held++;
                break;
            }
    }
}

static rig_status gltf_count(void *of, const rig_frame3d *frame, rig_err *err) {
    (void)err;
    gltf_frame(of, frame, true);
    return RIG_OK;
}

static rig_status gltf_begin(people_export *e, rig_arena *arena, rig_err *err) {
    e->gltf = RIG_NEW(arena, rig_gltf_person, e->survey.take.n_people);
    if (!e->gltf)
        return rig_fail_memory(err, "people");
    for (int i = 0; i < e->survey.take.n_people; i++)
        e->gltf[i].articulation = e->people[i].left_out ? NULL : &e->people[i].articulation;
    RIG_TRY(rig_people_survey_visit(&e->survey, gltf_count, e, err));
    return rig_gltf_begin(e->stream, &e->survey.take, e->gltf, arena, err);
}

// How far bones of constant length are from the joints, and how many rows are not measured.
static void fits_tell(const people_export *e) {
    for (int i = 0; i < e->survey.take.n_people; i++) {
        const person_file *file = &e->people[i];
        const int id = e->survey.take.people[i].id;
        if (file->left_out || file->n_fits == 0)
            continue;
        rig_say(
            "export: person %d: the fitted skeleton deviates from the measured joints by %.1f mm rms, %.1f mm at most",
            id, 1000 * sqrt(file->off2_sum_m2 / (double)file->n_fits), 1000 * file->off_most_m);
        if (file->held > 0)
            rig_say("export: person %d: joints are missing in %ld of %ld frames; %s there", id, file->held,
                    e->kind == BVH ? rig_export_rows(&e->survey.take, &e->survey.take.people[i])
                                   : e->survey.take.people[i].n_seen,
                    e->kind == BVH ? "they keep the previous frame's pose" : "they have no keyframe");
    }
}

// --- a file a person -------------------------------------------------------------------------------------------------

static rig_status person_begin(people_export *e, int i, rig_err *err) {
    const rig_export_take *take = &e->survey.take;
    const rig_export_person *person = &take->people[i];
    person_file *file = &e->people[i];
    snprintf(file->name, sizeof file->name, "%s_person%d%s", take->name, person->id, FORMATS[e->kind].ending);
    RIG_TRY(rig_export_file_begin(&e->files, file->name, &file->stream, err));
    if (e->kind == TRC)
        rig_trc_begin(file->stream, file->name, take, person);
    else if (e->kind == BVH)
        rig_bvh_begin(file->stream, take, person, &file->articulation);
    else
        rig_c3d_begin(file->stream, take, person);
    file->next = person->first;
    return RIG_OK;
}

static void person_row(people_export *e, person_file *file, const rig_joint3d *joints) {
    const rig_export_take *take = &e->survey.take;
    if (e->kind == TRC)
        rig_trc_add(file->stream, take, file->next, joints);
    else if (e->kind == BVH)
        bvh_row(file, joints);
    else
        rig_c3d_add(file->stream, take, joints);
    file->next += take->step;
    e->rows++;
}

static rig_status person_end(people_export *e, person_file *file, rig_err *err) {
    FILE *stream = file->stream;
    file->stream = NULL;
    if (e->kind == C3D)
        rig_c3d_end(stream);
    return rig_export_file_end(&e->files, file->name, stream, err);
}

// Rows up to this frame, of everybody whose frames it is among.
static rig_status people_rows(people_export *e, const rig_frame3d *frame, rig_err *err) {
    const rig_export_take *take = &e->survey.take;
    for (int i = 0, p = 0; i < take->n_people; i++) {
        const rig_export_person *person = &take->people[i];
        person_file *file = &e->people[i];
        if (frame->frame < person->first || frame->frame > person->last || file->left_out)
            continue;
        while (p < frame->n && frame->people[p].id < person->id)
            p++;
        const bool is_there = p < frame->n && frame->people[p].id == person->id;
        if (frame->frame == person->first)
            RIG_TRY(person_begin(e, i, err));
        while (file->next < frame->frame)
            person_row(e, file, NULL);
        person_row(e, file, is_there ? frame->people[p].joints : NULL);
        if (frame->frame == person->last)
            RIG_TRY(person_end(e, file, err));
    }
    return RIG_OK;
}

// --- a file of all people --------------------------------------------------------------------------------------------

static rig_status keypoints_write(people_export *e, const rig_frame3d *frame, rig_err *err) {
    char name[32];
    FILE *stream;
    if (frame->frame < 0)
        return RIG_OK; // told beforehand
    snprintf(name, sizeof name, "%06d.json", frame->frame);
    RIG_TRY(rig_export_file_begin(&e->files, name, &stream, err));
    rig_keypoints3d_put(stream, frame, e->survey.skeleton.n);
    e->rows++;
    return rig_export_file_end(&e->files, name, stream, err);
}

static rig_status frame_write(void *of, const rig_frame3d *frame, rig_err *err) {
    people_export *e = of;
    if (FORMATS[e->kind].per_person)
        return people_rows(e, frame, err);
    if (e->kind == KEYPOINTS3D)
        return keypoints_write(e, frame, err);
    if (e->kind == GLTF)
        gltf_frame(e, frame, false);
    if (e->kind == NPZ)
        rig_npz_add(&e->npz, frame);
    for (int p = 0; p < frame->n; p++, e->rows++)
        if (e->kind == CSV)
            rig_csv_add(e->stream, &e->survey.take, frame->frame, &frame->people[p]);
    return RIG_OK;
}

static rig_status all_write(people_export *e, rig_arena *arena, rig_err *err) {
    const rig_export_take *take = &e->survey.take;
    char name[256];
    snprintf(name, sizeof name, "%s%s", take->name, FORMATS[e->kind].ending);
    if (e->kind == CSV || e->kind == NPZ || e->kind == GLTF)
        RIG_TRY(rig_export_file_begin(&e->files, name, &e->stream, err));
    if (e->kind == CSV)
        rig_csv_begin(e->stream, take);
    if (e->kind == NPZ)
        RIG_TRY(rig_npz_begin(&e->npz, e->stream, take, arena, err));
    if (e->kind == GLTF)
        RIG_TRY(gltf_begin(e, arena, err));
    RIG_TRY(rig_people_survey_visit(&e->survey, frame_write, e, err));
    if (e->kind == GLTF && !rig_gltf_end(e->stream, take, e->gltf))
        return rig_fail(err, RIG_ERR_DATA, "'%s' changed during the export", e->survey.path);
    if (e->kind == NPZ && !rig_npz_end(&e->npz))
        return rig_fail(err, RIG_ERR_IO, "cannot write '%s/%s': its arrays do not have the expected length",
                        e->files.folder, name);
    FILE *stream = e->stream;
    e->stream = NULL;
    return stream ? rig_export_file_end(&e->files, name, stream, err) : RIG_OK;
}

// --- formats ---------------------------------------------------------------------------------------------------------

// As many rows as there should be: the result may have changed since it was surveyed.
static rig_status rows_check(const people_export *e, rig_err *err) {
    const rig_export_take *take = &e->survey.take;
    long expected = 0;
    for (int i = 0; i < take->n_people; i++)
        expected += !FORMATS[e->kind].per_person
                        ? take->people[i].n_seen // of the table, whether it has their bones or not
                    : e->people[i].left_out ? 0
                                            : rig_export_rows(take, &take->people[i]);
    if (e->kind != KEYPOINTS3D && e->rows != expected)
        return rig_fail(err, RIG_ERR_DATA, "'%s' changed during the export: %ld rows, expected %ld", e->survey.path,
                        e->rows, expected);
    return RIG_OK;
}

// OpenSim's files for the markers of a TRC, of skeletons that have them (tools/opensim/setups.py).
static void opensim_tell(people_export *e, rig_arena *arena) {
    const char *name = rig_arena_printf(arena, "configs/opensim/markers_%s.xml", e->survey.skeleton.name), *path;
    const char *skeleton = e->survey.skeleton.name;
    rig_err none;
    if (name && rig_share_path(arena, name, &path, &none) == RIG_OK)
        rig_say("export: for OpenSim: '%s', and beside it scale_%s.xml and ik_%s.xml (docs/tutorials/opensim.md)", path,
                skeleton, skeleton);
}

static void told(people_export *e) {
    const rig_export_take *take = &e->survey.take;
    long others;
    const char *first;
    rig_err ignored;
    rig_say("export: %d of %d people of %s, %ld frames from frame %d on, at %g frames/s",
            take->n_people - e->n_left_out, e->survey.n_all, e->survey.file, take->n_frames, take->first,
            take->fps / take->step);
    if (e->kind == C3D && rig_export_origin(take) != 0)
        rig_say("export: C3D numbers frames from 1, which is frame %d of the take", rig_export_origin(take));
    if (e->kind == KEYPOINTS3D && take->first < 0)
        rig_warn("export: frames with negative numbers are left out: EasyMocap names its files by frame number");
    if (rig_export_files_others(&e->files, FORMATS[e->kind].ending, &others, &first, &ignored) == RIG_OK && others > 0)
        rig_warn("export: '%s' also contains files that this export did not write (%ld), such as %s", e->files.folder,
                 others, first);
}

static rig_status people_write(people_export *e, rig_session *session, const char *folder, rig_err *err) {
    const people_format *format = &FORMATS[e->kind];
    RIG_TRY(rig_people_survey_make(session, &e->survey, err));
    if (format->needs_up && !e->survey.take.has_up)
        return rig_fail(err, RIG_ERR_DATA,
                        "%s files are y-up, but the world is the frame of camera '%s', which does not define up: set "
                        "extrinsics.world to a board on the floor, points or people",
                        format->ending, session->config.world_camera);
    e->people = RIG_NEW(&session->arena, person_file, e->survey.take.n_people);
    if (!e->people)
        return rig_fail_memory(err, "people");
    if (e->kind == BVH || e->kind == GLTF)
        RIG_TRY(bones_measure(e, err));
    RIG_TRY(rig_export_files_open(&e->files, folder, err));
    RIG_TRY(all_write(e, &session->arena, err));
    RIG_TRY(rows_check(e, err));
    RIG_TRY(rig_export_files_commit(&e->files, err));
    told(e);
    fits_tell(e);
    if (e->kind == TRC)
        opensim_tell(e, &session->arena);
    return RIG_OK;
}

static rig_status export_people(rig_session *session, const char *name, const char *folder, rig_err *err) {
    people_export e = {.kind = TRC};
    for (int i = 0; rig_people_formats[i].name; i++)
        if (strcmp(rig_people_formats[i].name, name) == 0)
            e.kind = (format_kind)i;
    rig_status status = people_write(&e, session, folder, err);
    for (int i = 0; e.people && i < e.survey.take.n_people; i++)
        if (e.people[i].stream)
            fclose(e.people[i].stream);
    if (e.stream)
        fclose(e.stream);
    rig_bone_lengths_close(e.lengths);
    rig_export_files_drop(&e.files);
    return status;
}

const rig_export_format rig_people_formats[] = {
    [TRC] = {"trc", "people", "one file per person, m, y up: OpenSim, Pose2Sim", export_people},
    [C3D] = {"c3d", "people", "one file per person, mm, with residuals and views: biomechanics", export_people},
    [BVH] = {"bvh", "people", "one file per person: a skeleton with constant bone lengths, cm, y up: Blender",
             export_people},
    [GLTF] = {"gltf", "people",
              "one .glb for all people: skeletons with constant bone lengths, m, y up: Blender, viewers",
              export_people},
    [CSV] = {"csv", "people", "one table, a row per frame and person, m", export_people},
    [NPZ] = {"npz", "people", "arrays for numpy.load: points, sigma_m, views, frames, times_s, ids, names",
             export_people},
    [KEYPOINTS3D] = {"easymocap-json", "people", "one JSON file per frame, m: EasyMocap's keypoints3d", export_people},
    {NULL, NULL, NULL, NULL}};
