// Facts of the footage: made by crop, kept in 10_feeds.yaml, read from there by every stage after it
// (rig_session_feeds). Footage that is gone is as 10_feeds.yaml has it.
#ifndef RIG_APP_FEEDS_H
#define RIG_APP_FEEDS_H

#include "app/session.h"

// All views of all recordings, from the footage; files that are gone as 10_feeds.yaml has them. Lives in session->kept.
// Fails as rig_footage_read and rig_view_sources_make.
//   whole  NULL: a file that cannot be read fails, and so does one that is gone and was never seen. Else it is warned
//          of, its facts are not known, and *whole = false; what the rig YAML asks of it in vain fails all the same
RIG_CHECKED rig_status rig_feeds_collect(rig_session *session, rig_feeds *feeds, bool *whole, rig_err *err);

// What a feed's file in a recording holds, for its digest: "" where it is gone and 10_feeds.yaml does not know it.
// Nothing is read where size and dates say that the file is as 10_feeds.yaml has it. Fails as rig_file_digest.
RIG_CHECKED rig_status rig_feed_digest(rig_session *session, int recording, int feed, char hex[65], rig_err *err);

// 10_feeds.yaml was written: it is read again when it is asked for.
void rig_feeds_written(rig_session *session);

#endif
