// The views side by side at one moment: the picture, people as found (thin, dashed) and as reprojected (thick).
import { placeAt, project } from "report/camera.js";
import { onMoment } from "report/clock.js";
import { colourOf, NOBODY } from "report/colours.js";
import { drawnWhenSeen, element, sharp } from "report/page.js";
import { data, people, stateOfView, FILLED } from "report/payload.js";
import { imageOf, stillOf } from "report/stills.js";

function foundDraw(g, seen, scale) {
    for (const person of seen) {
        g.strokeStyle = person.who ? colourOf(person.who) : NOBODY;
        g.lineWidth = 1.5;
        g.setLineDash([4, 2]);
        g.beginPath();
        for (const [i, k] of people.limbs) {
            const a = person.q(i), b = person.q(k);
            if (!a || !b) continue;
            g.moveTo((a[0] + 0.5) * scale, (a[1] + 0.5) * scale); // (0, 0) is the centre of the first pixel
            g.lineTo((b[0] + 0.5) * scale, (b[1] + 0.5) * scale);
        }
        g.stroke();
        g.setLineDash([]);
    }
}

function personDraw(g, at, camera, place, scale) {
    const q = Array.from({ length: people.nJoints }, (_, j) => people.has(at, j) ? project(camera, place, people.position(at, j))?.map(v => v + 0.5) : null);
    const colour = colourOf(people.id[at]);
    for (const [width, ink] of [[4.5, "rgba(0,0,0,.55)"], [2.5, colour]]) { // a dark rim, that stands out on any picture
        g.lineWidth = width;
        g.strokeStyle = ink;
        g.beginPath();
        for (const [i, k] of people.limbs) {
            if (!q[i] || !q[k]) continue;
            g.moveTo(q[i][0] * scale, q[i][1] * scale);
            g.lineTo(q[k][0] * scale, q[k][1] * scale);
        }
        g.stroke();
    }
    for (let j = 0; j < people.nJoints; j++) {
        if (!q[j]) continue;
        g.beginPath();
        g.arc(q[j][0] * scale, q[j][1] * scale, 2.6, 0, 2 * Math.PI);
        g.fillStyle = people.state(at, j) === FILLED ? "#fff" : colour;
        g.strokeStyle = people.state(at, j) === FILLED ? colour : "rgba(0,0,0,.6)";
        g.lineWidth = 1;
        g.fill();
        g.stroke();
    }
    const top = q.filter(Boolean).reduce((best, p) => !best || p[1] < best[1] ? p : best, null);
    if (top) {
        g.font = "bold 12px system-ui, sans-serif";
        g.lineWidth = 3;
        g.strokeStyle = "rgba(0,0,0,.7)";
        g.fillStyle = "#fff";
        g.strokeText(people.id[at], top[0] * scale + 4, top[1] * scale - 6);
        g.fillText(people.id[at], top[0] * scale + 4, top[1] * scale - 6);
    }
}

function viewOf(camera) {
    const canvas = element("canvas", { role: "img", "aria-label": `View ${camera.view}` }), caption = element("figcaption");
    const figure = element("figure", { "data-state": stateOfView(camera.view) }, canvas, caption);
    canvas.addEventListener("click", () => { // larger, or back
        figure.classList.toggle("large");
        draw();
    });
    let moment = 0;
    function draw() {
        const width = Math.max(figure.clientWidth, 120), scale = width / camera.size[0], height = camera.size[1] * scale;
        const g = sharp(canvas, width, height), still = stillOf(camera.view, moment);
        if (still) {
            const image = imageOf(still, draw);
            if (image.complete) g.drawImage(image, 0, 0, width, height);
        }
        if (!people) return;
        const view = people.views.indexOf(camera.view), frame = people.moments[moment], place = placeAt(camera, data.people.moves, frame);
        if (place) for (const at of people.at(moment)) personDraw(g, at, camera, place, scale);
        if (view >= 0) foundDraw(g, people.inView(view, moment), scale);
        caption.textContent = camera.view + (still && still.moment !== frame ? ` (picture of frame ${still.moment})` : still ? "" : " (no picture)");
    }
    caption.textContent = camera.view;
    const ask = drawnWhenSeen(figure, draw);
    if (people) onMoment(m => {
        moment = m;
        ask();
    });
    return figure;
}

// As many columns as make the views largest while all of them fit into the height.
function columnsSet(grid) {
    const width = grid.clientWidth, height = parseFloat(getComputedStyle(grid).maxHeight), caption = 26, gap = 8;
    const shape = data.cameras.map(c => c.size[1] / c.size[0]);
    let best = 1, widest = 0;
    for (let columns = 1; columns <= shape.length; columns++) {
        const each = (width - gap * (columns - 1)) / columns;
        let tall = 0;
        for (let i = 0; i < shape.length; i += columns) tall += Math.max(...shape.slice(i, i + columns)) * each + caption + gap;
        const fitting = Math.min(each, each * height / tall);
        if (fitting > widest) [best, widest] = [columns, fitting];
    }
    grid.style.gridTemplateColumns = `repeat(${best}, minmax(0, ${Math.floor(widest)}px))`;
}

export function viewsOf() {
    const grid = element("div", { class: "views" }, ...data.cameras.map(viewOf));
    new ResizeObserver(() => columnsSet(grid)).observe(grid);
    return grid;
}
