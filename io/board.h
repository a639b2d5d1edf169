// A calibration board, as a rig YAML and results describe it.
#ifndef RIG_IO_BOARD_H
#define RIG_IO_BOARD_H

#include "core/arena.h"
#include "core/board.h"
#include "io/yaml.h"

// Read a board from a map. Fails by rig_yaml_fail: what is missing, out of range, or cannot be found in pictures.
RIG_CHECKED rig_status rig_board_parse(const rig_yaml *map, rig_board *board, rig_err *err);
// Read `board` of a rig YAML, which need not have anything else but its schema; whatever else is wrong with the file is
// left alone. Fails as rig_board_parse does; with RIG_ERR_CONFIG where the file cannot be read; with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_board_read(const char *path, rig_board *board, rig_arena *scratch, rig_err *err);
// The key `board` with all that describes it.
void rig_board_put(rig_yaml_writer *w, const rig_board *board);

#endif
