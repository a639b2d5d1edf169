// Ellipsoids of points: where one lies with a probability of 95 %.
const CHI = Math.sqrt(7.815) / 1000; // chi-squared of 3 degrees of freedom, and mm to m

// The 3x3 matrix, by rows, that takes the unit sphere to the ellipsoid of a covariance [xx, xy, xz, yy, yz, zz] in mm^2,
// in metres: its Cholesky factor. null where there is none.
export function ellipsoidOf(c) {
    if (!c) return null;
    const a = Math.sqrt(c[0]), b = c[1] / a, d = c[2] / a;
    const e2 = c[3] - b * b;
    if (!(e2 > 0)) return null;
    const e = Math.sqrt(e2), f = (c[4] - b * d) / e, g2 = c[5] - d * d - f * f;
    if (!(g2 > 0)) return null;
    return [[CHI * a, 0, 0], [CHI * b, CHI * e, 0], [CHI * d, CHI * f, CHI * Math.sqrt(g2)]];
}
