#include "io/export_gltf.h"

#include "core/geom.h"

#include <math.h>
#include <string.h>

enum { GLB_HEAD = 12, CHUNK_HEAD = 8, FLOAT = 4 };
static const double BYTES_MOST = 4294967295.0;

// What is seen of a bone: two pyramids from (0, 0, 0) to (0, 1, 0), turned and stretched to the bone.
enum { CORNERS = 6, TRIANGLES = 8, STICK_BYTES = CORNERS * 3 * FLOAT + TRIANGLES * 3 * 2, STICK_VIEWS = 2 };
static const float STICK[CORNERS][3] = {{0, 0, 0},         {0.5f, 0.15f, 0}, {0, 0.15f, -0.5f},
                                        {-0.5f, 0.15f, 0}, {0, 0.15f, 0.5f}, {0, 1, 0}};
static const unsigned char SIDES[TRIANGLES][3] = {{0, 2, 1}, {0, 3, 2}, {0, 4, 3}, {0, 1, 4},
                                                  {5, 1, 2}, {5, 2, 3}, {5, 3, 4}, {5, 4, 1}};
static const double STICK_WIDTH = 0.12; // of its length

// Times cannot be negative.
static double time_of(const rig_export_take *take, int frame) {
    return (double)(float)((frame - (take->first < 0 ? take->first : 0)) / take->fps);
}

void rig_gltf_count(rig_gltf_person *p, int frame, const rig_articulated_pose *pose) {
    for (int i = 0; i < RIG_NODES; i++) {
        if (!pose->known[i])
            continue;
        p->first[i] = p->n[i] ? p->first[i] : frame;
        p->last[i] = frame;
        p->n[i]++;
    }
}

// --- JSON ------------------------------------------------------------------------------------------------------------

// Columns in the file's order: of each person's node that has keys times, turns and, of node 0, places.
typedef struct column_visit {
    FILE *json;
    const rig_export_take *take;
    int n; // buffer views so far: the stick's, then columns
} column_visit;

static const char *comma(int n) {
    return n ? "," : "";
}

static void views_put(column_visit *v, rig_gltf_person *people) {
    const int corners = CORNERS * 3 * FLOAT;
    long long at = STICK_BYTES;
    fprintf(v->json,
            "\"bufferViews\":[{\"buffer\":0,\"byteOffset\":0,\"byteLength\":%d,\"target\":34962},"
            "{\"buffer\":0,\"byteOffset\":%d,\"byteLength\":%d,\"target\":34963}",
            corners, corners, STICK_BYTES - corners);
    v->n = STICK_VIEWS;
    for (int p = 0; p < v->take->n_people; p++)
        for (int i = 0; i < RIG_NODES; i++)
            for (int k = 0; k < (people[p].n[i] ? i == 0 ? 3 : 2 : 0); k++) {
                static const int WIDTHS[3] = {1, 4, 3};
                const long long bytes = people[p].n[i] * WIDTHS[k] * FLOAT;
                fprintf(v->json, "%s{\"buffer\":0,\"byteOffset\":%lld,\"byteLength\":%lld}", comma(v->n++), at, bytes);
                at += bytes;
            }
    fprintf(v->json, "],\"buffers\":[{\"byteLength\":%lld}],", at);
}

static void accessors_put(column_visit *v, rig_gltf_person *people) {
    int n = STICK_VIEWS;
    fprintf(v->json,
            "\"materials\":[{\"name\":\"bone\",\"pbrMetallicRoughness\":{\"baseColorFactor\":[0.9,0.5,0.1,1],"
            "\"metallicFactor\":0}}],\"meshes\":[{\"name\":\"bone\",\"primitives\":[{\"attributes\":{\"POSITION\":0},"
            "\"indices\":1,\"material\":0}]}],"
            "\"accessors\":[{\"bufferView\":0,\"componentType\":5126,\"count\":%d,\"type\":\"VEC3\","
            "\"min\":[-0.5,0,-0.5],\"max\":[0.5,1,0.5]},"
            "{\"bufferView\":1,\"componentType\":5123,\"count\":%d,\"type\":\"SCALAR\"}",
            CORNERS, TRIANGLES * 3);
    for (int p = 0; p < v->take->n_people; p++)
        for (int i = 0; i < RIG_NODES; i++)
            for (int k = 0; k < (people[p].n[i] ? i == 0 ? 3 : 2 : 0); k++, n++) {
                static const char *const TYPES[3] = {"SCALAR", "VEC4", "VEC3"};
                fprintf(v->json, "%s{\"bufferView\":%d,\"componentType\":5126,\"count\":%ld,\"type\":\"%s\"", comma(n),
                        n, people[p].n[i], TYPES[k]);
                if (k == 0)
                    fprintf(v->json, ",\"min\":[%.9g],\"max\":[%.9g]", time_of(v->take, people[p].first[i]),
                            time_of(v->take, people[p].last[i]));
                fputc('}', v->json);
            }
    fputs("],", v->json);
}

static bool has_stick(const rig_gltf_person *person, int node) {
    return person->articulation->has[node] && rig_norm3(person->articulation->offset_m[node]) > 0;
}

// Nodes: of each person one above all, then those of the skeleton, then the sticks from their parents to them. Their
// numbers, -1: left out.
static int nodes_number(const rig_gltf_person *person, int from, int numbers[RIG_NODES], int sticks[RIG_NODES]) {
    int n = from + 1;
    for (int i = 0; i < RIG_NODES; i++)
        numbers[i] = person->articulation->has[i] ? n++ : -1;
    for (int i = 0; i < RIG_NODES; i++)
        sticks[i] = has_stick(person, i) ? n++ : -1;
    return n;
}

// The stick's y axis turned to the bone, and as long.
static void stick_put(FILE *f, const double bone[3], int id, int node) {
    const double length = rig_norm3(bone), cosine = bone[1] / length;
    double q[4] = {bone[2] / length, 0, -bone[0] / length, 1 + cosine}; // y x bone, not yet of length 1
    if (cosine < -1 + 1e-9)
        memcpy(q, (const double[]){1, 0, 0, 0}, sizeof q);
    const double norm = sqrt(q[0] * q[0] + q[2] * q[2] + q[3] * q[3]), width = STICK_WIDTH * length;
    fprintf(f, ",{\"name\":\"person%d_%s_bone\",\"mesh\":0,\"rotation\":[%.9g,0,%.9g,%.9g],\"scale\":[%.9g,%.9g,%.9g]}",
            id, rig_node_name(node), q[0] / norm, q[2] / norm, q[3] / norm, width, length, width);
}

static void nodes_put(FILE *f, const rig_gltf_person *person, int id, int from) {
    int numbers[RIG_NODES], sticks[RIG_NODES];
    nodes_number(person, from, numbers, sticks);
    fprintf(f, "%s{\"name\":\"person%d\",\"children\":[%d]}", comma(from), id, numbers[0]);
    for (int i = 0; i < RIG_NODES; i++) {
        if (numbers[i] < 0)
            continue;
        const double *d = person->articulation->offset_m[i];
        fprintf(f, ",{\"name\":\"person%d_%s\",\"translation\":[%.9g,%.9g,%.9g]", id, rig_node_name(i), d[0], d[1],
                d[2]);
        int n = 0;
        for (int child = i + 1; child < RIG_NODES; child++) {
            if (numbers[child] < 0 || rig_node_parent(child) != i)
                continue;
            fprintf(f, "%s%d", n++ ? "," : ",\"children\":[", numbers[child]);
            if (sticks[child] >= 0)
                fprintf(f, ",%d", sticks[child]);
        }
        fputs(n ? "]}" : "}", f);
    }
    for (int i = 0; i < RIG_NODES; i++)
        if (sticks[i] >= 0)
            stick_put(f, person->articulation->offset_m[i], id, i);
}

static void scene_put(FILE *f, const rig_export_take *take, const rig_gltf_person *people) {
    int numbers[RIG_NODES], sticks[RIG_NODES], from = 0;
    fputs("\"nodes\":[", f);
    for (int p = 0; p < take->n_people; p++)
        if (people[p].articulation) {
            nodes_put(f, &people[p], take->people[p].id, from);
            from = nodes_number(&people[p], from, numbers, sticks);
        }
    fputs("],\"scene\":0,\"scenes\":[{\"nodes\":[", f);
    from = 0;
    for (int p = 0; p < take->n_people; p++)
        if (people[p].articulation) {
            fprintf(f, "%s%d", comma(from), from);
            from = nodes_number(&people[p], from, numbers, sticks);
        }
    fputs("]}],", f);
}

static void animation_put(FILE *f, const rig_export_take *take, const rig_gltf_person *people) {
    int n = 0, column = STICK_VIEWS;
    fputs("\"animations\":[{\"name\":\"take\",\"samplers\":[", f);
    for (int p = 0; p < take->n_people; p++)
        for (int i = 0; i < RIG_NODES; i++) {
            const int outputs = people[p].n[i] ? i == 0 ? 2 : 1 : 0;
            for (int k = 0; k < outputs; k++)
                fprintf(f, "%s{\"input\":%d,\"output\":%d}", comma(n++), column, column + 1 + k);
            column += outputs ? outputs + 1 : 0;
        }
    fputs("],\"channels\":[", f);
    n = 0;
    for (int p = 0, from = 0; p < take->n_people; p++) {
        int numbers[RIG_NODES], sticks[RIG_NODES];
        if (!people[p].articulation)
            continue;
        from = nodes_number(&people[p], from, numbers, sticks);
        for (int i = 0; i < RIG_NODES; i++)
            for (int k = 0; k < (people[p].n[i] ? i == 0 ? 2 : 1 : 0); k++, n++)
                fprintf(f, "%s{\"sampler\":%d,\"target\":{\"node\":%d,\"path\":\"%s\"}}", comma(n), n, numbers[i],
                        k ? "translation" : "rotation");
    }
    fputs("]}]}", f);
}

// --- file ------------------------------------------------------------------------------------------------------------

static void put_u32(FILE *f, uint32_t value) {
    for (int i = 0; i < 4; i++)
        fputc((int)(value >> 8 * i & 255), f);
}

static void put_u16(FILE *f, unsigned value) {
    fputc((int)(value & 255), f);
    fputc((int)(value >> 8), f);
}

static void stick_bytes_put(FILE *f) {
    for (int i = 0; i < CORNERS; i++)
        for (int k = 0; k < 3; k++) {
            uint32_t word;
            memcpy(&word, &STICK[i][k], sizeof word);
            put_u32(f, word);
        }
    for (int i = 0; i < TRIANGLES; i++)
        for (int k = 0; k < 3; k++)
            put_u16(f, SIDES[i][k]);
}

static rig_status columns_init(const rig_export_take *take, rig_gltf_person *people, long long *at, rig_arena *out,
                               rig_err *err) {
    for (int p = 0; p < take->n_people; p++)
        for (int i = 0; i < RIG_NODES; i++) {
            rig_column *const columns[3] = {&people[p].times[i], &people[p].turns[i], &people[p].places};
            for (int k = 0; k < (people[p].n[i] ? i == 0 ? 3 : 2 : 0); k++) {
                const long long bytes = people[p].n[i] * (k == 0 ? 1 : k == 1 ? 4 : 3) * FLOAT;
                RIG_TRY(rig_column_init(columns[k], *at, bytes, out, err));
                *at += bytes;
            }
        }
    return RIG_OK;
}

rig_status rig_gltf_begin(FILE *f, const rig_export_take *take, rig_gltf_person *people, rig_arena *out, rig_err *err) {
    char *text = NULL;
    size_t length = 0;
    column_visit visit = {.json = open_memstream(&text, &length), .take = take};
    if (!visit.json)
        return rig_fail_memory(err, "glTF");
    fputs("{\"asset\":{\"version\":\"2.0\",\"generator\":\"rigpose " RIG_VERSION "\"},", visit.json);
    scene_put(visit.json, take, people);
    views_put(&visit, people);
    accessors_put(&visit, people);
    animation_put(visit.json, take, people);
    if (fclose(visit.json) != 0) {
        rig_heap_free(text);
        return rig_fail_memory(err, "glTF");
    }
    const long long padded = (long long)(length + 3) / 4 * 4, begin = GLB_HEAD + CHUNK_HEAD + padded + CHUNK_HEAD;
    long long end = begin + STICK_BYTES;
    rig_status status = columns_init(take, people, &end, out, err);
    if (status == RIG_OK && (double)end > BYTES_MOST)
        status = rig_fail(
            err, RIG_ERR_DATA,
            "glTF of %.1f GiB, expected less than 4, the limit of GLB: export one person (main_person), or use BVH",
            (double)end / (1 << 30));
    fputs("glTF", f);
    put_u32(f, 2);
    put_u32(f, (uint32_t)end);
    put_u32(f, (uint32_t)padded);
    fputs("JSON", f);
    fprintf(f, "%-*s", (int)padded, text);
    put_u32(f, (uint32_t)(end - begin));
    fwrite("BIN", 1, 4, f);
    stick_bytes_put(f);
    rig_heap_free(text);
    return status;
}

// The rotation against the parent, of the sign that is nearer to the key before.
static void quaternion_of(const rig_articulated_pose *pose, int node, double q[4]) {
    const int parent = rig_node_parent(node);
    double R[9], transposed[9], rvec[3], now[4];
    memcpy(R, pose->R[node], sizeof R);
    if (parent >= 0) {
        rig_mat3_transpose(pose->R[parent], transposed);
        rig_mat3_mul(transposed, pose->R[node], R);
    }
    rig_rotation_to_rvec(R, rvec);
    const double angle = rig_norm3(rvec), share = angle > 1e-12 ? sin(angle / 2) / angle : 0.5;
    double along = 0;
    for (int k = 0; k < 4; k++) {
        now[k] = k < 3 ? share * rvec[k] : cos(angle / 2);
        along += now[k] * q[k];
    }
    for (int k = 0; k < 4; k++)
        q[k] = along < 0 ? -now[k] : now[k];
}

void rig_gltf_add(FILE *f, const rig_export_take *take, rig_gltf_person *p, int frame,
                  const rig_articulated_pose *pose) {
    for (int i = 0; i < RIG_NODES; i++) {
        if (!pose->known[i])
            continue;
        rig_column_put_f32(&p->times[i], f, time_of(take, frame));
        quaternion_of(pose, i, p->quaternion[i]);
        for (int k = 0; k < 4; k++)
            rig_column_put_f32(&p->turns[i], f, p->quaternion[i][k]);
        for (int k = 0; k < 3 && i == 0; k++)
            rig_column_put_f32(&p->places, f, pose->p[0][k]);
    }
}

bool rig_gltf_end(FILE *f, const rig_export_take *take, rig_gltf_person *people) {
    bool whole = true;
    for (int p = 0; p < take->n_people; p++)
        for (int i = 0; i < RIG_NODES; i++) {
            if (people[p].n[i] == 0)
                continue;
            whole = rig_column_end(&people[p].times[i], f) && whole;
            whole = rig_column_end(&people[p].turns[i], f) && whole;
            whole = (i > 0 || rig_column_end(&people[p].places, f)) && whole;
        }
    return whole;
}
