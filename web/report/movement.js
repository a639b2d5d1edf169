// The movement: the scene, the views beside it, the clock below.
import { THREE } from "libraries.js";
import { clockBar } from "report/clock.js";
import { colourOf } from "report/colours.js";
import { element, section } from "report/page.js";
import { plansOf } from "report/plan.js";
import { data, people } from "report/payload.js";
import { sceneOf } from "report/scene.js";
import { viewsOf } from "report/views.js";

function canDraw3D() {
    if (!THREE) return false;
    const canvas = document.createElement("canvas");
    return Boolean(canvas.getContext("webgl2"));
}

function toolsOf(scene) {
    const buttons = Object.entries(scene.layers).map(([name, layer]) => {
        const button = element("button", { "aria-pressed": String(layer.get()), onclick: () => {
            layer.set(!layer.get());
            button.setAttribute("aria-pressed", String(layer.get()));
        } }, name);
        return button;
    });
    const through = element("select", { "aria-label": "Look through a camera", onchange: () => {
        const camera = scene.cameras[Number(through.value)];
        if (camera) scene.lookThrough(camera);
        else scene.overview();
    } }, element("option", { value: -1 }, "overview"), ...scene.cameras.map((c, i) => element("option", { value: i }, `through ${c.view}`)));
    scene.onThrough(camera => { through.value = String(scene.cameras.indexOf(camera)); });
    return element("div", { class: "tools" }, through, ...buttons);
}

function legend() {
    const ids = people.ids.slice(0, 12).map(id => element("span", {}, element("span", { class: "swatch", style: `background:${colourOf(id)}` }), `person ${id}`));
    return element("div", { class: "legend" }, ...ids, people.ids.length > 12 ? element("span", { class: "quiet" }, `and ${people.ids.length - 12} more`) : null,
        element("span", { class: "quiet" }, "Thin and dashed: found in the view. Thick: reprojected from space. Full dot: triangulated; ring: interpolated over a gap."));
}

export function movementShow() {
    if (!data.cameras) return;
    const holder = element("div", { class: "scene" });
    const views = viewsOf();
    const stage = element("div", { class: "stage" }, holder, views);
    section("movement", people ? "People and rig" : "Rig", stage, people ? clockBar() : null, people ? legend() : null,
        people && data.people.step > 1 ? element("p", { class: "quiet" }, `Of the take's ${data.people.frames} frames every ${data.people.step}th is in this report; ${data.people.file} has all.`) : null);
    if (!data.cameras.some(c => c.R)) {
        holder.append(element("p", { class: "note" }, "No camera has a pose yet."));
    } else if (canDraw3D()) {
        const scene = sceneOf(holder);
        holder.append(toolsOf(scene), element("p", { class: "note" }, `Grid: ${scene.step} m. Axes at the origin: x red, y green, z blue. Drag to turn, wheel to zoom, click a camera to look through it.`));
        return scene;
    } else {
        plansOf(holder);
    }
    return null;
}
