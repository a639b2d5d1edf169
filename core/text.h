// Text that came from elsewhere: names of files, keys and values of YAML and JSON, words of other libraries.
#ifndef RIG_CORE_TEXT_H
#define RIG_CORE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// The code point at text and its length in bytes; 0, and the byte itself, where it is not UTF-8.
int rig_text_read(const unsigned char *text, unsigned *code);
// Bytes of the byte order mark of UTF-8 with which n bytes of text begin: 3, or 0 where there is none.
size_t rig_text_mark(const char *text, size_t n);
// Characters that steer a terminal, turn the order of those after them, or cannot be seen.
bool rig_text_is_hidden(unsigned code);
// Copy text into size bytes as it may be shown: on one line, hidden characters and bytes that are not UTF-8 as \x1B or
// \u202E. What does not fit is left out, whole characters at a time.
void rig_text_show(const char *text, char *shown, size_t size);

// Letters to change, add, take away or swap with their neighbour until one word is the other, whatever their case
// (optimal string alignment; words of up to 40 letters). Words are spelt alike at a distance of at most
// rig_text_alike(either).
int rig_text_distance(const char *a, const char *b);
int rig_text_alike(const char *word);
// Which of the known words a word was probably meant to be: *meant (NULL before the first) becomes `known` where the
// two are spelt alike, and nearer than *meant is.
void rig_text_meant(const char *word, const char *known, const char **meant);

#ifdef __cplusplus
}
#endif
#endif
