// Every key of the rig YAML in one table: what it means, what it may be, its default, and where it acts. The readers of
// io/config_*.c take ranges and defaults from it; `rigpose keys`, the stages' --help, configs/README.md and
// configs/example_rig.yaml are printed from it.
#ifndef RIG_IO_CONFIG_KEYS_H
#define RIG_IO_CONFIG_KEYS_H

#include "io/yaml.h"

typedef enum rig_key_type {
    RIG_KEY_MAP,
    RIG_KEY_LIST,
    RIG_KEY_TEXT, // names, references and paths
    RIG_KEY_WORD,
    RIG_KEY_BOOL,
    RIG_KEY_INT,
    RIG_KEY_NUMBER,
    RIG_KEY_POSITIVE // a number above 0
} rig_key_type;

typedef struct rig_key {
    const char *path; // "motion.fill_s"; a part in capitals is a name that people choose: "feeds.FEED.grid"
    rig_key_type type;
    int count;                   // numbers in a list; 0: a single one; -1: a list whose items are read one by one
    const char *unit;            // of numbers, or NULL
    double low, high;            // of numbers, or of how many names, both included; a high of INT_MAX is none
    const char *const *words;    // that a word may be, NULL ended; or
    const char *(*word)(int at); // the same of a list that core keeps; NULL from its end on
    const char *expects;         // what is expected, where type, range and words do not say it
    bool needed;                 // where the section is there
    const char *value;           // the default, as it would be written; NULL: the key has none
    const char *with, *is;       // only where the key `with` of the same section is one of the words `is`, or NULL
    const char *stages;          // where it acts, names with spaces between; NULL: everywhere
    const char *source;          // the file in which it takes effect
    const char *meaning;         // one sentence
} rig_key;

extern const rig_key rig_keys[];
extern const int rig_keys_n;

const rig_key *rig_key_find(const char *path); // the first row of that path, which is there
const char *rig_key_name(const rig_key *key);  // the last part of its path
// Whether the key stands directly in the section ("": at the top, "feeds.FEED": in each feed).
bool rig_key_is_in(const rig_key *key, const char *section);
const char *rig_key_word_at(const rig_key *key, int at); // NULL: no more
// Whether the file states the value of a key without capitals, which may then be its default too; null states none.
bool rig_key_is_stated(const rig_yaml *root, const char *path);
// Whether `word` is one of the words of a list with spaces between.
bool rig_words_have(const char *list, const char *word);

// --- reading: every failure is rig_yaml_fail's, naming file, line and key ------------------------

// The row of a map's item in a section, which may be one whose name people choose. Fails where there is none, or where
// the key does not go with the map's others.
RIG_CHECKED rig_status rig_key_of_item(const rig_yaml *map, const rig_yaml *item, const char *section,
                                       const rig_key **key, rig_err *err);
// A key that a map of its section needs, together with its others, must be there, and not null.
RIG_CHECKED rig_status rig_key_check_there(const rig_yaml *map, const rig_key *key, rig_err *err);
// A key's value must be of its type and range. Texts and lists whose items are read one by one are not looked into.
RIG_CHECKED rig_status rig_key_check_value(const rig_yaml *item, const rig_key *key, rig_err *err);
// The value of a key in its section's map, which may be NULL: absent. A key that is absent has its default; without a
// default, or where it does not go with the others, *value is left alone; one that is needed is refused.
RIG_CHECKED rig_status rig_key_int(const rig_yaml *map, const char *path, int *values, rig_err *err); // `count` of them
RIG_CHECKED rig_status rig_key_number(const rig_yaml *map, const char *path, double *value, rig_err *err);
RIG_CHECKED rig_status rig_key_bool(const rig_yaml *map, const char *path, bool *value, rig_err *err);
RIG_CHECKED rig_status rig_key_word(const rig_yaml *map, const char *path, int *at, rig_err *err);
// The same, and which item it is: NULL for a default.
RIG_CHECKED rig_status rig_key_text(const rig_yaml *map, const char *path, const char **text, const rig_yaml **item,
                                    rig_err *err);
// The same of a node: an item of the key's list, or of a map whose names people choose.
RIG_CHECKED rig_status rig_key_int_of(const rig_yaml *node, const char *path, int *values, rig_err *err);
RIG_CHECKED rig_status rig_key_number_of(const rig_yaml *node, const char *path, double *value, rig_err *err);
RIG_CHECKED rig_status rig_key_word_of(const rig_yaml *node, const char *path, int *at, rig_err *err);

#endif
