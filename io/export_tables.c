#include "io/export_tables.h"

static const char *const AXES[3] = {"x", "y", "z"};

// --- TRC -------------------------------------------------------------------------------------------------------------

void rig_trc_begin(FILE *f, const char *file, const rig_export_take *take, const rig_export_person *person) {
    const rig_skeleton *skeleton = take->skeleton;
    const long rows = rig_export_rows(take, person);
    char rate[32], clock[32], name[RIG_NAME_MAX];
    rig_number_text(take->fps / take->step, rate);
    rig_number_text(take->fps, clock);
    fprintf(f, "PathFileType\t4\t(X/Y/Z)\t%s\n", file);
    fputs("DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames\n", f);
    fprintf(f, "%s\t%s\t%ld\t%d\tm\t%s\t%d\t%ld\n", rate, clock, rows, skeleton->n, rate, person->first, rows);
    fputs("Frame#\tTime\t", f);
    for (int j = 0; j < skeleton->n; j++) {
        rig_marker_name(skeleton->names[j], name);
        fprintf(f, "%s\t\t\t", name);
    }
    fputs("\n\t\t", f);
    for (int j = 1; j <= skeleton->n; j++)
        fprintf(f, "X%d\tY%d\tZ%d\t", j, j, j);
    fputs("\n\n", f);
}

void rig_trc_add(FILE *f, const rig_export_take *take, int frame, const rig_joint3d *joints) {
    fprintf(f, "%d\t%.9f\t", frame, frame / take->fps);
    for (int j = 0; j < take->skeleton->n; j++) {
        double p[3];
        if (!joints || !rig_export_has_place(&joints[j])) {
            fputs("\t\t\t", f);
            continue;
        }
        rig_export_y_up(joints[j].p, p);
        fprintf(f, "%.6f\t%.6f\t%.6f\t", p[0], p[1], p[2]);
    }
    fputc('\n', f);
}

// --- CSV -------------------------------------------------------------------------------------------------------------

void rig_csv_begin(FILE *f, const rig_export_take *take) {
    fputs("frame,time_s,person", f);
    for (int j = 0; j < take->skeleton->n; j++) {
        const char *name = take->skeleton->names[j];
        for (int i = 0; i < 3; i++)
            fprintf(f, ",%s_%s_m", name, AXES[i]);
        fprintf(f, ",%s_sigma_m,%s_views", name, name);
    }
    fputc('\n', f);
}

static int views_count(uint64_t views) {
    int n = 0;
    for (; views; views &= views - 1)
        n++;
    return n;
}

void rig_csv_add(FILE *f, const rig_export_take *take, int frame, const rig_person3d *person) {
    fprintf(f, "%d,%.9f,%d", frame, frame / take->fps, person->id);
    for (int j = 0; j < take->skeleton->n; j++) {
        const rig_joint3d *joint = &person->joints[j];
        if (!rig_export_has_place(joint)) {
            fputs(",,,,,", f);
            continue;
        }
        fprintf(f, ",%.6f,%.6f,%.6f,", joint->p[0], joint->p[1], joint->p[2]);
        if (joint->sigma_m > 0)
            fprintf(f, "%.6f", joint->sigma_m);
        fprintf(f, ",%d", joint->state == RIG_JOINT_FILLED ? 0 : views_count(joint->views));
    }
    fputc('\n', f);
}

// --- EasyMocap -------------------------------------------------------------------------------------------------------

void rig_keypoints3d_put(FILE *f, const rig_frame3d *frame, int n_joints) {
    fputs("[", f);
    for (int p = 0; p < frame->n; p++) {
        const rig_person3d *person = &frame->people[p];
        fprintf(f, "%s\n{\"id\": %d, \"keypoints3d\": [", p ? "," : "", person->id);
        for (int j = 0; j < n_joints; j++) {
            const rig_joint3d *joint = &person->joints[j];
            fputs(j ? ", " : "", f);
            if (rig_export_has_place(joint))
                fprintf(f, "[%.7f, %.7f, %.7f, %.7f]", joint->p[0], joint->p[1], joint->p[2], joint->score);
            else
                fputs("[0, 0, 0, 0]", f);
        }
        fputs("]}", f);
    }
    fputs(frame->n ? "\n]\n" : "]\n", f);
}
