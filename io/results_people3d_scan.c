// A frame of people in 3D from text that is laid out as ours: a pass over its bytes, without nodes. Whatever is not as
// our writer has it is left to the reader of nodes (results_people3d_read.c), which says what is wrong with it, if
// anything is.
#include "io/flow_text.h"
#include "io/results_people3d.h"

enum { STATE = 1, P = 2, SIGMA = 4, COV = 8, SCORE = 16, VIEWS = 32, RMS = 64, V = 128, A = 256 };
enum { ID = 1, JOINTS = 2, ANGLES = 4, ANGLES_MAX = 64 };
static const double MOST = RIG_RESULT_NUMBER_MAX;

// [c1, c2]: names that the reader knows.
static const char *views_scan(const rig_people3d_reader *r, const char *s, uint64_t *views) {
    bool more = true;
    for (s = flow_open(s, '['); s && more;) {
        size_t n = 0;
        const char *name, *end = flow_word(s, &name, &n);
        int v = 0;
        while (v < r->head.n_views && (strncmp(r->views[v], name, n) != 0 || r->views[v][n] != 0))
            v++;
        if (!end || v == r->head.n_views || *views >> v & 1)
            return NULL;
        *views |= (uint64_t)1 << v;
        s = flow_next(end, ']', &more);
    }
    return s;
}

static const char *state_scan(const char *s, rig_joint_state *state) {
    char name[16] = "";
    size_t n = 0;
    const char *word, *end = flow_word(s, &word, &n);
    if (!end || n >= sizeof name)
        return NULL;
    memcpy(name, word, n);
    return rig_joint_state_from_name(name, state) ? end : NULL;
}

// One key of a joint with its value, which *seen must not have yet; those of movement are passed over.
static const char *joint_item_scan(const rig_people3d_reader *r, const char *s, rig_joint3d *joint, int *seen) {
    const int before = *seen;
    const char *value;
    double passed[3];
    if ((value = FLOW_KEY(s, "p_m"))) {
        *seen |= P;
        s = flow_numbers(value, 3, -MOST, MOST, joint->p);
    } else if ((value = FLOW_KEY(s, "sigma_m"))) {
        *seen |= SIGMA;
        s = flow_number(value, 0, MOST, &joint->sigma_m);
    } else if ((value = FLOW_KEY(s, "cov_mm2"))) {
        *seen |= COV;
        s = flow_numbers(value, 6, -MOST, MOST, joint->cov);
    } else if ((value = FLOW_KEY(s, "score"))) {
        *seen |= SCORE;
        s = flow_number(value, 0, MOST, &joint->score);
    } else if ((value = FLOW_KEY(s, "views"))) {
        *seen |= VIEWS;
        s = views_scan(r, value, &joint->views);
    } else if ((value = FLOW_KEY(s, "rms_px"))) {
        *seen |= RMS;
        s = flow_number(value, 0, MOST, &joint->rms_px);
    } else if ((value = FLOW_KEY(s, "state"))) {
        *seen |= STATE;
        s = state_scan(value, &joint->state);
    } else if ((value = FLOW_KEY(s, "v_m_s"))) {
        *seen |= V;
        s = flow_numbers(value, 3, -MOST, MOST, passed);
    } else if ((value = FLOW_KEY(s, "a_m_s2"))) {
        *seen |= A;
        s = flow_numbers(value, 3, -MOST, MOST, passed);
    }
    return *seen != before ? s : NULL;
}

static const char *joint_scan(const rig_people3d_reader *r, const char *s, rig_joint3d *joint) {
    bool more = true;
    int seen = 0;
    joint->score = 1;
    for (s = flow_open(s, '{'); s && more;)
        s = flow_next(joint_item_scan(r, s, joint, &seen), '}', &more);
    if (!(seen & STATE))
        joint->state = seen & P ? RIG_JOINT_OK : RIG_JOINT_MISSING;
    const bool has_point = joint->state == RIG_JOINT_OK || joint->state == RIG_JOINT_FILLED;
    if (has_point != ((seen & P) != 0) || (!has_point && seen & (SIGMA | SCORE)))
        return NULL;
    if (!has_point)
        joint->score = 0;
    for (int i = 0; i < 6; i++)
        joint->cov[i] *= 1e-6;
    return s;
}

static const char *joints_scan(const rig_people3d_reader *r, const char *s, rig_joint3d *joints) {
    bool more = true;
    s = flow_open(s, '[');
    for (int k = 0; s && k < r->head.n_joints; k++)
        s = more ? flow_next(joint_scan(r, s, &joints[k]), ']', &more) : NULL;
    return more ? NULL : s;
}

// {left_knee: 0.1, trunk: null}: passed over.
static const char *angles_scan(const char *s) {
    struct {
        const char *text;
        size_t n;
    } names[ANGLES_MAX];
    bool more = true;
    int n = 0;
    for (s = flow_open(s, '{'); s && more; n++) {
        double passed;
        if (n == ANGLES_MAX)
            return NULL;
        s = flow_colon(flow_word(s, &names[n].text, &names[n].n));
        if (!s)
            return NULL;
        for (int i = 0; i < n; i++)
            if (names[i].n == names[n].n && memcmp(names[i].text, names[n].text, names[n].n) == 0)
                return NULL;
        s = flow_next(*s == 'n' ? flow_null(s) : flow_number(s, -MOST, MOST, &passed), '}', &more);
    }
    return s;
}

static const char *person_scan(const rig_people3d_reader *r, const char *s, rig_person3d *person) {
    bool more = true;
    int seen = 0;
    for (s = flow_open(s, '{'); s && more;) {
        const int before = seen;
        const char *value;
        if ((value = FLOW_KEY(s, "id"))) {
            seen |= ID;
            s = flow_int(value, 1, RIG_RESULT_COUNT_MAX, &person->id);
        } else if ((value = FLOW_KEY(s, "joints"))) {
            seen |= JOINTS;
            s = joints_scan(r, value, person->joints);
        } else if ((value = FLOW_KEY(s, "angles_rad"))) {
            seen |= ANGLES;
            s = angles_scan(value);
        }
        s = seen != before ? flow_next(s, '}', &more) : NULL;
    }
    return (seen & (ID | JOINTS)) == (ID | JOINTS) ? s : NULL;
}

// Room for one more of a frame's people, joints included; NULL where memory is out.
static rig_person3d *person_add(const rig_people3d_reader *r, rig_frame3d *frame, int *room) {
    if (frame->n == *room) {
        rig_person3d *people = RIG_NEW(r->out, rig_person3d, *room ? *room * 2 : 4);
        if (!people)
            return NULL;
        if (frame->n > 0)
            memcpy(people, frame->people, (size_t)frame->n * sizeof *people);
        frame->people = people;
        *room = *room ? *room * 2 : 4;
    }
    rig_person3d *person = &frame->people[frame->n];
    person->joints = RIG_NEW(r->out, rig_joint3d, r->head.n_joints);
    frame->n += person->joints != NULL;
    return person->joints ? person : NULL;
}

bool rig_frame3d_scan(rig_people3d_reader *r, const char *text, size_t n, rig_frame3d *frame) {
    rig_frame3d made = {0};
    flow_people in;
    bool more;
    int room = 0;
    const int low = r->last < -1 ? -RIG_RESULT_FRAME_MAX : r->last + 1;
    const char *s = flow_people_begin(&in, text, n, low, RIG_RESULT_FRAME_MAX, &made.frame, &more);
    while (s && more) {
        rig_person3d *person = person_add(r, &made, &room);
        s = person ? flow_people_next(&in, person_scan(r, s, person), &more) : NULL;
        if (s && !rig_frame3d_settle(made.people, made.n - 1))
            return false;
    }
    if (!s)
        return false;
    r->last = made.frame;
    *frame = made;
    return true;
}
