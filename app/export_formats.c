#include "app/export_formats.h"

#include "app/export_cameras.h"
#include "app/export_people.h"
#include "io/camera_formats.h"

#include <stdio.h>

bool rig_export_format_at(int i, rig_export_format *format) {
    int n = 0;
    for (const rig_camera_format *of = rig_camera_formats; of->name; of++)
        if (of->summary && n++ == i) {
            *format = (rig_export_format){of->name, "cameras", of->summary, rig_export_cameras};
            return true;
        }
    *format = rig_people_formats[i - n];
    return format->name != NULL;
}

void rig_export_formats_print(void) {
    rig_export_format format;
    printf("\nformats\n");
    for (int i = 0; rig_export_format_at(i, &format); i++)
        printf("  %-14s %-8s %s\n", format.name, format.holds, format.summary);
}
