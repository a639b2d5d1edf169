// What the formats of calibrations share. Private to io/camera_*.c.
#ifndef RIG_IO_CAMERA_PARTS_H
#define RIG_IO_CAMERA_PARTS_H

#include "io/camera_formats.h"
#include "io/file.h"
#include "io/yaml.h"

struct rig_foreign {
    const char *path;
    const char *text; // all of it
    size_t length;
    const rig_yaml *root; // YAML (OpenCV's too), JSON, the dictionaries of Python, TOML and XML as a tree; NULL: lines
};

// --- reading: failures name file, line and key ---------------------------------------------------

// n zeroed cameras.
RIG_CHECKED rig_status rig_cameras_new(rig_calibration *rig, int n, rig_arena *out, rig_err *err);
// Name a camera; where: what to blame.
RIG_CHECKED rig_status rig_camera_name(rig_view_camera *camera, const char *name, const rig_yaml *where, rig_err *err);
// The name of a file without its folder and its ending.
RIG_CHECKED rig_status rig_camera_name_stem(rig_view_camera *camera, const rig_foreign *file, rig_err *err);
// The numbers of a list, of lists in it, of `data` of a map (OpenCV's matrices), or of a text between spaces
// (attributes of XML): from least to most of them; *n NULL where these are the same.
RIG_CHECKED rig_status rig_camera_numbers(const rig_yaml *node, int least, int most, double *values, int *n,
                                          rig_err *err);
// The same of a key that must be there; a number of a key, an XML attribute's too.
RIG_CHECKED rig_status rig_camera_need_numbers(const rig_yaml *map, const char *key, int n, double *values,
                                               rig_err *err);
RIG_CHECKED rig_status rig_camera_need_number(const rig_yaml *map, const char *key, double *value, rig_err *err);
// Width and height of the camera, of two numbers.
RIG_CHECKED rig_status rig_camera_set_size(rig_camera *camera, const double size[2], const rig_yaml *where,
                                           rig_err *err);
// K of a matrix; skew is refused. K of four numbers, in our order.
RIG_CHECKED rig_status rig_camera_set_matrix(rig_camera *camera, const double K[9], const rig_yaml *where,
                                             rig_err *err);
// `image_width`, `image_height` and `camera_matrix` of a map, as OpenCV and ROS call them.
RIG_CHECKED rig_status rig_camera_set_image(rig_camera *camera, const rig_yaml *map, rig_err *err);
RIG_CHECKED rig_status rig_camera_set_K(rig_camera *camera, const double K[4], const rig_yaml *where, rig_err *err);
// OpenCV's n coefficients (0 to 14: those of a tilted sensor must be 0), or the n <= 4 of a fisheye.
RIG_CHECKED rig_status rig_camera_set_dist(rig_camera *camera, bool fisheye, const double *dist, int n,
                                           const rig_yaml *where, rig_err *err);
// The pose of a rotation that may be off by what few decimals leave: world to camera; or of the camera in the world.
RIG_CHECKED rig_status rig_camera_set_pose(rig_view_camera *camera, const double R[9], const double t[3],
                                           const rig_yaml *where, rig_err *err);
RIG_CHECKED rig_status rig_camera_set_place(rig_view_camera *camera, const double R_world_cam[9],
                                            const double centre[3], const rig_yaml *where, rig_err *err);
// Of a rotation world to camera and the camera's centre in the world; of Hamilton's quaternion w x y z.
RIG_CHECKED rig_status rig_camera_set_centre(rig_view_camera *camera, const double R[9], const double centre[3],
                                             const rig_yaml *where, rig_err *err);
RIG_CHECKED rig_status rig_camera_rotation(const double q[4], double R[9], const rig_yaml *where, rig_err *err);
// The world's axes turned: p_old = R p_new.
void rig_camera_turn_world(rig_view_camera *camera, const double R_old_new[9]);

// --- writing -------------------------------------------------------------------------------------

// Open <folder>/<name><ending>.
RIG_CHECKED rig_status rig_camera_file_open(rig_file_writer *file, const char *folder, const char *name,
                                            const char *ending, rig_err *err);
// The shortest text of a number that reads back the same, never that of an integer; n of them with ", " between.
void rig_camera_put_number(FILE *f, double value);
void rig_camera_put_numbers(FILE *f, const double *values, int n);
// "text" as YAML, JSON and TOML all quote it.
void rig_camera_put_quoted(FILE *f, const char *text);
// `indent<key>: !!opencv-matrix`, of a FileStorage.
void rig_camera_put_matrix(FILE *f, const char *prefix, const char *name, int rows, int cols, const double *values);
// Its first lines.
void rig_camera_put_storage(FILE *f);
// K as a 3x3 matrix; a pose as 4x4.
void rig_camera_matrix(const rig_camera *camera, double K[9]);
void rig_camera_pose_matrix(const rig_pose *pose, double T[16]);
// How many coefficients OpenCV is given: 4 at least.
int rig_camera_n_dist_padded(const rig_camera *camera);

#endif
