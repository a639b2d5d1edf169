// rig_render: training pictures without end on stdout, as raw bytes (see USAGE).
#include "tools/synth/photos.h"
#include "tools/synth/takes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char USAGE[] =
    "usage: rig_render [--size 256] [--seed 1] [--people 12] [--takes 0] [--photos FOLDER] [--count N]\n"
    "\n"
    "Pictures of made-up people, without end or N of them. On stdout, for each, in this machine's byte order:\n"
    "  char[4] \"RIGS\", int32 size, int32 people;  uint8[size][size][3] blue green red;\n"
    "  float32[people][19][3]  x, y (pixels; the top-left pixel's centre is 0, 0) and 0 outside the picture, 1 "
    "hidden,\n"
    "  2 seen, of COCO's 17 joints, the neck (between the shoulders) and the top of the head.\n"
    "--takes: how many of 100 pictures are what a camera sees in a made-up session (rigpose synth), none of whose "
    "seeds\n"
    "  is one of these. --photos: a folder of binary PPM files (P6, 8 bit), used as backgrounds; nobody may be in "
    "them.\n";

typedef struct arguments {
    rig_studio_params params;
    const char *photos;
    long long takes; // of 100 pictures
    long long count; // -1: without end
} arguments;

// A whole number of an option; false where it is none.
static bool number(const char *text, long long *value) {
    char *end;
    *value = strtoll(text, &end, 10);
    return *text && !*end;
}

static rig_status arguments_read(int argc, char **argv, arguments *args, rig_err *err) {
    *args = (arguments){.params = {.size = 256, .people_max = RIG_CROWD_MAX, .seed = 1}, .count = -1};
    for (int i = 1; i < argc; i += 2) {
        long long value = 0;
        if (i + 1 >= argc)
            return rig_fail(err, RIG_ERR_USAGE, "'%s' needs a value", argv[i]);
        if (!strcmp(argv[i], "--photos")) {
            args->photos = argv[i + 1];
            continue;
        }
        if (!number(argv[i + 1], &value))
            return rig_fail(err, RIG_ERR_USAGE, "%s: '%s' is not a number", argv[i], argv[i + 1]);
        if (!strcmp(argv[i], "--size"))
            args->params.size = (int)value;
        else if (!strcmp(argv[i], "--seed"))
            args->params.seed = (uint64_t)value;
        else if (!strcmp(argv[i], "--people"))
            args->params.people_max = (int)value;
        else if (!strcmp(argv[i], "--takes"))
            args->takes = value;
        else if (!strcmp(argv[i], "--count"))
            args->count = value;
        else
            return rig_fail(err, RIG_ERR_USAGE, "unknown option '%s'", argv[i]);
    }
    return RIG_OK;
}

// False: whoever reads has gone, which ends the work and is no failure.
static bool sample_write(const rig_image *image, const rig_labels *labels) {
    const int32_t head[2] = {image->width, labels->n};
    bool fine = fwrite("RIGS", 1, 4, stdout) == 4 && fwrite(head, sizeof head, 1, stdout) == 1;
    for (int y = 0; y < image->height && fine; y++)
        fine = fwrite(image->data + y * image->stride, 3, (size_t)image->width, stdout) == (size_t)image->width;
    const size_t people = (size_t)labels->n;
    return fine && fwrite(labels->joints, sizeof labels->joints[0], people, stdout) == people && fflush(stdout) == 0;
}

static rig_status render(const arguments *args, rig_err *err) {
    rig_studio *studio = NULL;
    rig_takes *takes = NULL;
    rig_photos photos = {0};
    rig_image image = {0};
    rig_labels labels;
    rig_studio_params params = args->params;
    rig_status status = args->photos ? rig_photos_read(args->photos, &photos, err) : RIG_OK;
    params.photos = photos.images;
    params.n_photos = photos.n;
    if (status == RIG_OK)
        status = rig_studio_open(&params, &studio, err);
    if (status == RIG_OK)
        status = rig_takes_open(&params, &takes, err);
    for (long long i = 0; status == RIG_OK && i != args->count; i++) {
        const bool take = (i + 1) * args->takes / 100 != i * args->takes / 100;
        status = take ? rig_takes_shoot(takes, &image, &labels, err) : rig_studio_shoot(studio, &image, &labels, err);
        if (status == RIG_OK && !sample_write(&image, &labels))
            break;
    }
    rig_image_release(&image);
    rig_studio_close(studio);
    rig_takes_close(takes);
    rig_photos_release(&photos);
    return status;
}

int main(int argc, char **argv) {
    rig_err err = {""};
    arguments args;
    if (argc == 2 && !strcmp(argv[1], "--help")) {
        fputs(USAGE, stdout);
        return 0;
    }
    rig_status status = arguments_read(argc, argv, &args, &err);
    if (status == RIG_OK)
        status = render(&args, &err);
    if (status != RIG_OK)
        fprintf(stderr, "rig_render: %s\n%s", err.text, status == RIG_ERR_USAGE ? USAGE : "");
    return status == RIG_OK ? 0 : status == RIG_ERR_USAGE ? 2 : 1;
}
