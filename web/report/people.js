// Each person: how well each joint is known, how long the bones are and whether they stay so, and the joint angles.
import { angleAt, anglesOf } from "report/angles.js";
import { colourOf } from "report/colours.js";
import { element, fixed, median, redrawn, section, table } from "report/page.js";
import { data, people, FILLED, OK } from "report/payload.js";
import { curves } from "report/plot.js";

const placesOf = id => people.moments.map((_, m) => people.find(m, id));
const words = name => name.replaceAll("_", " ");

function shareBar(observed, filled) {
    return element("span", { title: `${Math.round(100 * observed)} % triangulated, ${Math.round(100 * filled)} % interpolated`, style: "display:inline-block;width:90px;background:var(--line);border-radius:2px;line-height:0" },
        element("span", { class: "bar", style: `width:${90 * observed}px` }), element("span", { class: "bar", style: `width:${90 * filled}px;opacity:.4` }));
}

// The longest run of moments, within those that have the person, in which a joint has no position of its own.
function longestGap(places, joint) {
    let longest = 0, run = 0;
    for (const at of places) {
        run = at >= 0 && people.state(at, joint) === OK ? 0 : run + 1;
        longest = Math.max(longest, run);
    }
    return longest;
}

const spanOf = n => people.fps && people.n > 1 ? fixed(n * (people.moments[people.n - 1] - people.moments[0]) / (people.n - 1) / people.fps, 2) : String(n);

function jointsTable(places) {
    const present = places.filter(at => at >= 0), within = places.slice(places.findIndex(at => at >= 0), places.findLastIndex(at => at >= 0) + 1);
    return table(["joint", "triangulated", "reprojection (px)", "sigma (mm)", "views", people.fps ? "gap (s)" : "gap (moments)"], people.joints.map((name, j) => {
        const observed = present.filter(at => people.state(at, j) === OK), filled = present.filter(at => people.state(at, j) === FILLED).length;
        return [words(name), shareBar(observed.length / present.length, filled / present.length), fixed(median(observed.map(at => people.reprojection(at, j))), 1),
            fixed(median(observed.map(at => people.sigma(at, j))), 1), fixed(observed.reduce((s, at) => s + people.viewsUsed(at, j), 0) / observed.length, 1), spanOf(longestGap(within, j))];
    }));
}

function bonesTable(places) {
    const rows = people.limbs.map(([i, k]) => {
        const lengths = places.filter(at => at >= 0 && people.has(at, i) && people.has(at, k)).map(at => {
            const a = people.position(at, i), b = people.position(at, k);
            return 1000 * Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
        });
        const mean = lengths.reduce((s, v) => s + v, 0) / lengths.length, sd = Math.sqrt(lengths.reduce((s, v) => s + (v - mean) ** 2, 0) / lengths.length);
        return [`${words(people.joints[i])} – ${words(people.joints[k])}`, fixed(mean, 0), fixed(sd, 1)];
    });
    return table(["bone", "length (mm)", "spread (mm)"], rows);
}

function plots(places, id) {
    const joint = element("select", { "aria-label": "Joint" }, ...people.joints.map((name, j) => element("option", { value: j }, words(name))));
    const angles = anglesOf(), angle = element("select", { "aria-label": "Angle" }, ...angles.map((a, i) => element("option", { value: i }, a.name)));
    const holders = [0, 1, 2].map(() => element("div", { class: "card" })), colour = colourOf(id);
    joint.value = String(Math.max(0, people.joints.indexOf("left_wrist")));
    angle.value = String(Math.max(0, angles.findIndex(a => a.name === "left knee")));
    const draw = () => {
        const j = Number(joint.value), observed = at => at >= 0 && people.state(at, j) === OK;
        curves(holders[0], `Reprojection of ${words(people.joints[j])}`, "px", [{ label: "reprojection", colour, values: places.map(at => observed(at) ? people.reprojection(at, j) : NaN) }]);
        curves(holders[1], `One sigma of ${words(people.joints[j])}`, "mm", [{ label: "sigma", colour, values: places.map(at => observed(at) ? people.sigma(at, j) : NaN) }]);
        if (!angles.length) return;
        const chosen = angles[Number(angle.value)], values = places.map(at => angleAt(at, chosen));
        curves(holders[2], `${chosen.name}, with 95 % band`, "°", [{ label: chosen.name, colour, values: values.map(v => v[0]), low: values.map(v => v[0] - 1.96 * v[1]), high: values.map(v => v[0] + 1.96 * v[1]) }]);
    };
    joint.addEventListener("change", draw);
    angle.addEventListener("change", draw);
    requestAnimationFrame(() => redrawn(draw, holders[0]));
    return element("div", {}, element("p", {}, element("label", {}, "Joint ", joint), " ", angles.length ? element("label", {}, "Angle ", angle) : null,
        element("span", { class: "quiet" }, " Click a curve to show that moment; drag to enlarge, double click for all.")), element("div", { class: "plots grid" }, ...holders.slice(0, angles.length ? 3 : 2)));
}

function person(holder, id) {
    const places = placesOf(id), present = places.filter(at => at >= 0).length;
    holder.replaceChildren(element("p", { class: "quiet" }, `Person ${id}: in ${present} of ${people.n} moments of this report.`), plots(places, id),
        element("div", { class: "grid", style: "grid-template-columns:repeat(auto-fit,minmax(min(100%,430px),1fr))" },
            element("div", { class: "card scroll" }, element("h3", {}, "Joints, medians ", element("span", { class: "quiet" }, "(pale: interpolated; gap: the longest)")), jointsTable(places)), element("div", { class: "card scroll" }, element("h3", {}, "Bones"), bonesTable(places))));
}

function viewsTable() {
    return table(["view", "frames with people", "2D people", "of them in space", "expected", "residual (px)", "mean dx (px)", "mean dy (px)"], data.people.views_fit.map(fit =>
        [fit.view, `${fit.frames_with} of ${fit.frames}`, fit.people, fit.matched, fit.expected, fixed(fit.rms_px, 1), fixed(fit.mean_px[0], 1), fixed(fit.mean_px[1], 1)]));
}

export function peopleShow() {
    if (!people) return;
    const holder = element("div"), long = people.ids.map(id => [id, placesOf(id).filter(at => at >= 0).length]).sort((a, b) => b[1] - a[1]);
    const choice = element("select", { "aria-label": "Person", onchange: () => person(holder, Number(choice.value)) }, ...long.map(([id, n]) => element("option", { value: id }, `person ${id} (${n} moments)`)));
    section("people", "People", element("div", { class: "card scroll" }, element("h3", {}, "Views against the skeletons in space"), viewsTable()),
        long.length ? element("p", {}, choice) : element("p", {}, "Nobody was found in space."), holder);
    if (long.length) person(holder, long[0][0]);
}
