// Decimal numbers as text: what YAML's readers take for one, and how ours are written. Private to io/.
#ifndef RIG_IO_YAML_NUMBER_H
#define RIG_IO_YAML_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

enum { RIG_DECIMALS_MAX = 15, RIG_NUMBER_TEXT = 48 };

// A number as it stands in the text: digits times 10^exponent, where that is exact.
typedef struct rig_number {
    bool whole;               // no point, no exponent
    bool exact;               // digits <= 2^53
    bool negative;            //
    unsigned long long value; // the digits
    int exponent;
} rig_number;

// The number that text begins with. Returns what follows it; NULL: there is none. Decimal numbers only: 010, 0x10,
// 1_000 and 1:30 are numbers in YAML 1.1, but hardly the ones that were meant.
const char *rig_number_scan(const char *text, rig_number *number);
// The double nearest to it, from the text that it was scanned from.
double rig_number_value(const rig_number *number, const char *text);

// Write value with at most so many decimals, trailing zeros left out, before end; returns where the text begins. false:
// it is not finite, or has no decimals left to round.
bool rig_number_round(double value, int decimals, char *end, const char **begin);
// Write the digits of a whole number before end; returns where they begin.
char *rig_digits_before(char *end, unsigned long value);

#endif
