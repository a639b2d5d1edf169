// Joint angles with how well they are known, from positions and their covariances, to first order.
import { people } from "report/payload.js";

const SETS = [["elbow", "shoulder", "elbow", "wrist"], ["knee", "hip", "knee", "ankle"], ["hip", "shoulder", "hip", "knee"], ["shoulder", "elbow", "shoulder", "hip"]];

// The angles that the skeleton has: {name, joints: [a, b, c]}, at b; 0 is straight, but at the shoulder, where it is the arm along the trunk.
export function anglesOf() {
    const list = [];
    for (const [name, a, b, c] of SETS) for (const side of ["left", "right"]) {
        const joints = [a, b, c].map(j => people.joints.indexOf(`${side}_${j}`));
        if (joints.every(j => j >= 0)) list.push({ name: `${side} ${name}`, joints, straight: name !== "shoulder" });
    }
    return list;
}

const sub = (a, b) => a.map((v, k) => v - b[k]), dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2], norm = a => Math.sqrt(dot(a, a));
// g' C g of a covariance in mm^2, in m^2.
const spread = (g, c) => c ? 1e-6 * (g[0] * g[0] * c[0] + g[1] * g[1] * c[3] + g[2] * g[2] * c[5] + 2 * (g[0] * g[1] * c[1] + g[0] * g[2] * c[2] + g[1] * g[2] * c[4])) : NaN;

// Degrees and their standard deviation; NaN where a joint has no position.
export function angleAt(at, angle) {
    if (at < 0 || !angle.joints.every(j => people.has(at, j))) return [NaN, NaN];
    const [a, b, c] = angle.joints.map(j => people.position(at, j)), u = sub(a, b), v = sub(c, b), lu = norm(u), lv = norm(v), cosine = dot(u, v) / (lu * lv);
    const rad = Math.acos(Math.max(-1, Math.min(cosine, 1))), sine = Math.max(Math.sin(rad), 1e-3);
    const ga = v.map((x, k) => -(x / (lu * lv) - cosine * u[k] / (lu * lu)) / sine), gc = u.map((x, k) => -(x / (lu * lv) - cosine * v[k] / (lv * lv)) / sine);
    const gb = ga.map((x, k) => -x - gc[k]), variance = [ga, gb, gc].reduce((sum, g, i) => sum + spread(g, people.covariance(at, angle.joints[i])), 0);
    const degrees = rad * 180 / Math.PI;
    return [angle.straight ? 180 - degrees : degrees, Math.sqrt(variance) * 180 / Math.PI];
}
