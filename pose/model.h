// What a network of heatmaps looks like, with the tags or centres that say whose a joint is, and how its maps are
// decoded: the model descriptor (docs/models.md), as io reads it and pose uses it.
#ifndef RIG_POSE_MODEL_H
#define RIG_POSE_MODEL_H

#include "core/image.h"
#include "core/skeleton.h"
#include "nn/net.h"

#include <stdbool.h>

enum { RIG_OUTPUTS_MAX = 8, RIG_TAG_DIMS_MAX = 8, RIG_SCALES_MAX = 5, RIG_CONFIDENCE_MAX = 16 };

typedef enum rig_sizing { RIG_SIZING_FIXED, RIG_SIZING_SHORT_SIDE, RIG_SIZING_LONG_SIDE } rig_sizing;
typedef enum rig_nms { RIG_NMS_NONE, RIG_NMS_SIGNED, RIG_NMS_SEPARATE } rig_nms; // done by the network, and how
typedef enum rig_activation { RIG_ACTIVATION_NONE, RIG_ACTIVATION_RELU, RIG_ACTIVATION_SIGMOID } rig_activation;
typedef enum rig_subpixel { RIG_SUBPIXEL_LOG_PARABOLA, RIG_SUBPIXEL_QUARTER, RIG_SUBPIXEL_NONE } rig_subpixel;
// What makes people of the maps: tags (of maps, or of centres); each centre for itself; or the picture shows one
// person.
typedef enum rig_people_by { RIG_PEOPLE_BY_TAGS, RIG_PEOPLE_BY_CENTRES, RIG_PEOPLE_ONE } rig_people_by;
typedef enum rig_refine { RIG_REFINE_OFF, RIG_REFINE_WINDOW, RIG_REFINE_FULL } rig_refine;

typedef struct rig_channels {
    int from, to; // half open; from = to: none
} rig_channels;

typedef struct rig_model_output {
    char name[RIG_NAME_MAX]; // "": by position
    int place;               // of an output without a name in the file, from 1; 0: as in this list
    int stride;              // network input pixels a cell
    rig_channels heatmaps, tags, nms_heatmaps;
    rig_channels centres, regression; // of a centre network: one channel; y, x a joint, cells from the centre
    rig_nms nms;
    bool squeeze_last; // the tensor has a trailing axis of 1
    bool stack_last;   // the tensor has an axis of stacks before its channels: the last stack is taken
} rig_model_output;

typedef struct rig_decode_params {
    double smooth; // cells: standard deviation of the Gaussian that heatmaps are smoothed by first; 0: none
    rig_people_by people;
    int nms_window;     // cells, odd
    int max_candidates; // per joint
    int max_people;
    double detection_threshold;
    double tag_threshold; // tags farther apart are two people
    bool tag_metric_l2;   // false: root mean square over tag dimensions
    bool cost_reference;  // HigherHRNet's 100 * round(d) - score, gate after assignment; false: gate first
    bool distance_reweight;
    double reach; // median limbs of a person, within which another of its joints must be; 0: anywhere
    rig_subpixel subpixel;
    rig_refine refine;
    int min_joints;
    double min_person_score;
    double duplicate_oks; // above: one person found twice
} rig_decode_params;

// How often the network looks at a picture. Zeroed: once, at its own scale.
typedef struct rig_passes {
    bool flip; // at each scale also at its mirror image
    int n;     // scales; 0: one of 1
    double scales[RIG_SCALES_MAX];
    bool tags[RIG_SCALES_MAX]; // tags count as dimensions of their own, one set a pass
} rig_passes;

// What a joint's heat is worth, by knots. Zeroed: the score is the heat, and nothing is known of the place.
typedef struct rig_confidence {
    int n;
    double heat[RIG_CONFIDENCE_MAX]; // rising
    double probability[RIG_CONFIDENCE_MAX];
    double spread[RIG_CONFIDENCE_MAX]; // standard deviation a coordinate, in the joint's OKS sigmas times the root of
                                       // the person's area
} rig_confidence;

// When each person is looked at a second time: never; at each frame; at each frame too, but in a take the whole picture
// only every follow_s, and people are followed between.
typedef enum rig_zoom_when { RIG_ZOOM_OFF, RIG_ZOOM_AUTO, RIG_ZOOM_ALWAYS } rig_zoom_when;

// The second, zoomed look at each person. Zeroed: none.
typedef struct rig_zoom {
    rig_zoom_when when;
    char file[1024];               // of its descriptor
    const struct rig_model *model; // its network
    double margin;                 // the crop's side over that of the box around the joints first seen
    double weight;                 // of the second look's joints beside the first's
    double follow_s;
} rig_zoom;

typedef struct rig_model {
    char file[1024]; // of the network, absolute or from the working folder
    char sha256[65]; // "": not checked
    rig_runtime runtime;
    rig_selfcheck selfcheck;
    char input_name[RIG_NAME_MAX]; // "": the first
    int input_width, input_height; // nominal
    rig_sizing sizing;
    int multiple_of;
    bool rgb; // false: BGR
    double scale, mean[3], std[3];
    rig_interpolation interpolation;
    bool pad_centre; // false: right and bottom
    double pad_value[3];
    double people_px[2]; // how tall people may be at the input for it to find them well: least, most; 0, 0: not said
    int n_outputs;
    rig_model_output outputs[RIG_OUTPUTS_MAX];
    int tag_dim;
    bool tags_per_joint, tags_dim_major;
    double tags_grid; // added to the two tag dimensions for each cell along x and y; 0: the network did
    rig_activation activation;
    bool fuse_grid_input; // decode at the input's size; false: at the largest output's
    double coordinate_offset;
    rig_skeleton skeleton; // name, joints, flip, sigmas, limbs
    int group_order[RIG_JOINTS_MAX];
    rig_decode_params decode;
    rig_passes passes;
    rig_zoom zoom;
    rig_confidence confidence; // of what this network's people end as: a second network's of both looks together
} rig_model;

// The recommended decoding (docs/models.md) and the defaults of every optional key.
rig_decode_params rig_decode_defaults(void);
// One look of the network at a picture.
typedef struct rig_pass {
    double scale;
    bool flip, tags;
} rig_pass;
enum { RIG_PASSES_MAX = 2 * RIG_SCALES_MAX };
// The looks that passes ask for, RIG_PASSES_MAX at most; in front the one whose grid is taken: of scale 1, else the
// first. Returns how many.
int rig_passes_list(const rig_passes *passes, rig_pass *list);
// Frames from one look at the whole picture to the next, for pictures at a rate of fps (0: not known); at least 1.
int rig_zoom_period(const rig_zoom *zoom, double fps);
// What can be checked without the network: permutations, ranges, counts. Fails with RIG_ERR_CONFIG, naming the key.
RIG_CHECKED rig_status rig_model_check(const rig_model *model, rig_err *err);

#endif
