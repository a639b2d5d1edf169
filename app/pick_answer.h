// The addresses of a page of `pick`: what each answers.
#ifndef RIG_APP_PICK_ANSWER_H
#define RIG_APP_PICK_ANSWER_H

#include "app/pick_server.h"

// A rig_pick_answer; `of` is a rig_pick_session. Paths:
//   "" and pick/NAME         the page and its parts, from web/
//   state                    the rig and the points as they are on the disk
//   recording?name=          sizes and lengths
//   picture?recording=&at=   with view= or feed=: a JPEG
//   POST solve, save, rects  how points fit; write them; write views' windows into the rig YAML
//   POST alive, done         the page is there; it has been left
// What fails is JSON, {error}: 400, or 409 where the file changed since the page read it.
void rig_pick_respond(void *of, const rig_pick_request *request, rig_pick_reply *reply, rig_arena *out);

#endif
