#include "app/stopped.h"

#include "app/events.h"
#include "app/journal.h"
#include "io/lock.h"

#include <signal.h>
#include <stddef.h>

// In a signal's handler nothing may print numbers: its two digits are made here.
static void tidy(int number) {
    const char digits[2] = {(char)(number < 10 ? ' ' : '0' + number / 10 % 10), (char)('0' + number % 10)};
    rig_lock_stopped();
    rig_journal_stopped(digits);
    rig_events_stopped(digits);
}

static void stop(int number) {
    tidy(number);
    signal(number, SIG_DFL);
    raise(number);
}

void rig_stopped_guard(void) {
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGABRT};
    struct sigaction before;
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        // abort() ends the program when its handler returns, or cv/ does, with words
        struct sigaction act = {.sa_handler = signals[i] == SIGABRT ? tidy : stop};
        if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
            sigaction(signals[i], &act, NULL);
    }
}
