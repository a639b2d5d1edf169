// From a canvas to bytes as cameras spoil them: movement, a lens out of focus, exposure, a colour cast, noise.
#ifndef RIG_TOOLS_SYNTH_FILM_H
#define RIG_TOOLS_SYNTH_FILM_H

#include "core/rng.h"
#include "tools/synth/canvas.h"

enum { RIG_FILM_LEVELS = 4080 };

// What one picture goes through.
typedef struct rig_film {
    double shake[2]; // how far the whole picture moved while it was taken, pixels
    int defocus;     // radius, pixels; 0: sharp
    float grain;     // noise, times that of the rig_noise
    uint32_t picture;
    unsigned char level[3][RIG_FILM_LEVELS]; // of the ink, for each channel
} rig_film;

void rig_film_draw(rig_film *film, int size, rig_rng *rng);

// Smear a part of the canvas along `way` (pixels), centred, so that things stay where they are on average; where only
// is not NULL, only pixels over which one of the marked pixels passes. Workspace comes from scratch.
// Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_film_smear(rig_canvas *canvas, const unsigned char *only, const double way[2],
                                      rig_arena *scratch, rig_err *err);
// The canvas into an image of its size, BGR; the canvas is used up. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_film_develop(const rig_film *film, const rig_noise *noise, rig_canvas *canvas,
                                        rig_image *image, rig_arena *scratch, rig_err *err);

#endif
