// Cameras as core/camera.h has them: pinhole with OpenCV's coefficients, and Kannala-Brandt's fisheye.

function distort(camera, x, y) {
    const k = camera.dist, s = x * x + y * y;
    const c = i => k[i] || 0;
    const radial = (1 + s * (c(0) + s * (c(1) + s * c(4)))) / (1 + s * (c(5) + s * (c(6) + s * c(7))));
    return [x * radial + 2 * c(2) * x * y + c(3) * (s + 2 * x * x) + s * (c(8) + s * c(9)),
            y * radial + 2 * c(3) * x * y + c(2) * (s + 2 * y * y) + s * (c(10) + s * c(11))];
}

function distortFisheye(camera, p) {
    const r = Math.hypot(p[0], p[1]), angle = Math.atan2(r, p[2]), s = angle * angle, k = camera.dist;
    const bent = angle * (1 + s * (k[0] + s * (k[1] + s * (k[2] + s * k[3]))));
    return r < 1e-12 ? [0, 0] : [p[0] / r * bent, p[1] / r * bent];
}

// A point of the world in the camera's frame. place: {R, t}, of the camera or where a repair has it.
export function toCamera(place, p) {
    const { R, t } = place;
    return [0, 3, 6].map((row, i) => R[row] * p[0] + R[row + 1] * p[1] + R[row + 2] * p[2] + t[i]);
}
export function toWorld(place, p) {
    const { R, t } = place, d = [p[0] - t[0], p[1] - t[1], p[2] - t[2]];
    return [0, 1, 2].map(c => R[c] * d[0] + R[3 + c] * d[1] + R[6 + c] * d[2]);
}

// Pixels of a point in the camera's frame; null where it is not in front.
export function projectLocal(camera, p) {
    const [fx, fy, cx, cy] = camera.K;
    if (camera.lens !== "fisheye4" && p[2] <= 1e-9) return null;
    const d = camera.lens === "fisheye4" ? distortFisheye(camera, p) : distort(camera, p[0] / p[2], p[1] / p[2]);
    return [fx * d[0] + cx, fy * d[1] + cy];
}
export const project = (camera, place, p) => projectLocal(camera, toCamera(place, p));

// Newton's steps from 0 to where f is 0, each halved until it comes nearer; null where none does. f: value -> [rest, slope].
function root(f) {
    let theta = 0, [rest, slope] = f(0);
    for (let i = 0; i < 60 && Math.abs(rest) > 1e-12; i++) {
        let step = rest / slope, to = null;
        for (let h = 0; h < 30; h++, step /= 2) {
            to = f(theta + step);
            if (to[1] > 0 && Math.abs(to[0]) < Math.abs(rest)) break;
            to = null;
        }
        if (!to) return null;
        theta += step;
        [rest, slope] = to;
    }
    return Math.abs(rest) <= 1e-9 ? theta : null;
}

function directionOfFisheye(camera, d) {
    const k = camera.dist, bent = Math.hypot(d[0], d[1]);
    const theta = root(t => {
        const s = t * t;
        return [bent - t * (1 + s * (k[0] + s * (k[1] + s * (k[2] + s * k[3])))), 1 + s * (3 * k[0] + s * (5 * k[1] + s * (7 * k[2] + s * 9 * k[3])))];
    });
    if (theta === null || theta >= Math.PI) return null;
    return bent < 1e-12 ? [0, 0, 1] : [d[0] / bent * Math.sin(theta), d[1] / bent * Math.sin(theta), Math.cos(theta)];
}

// The direction of a pixel in the camera's frame: (x/z, y/z, 1), of a fisheye of length 1; null where the lens shows nothing.
// By Newton's steps with a Jacobian of differences, halved until they come nearer, from the middle, where lenses are straight.
export function directionOf(camera, q) {
    const [fx, fy, cx, cy] = camera.K, d = [(q[0] - cx) / fx, (q[1] - cy) / fy], H = 1e-6;
    if (camera.lens === "fisheye4") return directionOfFisheye(camera, d);
    const restAt = n => { const at = distort(camera, n[0], n[1]); return [d[0] - at[0], d[1] - at[1]]; };
    let n = [0, 0], rest = d;
    for (let i = 0; i < 60 && Math.hypot(...rest) > 1e-11; i++) {
        const a = restAt([n[0] + H, n[1]]), b = restAt([n[0], n[1] + H]), J = [(rest[0] - a[0]) / H, (rest[0] - b[0]) / H, (rest[1] - a[1]) / H, (rest[1] - b[1]) / H];
        const det = J[0] * J[3] - J[1] * J[2];
        if (!(det > 0)) return null; // a fold: beyond it a pixel has several directions
        let step = [(J[3] * rest[0] - J[1] * rest[1]) / det, (J[0] * rest[1] - J[2] * rest[0]) / det], to = null;
        for (let h = 0; h < 30; h++) {
            const next = [n[0] + step[0], n[1] + step[1]], left = restAt(next);
            if (Math.hypot(...left) < Math.hypot(...rest)) { to = [next, left]; break; }
            step = [step[0] / 2, step[1] / 2];
        }
        if (!to) break;
        [n, rest] = to;
    }
    return Math.hypot(...rest) < 1e-9 ? [n[0], n[1], 1] : null;
}

export const centreOf = place => toWorld(place, [0, 0, 0]);

// Where a camera stands at a frame: as calibrated, or as a repair moved it since.
export function placeAt(camera, moves, frame) {
    let place = camera;
    for (const move of moves) if (move.view === camera.view && move.from <= frame) place = move;
    return place.R ? place : null;
}
