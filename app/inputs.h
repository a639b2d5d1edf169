// What a result is made from, as names and hashes: how `run` knows what is current.
#ifndef RIG_APP_INPUTS_H
#define RIG_APP_INPUTS_H

#include "app/session.h"

// Add `rig.<key>: hash` of a part of the rig YAML; an absent key hashes as absent.
RIG_CHECKED rig_status rig_inputs_add_key(rig_session *session, rig_inputs *inputs, const char *key, rig_err *err);
// Add `<name>: hash` of a file's contents, or of a result's that is a folder of parts.
RIG_CHECKED rig_status rig_inputs_add_file(rig_session *session, rig_inputs *inputs, const char *name, const char *path,
                                           rig_err *err);
// Add `cameras: hash` of the rig's known cameras: of all their files, and of what else says how they are taken.
RIG_CHECKED rig_status rig_inputs_add_cameras(rig_session *session, rig_inputs *inputs, rig_err *err);
// Add `footage: hash` of all recordings' files, by their contents (rig_feed_digest): what crop looks at.
RIG_CHECKED rig_status rig_inputs_add_all_footage(rig_session *session, rig_inputs *inputs, rig_err *err);
// Of a recording, by 10_feeds.yaml: add `footage.<name>: hash` of what its pictures show (the files' digests, the
// views' windows and turns), `feeds.<name>: hash` of what is known of them (sizes, windows, rates, times, offsets);
// both also of its first and last frame and its step.
RIG_CHECKED rig_status rig_inputs_add_footage(rig_session *session, rig_inputs *inputs, int recording, rig_err *err);
RIG_CHECKED rig_status rig_inputs_add_feeds(rig_session *session, rig_inputs *inputs, int recording, rig_err *err);
// Add `skeleton: hash` of its file.
RIG_CHECKED rig_status rig_inputs_add_skeleton(rig_session *session, rig_inputs *inputs, rig_err *err);
// Add `60_people2d: hash` of the take's views' files there.
RIG_CHECKED rig_status rig_inputs_add_people2d(rig_session *session, rig_inputs *inputs, rig_err *err);
// Add `people: hash` of the files of another tool (keypoints.people), the take's views.
RIG_CHECKED rig_status rig_inputs_add_imports(rig_session *session, rig_inputs *inputs, rig_err *err);

// One hash of the contents of a sequence's pictures, in order, and of their numbers where these are not their places.
RIG_CHECKED rig_status rig_pictures_digest(rig_session *session, const rig_feed_file *file, char hex[65], rig_err *err);
// keypoints.people with {view} replaced, in the session's arena.
RIG_CHECKED rig_status rig_session_import_path(rig_session *session, int view, const char **path, rig_err *err);

#endif
