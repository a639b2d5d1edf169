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

// The direction (x/z, y/z, 1) of a pixel, by fixed-point iteration; null where it does not settle.
export function directionOf(camera, q) {
    const [fx, fy, cx, cy] = camera.K;
    const d = [(q[0] - cx) / fx, (q[1] - cy) / fy];
    let n = d.slice();
    for (let i = 0; i < 50; i++) {
        const at = camera.lens === "fisheye4" ? distortFisheye(camera, [n[0], n[1], 1]) : distort(camera, n[0], n[1]);
        const error = [at[0] - d[0], at[1] - d[1]];
        if (Math.hypot(error[0], error[1]) < 1e-9) return [n[0], n[1], 1];
        n = [n[0] - error[0], n[1] - error[1]];
        if (!(Math.hypot(n[0], n[1]) < 20)) return null;
    }
    return null;
}

export const centreOf = place => toWorld(place, [0, 0, 0]);

// Where a camera stands at a frame: as calibrated, or as a repair moved it since.
export function placeAt(camera, moves, frame) {
    let place = camera;
    for (const move of moves) if (move.view === camera.view && move.from <= frame) place = move;
    return place.R ? place : null;
}
