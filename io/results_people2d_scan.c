// A frame of people in 2D from text that is laid out as ours: a pass over its bytes, without nodes. Whatever is not as
// our writer has it is left to the reader of nodes (results_people2d.c), which says what is wrong with it, if anything
// is.
#include "io/flow_text.h"
#include "io/results_people2d.h"

typedef struct scan {
    int n_joints;
    bool has_tags;
} scan;

enum { SCORE = 1, JOINTS = 2, FILLED = 4, SIGMA = 8, OTHERS = 16 };
static const double MOST = RIG_RESULT_NUMBER_MAX;

// [x, y], [x, y, score], [x, y, score, tag] or null.
static const char *joint_scan(scan *p, const char *s, rig_joint2d *joint) {
    bool more;
    if (*s == 'n') {
        return flow_null(s);
    }
    joint->found = true;
    joint->score = 1;
    s = flow_next(flow_number(flow_open(s, '['), -MOST, MOST, &joint->q[0]), ']', &more);
    s = s && more ? flow_next(flow_number(s, -MOST, MOST, &joint->q[1]), ']', &more) : NULL;
    if (s && more)
        s = flow_next(flow_number(s, 0, MOST, &joint->score), ']', &more);
    if (!s || !more) {
        p->has_tags = false;
        return s;
    }
    if (*s == 'n') {
        p->has_tags = false;
        s = flow_next(flow_null(s), ']', &more);
    } else {
        s = flow_next(flow_number(s, -MOST, MOST, &joint->tag), ']', &more);
    }
    return more ? NULL : s;
}

static const char *joints_scan(scan *p, const char *s, rig_joint2d *joints) {
    bool more = true;
    s = flow_open(s, '[');
    for (int k = 0; s && k < p->n_joints; k++)
        s = more ? flow_next(joint_scan(p, s, &joints[k]), ']', &more) : NULL;
    return more ? NULL : s;
}

static const char *filled_scan(const scan *p, const char *s, rig_joint2d *joints) {
    bool more = true;
    for (s = flow_open(s, '['); s && more;) {
        int k = 0;
        s = flow_next(flow_int(s, 0, p->n_joints - 1, &k), ']', &more);
        if (!joints[k].found)
            return NULL;
        joints[k].filled = true;
    }
    return s;
}

static const char *sigma_scan(const scan *p, const char *s, rig_joint2d *joints) {
    bool more = true;
    s = flow_open(s, '[');
    for (int k = 0; s && k < p->n_joints; k++) {
        if (!more)
            return NULL;
        if (*s == 'n') {
            s = flow_next(flow_null(s), ']', &more);
            continue;
        }
        s = flow_next(flow_number(s, 0, MOST, &joints[k].sigma_px), ']', &more);
        if (!(joints[k].sigma_px > 0))
            return NULL;
    }
    return more ? NULL : s;
}

// [[x, y, score, tag], ...]
static const char *peaks_scan(const char *s, rig_joint2d *joint) {
    bool more = true;
    for (s = flow_open(s, '['); s && more;) {
        double v[4];
        if (joint->n_others == RIG_OTHERS_MAX)
            return NULL;
        s = flow_next(flow_numbers(s, 4, -MOST, MOST, v), ']', &more);
        joint->others[joint->n_others++] = (rig_other2d){{v[0], v[1]}, v[2], v[3]};
    }
    return s;
}

// {"5": [...], ...}
static const char *others_scan(const scan *p, const char *s, rig_joint2d *joints) {
    bool more = true;
    for (s = flow_open(s, '{'); s && more;) {
        int k;
        const bool quoted = *s == '"';
        s += quoted;
        if (*s < '0' || *s > '9' || !(s = flow_int(s, 0, p->n_joints - 1, &k)) || (quoted && *s++ != '"'))
            return NULL;
        s = flow_colon(s);
        if (!s || joints[k].n_others > 0)
            return NULL;
        s = flow_next(peaks_scan(s, &joints[k]), '}', &more);
    }
    return s;
}

// One key of a person with its value, which *seen must not have yet.
static const char *item_scan(scan *p, const char *s, rig_person2d *person, double *score, int *seen) {
    const int before = *seen;
    const char *value;
    if ((value = FLOW_KEY(s, "score"))) {
        *seen |= SCORE;
        s = flow_number(value, -MOST, MOST, score);
    } else if ((value = FLOW_KEY(s, "joints"))) {
        *seen |= JOINTS;
        s = joints_scan(p, value, person->joints);
    } else if (!(before & JOINTS)) {
        return NULL; // what the others say of joints needs these
    } else if ((value = FLOW_KEY(s, "filled"))) {
        *seen |= FILLED;
        s = filled_scan(p, value, person->joints);
    } else if ((value = FLOW_KEY(s, "sigma_px"))) {
        *seen |= SIGMA;
        s = sigma_scan(p, value, person->joints);
    } else if ((value = FLOW_KEY(s, "others"))) {
        *seen |= OTHERS;
        s = others_scan(p, value, person->joints);
    }
    return *seen != before ? s : NULL;
}

static const char *person_scan(scan *p, const char *s, rig_person2d *person) {
    bool more = true;
    int seen = 0;
    double score = 0;
    for (s = flow_open(s, '{'); s && more;)
        s = flow_next(item_scan(p, s, person, &score, &seen), '}', &more);
    if (!(seen & JOINTS))
        return NULL;
    person->score = seen & SCORE ? score : rig_person2d_mean_score(person, p->n_joints);
    return s;
}

// Room for one more of a frame's people, joints included; NULL where memory is out.
static rig_person2d *person_add(rig_frame2d *frame, int n_joints, int *room, rig_arena *out) {
    if (frame->n == *room) {
        rig_person2d *people = RIG_NEW(out, rig_person2d, *room ? *room * 2 : 4);
        if (!people)
            return NULL;
        if (frame->n > 0)
            memcpy(people, frame->people, (size_t)frame->n * sizeof *people);
        frame->people = people;
        *room = *room ? *room * 2 : 4;
    }
    rig_person2d *person = &frame->people[frame->n];
    person->joints = RIG_NEW(out, rig_joint2d, n_joints);
    frame->n += person->joints != NULL;
    return person->joints ? person : NULL;
}

bool rig_frame2d_scan(const char *text, size_t n, rig_people2d *people, int *last, rig_frame2d *frame, rig_arena *out) {
    scan p = {people->n_joints, people->has_tags};
    rig_frame2d made = {0};
    flow_people in;
    bool more;
    int room = 0;
    const char *s = flow_people_begin(&in, text, n, *last + 1, RIG_RESULT_FRAME_MAX, &made.frame, &more);
    while (s && more) {
        rig_person2d *person = made.n < RIG_PEOPLE2D_MAX ? person_add(&made, p.n_joints, &room, out) : NULL;
        s = person ? flow_people_next(&in, person_scan(&p, s, person), &more) : NULL;
    }
    if (!s)
        return false;
    people->has_tags = p.has_tags;
    *last = made.frame;
    *frame = made;
    return true;
}

void rig_people2d_want(rig_people2d_reader *reader, rig_frame_filter wanted, const void *self) {
    reader->frames.wanted = wanted, reader->frames.wanted_self = self;
}
