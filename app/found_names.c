#include "app/found_names.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { PARTS_MAX = 8 };

// A stretch of a path.
typedef struct span {
    const char *at;
    int n;
} span;

typedef struct path_parts {
    span parts[PARTS_MAX]; // folders, then the file's own name
    int n;
    int camera; // the part that names the camera; -1: none does
    span word;  // in it
    int all;    // parts that all files have in front
} path_parts;

static bool is_gap(char c) {
    return c == '_' || c == '-' || c == '.' || c == ' ';
}

static bool is_word(span s, const char *word) {
    return (int)strlen(word) == s.n && strncasecmp(s.at, word, (size_t)s.n) == 0;
}

static bool is_any(span s, const char *const words[]) {
    for (int i = 0; words[i]; i++)
        if (is_word(s, words[i]))
            return true;
    return false;
}

static bool is_number(span s) {
    for (int i = 0; i < s.n; i++)
        if (!isdigit((unsigned char)s.at[i]))
            return false;
    return s.n > 0;
}

static const char *const device_words[] = {"cam", "camera", "view",  "kinect",   "gopro",  "port",  "device",
                                           "dev", "webcam", "miqus", "qualisys", "iphone", "phone", NULL};
static const char *const side_words[] = {"left", "right",  "front",  "back",   "rear", "side",
                                         "top",  "center", "centre", "middle", NULL};
// Folders and words that say nothing.
static const char *const empty_words[] = {
    "video", "videos", "image",   "images",     "img",          "imgs",    "picture", "pictures",   "frame", "frames",
    "raw",   "data",   "footage", "recordings", "synchronized", "synced",  "sync",    "inputmedia", "media", "rgb",
    "color", "colour", "mp4",     "avi",        "undistorted",  "cameras", "views",   "recording",  NULL};

// --- the camera's word -----------------------------------------------------------------------------------------------

// Of a name's words, the next from `from` on; its length is 0 at the end.
static span word_next(span in, int from) {
    while (from < in.n && is_gap(in.at[from]))
        from++;
    int n = 0;
    while (from + n < in.n && !is_gap(in.at[from + n]))
        n++;
    return (span){in.at + from, n};
}

// Letters in front of digits at a word's end: cam01 -> cam.
static span letters_of(span word) {
    int n = word.n;
    while (n > 0 && isdigit((unsigned char)word.at[n - 1]))
        n--;
    return (span){word.at, n};
}

// How sure a word is a camera's: 3 cam01, camA; 2 c1; 1 left, left2; 0 not at all. *whole: with a number that follows.
static int word_rank(span in, span word, span *whole) {
    const span letters = letters_of(word);
    *whole = word;
    if (letters.n < word.n && is_any(letters, device_words))
        return 3;
    if (word.n == 4 && strncasecmp(word.at, "cam", 3) == 0 && isupper((unsigned char)word.at[3]))
        return 3;
    if (letters.n < word.n && is_word(letters, "c"))
        return 2;
    if (is_any(letters, side_words))
        return 1;
    const span next = word_next(in, (int)(word.at - in.at) + word.n);
    const bool single = next.n == 1 && isupper((unsigned char)*next.at);
    if (is_any(word, device_words) && (is_number(next) || single)) {
        whole->n = (int)(next.at - word.at) + next.n;
        return 3;
    }
    return 0;
}

// The likeliest word of a name; of equal ones the last.
static int camera_find(span in, span *found) {
    int best = 0;
    for (span w = word_next(in, 0); w.n > 0; w = word_next(in, (int)(w.at - in.at) + w.n)) {
        span whole;
        int rank = word_rank(in, w, &whole);
        if (rank > 0 && rank >= best)
            best = rank, *found = whole;
    }
    return best;
}

bool rig_names_camera_in(const char *name) {
    const char *dot = strrchr(name, '.');
    span found;
    return camera_find((span){name, dot ? (int)(dot - name) : (int)strlen(name)}, &found) > 0;
}

bool rig_names_camera_before(const char *name, size_t at) {
    span last = {name, 0};
    while (at > 0 && is_gap(name[at - 1]))
        at--;
    for (span w = word_next((span){name, (int)at}, 0); w.n > 0;
         w = word_next((span){name, (int)at}, (int)(w.at - name) + w.n))
        last = w;
    return is_any(last, device_words) || (is_word(last, "c") && name[at] && !is_gap(name[at]));
}

// --- paths -----------------------------------------------------------------------------------------------------------

static path_parts parts_of(const char *path) {
    path_parts p = {.camera = -1};
    for (const char *at = path; *at;) {
        int n = (int)strcspn(at, "/");
        if (p.n == PARTS_MAX) // the upper folders of a deep path say least
            memmove(p.parts, p.parts + 1, sizeof p.parts - sizeof *p.parts), p.n--;
        p.parts[p.n++] = (span){at, n};
        at += n + (at[n] == '/');
    }
    return p;
}

static void camera_by_word(path_parts *p) {
    int best = 0;
    for (int i = p->n - 1; i >= 0; i--) {
        span word;
        int rank = camera_find(p->parts[i], &word);
        if (rank > best)
            best = rank, p->camera = i, p->word = word;
    }
}

static bool same(span a, span b) {
    return a.n == b.n && memcmp(a.at, b.at, (size_t)a.n) == 0;
}

// Folders that all files lie in tell nothing apart.
static void common_find(path_parts *p, int n) {
    int all = 0;
    for (bool like = n > 0; like;) {
        for (int i = 0; i < n && like; i++)
            like = all + 1 < p[i].n && same(p[i].parts[all], p[0].parts[all]);
        all += like;
    }
    for (int i = 0; i < n; i++)
        p[i].all = all;
}

// A folder or name that is a number: images/01, videos/01.mp4.
static void camera_by_number(path_parts *p) {
    for (int i = p->n - 1; i >= p->all && p->camera < 0; i--)
        if (is_number(p->parts[i]))
            p->camera = i, p->word = p->parts[i];
}

const char *const rig_intrinsics_words[] = {"intri", NULL}, *const rig_extrinsics_words[] = {"extri", NULL},
                  *const rig_board_words[] = {"board", "calib", "chess", "checker", "charuco", NULL},
                  *const rig_floor_words[] = {"floor", "origin", "ground", NULL};
static const char *const take_words[] = {"trial", "take", "session", "walk", "run", "day", NULL};

static bool has_part(span s, const char *letters) {
    for (int k = 0; k + (int)strlen(letters) <= s.n; k++)
        if (strncasecmp(s.at + k, letters, strlen(letters)) == 0)
            return true;
    return false;
}

static bool has_letters(const char *text, const char *letters) {
    return has_part((span){text, (int)strlen(text)}, letters);
}

static bool says_recording(span s) {
    const char *const *const lists[] = {rig_intrinsics_words, rig_extrinsics_words, rig_board_words, rig_floor_words,
                                        take_words};
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++)
        for (int i = 0; lists[k][i]; i++)
            if (has_part(s, lists[k][i]))
                return true;
    return false;
}

static bool is_empty(span s) {
    for (span w = word_next(s, 0); w.n > 0; w = word_next(s, (int)(w.at - s.at) + w.n))
        if (!is_any(w, empty_words))
            return false;
    return true;
}

// A folder per camera: another folder has a file of the same name, and the folders' names speak of no recording.
static void camera_by_folder(path_parts *p, int n) {
    for (int i = 0; i < n; i++) {
        path_parts *one = &p[i];
        const int in = one->n - 2;
        if (one->camera >= 0 || in < one->all || says_recording(one->parts[in]) || is_empty(one->parts[in]))
            continue;
        for (int k = 0; k < n; k++)
            if (p[k].n == one->n && same(p[k].parts[in + 1], one->parts[in + 1]) &&
                !same(p[k].parts[in], one->parts[in]))
                one->camera = in, one->word = one->parts[in];
    }
}

static bool two_part(span s, span *last) {
    int cut = s.n - 1;
    while (cut > 0 && s.at[cut] != '_')
        cut--;
    *last = (span){s.at + cut + 1, s.n - cut - 1};
    return cut > 0 && last->n > 0;
}

// Where every other name is recording_feed, the part after the last '_' is the feed; else the whole name is.
static void camera_by_rest(path_parts *p, int n) {
    bool all = true;
    span last;
    for (int i = 0; i < n; i++)
        all = all && (p[i].camera >= 0 || two_part(p[i].parts[p[i].n - 1], &last));
    for (int i = 0; i < n; i++)
        if (p[i].camera < 0) {
            const span own = p[i].parts[p[i].n - 1];
            p[i].camera = p[i].n - 1;
            p[i].word = all && two_part(own, &last) ? last : own;
        }
}

// --- names -----------------------------------------------------------------------------------------------------------

// cam_01, Cam1 and cam1 are one camera.
static bool same_camera(span a, span b) {
    int i = 0, k = 0;
    for (;;) {
        while (i < a.n && (is_gap(a.at[i]) || (a.at[i] == '0' && i + 1 < a.n && isdigit((unsigned char)a.at[i + 1]) &&
                                               (i == 0 || !isdigit((unsigned char)a.at[i - 1])))))
            i++;
        while (k < b.n && (is_gap(b.at[k]) || (b.at[k] == '0' && k + 1 < b.n && isdigit((unsigned char)b.at[k + 1]) &&
                                               (k == 0 || !isdigit((unsigned char)b.at[k - 1])))))
            k++;
        if (i >= a.n || k >= b.n)
            return i >= a.n && k >= b.n;
        if (tolower((unsigned char)a.at[i++]) != tolower((unsigned char)b.at[k++]))
            return false;
    }
}

// A name of at most RIG_NAME_MAX - 1 bytes without what makes lines unreadable; feeds may not be called as keys are.
static const char *name_make(const char *text, int n, rig_arena *out) {
    while (n > 0 && is_gap(text[n - 1]))
        n--;
    while (n > 0 && is_gap(*text))
        text++, n--;
    if (n > RIG_NAME_MAX - 10)
        for (n = RIG_NAME_MAX - 10; n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80;)
            n--;
    char *made = rig_arena_strndup(out, n > 0 ? text : "_", (size_t)(n > 0 ? n : 1));
    for (char *c = made; c && *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '-';
    if (made && (strcmp(made, "frames") == 0 || strcmp(made, "step") == 0))
        return rig_arena_printf(out, "%s_", made);
    return made;
}

// What a part says beside the camera's word and words that say nothing.
static char *rest_add(char *rest, span part, const span *without, rig_arena *out) {
    for (span w = word_next(part, 0); rest && w.n > 0; w = word_next(part, (int)(w.at - part.at) + w.n)) {
        bool inside = without && w.at >= without->at && w.at + w.n <= without->at + without->n;
        if (!inside && !is_any(w, empty_words))
            rest = rig_arena_printf(out, "%s%s%.*s", rest, *rest ? "_" : "", w.n, w.at);
    }
    return rest;
}

typedef struct rests {
    char *folders, *own; // what folders and the file's own name say beside the camera
} rests;

static rests rests_of(const path_parts *p, rig_arena *out) {
    rests r = {rig_arena_strdup(out, ""), rig_arena_strdup(out, "")};
    for (int i = 0; i < p->n; i++) {
        char **to = i == p->n - 1 ? &r.own : &r.folders;
        if (*to && (i >= p->all || says_recording(p->parts[i])))
            *to = rest_add(*to, p->parts[i], p->camera == i ? &p->word : NULL, out);
    }
    return r;
}

// Files whose folders say the same, beside the cameras.
typedef struct company {
    int first;                     // of its files
    bool shared, different, equal; // names that several cameras' files have; any two; each camera has as many files
    int most;                      // files of a camera
    bool several;                  // cameras
} company;

static company company_of(const path_parts *p, const rests *r, int n, int first) {
    company c = {.first = first, .equal = true};
    for (int a = first; a < n; a++) {
        int own = 0;
        if (strcmp(r[a].folders, r[first].folders) != 0)
            continue;
        for (int b = first; b < n; b++) {
            if (strcmp(r[b].folders, r[first].folders) != 0)
                continue;
            const bool same_own = strcmp(r[a].own, r[b].own) == 0, of_a = same_camera(p[a].word, p[b].word);
            own += of_a;
            c.several = c.several || !of_a;
            c.shared = c.shared || (!of_a && same_own);
            c.different = c.different || !same_own;
        }
        c.equal = c.equal && (c.most == 0 || own == c.most);
        c.most = own > c.most ? own : c.most;
    }
    return c;
}

// Where each camera has one file, and they are called differently (GX010012, GX010034), their names tell nothing; where
// each has several, the first of each belong together.
static const char *recording_of(const path_parts *p, const rests *r, const company *c, int i, bool *by_order,
                                rig_arena *out) {
    const char *folders = r[i].folders;
    const bool names_tell = c->shared || !c->different || !c->equal || !c->several;
    int place = 1;
    *by_order = !names_tell && c->most > 1;
    if (has_letters(folders, "intri") || has_letters(folders, "extri"))
        return has_letters(folders, "intri") ? "intrinsics" : "extrinsics";
    if (!names_tell && !*by_order)
        return *folders ? folders : "take";
    for (int a = c->first; *by_order && a < i; a++)
        place += strcmp(r[a].folders, r[i].folders) == 0 && same_camera(p[a].word, p[i].word);
    if (*by_order)
        return rig_arena_printf(out, "%s%s%d", *folders ? folders : "take", *folders ? "_" : "", place);
    if (*folders && *r[i].own && strcmp(folders, r[i].own) != 0)
        return rig_arena_printf(out, "%s_%s", folders, r[i].own);
    return *folders ? folders : *r[i].own ? r[i].own : "take";
}

rig_status rig_names_tell(const char *const *paths, int n, rig_found_name *names, rig_arena *out, rig_err *err) {
    path_parts *p = RIG_NEW(out, path_parts, n + 1);
    rests *r = RIG_NEW(out, rests, n + 1);
    company *c = RIG_NEW(out, company, n + 1);
    if (!p || !r || !c)
        return rig_fail_memory(err, "names");
    for (int i = 0; i < n; i++)
        p[i] = parts_of(paths[i]);
    common_find(p, n);
    for (int i = 0; i < n; i++) {
        camera_by_word(&p[i]);
        if (p[i].camera < 0)
            camera_by_number(&p[i]);
    }
    camera_by_folder(p, n);
    camera_by_rest(p, n);
    for (int i = 0; i < n; i++) {
        r[i] = rests_of(&p[i], out);
        if (!r[i].folders || !r[i].own)
            return rig_fail_memory(err, "names");
    }
    for (int i = 0; i < n; i++) {
        int first = 0, with = 0;
        while (strcmp(r[with].folders, r[i].folders) != 0)
            with++;
        c[i] = with == i ? company_of(p, r, n, i) : c[with];
        while (!same_camera(p[first].word, p[i].word))
            first++;
        const char *recording = recording_of(p, r, &c[i], i, &names[i].by_order, out);
        names[i].camera = name_make(p[first].word.at, p[first].word.n, out);
        names[i].recording = recording ? name_make(recording, (int)strlen(recording), out) : NULL;
        if (!names[i].camera || !names[i].recording)
            return rig_fail_memory(err, "names");
    }
    return RIG_OK;
}
