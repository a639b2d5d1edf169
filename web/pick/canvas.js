// A picture that can be zoomed and moved. Pixel (0, 0) is the centre of the picture's first pixel.

const ZOOM_MOST = 40, CLICK_PX = 4; // a pointer that moved no farther has clicked

export class Viewer {
    // hooks: draw(context), click(q), hover(q or null), grab(q, reach) -> {move(q), end()} or null, moved()
    constructor(canvas, hooks) {
        this.canvas = canvas;
        this.hooks = hooks;
        this.picture = null;
        this.scale = 1;
        this.origin = [0, 0]; // CSS pixels, of the picture's upper left corner
        this.whole = true; // it is to fill the canvas, whatever the canvas's size becomes
        this.pointer = null;
        canvas.addEventListener("pointerdown", (event) => this.down(event));
        canvas.addEventListener("pointermove", (event) => this.move(event));
        canvas.addEventListener("pointerup", (event) => this.up(event));
        canvas.addEventListener("pointercancel", () => (this.pointer = null));
        canvas.addEventListener("pointerleave", () => this.hooks.hover(null));
        canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
        this.observer = new ResizeObserver(() => this.resize());
        this.observer.observe(canvas);
    }

    // keep: another moment of what is shown already, at which the same place is looked at.
    show(picture, keep) {
        const alike = keep && this.picture && picture && this.picture.width === picture.width && this.picture.height === picture.height;
        this.picture?.close();
        this.picture = picture;
        if (picture && !alike)
            this.whole = true;
        this.resize();
    }

    get size() { return [this.canvas.clientWidth, this.canvas.clientHeight]; }
    toScreen(q) { return [0, 1].map((k) => this.origin[k] + (q[k] + 0.5) * this.scale); }
    toPicture(s) { return [0, 1].map((k) => (s[k] - this.origin[k]) / this.scale - 0.5); }
    contains(q) {
        return this.picture && q[0] >= -0.5 && q[1] >= -0.5 && q[0] <= this.picture.width - 0.5 && q[1] <= this.picture.height - 0.5;
    }
    get middle() { return this.toPicture(this.size.map((v) => v / 2)); }

    resize() {
        const dots = window.devicePixelRatio || 1;
        this.canvas.width = Math.round(this.canvas.clientWidth * dots);
        this.canvas.height = Math.round(this.canvas.clientHeight * dots);
        if (this.whole)
            this.fit();
        else
            this.changed();
    }

    get fitting() {
        return this.picture ? Math.min(this.size[0] / this.picture.width, this.size[1] / this.picture.height) : 1;
    }
    fit() {
        this.whole = true;
        this.scale = this.fitting || 1;
        if (this.picture)
            this.origin = [0, 1].map((k) => (this.size[k] - [this.picture.width, this.picture.height][k] * this.scale) / 2);
        this.changed();
    }
    zoom(factor, at = this.size.map((v) => v / 2)) {
        const q = this.toPicture(at);
        this.scale = Math.min(Math.max(this.scale * factor, this.fitting / 2), ZOOM_MOST);
        this.whole = false;
        this.origin = [0, 1].map((k) => at[k] - (q[k] + 0.5) * this.scale);
        this.changed();
    }
    // Move the picture so far that q is seen.
    reveal(q) {
        const s = this.toScreen(q);
        const margin = 40;
        if ([0, 1].every((k) => s[k] > margin && s[k] < this.size[k] - margin))
            return;
        this.whole = false;
        this.origin = this.origin.map((v, k) => v + this.size[k] / 2 - s[k]);
        this.changed();
    }
    changed() {
        this.hooks.moved();
        this.draw();
    }

    draw() {
        if (this.waiting)
            return;
        this.waiting = true;
        requestAnimationFrame(() => {
            this.waiting = false;
            const context = this.canvas.getContext("2d");
            const dots = window.devicePixelRatio || 1;
            context.setTransform(dots, 0, 0, dots, 0, 0);
            context.clearRect(0, 0, ...this.size);
            if (!this.picture)
                return;
            context.imageSmoothingEnabled = this.scale < 3;
            context.drawImage(this.picture, ...this.origin, this.picture.width * this.scale, this.picture.height * this.scale);
            this.hooks.draw(context);
        });
    }

    at(event) {
        const box = this.canvas.getBoundingClientRect(), [across, down] = this.size, dots = window.devicePixelRatio || 1;
        // a box between dots of the screen is painted from whole dots to whole dots
        const [left, top, right, bottom] = [box.left, box.top, box.right, box.bottom].map((v) => Math.round(v * dots) / dots);
        return [(event.clientX - left) * across / (right - left), (event.clientY - top) * down / (bottom - top)];
    }
    down(event) {
        if (!this.picture || event.button > 1)
            return;
        this.canvas.setPointerCapture(event.pointerId);
        const s = this.at(event);
        const q = this.toPicture(s);
        const held = event.button === 0 && !event.shiftKey ? this.hooks.grab(q, 10 / this.scale) : null;
        this.pointer = { start: s, last: s, held, from: q, moved: false, pan: event.button === 1 };
    }
    move(event) {
        const s = this.at(event);
        const p = this.pointer;
        this.hooks.hover(this.toPicture(s));
        if (!p)
            return;
        p.moved ||= Math.hypot(s[0] - p.start[0], s[1] - p.start[1]) > CLICK_PX;
        if (!p.moved)
            return;
        if (p.held) {
            p.held.move(this.toPicture(s));
        } else {
            this.whole = false;
            this.origin = this.origin.map((v, k) => v + s[k] - p.last[k]);
            this.changed();
        }
        p.last = s;
    }
    up(event) {
        const p = this.pointer;
        this.pointer = null;
        if (!p)
            return;
        if (p.held)
            p.held.end(p.moved);
        else if (!p.moved && !p.pan)
            this.hooks.click(this.toPicture(this.at(event)));
    }
    wheel(event) {
        event.preventDefault();
        if (this.picture)
            this.zoom(Math.exp(-Math.max(-100, Math.min(100, event.deltaY)) / 300), this.at(event));
    }
}

// What is around q, eight times as large, with a cross on it.
export function drawLoupe(canvas, picture, q) {
    const context = canvas.getContext("2d"), dots = window.devicePixelRatio || 1;
    const side = canvas.clientWidth, middle = side / 2, scale = 8;
    canvas.width = canvas.height = Math.round(side * dots);
    if (!picture || !q)
        return;
    context.setTransform(dots, 0, 0, dots, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(picture, middle - (q[0] + 0.5) * scale, middle - (q[1] + 0.5) * scale, picture.width * scale, picture.height * scale);
    for (const [width, colour] of [[3, "#000"], [1, "#f0e442"]]) {
        context.fillStyle = colour;
        for (const [from, to] of [[0, middle - 6], [middle + 6, side]]) {
            context.fillRect(from, middle - width / 2, to - from, width);
            context.fillRect(middle - width / 2, from, width, to - from);
        }
    }
}
