// The pipeline as a table: order, what each stage needs and makes, and how it is run. Help, messages and `rigpose run`
// come from it.
#ifndef RIG_APP_STAGES_H
#define RIG_APP_STAGES_H

#include "app/arguments.h"
#include "app/session.h"

// The k-th of n slices of a stage's work, from 1; n 0: all of it.
typedef struct rig_slice {
    int k, n;
} rig_slice;

// How much work a stage is: pictures that it looks at, and into how many slices they can be divided; 0: it is not
// divided.
typedef struct rig_stage_size {
    long pictures, slices;
} rig_stage_size;

struct rig_stage;
typedef struct rig_stage_options {
    bool write;                 // crop: also write the views as videos
    bool maps;                  // keypoints: also draw the network's maps into pictures
    bool repair;                // watch: take back what it finds, in 75_repair.yaml
    bool force;                 // run a stage even though its result is current
    const struct rig_stage *to; // run: the last stage; NULL: all of them
    rig_slice slice;            // corners, keypoints
} rig_stage_options;

// A result of a later stage that an earlier one reads when the pipeline runs again.
typedef struct rig_stage_loop {
    const char *file, *made_by, *when; // below the output folder; the stage; under which condition it is read
} rig_stage_loop;

typedef struct rig_stage {
    const char *name, *summary;
    const char *makes;                           // the result, below the output folder; a folder ends in '/'
    const char *also[3];                         // what it may make beside the result, NULL ended
    const char *schema;                          // of the result
    const char *asked_by;                        // the keys of the rig YAML that ask for it
    const char *needs[6];                        // names of the stages whose results it reads, NULL ended
    const char *needs_people[3];                 // those that it needs too where poses come from people, NULL ended
    const char *spares_people;                   // the one that it does not need there; or NULL
    bool (*need_only)(const rig_config *config); // where so, only the first of needs; or NULL
    rig_stage_loop loop;                         // file NULL: none
    bool (*applies)(const rig_config *config);   // does this rig ask for it?
    rig_status (*inputs)(rig_session *session, rig_inputs *inputs, rig_err *err);
    rig_status (*run)(rig_session *session, const rig_inputs *inputs, const rig_stage_options *options, rig_err *err);
    rig_status (*size)(rig_session *session, rig_stage_size *size, rig_err *err); // NULL: it has no slices
    const rig_option *options; // of the command line, or NULL; rig_stage_options has them
} rig_stage;

extern const rig_stage rig_stages[];
extern const int rig_stages_n;

const rig_stage *rig_stage_find(const char *name); // or NULL
// Fails with RIG_ERR_CONFIG where the rig does not ask for the stage.
RIG_CHECKED rig_status rig_stage_applies(const rig_session *session, const rig_stage *stage, rig_err *err);
// The stages that a rig asks for, in the order in which `run` goes through them. Returns how many.
enum { RIG_STAGES_MOST = 16 };
int rig_stages_order(const rig_config *config, const rig_stage *order[RIG_STAGES_MOST]);
// The i-th name of the stages that a stage of this rig needs, i from 0; NULL after the last.
const char *rig_stage_need_at(const rig_stage *stage, const rig_config *config, int i);

typedef enum rig_result_state {
    RIG_RESULT_ABSENT,
    RIG_RESULT_FOREIGN, // made by another program: taken as it is
    RIG_RESULT_CURRENT,
    RIG_RESULT_STALE,
} rig_result_state;

// How a stage's result stands; `why` says why it is stale: `X changed since`, or what is missing of it.
RIG_CHECKED rig_status rig_stage_state(rig_session *session, const rig_stage *stage, rig_result_state *state,
                                       char why[128], rig_err *err);

// Fails with RIG_ERR_DATA where the result of `need`, or one that it was made from, is absent or stale, naming what
// needs it (`who`) and the command that makes it.
RIG_CHECKED rig_status rig_stage_need(rig_session *session, const char *who, const rig_stage *need, rig_err *err);

// See that 10_feeds.yaml is there and of the footage as it is, once a session: where it is absent or stale it is made,
// as crop makes it, but footage that is not there is only warned of. Fails as crop otherwise.
RIG_CHECKED rig_status rig_feeds_ensure(rig_session *session, rig_err *err);

// Run one stage: refuses where it does not apply, or a result that it needs is absent or stale, naming the command that
// makes it. Its time goes to <out>/seconds.yaml, RIG_STAGES_ALSO.
#define RIG_STAGES_ALSO "seconds.yaml"
RIG_CHECKED rig_status rig_stage_run(rig_session *session, const rig_stage *stage, const rig_stage_options *options,
                                     rig_err *err);
// All stages that apply, in order, passing over those whose results are current; with `repair` once more after it,
// which takes in what the loop from watch to triangulate brought.
RIG_CHECKED rig_status rig_stages_run(rig_session *session, const rig_stage_options *options, rig_err *err);

// Where the results are and what they are called, in one line.
void rig_stages_tell(rig_session *session);

// The drivers, one file each.
#define RIG_STAGE_DRIVER(name)                                                                                         \
    RIG_CHECKED rig_status rig_stage_##name(rig_session *session, const rig_inputs *inputs,                            \
                                            const rig_stage_options *options, rig_err *err)
RIG_STAGE_DRIVER(crop);
RIG_STAGE_DRIVER(corners);
RIG_STAGE_DRIVER(intrinsics);
RIG_STAGE_DRIVER(extrinsics);
RIG_STAGE_DRIVER(stereo);
RIG_STAGE_DRIVER(keypoints);
RIG_STAGE_DRIVER(sync);
RIG_STAGE_DRIVER(triangulate);
RIG_STAGE_DRIVER(watch);
RIG_STAGE_DRIVER(refine);
// crop for rig_feeds_ensure: changes inputs where some of the footage was not there.
RIG_CHECKED rig_status rig_crop_known(rig_session *session, rig_inputs *inputs, rig_err *err);

#endif
