// What a result is made from, as names and hashes: how `run` knows what is current.
#ifndef RIG_APP_INPUTS_H
#define RIG_APP_INPUTS_H

#include "app/session.h"

// Add `rig.<key>: hash` of a part of the rig YAML; an absent key hashes as absent.
RIG_CHECKED rig_status rig_inputs_add_key(rig_session *session, rig_inputs *inputs, const char *key, rig_err *err);
// Add `<name>: hash` of a file's contents.
RIG_CHECKED rig_status rig_inputs_add_file(rig_inputs *inputs, const char *name, const char *path, rig_err *err);
// The same of a result that may be a folder of parts.
RIG_CHECKED rig_status rig_inputs_add_result(rig_inputs *inputs, const char *name, const char *path, rig_err *err);
// Add `recording.<name>: hash` of its entry, the layout of feeds and views, and the contents of its files.
RIG_CHECKED rig_status rig_inputs_add_recording(rig_session *session, rig_inputs *inputs, int recording, rig_err *err);
// Add `recordings: hash` of all of them.
RIG_CHECKED rig_status rig_inputs_add_recordings(rig_session *session, rig_inputs *inputs, rig_err *err);
// Add `skeleton: hash` of its file.
RIG_CHECKED rig_status rig_inputs_add_skeleton(rig_session *session, rig_inputs *inputs, rig_err *err);
// Add `60_people2d: hash` of the take's views' files there.
RIG_CHECKED rig_status rig_inputs_add_people2d(rig_session *session, rig_inputs *inputs, rig_err *err);
// Add `people: hash` of the files of another tool (keypoints.people), the take's views.
RIG_CHECKED rig_status rig_inputs_add_imports(rig_session *session, rig_inputs *inputs, rig_err *err);

// keypoints.people with {view} replaced, in the session's arena.
RIG_CHECKED rig_status rig_session_import_path(rig_session *session, int view, const char **path, rig_err *err);

#endif
