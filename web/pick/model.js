// What is being picked, and every state it was in: points with their places, clicks by view, windows of views.

const COALESCE_MS = 800; // changes of one thing within this time are undone together
const HISTORY = 500;

export class Model {
    constructor() {
        this.now = { points: [], pixels: {}, rects: {} }; // points: {id, name, p}; pixels: view -> id -> [x, y]
        this.saved = this.now; // as the files have it
        this.past = [];
        this.future = [];
        this.last = { key: null, at: 0 };
        this.nextId = 1;
        this.listeners = [];
    }

    listen(listener) {
        this.listeners.push(listener);
    }

    tell() {
        for (const listener of this.listeners)
            listener();
    }

    // Points and clicks as the server has them; names stand in the place of ids there.
    take(points, pixels) {
        const ids = new Map();
        const now = { points: [], pixels: {}, rects: this.now.rects };
        for (const { name, p } of points) {
            const id = this.nextId++;
            ids.set(name, id);
            now.points.push({ id, name, p: [...p] });
        }
        for (const [view, clicks] of Object.entries(pixels))
            now.pixels[view] = Object.fromEntries(Object.entries(clicks).map(([name, q]) => [ids.get(name), [...q]]));
        this.now = now;
        this.saved = { ...now, rects: this.saved.rects };
        this.past = [];
        this.future = [];
        this.tell();
    }

    // Windows as the rig has them; those that were changed since stay so.
    takeRects(rects) {
        const was = this.saved.rects;
        const over = (state) => ({ ...state, rects: { ...rects, ...changedOf(state.rects, was) } });
        this.now = over(this.now);
        this.past = this.past.map(over);
        this.future = this.future.map(over);
        this.saved = { ...this.saved, rects };
        this.tell();
    }

    // Change a copy; steps of the same key that follow fast are one to undo.
    change(key, how) {
        const made = structuredClone(this.now);
        how(made);
        if (same(made, this.now))
            return;
        const at = performance.now();
        if (key === null || key !== this.last.key || at - this.last.at > COALESCE_MS) {
            this.past.push(this.now);
            this.past.splice(0, this.past.length - HISTORY);
        }
        this.last = { key, at };
        this.future = [];
        this.now = made;
        this.tell();
    }

    step(from, to) {
        if (from.length === 0)
            return false;
        to.push(this.now);
        this.now = from.pop();
        this.last = { key: null, at: 0 };
        this.tell();
        return true;
    }

    undo() { return this.step(this.past, this.future); }
    redo() { return this.step(this.future, this.past); }

    point(id) { return this.now.points.find((point) => point.id === id); }
    pixel(view, id) { return this.now.pixels[view]?.[id]; }
    count(view) { return Object.keys(this.now.pixels[view] ?? {}).length; }

    get pointsChanged() {
        return !same([this.now.points, tidy(this.now.pixels)], [this.saved.points, tidy(this.saved.pixels)]);
    }
    get changedRects() {
        return changedOf(this.now.rects, this.saved.rects);
    }
    get changed() {
        return this.pointsChanged || Object.keys(this.changedRects).length > 0;
    }

    place(view, id, q, key = null) {
        this.change(key, (now) => {
            now.pixels[view] ??= {};
            now.pixels[view][id] = q.map((v) => Math.round(v * 100) / 100); // nobody clicks closer
        });
    }
    clear(view, id) {
        this.change(null, (now) => delete now.pixels[view]?.[id]);
    }
    add(z) {
        const id = this.nextId++;
        const stem = z === 0 ? "floor" : "point";
        let number = 1;
        while (this.now.points.some((point) => point.name === `${stem}_${number}`))
            number++;
        this.change(null, (now) => now.points.push({ id, name: `${stem}_${number}`, p: [null, null, z] }));
        return id;
    }
    remove(id) {
        this.change(null, (now) => {
            now.points = now.points.filter((point) => point.id !== id);
            for (const clicks of Object.values(now.pixels))
                delete clicks[id];
        });
    }

    // As the server takes it: complete points by name. What lacks a coordinate is left out.
    forServer() {
        const whole = new Map(this.now.points.filter((point) => point.p.every((v) => v !== null)).map((point) => [String(point.id), point]));
        const pixels = {};
        for (const [view, clicks] of Object.entries(this.now.pixels)) {
            const named = Object.entries(clicks).filter(([id]) => whole.has(id)).map(([id, q]) => [whole.get(id).name, q]);
            if (named.length > 0)
                pixels[view] = Object.fromEntries(named);
        }
        return { points: [...whole.values()].map(({ name, p }) => ({ name, p })), pixels };
    }

    // What must be mended before it can be saved, in a sentence, or null.
    get wrong() {
        const seen = new Set();
        for (const { name, p } of this.now.points) {
            if (name === "" || name.includes("/") || new TextEncoder().encode(name).length > 63)
                return `'${name}' cannot be a point's name: it needs 1 to 63 bytes without '/'.`;
            if (seen.has(name))
                return `Two points are called '${name}': give one of them another name.`;
            seen.add(name);
            const lacks = ["x", "y", "z"].filter((_, i) => p[i] === null);
            if (lacks.length > 0)
                return `Point '${name}' has no ${lacks.join(", ")} yet: type where it is in metres, or remove it.`;
        }
        return null;
    }
}

const changedOf = (rects, was) => Object.fromEntries(Object.entries(rects).filter(([view, rect]) => !same(rect, was[view])));

function tidy(pixels) { // views without clicks are as good as absent
    return Object.fromEntries(Object.entries(pixels).filter(([, clicks]) => Object.keys(clicks).length > 0).sort());
}

export function same(a, b) {
    if (a === b || typeof a !== "object" || typeof b !== "object" || a === null || b === null)
        return a === b;
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((key) => key in b && same(a[key], b[key]));
}
