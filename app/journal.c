#include "app/journal.h"

#include "app/talk.h"
#include "core/text.h"
#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <omp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { COMMAND_MAX = 2048, EARLY_MAX = 8192, LINE_MAX_BYTES = 5000, TRIES = 100 };

static struct {
    char command[COMMAND_MAX], verb[32], out[1024];
    char early[EARLY_MAX]; // what was told before there was a log
    size_t n_early;
    double start_s;
    bool open;
    int handle;
} journal;

void rig_journal_command(int argc, char **argv) {
    size_t n = 0;
    journal.start_s = rig_now_s();
    for (int i = 0; i < argc && n < sizeof journal.command; i++) {
        const char *word = i ? argv[i] : "rigpose";
        const char *quote = strpbrk(word, " \t'\"$&;()*?") || !*word ? "\"" : "";
        n += (size_t)snprintf(journal.command + n, sizeof journal.command - n, "%s%s%s%s", i ? " " : "", quote, word,
                              quote);
        if (i && !*journal.verb && word[0] != '-')
            snprintf(journal.verb, sizeof journal.verb, "%s", word);
    }
}

const char *rig_journal_command_line(void) {
    return journal.command;
}

static void put(const char *text, size_t n) {
    if (write(journal.handle, text, n) < 0)
        return; // a full disk is met by the results, which tell of it
}

// --- which are kept -------------------------------------------------------------------------------------------------

// 20261130T111344Z-run.log
static bool is_journal(const char *name) {
    return strspn(name, "0123456789") == 8 && name[8] == 'T' && strspn(name + 9, "0123456789") == 6 &&
           strncmp(name + 15, "Z-", 2) == 0;
}

static void old_remove(const char *folder) {
    rig_arena arena = {0};
    char **names;
    int n = 0, n_ours = 0;
    if (rig_folder_list(folder, ".log", &names, &n, &arena, NULL) == RIG_OK)
        for (int i = n - 1; i >= 0; i--) {
            const char *path = rig_arena_printf(&arena, "%s/%s", folder, names[i]);
            if (path && is_journal(names[i]) && ++n_ours > RIG_JOURNALS_KEPT)
                remove(path);
        }
    rig_arena_release(&arena);
}

// --- begin and end --------------------------------------------------------------------------------------------------

static int file_make(const char *folder, const char *stamp) {
    char path[1200];
    for (int i = 0; i < TRIES; i++) {
        const char *verb = *journal.verb ? journal.verb : "run";
        if (i == 0)
            snprintf(path, sizeof path, "%s/%s-%s.log", folder, stamp, verb);
        else
            snprintf(path, sizeof path, "%s/%s-%s-%d.log", folder, stamp, verb, i + 1);
        const int handle = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (handle >= 0 || errno != EEXIST)
            return handle;
    }
    return -1;
}

static void head_put(const char *stamp) {
    char text[COMMAND_MAX + 1600], shown[COMMAND_MAX], host[256] = "", at[1024] = "";
    rig_text_show(journal.command, shown, sizeof shown);
    gethostname(host, sizeof host - 1);
    const int n =
        snprintf(text, sizeof text, "%s\nrigpose %s, %s, host %s, process %ld, %d threads, in %s\n", shown, RIG_VERSION,
                 stamp, host, (long)getpid(), omp_get_max_threads(), getcwd(at, sizeof at) ? at : "?");
    put(text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
    put(journal.early, journal.n_early);
    journal.n_early = 0;
}

void rig_journal_begin(const char *out) {
    char folder[1100], stamp[32];
    rig_err err = {""};
    struct tm utc;
    const time_t now = time(NULL);
    if (journal.open && strcmp(journal.out, out) == 0)
        return;
    if (journal.open)
        close(journal.handle);
    snprintf(journal.out, sizeof journal.out, "%s", out);
    snprintf(folder, sizeof folder, "%s/log", out);
    strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", gmtime_r(&now, &utc));
    rig_status status = rig_folder_make(folder, &err);
    journal.handle = status == RIG_OK ? file_make(folder, stamp) : -1;
    journal.open = journal.handle >= 0;
    if (status == RIG_OK && !journal.open)
        status = rig_fail(&err, RIG_ERR_IO, "cannot write to folder '%s': %s", folder, strerror(errno));
    if (status != RIG_OK) {
        rig_warn("no log: %s", err.text);
        return;
    }
    old_remove(folder);
    head_put(stamp);
}

void rig_journal_forget(void) {
    journal.n_early = 0;
    journal.start_s = rig_now_s();
}

void rig_journal_line(const char *prefix, const char *text) {
    char line[LINE_MAX_BYTES];
    int n = snprintf(line, sizeof line, "%9.1f s  %s%s\n", rig_now_s() - journal.start_s, prefix, text);
    if (n >= (int)sizeof line) {
        n = sizeof line - 1;
        line[n - 1] = '\n';
    }
    if (journal.open)
        put(line, (size_t)n);
    else if (journal.n_early + (size_t)n <= sizeof journal.early) {
        memcpy(journal.early + journal.n_early, line, (size_t)n);
        journal.n_early += (size_t)n;
    }
}

void rig_journal_end(int code) {
    char text[64];
    snprintf(text, sizeof text, "end: exit code %d", code);
    if (!journal.open)
        return;
    rig_journal_line("", text);
    close(journal.handle);
    journal.open = false;
}

void rig_journal_stopped(const char signal[2]) {
    char line[] = "end: stopped by signal 00\n";
    char *digits = strstr(line, "00");
    digits[0] = signal[0], digits[1] = signal[1];
    if (journal.open)
        put(line, sizeof line - 1);
}
