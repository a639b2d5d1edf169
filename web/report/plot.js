// Curves over time: by uPlot, or as plain SVG where it is not there.
import { uPlot, uPlotCss } from "libraries.js";
import { show } from "report/clock.js";
import { themed } from "report/colours.js";
import { element, endsOf, svg } from "report/page.js";
import { people } from "report/payload.js";

if (uPlotCss) document.head.append(element("style", {}, uPlotCss));

const HEIGHT = 210;

// series: [{label, colour, values, low, high}]; low and high are a band's, or absent.
function withUPlot(holder, title, unit, x, series) {
    const columns = [x], options = [{ label: people.fps ? "time (s)" : "frame" }], bands = [];
    for (const s of series) {
        columns.push(s.values);
        options.push({ label: s.label, stroke: s.colour, width: 1.5, points: { show: false }, value: (_, v) => v === null || v === undefined ? "—" : `${v.toFixed(1)} ${unit}` });
        if (!s.low) continue;
        const at = columns.length;
        columns.push(s.high, s.low);
        for (const name of ["upper", "lower"]) options.push({ label: `${s.label}, ${name}`, stroke: "transparent", points: { show: false }, value: () => "" });
        bands.push({ series: [at, at + 1], fill: s.colour + "40" });
    }
    const axis = label => ({ label, stroke: themed("text"), grid: { stroke: themed("line"), width: 1 }, ticks: { stroke: themed("line") }, size: 50, labelSize: 18 });
    const plot = new uPlot({
        title, width: Math.max(holder.clientWidth, 260), height: HEIGHT, scales: { x: { time: false } }, series: options, bands, axes: [axis(people.fps ? "time (s)" : "frame"), axis(unit)],
        legend: { show: series.length > 1 && !series[0].low }, cursor: { drag: { x: true, y: false } },
    }, columns.map(c => Array.from(c, v => Number.isFinite(v) ? v : null)), holder);
    plot.over.addEventListener("click", () => { if (plot.cursor.idx !== null && plot.cursor.idx !== undefined) show(plot.cursor.idx); });
    return plot;
}

function withSvg(holder, title, unit, x, series) {
    const width = 460, values = series.flatMap(s => s.values).filter(Number.isFinite), ends = endsOf(values), low = Math.min(0, ends[0]), high = Math.max(ends[1], low + 1e-6);
    const to = (i, v) => [46 + (x[i] - x[0]) / Math.max(x[x.length - 1] - x[0], 1e-9) * (width - 56), HEIGHT - 30 - (v - low) / (high - low) * (HEIGHT - 60)];
    const drawing = svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": title });
    drawing.append(svg("text", { x: 46, y: 14 }, `${title} (${unit})`), svg("text", { x: 4, y: 36 }, high.toFixed(1)), svg("text", { x: 4, y: HEIGHT - 30 }, low.toFixed(1)),
        svg("text", { x: 46, y: HEIGHT - 8 }, `${x[0].toFixed(1)} to ${x[x.length - 1].toFixed(1)} ${people.fps ? "s" : "frames"}`));
    for (const s of series) {
        let path = "", drawn = false;
        s.values.forEach((v, i) => {
            if (!Number.isFinite(v)) { drawn = false; return; }
            path += `${drawn ? "L" : "M"}${to(i, v).map(n => n.toFixed(1)).join(",")}`;
            drawn = true;
        });
        drawing.append(svg("path", { d: path, fill: "none", stroke: s.colour, "stroke-width": 1.5 }));
    }
    holder.append(drawing);
}

export const moments = () => people.moments.map((frame, m) => people.fps ? people.seconds(m) : frame);

const plots = new WeakMap(); // of uPlot, by their holders

// Draw into holder, in the place of what is there.
export function curves(holder, title, unit, series) {
    plots.get(holder)?.destroy();
    plots.delete(holder);
    holder.replaceChildren();
    if (!series.some(s => s.values.some(Number.isFinite))) holder.append(element("p", { class: "quiet" }, `${title}: not known here.`));
    else if (uPlot) plots.set(holder, withUPlot(holder, title, unit, moments(), series));
    else withSvg(holder, title, unit, moments(), series);
}
