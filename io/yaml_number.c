#include "io/yaml_number.h"

#include <assert.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

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

static const char PAIRS[] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748"
    "49505152535455565758596061626364656667686970717273747576777879808182838485868788899091929394959697"
    "9899";

static char *pair_before(char *end, unsigned value) {
    end -= 2;
    memcpy(end, PAIRS + 2 * value, 2);
    return end;
}

char *rig_digits_before(char *end, unsigned long value) {
    for (; value > UINT_MAX; value /= 100)
        end = pair_before(end, (unsigned)(value % 100));
    unsigned low = (unsigned)value;
    for (; low >= 100; low /= 100)
        end = pair_before(end, low % 100);
    if (low >= 10)
        return pair_before(end, low);
    *--end = (char)('0' + low);
    return end;
}

// The last n digits of a whole number, before end, trailing zeros left out; nothing where all are 0.
static char *fraction_before(char *end, unsigned long value, int n) {
    for (; n > 0 && value % 10 == 0; n--)
        value /= 10;
    for (; n >= 2; n -= 2, value /= 100)
        end = pair_before(end, (unsigned)(value % 100));
    if (n > 0)
        *--end = (char)('0' + value % 10);
    return end;
}

bool rig_number_round(double value, int decimals, char *end, const char **begin) {
    static const unsigned long UNITS[RIG_DECIMALS_MAX + 1] = {1,
                                                              10,
                                                              100,
                                                              1000,
                                                              10000,
                                                              100000,
                                                              1000000,
                                                              10000000,
                                                              100000000,
                                                              1000000000,
                                                              10000000000,
                                                              100000000000,
                                                              1000000000000,
                                                              10000000000000,
                                                              100000000000000,
                                                              1000000000000000};
    assert(decimals >= 0 && decimals <= RIG_DECIMALS_MAX);
    const double scaled = fabs(value) * POWERS[decimals];
    if (!(scaled < 9e15))
        return false;
    unsigned long all = (unsigned long)scaled;
    all += scaled - (double)all >= 0.5; // halves away from 0, exactly: the difference is
    const unsigned long whole = all / UNITS[decimals], part = all - whole * UNITS[decimals];
    char *at = fraction_before(end, part, decimals);
    if (at < end)
        *--at = '.';
    at = rig_digits_before(at, whole);
    if (value < 0 && all)
        *--at = '-';
    *begin = at;
    return true;
}
