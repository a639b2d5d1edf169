#include "core/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

int rig_text_read(const unsigned char *text, unsigned *code) {
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    int n = text[0] < 0x80 ? 1 : text[0] >> 5 == 6 ? 2 : text[0] >> 4 == 14 ? 3 : text[0] >> 3 == 30 ? 4 : 0;
    unsigned value = n < 2 ? text[0] : text[0] & (0x7fu >> n);
    *code = text[0];
    for (int i = 1; i < n; i++) {
        if (text[i] >> 6 != 2)
            return 0;
        value = value << 6 | (text[i] & 0x3fu);
    }
    if (n == 0 || value < least[n] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
        return 0;
    *code = value;
    return n;
}

size_t rig_text_mark(const char *text, size_t n) {
    return n >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

bool rig_text_is_hidden(unsigned code) {
    return code < 0x20 || (code >= 0x7f && code <= 0xa0) || code == 0xad || code == 0x61c ||
           (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2060 && code <= 0x206f) || code == 0xfeff || code == 0xfffe || code == 0xffff;
}

void rig_text_show(const char *text, char *shown, size_t size) {
    size_t at = 0;
    for (const unsigned char *s = (const unsigned char *)text; *s;) {
        unsigned code;
        char escape[16];
        const int n = rig_text_read(s, &code);
        const char *put = (const char *)s;
        size_t length = (size_t)n;
        if (code == '\n' || code == '\r' || code == '\t')
            put = " ";
        else if (n == 0 || rig_text_is_hidden(code))
            length = (size_t)snprintf(escape, sizeof escape, code < 256 ? "\\x%02X" : "\\u%04X", code), put = escape;
        if (at + length >= size)
            break;
        memcpy(shown + at, put, length);
        at += length;
        s += n > 0 ? n : 1;
    }
    shown[at] = 0;
}

static int least(int a, int b, int c) {
    return a < b ? (a < c ? a : c) : (b < c ? b : c);
}

int rig_text_distance(const char *a, const char *b) {
    enum { WORD_MAX = 40 };
    int rows[3][WORD_MAX + 1];
    const size_t n = strlen(a), m = strlen(b);
    if (n > WORD_MAX || m > WORD_MAX)
        return WORD_MAX;
    for (size_t i = 0; i <= n; i++)
        for (size_t j = 0; j <= m; j++) {
            int *row = rows[i % 3];
            if (i == 0 || j == 0) {
                row[j] = (int)(i + j);
                continue;
            }
            const int *above = rows[(i + 2) % 3], *above2 = rows[(i + 1) % 3];
            const bool same = tolower((unsigned char)a[i - 1]) == tolower((unsigned char)b[j - 1]);
            row[j] = least(above[j] + 1, row[j - 1] + 1, above[j - 1] + !same);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && above2[j - 2] + 1 < row[j])
                row[j] = above2[j - 2] + 1;
        }
    return rows[n % 3][m];
}

int rig_text_alike(const char *word) {
    return 1 + (int)strlen(word) / 3;
}

void rig_text_meant(const char *word, const char *known, const char **meant) {
    const int distance = rig_text_distance(known, word);
    if (distance <= rig_text_alike(word) && (!*meant || distance < rig_text_distance(*meant, word)))
        *meant = known;
}
