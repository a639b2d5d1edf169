// The report, from top to bottom.
import { camerasShow } from "report/cameras.js";
import { keysOf } from "report/clock.js";
import { isDark } from "report/colours.js";
import { movementShow } from "report/movement.js";
import { originShow } from "report/origin.js";
import { element, redrawAll, section } from "report/page.js";
import { data } from "report/payload.js";
import { peopleShow } from "report/people.js";
import { precisionShow } from "report/precision.js";
import { riggingShow } from "report/rigging.js";
import { verdictsShow } from "report/verdicts.js";

function themeChange() {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    redrawAll();
}

const { name } = data.session;
document.title = `${name}: rigpose report`;
document.getElementById("title").textContent = name;
document.getElementById("subtitle").textContent = [data.session.take ? `take ${data.session.take}` : null, `${data.session.views.length} views`, `rigpose ${data.session.version}`].filter(Boolean).join(" · ");

// A part that fails says so in its place, and the others are there all the same.
function shown(part, name) {
    try {
        return part();
    } catch (error) {
        console.error(error);
        section(`failed-${name}`, name, element("p", {}, `This part of the report could not be drawn: ${error.message}`));
        return null;
    }
}

const scene = shown(movementShow, "Movement");
for (const [part, title] of [[camerasShow, "Cameras"], [riggingShow, "Between the cameras"], [precisionShow, "Precision in the volume"], [peopleShow, "People"], [originShow, "Provenance"], [verdictsShow, "Verdicts"]])
    shown(part, title);
document.getElementById("theme").addEventListener("click", themeChange);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redrawAll);
const through = {};
scene?.cameras.slice(0, 9).forEach((camera, i) => { through[String(i + 1)] = () => scene.lookThrough(camera); });
keysOf({ t: themeChange, T: themeChange, 0: () => scene?.overview(), ...through });
