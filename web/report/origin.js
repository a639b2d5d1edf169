// Where the results come from, and what their numbers mean.
import { element, section, svg, table } from "report/page.js";
import { data } from "report/payload.js";

function axesDrawing() {
    const axis = (x, y, name, colour) => [svg("line", { x1: 60, y1: 70, x2: 60 + x, y2: 70 + y, stroke: colour, "stroke-width": 3 }), svg("text", { x: 60 + x * 1.15, y: 74 + y * 1.15 }, name)];
    const world = svg("svg", { viewBox: "20 0 150 130", width: 150, role: "img", "aria-label": "World axes: x and y in the floor, z up" }, ...axis(50, 12, "x", "#D55E00"), ...axis(34, -28, "y", "#009E73"), ...axis(0, -52, "z up", "#0072B2"));
    const camera = svg("svg", { viewBox: "40 25 150 110", width: 150, role: "img", "aria-label": "Camera axes: x right, y down, z forward" }, ...axis(52, 0, "x", "#D55E00"), ...axis(0, 40, "y down", "#009E73"), ...axis(34, -28, "z forward", "#0072B2"));
    return element("div", { style: "display:flex;gap:2rem;flex-wrap:wrap" }, element("figure", {}, world, element("figcaption", {}, "World")), element("figure", {}, camera, element("figcaption", {}, "Camera")));
}

export function originShow() {
    const s = data.session;
    section("origin", "Provenance and conventions",
        element("p", {}, `Session ${s.name}, described by ${s.rig}, made by rigpose ${s.version}.`),
        element("div", { class: "scroll" }, table(["stage", "what it does", "file", "state"], data.stages.map(x => [x.name, x.summary, x.makes, x.state]))),
        axesDrawing(),
        element("p", { class: "quiet" }, "Metres, seconds, radians in the files. The world is right-handed, z up; cameras look along z, x right, y down. Pixel (0, 0) is the centre of the first pixel. Poses take a point from the world to the camera: p_cam = R p_world + t."),
        element("p", { class: "quiet" }, "Keys: space plays, arrows step (with shift by ten), home and end; 0 shows the overview, 1 to 9 look through a camera, T changes dark and light."));
}
