// How precisely points in the volume are known: a plan and a section through it, with the scale.
import { centreOf } from "report/camera.js";
import { ramp, themed } from "report/colours.js";
import { drawnWhenSeen, element, fixed, redrawn, section, sharp, short } from "report/page.js";
import { bytesOf, data, numberOf } from "report/payload.js";

const LEFT = 46, BOTTOM = 34, TOP = 10, RIGHT = 14;

function pointsOf(u) {
    const bytes = bytesOf(u.points), list = [];
    for (let i = 0; i < u.n; i++) list.push({ at: [bytes[6 * i], bytes[6 * i + 1], bytes[6 * i + 2]], views: bytes[6 * i + 3], keypoints: numberOf(bytes[6 * i + 4]), calibration: numberOf(bytes[6 * i + 5]) });
    return list;
}

// Ticks in whole steps of 1, 2 or 5.
function ticksOf(low, high) {
    const raw = (high - low) / 6, power = Math.pow(10, Math.floor(Math.log10(raw))), step = [1, 2, 5, 10].map(k => k * power).find(v => v >= raw), list = [];
    for (let v = Math.ceil(low / step) * step; v <= high + 1e-9; v += step) list.push(Math.abs(v) < 1e-9 ? 0 : v);
    return list;
}

// Lines of equal sigma at the scale's levels, by marching squares over the centres of the cells, each with its figure once.
function contoursDraw(g, cells, axes, key, scale, to) {
    const at = new Map(cells.map(c => [`${c.at[axes[0]]},${c.at[axes[1]]}`, Math.log(c[key])]));
    g.font = "10px system-ui";
    g.textAlign = "center";
    for (const level of scale.levels) {
        let longest = null;
        g.strokeStyle = g.fillStyle = "#fff";
        g.lineWidth = 1.2;
        for (const cell of cells) {
            const [x, y] = axes.map(k => cell.at[k]), corners = [[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1]], v = corners.map(c => at.get(c.join(",")));
            if (v.some(n => !Number.isFinite(n))) continue;
            const cuts = [];
            for (let i = 0; i < 4; i++) {
                const a = v[i] - Math.log(level), b = v[(i + 1) % 4] - Math.log(level), from = corners[i], end = corners[(i + 1) % 4];
                if ((a < 0) !== (b < 0)) cuts.push(to(from.map((n, k) => n + (end[k] - n) * a / (a - b))));
            }
            for (let i = 0; i + 1 < cuts.length; i += 2) {
                g.beginPath();
                g.moveTo(...cuts[i]);
                g.lineTo(...cuts[i + 1]);
                g.stroke();
                longest = !longest || cuts[i][1] < longest[1] ? cuts[i] : longest;
            }
        }
        if (longest) {
            g.lineWidth = 3;
            g.strokeStyle = "#000a";
            g.strokeText(short(level), longest[0], longest[1] - 2);
            g.fillText(short(level), longest[0], longest[1] - 2);
        }
    }
}

// One picture: the sigma of the layer nearest to the middle, over two axes.
function map(u, points, axes, key, scale, title) {
    const other = 3 - axes[0] - axes[1], layers = points.map(p => p.at[other]).sort((a, b) => a - b), layer = layers[layers.length >> 1];
    const cells = points.filter(p => p.at[other] === layer), names = ["x", "y", "z"];
    const height = u.low[other] + layer * u.step_m;
    const canvas = element("canvas", { role: "img", "aria-label": title }), figure = element("figure", {}, canvas,
        element("figcaption", {}, `${title}, at ${names[other]} = ${fixed(height, 2)} m`));
    const draw = () => {
        const width = Math.max(figure.clientWidth, 200), low = axes.map(k => u.low[k] - u.step_m / 2), high = axes.map(k => u.high[k] + u.step_m / 2);
        const ratio = (width - LEFT - RIGHT) / (high[0] - low[0]), tall = (high[1] - low[1]) * ratio, g = sharp(canvas, width, tall + TOP + BOTTOM);
        const to = (a, b) => [LEFT + (a - low[0]) * ratio, TOP + tall - (b - low[1]) * ratio], size = u.step_m * ratio;
        for (const cell of cells) {
            const [x, y] = to(u.low[axes[0]] + cell.at[axes[0]] * u.step_m, u.low[axes[1]] + cell.at[axes[1]] * u.step_m);
            g.fillStyle = ramp(scale.share(cell[key]));
            g.fillRect(x - size / 2, y - size / 2, size + 0.5, size + 0.5);
            if (size > 30) {
                g.fillStyle = scale.share(cell[key]) > 0.55 ? "#111" : "#fff";
                g.font = "10px system-ui";
                g.textAlign = "center";
                g.fillText(short(cell[key]), x, y + 3);
            }
        }
        contoursDraw(g, cells, axes, key, scale, c => to(u.low[axes[0]] + c[0] * u.step_m, u.low[axes[1]] + c[1] * u.step_m));
        g.font = "12px system-ui";
        g.fillStyle = g.strokeStyle = themed("text");
        g.lineWidth = 1;
        g.strokeRect(LEFT, TOP, width - LEFT - RIGHT, tall);
        g.textAlign = "center";
        for (const v of ticksOf(low[0], high[0])) g.fillText(+v.toFixed(2), to(v, 0)[0], TOP + tall + 15);
        g.fillText(`${names[axes[0]]} (m)`, LEFT + (width - LEFT - RIGHT) / 2, TOP + tall + 30);
        g.textAlign = "right";
        for (const v of ticksOf(low[1], high[1])) g.fillText(+v.toFixed(2), LEFT - 5, to(0, v)[1] + 4);
        g.save();
        g.translate(11, TOP + tall / 2);
        g.rotate(-Math.PI / 2);
        g.textAlign = "center";
        g.fillText(`${names[axes[1]]} (m)`, 0, 0);
        g.restore();
        for (const camera of (data.cameras ?? []).filter(c => c.R)) {
            const c = centreOf(camera), [x, y] = to(c[axes[0]], c[axes[1]]);
            if (x < LEFT || x > width - RIGHT || y < TOP || y > TOP + tall) continue;
            g.fillStyle = themed("text");
            g.beginPath();
            g.arc(x, y, 3.5, 0, 7);
            g.fill();
            g.textAlign = "left";
            g.fillText(camera.view, x + 6, y - 5);
        }
    };
    drawnWhenSeen(figure, draw);
    return figure;
}

// A logarithmic scale over the values, with its bar.
function scaleOf(values) {
    const sorted = values.filter(v => v > 0).sort((a, b) => a - b), low = sorted[Math.floor(sorted.length * 0.02)] ?? 0.01, high = Math.max(sorted[Math.floor(sorted.length * 0.98)] ?? 0, low * 1.5);
    const share = v => v > 0 ? Math.log(v / low) / Math.log(high / low) : 0; // not known, or nothing: as the lowest
    const bar = element("canvas", { role: "img", "aria-label": `Scale from ${short(low)} to ${short(high)} mm, logarithmic` });
    redrawn(() => {
        const g = sharp(bar, 320, 36);
        for (let i = 0; i < 300; i++) {
            g.fillStyle = ramp(i / 300);
            g.fillRect(10 + i, 2, 1.5, 12);
        }
        g.fillStyle = themed("text");
        g.font = "12px system-ui";
        for (const s of [0, 0.5, 1]) {
            g.textAlign = s === 0 ? "left" : s === 1 ? "right" : "center";
            g.fillText(`${short(low * Math.pow(high / low, s))} mm`, 10 + 300 * s, 30);
        }
    });
    bar.style.width = "320px";
    const levels = []; // 1, 2 and 5 times powers of ten
    for (let power = Math.pow(10, Math.floor(Math.log10(low))); power <= high; power *= 10) levels.push(...[1, 2, 5].map(k => k * power).filter(v => v > low && v < high));
    return { share, bar, levels };
}

function block(u, points, key, title) {
    const scale = scaleOf(points.map(p => p[key]));
    return element("div", { class: "card" }, element("h3", {}, title), scale.bar, element("div", { class: "pair" }, map(u, points, [0, 1], key, scale, "From above"), map(u, points, [0, 2], key, scale, "From the side")));
}

export function precisionShow() {
    const u = data.uncertainty;
    if (!u || !u.n) return;
    const points = pointsOf(u);
    section("precision", "Precision in the volume",
        element("p", { class: "quiet" }, "One standard deviation of a point seen by all cameras that can see it, root mean of the three axes; logarithmic scale. What the keypoints do and what the calibration does are apart."),
        element("div", { class: "grid" }, block(u, points, "keypoints", `By keypoints of ${u.sigma_px} px`), block(u, points, "calibration", "By the calibration")));
}
