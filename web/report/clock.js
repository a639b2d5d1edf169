// The moment that is shown, everywhere at once; play, step, keys.
import { element } from "report/page.js";
import { people } from "report/payload.js";

export const clock = { moment: 0, playing: false, speed: 1, listeners: [] };
const n = people ? people.n : 0;

export function onMoment(listener) {
    clock.listeners.push(listener);
    listener(clock.moment);
}

export function show(moment) {
    clock.moment = Math.max(0, Math.min(moment, n - 1));
    for (const listener of clock.listeners) listener(clock.moment);
}

// The frames of the rig's clock between moments, in seconds: as people are shown, every so many of them.
const stepSeconds = () => people.n > 1 ? (people.moments[people.n - 1] - people.moments[0]) / (people.n - 1) / (people.fps || 25) : 0.04;

let last = 0, owed = 0;
function tick(now) {
    if (!clock.playing) return;
    owed += (now - last) / 1000 * clock.speed / stepSeconds();
    last = now;
    const steps = Math.floor(owed);
    if (steps > 0) {
        owed -= steps;
        show((clock.moment + steps) % n);
    }
    requestAnimationFrame(tick);
}

export function play(on = !clock.playing) {
    clock.playing = on && n > 1;
    last = performance.now();
    owed = 0;
    if (clock.playing) requestAnimationFrame(tick);
    for (const listener of clock.listeners) listener(clock.moment);
}

// The bar below the scene.
export function clockBar() {
    const button = element("button", { onclick: () => play(), "aria-label": "Play or pause", title: "Space" }, "Play");
    const slider = element("input", { type: "range", min: 0, max: Math.max(n - 1, 0), value: 0, "aria-label": "Moment", oninput: () => show(Number(slider.value)) });
    const step = (by, text, title) => element("button", { onclick: () => show(clock.moment + by), title, "aria-label": title }, text);
    const speed = element("select", { "aria-label": "Speed", onchange: () => { clock.speed = Number(speed.value); } },
        ...[[0.1, "0.1×"], [0.25, "0.25×"], [0.5, "0.5×"], [1, "1×"], [2, "2×"], [5, "5×"]].map(([v, t]) => element("option", { value: v, selected: v === 1 }, t)));
    const time = element("span", { class: "time number" });
    onMoment(moment => {
        slider.value = moment;
        button.textContent = clock.playing ? "Pause" : "Play";
        if (!n) {
            time.textContent = "no frames";
            return;
        }
        const s = people.seconds(moment);
        time.textContent = `frame ${people.moments[moment]}${Number.isFinite(s) ? ` · ${s.toFixed(2)} s` : ""}`;
    });
    return element("div", { class: "clock" }, button, step(-1, "‹", "One moment back (←)"), step(1, "›", "One moment on (→)"), slider, time, speed);
}

// Keys that work wherever no control has the focus.
export function keysOf(more) {
    const keys = {
        " ": () => play(), ArrowRight: e => show(clock.moment + (e.shiftKey ? 10 : 1)), ArrowLeft: e => show(clock.moment - (e.shiftKey ? 10 : 1)),
        Home: () => show(0), End: () => show(n - 1), ...more,
    };
    document.addEventListener("keydown", event => {
        if (event.ctrlKey || event.metaKey || event.altKey || (event.target.closest?.("input, select, textarea") && !(event.key === " " && event.target.type === "range")) || (event.key === " " && event.target.closest?.("button, summary, a"))) return;
        const act = keys[event.key];
        if (!act || (!n && !more[event.key])) return;
        event.preventDefault();
        act(event);
    });
}
