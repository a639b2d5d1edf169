#include "io/yaml_number.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

enum { SURE_DIGITS = 18 }; // that 64 bits hold, whatever they are

static const double POWERS[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

// --- reading -------------------------------------------------------------------------------------

static const char *exponent_scan(const char *s, rig_number *out) {
    bool negative = *s == '-';
    long exponent = 0;
    s += *s == '-' || *s == '+';
    if (*s < '0' || *s > '9')
        return NULL;
    for (; *s >= '0' && *s <= '9'; s++)
        exponent = exponent > 9999 ? exponent : exponent * 10 + (*s - '0');
    out->exponent += (int)(negative ? -exponent : exponent);
    out->whole = false;
    return s;
}

const char *rig_number_scan(const char *text, rig_number *out) {
    const char *s = text;
    unsigned long long value = 0;
    const bool negative = *s == '-';
    s += *s == '-' || *s == '+';
    if (s[0] == '0' && s[1] >= '0' && s[1] <= '9')
        return NULL;
    const char *from = s;
    for (; *s >= '0' && *s <= '9'; s++)
        value = value * 10 + (unsigned)(*s - '0'); // of more digits than are sure it is not used
    long n = s - from;
    *out = (rig_number){.whole = *s != '.', .negative = negative};
    if (*s == '.') {
        from = ++s;
        for (; *s >= '0' && *s <= '9'; s++)
            value = value * 10 + (unsigned)(*s - '0');
        out->exponent = -(int)(s - from < 9999 ? s - from : 9999);
        n += s - from;
    }
    if (n == 0)
        return NULL;
    out->value = value;
    out->exact = n <= SURE_DIGITS && value <= 1ull << 53;
    return *s == 'e' || *s == 'E' ? exponent_scan(s + 1, out) : s;
}

double rig_number_value(const rig_number *number, const char *text) {
    const int e = number->exponent;
    if (!number->exact || e < -22 || e > 22)
        return strtod(text, NULL);
    double value = (double)number->value; // both are exact, so the quotient or product is rounded once, as strtod's
    value = e < 0 ? value / POWERS[-e] : value * POWERS[e];
    return number->negative ? -value : value;
}

// --- writing -------------------------------------------------------------------------------------

char *rig_digits_before(char *end, unsigned long value) {
    do
        *--end = (char)('0' + value % 10);
    while (value /= 10);
    return end;
}

bool rig_number_round(double value, int decimals, char *end, const char **begin) {
    assert(decimals >= 0 && decimals <= RIG_DECIMALS_MAX);
    const double scaled = fabs(value) * POWERS[decimals];
    if (!(scaled < 9e15))
        return false;
    unsigned long all = (unsigned long)scaled;
    all += scaled - (double)all >= 0.5; // halves away from 0, exactly: the difference is
    char *at = end;
    const bool negative = value < 0 && all;
    for (; decimals > 0 && all % 10 == 0; decimals--)
        all /= 10;
    if (decimals > 0) {
        for (; decimals > 0; decimals--, all /= 10)
            *--at = (char)('0' + all % 10);
        *--at = '.';
    }
    at = rig_digits_before(at, all);
    if (negative)
        *--at = '-';
    *begin = at;
    return true;
}
