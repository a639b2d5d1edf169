// What is drawn on footage: people, labels, lines, in colours that are told apart by colour-blind people too, and in
// sizes that go with the picture's.
#ifndef RIG_APP_OVERLAY_MARKS_H
#define RIG_APP_OVERLAY_MARKS_H

#include "core/image.h"
#include "core/people.h"

typedef struct rig_colour {
    unsigned char bgr[3];
} rig_colour;

// Okabe and Ito 2008, in the order in which people get them, as the report's (web/report/colours.js) do; and grey.
enum { RIG_PALETTE = 7 };
extern const rig_colour rig_blue, rig_orange, rig_green, rig_purple, rig_sky, rig_vermillion, rig_yellow;
extern const rig_colour rig_grey, rig_white, rig_black;
// The i-th person's, from 0; the eighth has the first one's again.
rig_colour rig_person_colour(int i);
// A place from 0 to 1 on a ramp from blue through green to yellow, lightness rising.
rig_colour rig_ramp_colour(double share);
// A tag as a colour, and the same hue for tags 8 apart: people settle about 2 apart.
rig_colour rig_tag_colour(double tag);

// 1 for a picture of 1280 x 720, by the root of its pixels; and a length in pixels of such a picture as one of this, at
// least 1.
double rig_mark_scale(const rig_image *image);
int rig_mark_pixels(double size, double scale);

enum { RIG_MANY_JOINTS = 40 }; // skeletons of more, with faces and hands, are drawn half as thick

// A joint where it is drawn.
typedef struct rig_mark_joint {
    bool shown, hollow;
    double q[2];
    rig_colour colour; // of its disc
} rig_mark_joint;

// A person: limbs where line > 0, joints, as discs or rings, where radius > 0; around both a dark rim. Sizes in pixels
// of the picture.
typedef struct rig_mark_style {
    rig_colour colour; // of the limbs
    int line, radius, rim;
} rig_mark_style;
void rig_figure_draw(rig_image *image, const rig_skeleton *skeleton, const rig_mark_joint *joints,
                     const rig_mark_style *style);
// A person as a view saw it, in one colour; joints that were filled in are rings. tags: joints in their tags' colours.
void rig_person_draw(rig_image *image, const rig_person2d *person, const rig_skeleton *skeleton, rig_colour colour,
                     bool tags, double scale);

// A text in a box of the colour `paper`, its lower left corner at q but all of it in the picture where that can be.
void rig_label_draw(rig_image *image, const double q[2], const char *text, double scale, rig_colour paper);
void rig_label_extent(const char *text, double scale, double size[2]); // width and height of the box
// Lines of text at the top of the picture, in a darkened box; smaller where the picture is narrow. Lines may be "".
void rig_head_draw(rig_image *image, const char *const *lines, int n);
// A sign: a diagonal cross.
void rig_cross_draw(rig_image *image, const double q[2], int radius, int line, rig_colour colour);

#endif
