// How many inner corners the chessboard of a recording has, as its pictures show it.
#ifndef RIG_APP_FOUND_BOARD_H
#define RIG_APP_FOUND_BOARD_H

#include "app/found_feeds.h"

// Count the corners of the board in some pictures of each feed: corners = {0, 0} where there is no recording (-1), or
// no two pictures show a whole board of the size that most show; share: of the pictures looked at, those that show it.
// Footage that cannot be read is passed over. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_found_board_count(const char *folder, const rig_found *found, int recording, int corners[2],
                                             double *share, rig_err *err);

#endif
