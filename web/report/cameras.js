// Each camera: where its corners lay and how far off they were, its lens, its values with their sigmas, its boards.
import { centreOf, directionOf, projectLocal } from "report/camera.js";
import { themed } from "report/colours.js";
import { drawnWhenSeen, element, fixed, round125, section, sharp, short, table } from "report/page.js";
import { bytesOf, data, stateOfView } from "report/payload.js";

const DIST = ["k1", "k2", "p1", "p2", "k3", "k4", "k5", "k6", "s1", "s2", "s3", "s4"], FISHEYE = ["k1", "k2", "k3", "k4"];

// [x, y, dx, dy] of every corner shown, pixels (report/boards.c).
function cornersOf(view) {
    const bytes = bytesOf(view.corners), q = new Uint16Array(bytes.buffer), d = new Int16Array(bytes.buffer), list = [];
    for (let i = 0; i + 3 < q.length; i += 4) list.push([q[i] / 8, q[i + 1] / 8, d[i + 2] / 256, d[i + 3] / 256]);
    return list;
}

// Residuals averaged over cells, so that what is systematic shows and noise does not.
function cellsOf(corners, camera, columns) {
    const size = camera.size[0] / columns, rows = Math.ceil(camera.size[1] / size), cells = new Map();
    for (const [x, y, dx, dy] of corners) {
        const key = Math.min(Math.floor(x / size), columns - 1) + columns * Math.min(Math.floor(y / size), rows - 1);
        const cell = cells.get(key) ?? { n: 0, x: 0, y: 0, dx: 0, dy: 0 };
        cell.n++; cell.x += x; cell.y += y; cell.dx += dx; cell.dy += dy;
        cells.set(key, cell);
    }
    return [...cells.values()].map(c => ({ n: c.n, x: c.x / c.n, y: c.y / c.n, dx: c.dx / c.n, dy: c.dy / c.n }));
}

function arrow(g, x, y, dx, dy) {
    const length = Math.hypot(dx, dy), head = Math.min(5, length / 2), a = Math.atan2(dy, dx);
    g.beginPath();
    g.moveTo(x, y);
    g.lineTo(x + dx, y + dy);
    for (const turn of [2.6, -2.6]) {
        g.moveTo(x + dx, y + dy);
        g.lineTo(x + dx + head * Math.cos(a + turn), y + dy + head * Math.sin(a + turn));
    }
    g.stroke();
}

function coverage(camera, view) {
    const corners = cornersOf(view), cells = cellsOf(corners, camera, 14).filter(c => c.n >= 3);
    const largest = Math.max(1e-6, ...cells.map(c => Math.hypot(c.dx, c.dy)));
    const canvas = element("canvas", { role: "img", "aria-label": `Corners and mean residuals of ${camera.view}` }), unit = round125(largest);
    const figure = element("figure", {}, canvas, element("figcaption", {}, `${corners.length} corners of ${view.shown} boards; arrows: mean residual of a cell, the bar is ${unit} px`));
    const draw = () => {
        const width = Math.max(figure.clientWidth, 150), scale = width / camera.size[0], g = sharp(canvas, width, camera.size[1] * scale);
        g.fillStyle = themed("accent");
        g.globalAlpha = 0.35;
        for (const [x, y] of corners) g.fillRect(x * scale - 0.75, y * scale - 0.75, 1.5, 1.5);
        g.globalAlpha = 1;
        g.strokeStyle = themed("fault");
        g.lineWidth = 1.4;
        const stretch = width / 14 / largest;
        for (const c of cells) arrow(g, c.x * scale, c.y * scale, c.dx * stretch, c.dy * stretch);
        g.lineWidth = 3;
        g.beginPath();
        g.moveTo(8, camera.size[1] * scale - 8);
        g.lineTo(8 + unit * stretch, camera.size[1] * scale - 8);
        g.stroke();
    };
    drawnWhenSeen(figure, draw);
    return figure;
}

// A straight grid as the lens shows it.
function distortion(camera) {
    const canvas = element("canvas", { role: "img", "aria-label": `Distortion of ${camera.view}` });
    const figure = element("figure", {}, canvas, element("figcaption", {}, "A straight grid as this lens shows it"));
    const draw = () => {
        const width = Math.max(figure.clientWidth, 150), scale = width / camera.size[0], g = sharp(canvas, width, camera.size[1] * scale);
        const [w, h] = camera.size, ends = [[0, 0], [w, 0], [0, h], [w, h], [w / 2, 0], [w / 2, h], [0, h / 2], [w, h / 2]].map(q => directionOf(camera, q)).filter(Boolean);
        if (!ends.length) return;
        const reach = [0, 1].map(k => Math.min(3, Math.max(...ends.map(d => Math.abs(d[k]) / Math.max(d[2], 0.1))))), step = Math.max(...reach) / 6;
        g.strokeStyle = themed("quiet");
        g.lineWidth = 1;
        for (const axis of [0, 1]) for (let u = -Math.ceil(reach[axis] / step) * step; u <= reach[axis] * 1.01; u += step) {
            g.beginPath();
            let drawn = false;
            for (let i = 0; i <= 60; i++) {
                const v = (i / 30 - 1) * reach[1 - axis] * 1.02, q = projectLocal(camera, axis ? [v, u, 1] : [u, v, 1]);
                if (!q || q[0] < -w || q[0] > 2 * w || q[1] < -h || q[1] > 2 * h) { drawn = false; continue; }
                if (drawn) g.lineTo(q[0] * scale, q[1] * scale);
                else g.moveTo(q[0] * scale, q[1] * scale);
                drawn = true;
            }
            g.stroke();
        }
        g.fillStyle = themed("fault");
        g.beginPath();
        g.arc(camera.K[2] * scale, camera.K[3] * scale, 3, 0, 7);
        g.fill();
    };
    drawnWhenSeen(figure, draw);
    return figure;
}

function valuesOf(camera) {
    const s = camera.sigma, names = camera.lens === "fisheye4" ? FISHEYE : DIST;
    const rows = ["fx", "fy", "cx", "cy"].map((name, i) => [`${name} (px)`, camera.K[i].toFixed(2), s ? short(s.K[i]) : "—"]);
    camera.dist.forEach((d, i) => rows.push([names[i], d.toFixed(5), s ? short(s.dist[i]) : "—"]));
    if (camera.R) { // the sigmas are t's: how far the place itself is off depends on the rotation too
        const c = centreOf(camera);
        ["x", "y", "z"].forEach((name, i) => rows.push([`position ${name} (m)`, c[i].toFixed(4), "—"]));
        ["x", "y", "z"].forEach((name, i) => rows.push([`t ${name} (m)`, camera.t[i].toFixed(4), s ? short(1000 * s.t_m[i]) + " mm" : "—"]));
        if (s) ["x", "y", "z"].forEach((name, i) => rows.push([`rotation about ${name}`, "—", short(s.rvec[i] * 180 / Math.PI) + "°"]));
    }
    return table(["value", camera.lens, "one sigma"], rows);
}

// How boards fitted: best, worst, rejected with the reason.
function fitsOf(figures, how) {
    const used = figures.fits.filter(f => typeof f[1] === "number").sort((a, b) => a[1] - b[1]);
    const rejected = figures.fits.filter(f => typeof f[1] === "string"), worst = used.slice(-3).reverse();
    if (!figures.fits.length) return null;
    const word = list => list.map(f => `${f[0]} (${f[1].toFixed(3)} px)`).join(", ");
    return element("details", {}, element("summary", {}, `${how}: ${used.length} boards used, ${rejected.length} rejected`),
        used.length ? element("p", {}, `Best, by frame: ${word(used.slice(0, 3))}. Worst: ${word(worst)}.`) : null,
        rejected.length ? element("ul", {}, ...rejected.slice(0, 40).map(f => element("li", {}, `frame ${f[0]}: ${f[1]}`))) : null);
}

function figuresLine(figures, how) {
    if (!figures || !figures.n_corners) return null;
    const parts = [`reprojection ${fixed(figures.rms_px, 3)} px`, figures.held_out_rms_px ? `held out ${fixed(figures.held_out_rms_px, 3)} px` : null, `${figures.n_frames} boards`,
        figures.n_rejected ? `${figures.n_rejected} corners rejected` : null, figures.coverage ? `${Math.round(100 * figures.coverage)} % of the picture covered` : null,
        figures.tilt ? `tilts up to ${Math.round(figures.tilt * 180 / Math.PI)}°` : null, figures.edge_sigma_px ? `sigma at the edge ${fixed(figures.edge_sigma_px, 2)} px` : null];
    return element("p", { class: "quiet" }, `${how}: ${parts.filter(Boolean).join(" · ")}`);
}

function card(camera) {
    const lens = data.intrinsics?.cameras.find(c => c.view === camera.view), place = data.extrinsics?.cameras.find(c => c.view === camera.view);
    const boards = data.boards?.views.find(v => v.view === camera.view);
    const said = data.verdicts.flatMap(v => v.says.filter(s => s.view === camera.view && s.state !== "ok"));
    return element("div", { class: "card", "data-state": stateOfView(camera.view), id: `camera-${camera.view}` },
        element("h3", {}, `${camera.view} `, element("span", { class: "quiet" }, `${camera.size[0]} × ${camera.size[1]}, ${camera.lens}`)),
        ...said.map(s => element("p", { class: "said", "data-state": s.state }, s.text)), figuresLine(lens, "Alone"), figuresLine(place, "With all cameras"),
        element("div", { class: "pair" }, boards ? coverage(camera, boards) : null, distortion(camera)),
        lens ? fitsOf(lens, "Alone") : null, place ? fitsOf(place, "With all cameras") : null,
        element("details", {}, element("summary", {}, "Values"), valuesOf(camera)));
}

export function camerasShow() {
    if (data.cameras) section("cameras", "Cameras", element("div", { class: "grid" }, ...data.cameras.map(card)));
}
