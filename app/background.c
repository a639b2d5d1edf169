#include "app/background.h"

#include <assert.h>
#include <omp.h>

static void *run(void *of) {
    rig_background *b = of;
    b->status = b->work(b->self, &b->err);
    return NULL;
}

bool rig_background_try(rig_background *b, rig_background_work work, void *self) {
    assert(!b->runs);
    b->work = work, b->self = self;
    b->runs = omp_get_max_threads() > 1 && pthread_create(&b->thread, NULL, run, b) == 0;
    return b->runs;
}

void rig_background_begin(rig_background *b, rig_background_work work, void *self) {
    if (!rig_background_try(b, work, self))
        run(b);
}

rig_status rig_background_wait(rig_background *b, rig_err *err) {
    if (b->runs)
        pthread_join(b->thread, NULL);
    const rig_status status = b->status;
    b->runs = false, b->status = RIG_OK;
    return status == RIG_OK ? RIG_OK : rig_fail(err, status, "%s", b->err.text);
}

void rig_background_end(rig_background *b) {
    rig_err ignored;
    if (rig_background_wait(b, &ignored) != RIG_OK)
        return; // told before, or of no matter any more
}
