// The rig without three.js: from above and from the side, as plain SVG.
import { centreOf, directionOf, toWorld } from "report/camera.js";
import { onMoment } from "report/clock.js";
import { colourOf, themed } from "report/colours.js";
import { THREE } from "libraries.js";
import { element, endsOf, redrawn, round125, svg } from "report/page.js";
import { data, people } from "report/payload.js";

const WIDTH = 600, HEIGHT = 420, MARGIN = 40;

// Metres to pixels of one projection: axes are the world's to the right and up.
function frameOf(axes, points) {
    const ends = axes.map(k => endsOf(points.map(p => p[k])));
    const scale = Math.min((WIDTH - 2 * MARGIN) / Math.max(ends[0][1] - ends[0][0], 1e-3), (HEIGHT - 2 * MARGIN) / Math.max(ends[1][1] - ends[1][0], 1e-3));
    return p => [MARGIN + (p[axes[0]] - ends[0][0]) * scale, HEIGHT - MARGIN - (p[axes[1]] - ends[1][0]) * scale];
}

const line = (a, b, colour, width) => svg("line", { x1: a[0], y1: a[1], x2: b[0], y2: b[1], stroke: colour, "stroke-width": width });

function planOf(axes, title) {
    const drawing = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": title });
    const still = svg("g"), moving = svg("g");
    drawing.append(still, moving);
    const cameras = data.cameras.filter(c => c.R), points = cameras.map(centreOf);
    if (people) for (let m = 0; m < people.n; m += Math.max(1, people.n >> 5)) for (const at of people.at(m)) for (let j = 0; j < people.nJoints; j++) if (people.has(at, j)) points.push(people.position(at, j));
    points.push([0, 0, 0]);
    const to = frameOf(axes, points), size = Math.max(...axes.map(k => { const [low, high] = endsOf(points.map(p => p[k])); return high - low; }), 1e-3), unit = round125(size / 4);
    redrawn(() => {
        still.replaceChildren(svg("text", { x: MARGIN, y: 18 }, title));
        const metre = [[0, 0, 0], [0, 0, 0]];
        metre[1][axes[0]] = unit;
        still.append(line(to(metre[0]), to(metre[1]), themed("accent"), 3), svg("text", { x: to(metre[0])[0], y: to(metre[0])[1] + 14 }, `${unit} m from the origin`));
        for (const camera of cameras) {
            const apex = to(centreOf(camera)), reach = size * 0.08;
            for (const x of [0, camera.size[0]]) {
                const d = directionOf(camera, [x, camera.size[1] / 2]);
                if (d) still.append(line(apex, to(toWorld(camera, d.map(v => v * reach))), themed("text"), 1));
            }
            still.append(svg("circle", { cx: apex[0], cy: apex[1], r: 4, fill: themed("accent") }), svg("text", { x: apex[0] + 6, y: apex[1] - 6 }, camera.view));
        }
    });
    if (people) onMoment(moment => {
        moving.replaceChildren();
        for (const at of people.at(moment)) for (const [i, k] of people.limbs)
            if (people.has(at, i) && people.has(at, k)) moving.append(line(to(people.position(at, i)), to(people.position(at, k)), colourOf(people.id[at]), 3));
    });
    return drawing;
}

export function plansOf(holder) {
    holder.classList.add("plain");
    holder.append(element("div", { class: "grid" }, planOf([0, 1], "From above: x to the right, y up (m)"), planOf([0, 2], "From the side: x to the right, z up (m)")),
        element("p", { class: "note" }, THREE ? "Drawn without 3D, which this browser does not offer (WebGL 2)." : "Drawn without the 3D library, which was not there when this report was made (./run people gets it)."));
}
