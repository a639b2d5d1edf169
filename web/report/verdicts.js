// The strip at the top: a verdict for each stage, with its number, its limit, and what to do.
import { element, section } from "report/page.js";
import { data } from "report/payload.js";

const MARKS = { ok: "✓", weak: "!", fault: "✕", unknown: "?" };
const WORDS = { ok: "good", weak: "weak", fault: "fault", unknown: "not checked" };
const SECTIONS = { corners: "cameras", intrinsics: "cameras", extrinsics: "rig", stereo: "rig", "scene points": "rig", cameras: "cameras", doctor: "rig", uncertainty: "precision",
                   keypoints: "movement", triangulate: "movement", views: "movement", watch: "movement", refine: "people" };

function card(verdict) {
    const target = document.getElementById(SECTIONS[verdict.stage]) ? `#${SECTIONS[verdict.stage]}` : null;
    return element("div", { class: "verdict", "data-state": verdict.state, "data-stage": verdict.stage },
        element("h3", {}, element("span", { class: "mark", "aria-hidden": "true" }, MARKS[verdict.state]),
            target ? element("a", { href: target }, verdict.stage) : verdict.stage, element("span", { class: "quiet" }, WORDS[verdict.state])),
        verdict.value ? element("div", { class: "value" }, verdict.value) : null,
        verdict.measure ? element("p", { class: "quiet" }, `${verdict.measure}; limit: ${verdict.limit}`) : null,
        verdict.says.length ? element("ul", {}, ...verdict.says.map(s => element("li", {}, s.text))) : null,
        verdict.advice ? element("p", { class: "advice" }, verdict.advice) : null,
        verdict.unchecked ? element("p", { class: "quiet" }, verdict.unchecked) : null);
}

// First on the page, and made last: its cards link to the sections that are there.
export function verdictsShow() {
    const strip = section("verdicts", "Verdicts", element("div", { class: "grid" }, ...data.verdicts.map(card)));
    document.getElementById("main").prepend(strip);
    document.getElementById("contents").prepend(document.querySelector('#contents a[href="#verdicts"]'));
}
