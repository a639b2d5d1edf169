// The rig as a whole: which cameras share boards, how the scene points fit, the pair's epipolar geometry.
import { directionOf, project, projectLocal } from "report/camera.js";
import { clock, onMoment } from "report/clock.js";
import { colourOf, themed } from "report/colours.js";
import { drawnWhenSeen, element, fixed, redrawn, section, sharp, svg, table } from "report/page.js";
import { data, people } from "report/payload.js";
import { imageOf, stillOf } from "report/stills.js";

function linksGraph() {
    const views = [...new Set(data.links.flatMap(l => [l[0], l[1]]))], n = views.length, most = Math.max(1, ...data.links.map(l => l[2]));
    const place = i => [200 + 130 * Math.sin(2 * Math.PI * i / n), 160 - 115 * Math.cos(2 * Math.PI * i / n)];
    const drawing = svg("svg", { viewBox: "0 0 400 320", role: "img", "aria-label": "Frames in which pairs of cameras saw the board at once" });
    redrawn(() => {
        drawing.replaceChildren();
        for (const [a, b, shared] of data.links) {
            const p = place(views.indexOf(a)), q = place(views.indexOf(b));
            if (!shared) continue;
            drawing.append(svg("line", { x1: p[0], y1: p[1], x2: q[0], y2: q[1], stroke: themed("accent"), "stroke-width": 1 + 7 * shared / most, opacity: 0.5 }),
                svg("text", { x: p[0] * 0.62 + q[0] * 0.38, y: p[1] * 0.62 + q[1] * 0.38, "text-anchor": "middle" }, String(shared)));
        }
        views.forEach((view, i) => {
            const p = place(i);
            drawing.append(svg("circle", { cx: p[0], cy: p[1], r: 7, fill: themed("accent") }),
                svg("text", { x: p[0], y: p[1] + (p[1] < 160 ? -12 : 22), "text-anchor": "middle", "font-weight": 600 }, view));
        });
    });
    const without = data.links.filter(l => !l[2]).map(l => `${l[0]} and ${l[1]}`);
    return element("div", { class: "card" }, element("h3", {}, "Boards in common"), drawing,
        element("p", { class: "quiet" }, `Frames in which both cameras saw the board.${without.length ? ` None in common: ${without.join(", ")}.` : ""}`));
}

// --- scene points ---------------------------------------------------------------------------------------------------

const CROP = 72; // pixels of the page

function crop(view, camera, clicked, back) {
    const still = stillOf(view, 0);
    if (!still) return null;
    const canvas = element("canvas", { role: "img", "aria-label": "The point in its picture" }), half = camera.size[0] * 0.03;
    const draw = () => {
        const g = sharp(canvas, CROP, CROP), image = imageOf(still, draw), scale = CROP / (2 * half);
        if (!image.complete) return;
        const small = image.width / camera.size[0];
        g.drawImage(image, (clicked[0] + 0.5 - half) * small, (clicked[1] + 0.5 - half) * small, 2 * half * small, 2 * half * small, 0, 0, CROP, CROP);
        for (const [q, colour] of [[clicked, "#E69F00"], [back, "#56B4E9"]]) {
            if (!q) continue;
            const x = CROP / 2 + (q[0] - clicked[0]) * scale, y = CROP / 2 + (q[1] - clicked[1]) * scale;
            g.strokeStyle = colour;
            g.lineWidth = 1.5;
            g.beginPath();
            g.moveTo(x - 7, y); g.lineTo(x + 7, y); g.moveTo(x, y - 7); g.lineTo(x, y + 7);
            g.stroke();
        }
    };
    redrawn(draw);
    canvas.style.width = `${CROP}px`;
    return canvas;
}

function scenePoints() {
    const rows = [];
    for (const [view, pixels] of Object.entries(data.scene.pixels)) {
        const camera = data.cameras?.find(c => c.view === view);
        if (!camera?.R) continue;
        for (const point of data.scene.points) {
            const clicked = pixels[point.name], back = clicked ? project(camera, camera, point.p) : null;
            if (back) rows.push({ camera, clicked, back, cells: [view, point.name, fixed(clicked[0] - back[0], 2), fixed(clicked[1] - back[1], 2), fixed(Math.hypot(clicked[0] - back[0], clicked[1] - back[1]), 2)] });
        }
    }
    rows.sort((a, b) => Number(b.cells[4]) - Number(a.cells[4]));
    const head = ["view", "point", "dx (px)", "dy (px)", "residual (px)"], worst = rows.slice(0, 8), others = rows.slice(8);
    return element("div", { class: "card scroll" }, element("h3", {}, "Scene points"),
        element("p", { class: "quiet" }, "Where a point was clicked (orange) less where the camera puts it (blue), the worst first."),
        table([...head, "picture"], worst.map(r => [...r.cells, crop(r.cells[0], r.camera, r.clicked, r.back) ?? "—"])),
        others.length ? element("details", {}, element("summary", {}, `${others.length} more`), table(head, others.map(r => r.cells))) : null);
}

// --- the pair -------------------------------------------------------------------------------------------------------

// Where the ray of a left pixel runs in the right picture: what an epipolar line is once lenses bend it.
function epipolarOf(left, right, q) {
    const d = directionOf(left, q), curve = [], { R, t } = data.stereo;
    for (let i = 0; d && i <= 60; i++) {
        const z = data.stereo.baseline_m * Math.pow(400, i / 60), p = d.map(v => v * z);
        const at = projectLocal(right, [0, 3, 6].map((row, k) => R[row] * p[0] + R[row + 1] * p[1] + R[row + 2] * p[2] + t[k]));
        if (at) curve.push(at);
    }
    return curve;
}

// The points of the pair at a moment, [xl, yl, xr, yr, colour]: joints that both views found of a person, or corners of a board.
function pairPoints(moment) {
    const views = data.stereo.pair.map(view => people ? people.views.indexOf(view) : -1), points = [];
    if (views.every(v => v >= 0)) {
        const right = people.inView(views[1], moment);
        for (const person of people.inView(views[0], moment)) {
            const same = person.who ? right.find(r => r.who === person.who) : null;
            for (let j = 0; same && j < people.nJoints; j++) if (person.q(j) && same.q(j)) points.push([...person.q(j), ...same.q(j), colourOf(person.who)]);
        }
        return points;
    }
    const frame = data.stereo.frames[data.stereo.frames.length >> 1];
    return (frame?.corners ?? []).filter((_, i, all) => i % Math.ceil(all.length / 10) === 0).map((c, k) => [...c, colourOf(k + 1)]);
}

function pairDraw(g, camera, side, points, half, scale, redraw) {
    const [left, right] = data.stereo.pair.map(view => data.cameras.find(c => c.view === view)), height = camera.size[1] * scale, still = stillOf(camera.view, clock.moment);
    g.save();
    g.translate(side * half, 0);
    g.beginPath();
    g.rect(0, 0, half - 2 * (1 - side), height);
    g.clip();
    g.fillStyle = themed("picture");
    g.fillRect(0, 0, half, height);
    if (still && people) {
        const image = imageOf(still, redraw);
        if (image.complete) g.drawImage(image, 0, 0, half, height);
    }
    for (const point of points) {
        g.strokeStyle = g.fillStyle = point[4];
        if (side) {
            g.beginPath();
            epipolarOf(left, right, point).forEach((q, m) => m ? g.lineTo((q[0] + 0.5) * scale, (q[1] + 0.5) * scale) : g.moveTo((q[0] + 0.5) * scale, (q[1] + 0.5) * scale));
            g.stroke();
        }
        g.beginPath();
        g.arc((point[2 * side] + 0.5) * scale, (point[2 * side + 1] + 0.5) * scale, 3, 0, 7);
        g.fill();
        g.strokeStyle = "#000";
        g.stroke();
    }
    g.restore();
}

function pairPicture() {
    const cameras = data.stereo.pair.map(view => data.cameras?.find(c => c.view === view));
    if (!cameras.every(Boolean)) return null;
    const canvas = element("canvas", { role: "img", "aria-label": "Points of the left view and their epipolar lines in the right one" }), figure = element("figure", {}, canvas);
    const draw = () => {
        const half = Math.max(figure.clientWidth, 240) / 2, scales = cameras.map(c => half / c.size[0]), points = pairPoints(clock.moment);
        const g = sharp(canvas, 2 * half, Math.max(...cameras.map((c, i) => c.size[1] * scales[i])));
        cameras.forEach((camera, side) => pairDraw(g, camera, side, points, half, scales[side], draw));
    };
    const ask = drawnWhenSeen(figure, draw);
    if (people) onMoment(ask);
    return figure;
}

function pairCard() {
    const s = data.stereo;
    return element("div", { class: "card" }, element("h3", {}, `Stereo pair ${s.pair[0]}, ${s.pair[1]}`), pairPicture(),
        element("p", { class: "quiet" }, `Each point in ${s.pair[0]} (on the left) must lie on its epipolar line in ${s.pair[1]} (on the right). Baseline ${fixed(s.baseline_m * 1000, 1)} mm, epipolar error ${fixed(s.epipolar_rms_px, 3)} px over ${s.n_frames} boards.`));
}

export function riggingShow() {
    const cards = [data.links?.length ? linksGraph() : null, data.stereo ? pairCard() : null, data.scene ? scenePoints() : null].filter(Boolean);
    if (cards.length) section("rig", "Between the cameras", element("div", { class: "grid" }, ...cards));
}
