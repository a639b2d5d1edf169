// A look at the first pictures of footage: what each view shows, and what speaks against how it is taken.
#ifndef RIG_APP_FEED_LOOK_H
#define RIG_APP_FEED_LOOK_H

#include "app/look_findings.h"
#include "app/session.h"

// Look at up to 3 pictures of a feed in a recording, 10 frames apart: set look of sources[n_views of the feed], and add
// what is found: windows that reach over the edge of a tile, and frames of two fields where the file does not say so
// itself. A feed without a file is passed over. Fails as rig_reader_open and rig_reader_next; RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_feed_look(const rig_config *config, int recording, int feed, const rig_footage *footage,
                                     rig_view_source *sources, rig_look_findings *findings, rig_arena *out,
                                     rig_err *err);

// Hold the views of the take, or of the recording that places the cameras, against those of the other recordings, and
// of the session that `cameras` comes from. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_feeds_looks_compare(rig_session *session, const rig_feeds *feeds,
                                               rig_look_findings *findings, rig_err *err);

#endif
