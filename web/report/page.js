// Small things that every part of the page is made of.
export function element(tag, attributes = {}, ...children) {
    const e = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes)) {
        if (key.startsWith("on")) e.addEventListener(key.slice(2), value);
        else if (value === true) e.setAttribute(key, "");
        else if (value !== false && value !== null && value !== undefined) e.setAttribute(key, value);
    }
    e.append(...children.filter(c => c !== null && c !== undefined));
    return e;
}

export function svg(tag, attributes = {}, ...children) {
    const e = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
    e.append(...children);
    return e;
}

// A section of the page with its link in the contents.
export function section(id, title, ...children) {
    document.getElementById("contents").append(element("a", { href: `#${id}` }, title));
    const s = element("section", { id, "aria-label": title }, element("h2", {}, title), ...children);
    document.getElementById("main").append(s);
    return s;
}

// A table of a head and rows; cells that are numbers or end in a unit are right aligned.
export function table(head, rows) {
    const isNumber = column => rows.every(row => /^[-+±−]?[\d.]|^—$|^$/.test(String(row[column].textContent ?? row[column])));
    const align = head.map((_, i) => isNumber(i) ? "number" : null);
    return element("table", {},
        element("thead", {}, element("tr", {}, ...head.map((h, i) => element("th", { scope: "col", class: align[i] }, h)))),
        element("tbody", {}, ...rows.map(row => element("tr", {}, ...row.map((cell, i) => element("td", { class: align[i] }, cell))))));
}

export const fixed = (value, digits, unit = "") => Number.isFinite(value) ? value.toFixed(digits) + (unit ? " " + unit : "") : "—";

// Two significant digits, without an exponent.
export const short = value => !Number.isFinite(value) ? "—" : Number(value.toPrecision(2)).toLocaleString("en", { maximumFractionDigits: 6, useGrouping: false });

// A power of ten, or 2 or 5 times one, at most value.
export function round125(value) {
    const power = Math.pow(10, Math.floor(Math.log10(value)));
    return [5, 2, 1].map(k => k * power).find(v => v <= value * 1.0001) ?? power;
}

// Least and most of a list of any length: Math.max(...list) fails where the list is longer than a call's arguments may be.
export const endsOf = list => list.reduce(([low, high], v) => [Math.min(low, v), Math.max(high, v)], [Infinity, -Infinity]);

export function median(list) {
    const sorted = list.filter(Number.isFinite).sort((a, b) => a - b);
    return sorted.length ? sorted[sorted.length >> 1] : NaN;
}

// A canvas for drawing in CSS pixels, sharp on any screen.
export function sharp(canvas, width, height) {
    const ratio = window.devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
        canvas.width = Math.round(width * ratio);
        canvas.height = Math.round(height * ratio);
        canvas.style.aspectRatio = `${width} / ${height}`;
    }
    const g = canvas.getContext("2d");
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, width, height);
    return g;
}

// A function that draws a figure if it is in the window, else as soon as it is scrolled there: what nobody sees costs nothing.
export function drawnWhenSeen(figure, draw) {
    let seen = false, owed = true;
    new IntersectionObserver(entries => {
        seen = entries[entries.length - 1].isIntersecting;
        if (seen && owed) ask();
    }).observe(figure);
    function ask() {
        owed = !seen;
        if (seen) draw();
    }
    new ResizeObserver(ask).observe(figure);
    window.addEventListener("beforeprint", draw); // paper shows what nobody has scrolled to
    redrawn(ask);
    return ask;
}

// Call draw whenever the theme or the window's width changes, and once now; owner: an element, with which it ends.
let redraws = [];
export function redrawn(draw, owner = document.body) {
    redraws.push({ draw, owner });
    draw();
}
export function redrawAll() {
    redraws = redraws.filter(({ owner }) => owner.isConnected);
    for (const { draw } of redraws) draw();
}
let pending = 0;
window.addEventListener("resize", () => {
    cancelAnimationFrame(pending);
    pending = requestAnimationFrame(redrawAll);
});
