// Windows of views in a feed's picture: whole pixels, whose edges are dragged or typed.

const COLOURS = ["#56b4e9", "#e69f00", "#009e73", "#f0e442", "#cc79a7", "#d55e00"];
const SIDES = { l: [0, 0], t: [0, 1], r: [1, 0], b: [1, 1] }; // far or near edge; across or down

export class Tiles {
    constructor(app) {
        this.app = app;
        this.model = app.model;
        this.chosen = null; // view
        this.rows = new Map();
        this.focus = null;
    }

    get views() { return this.app.state.views.filter((view) => view.feed === this.app.feed && this.model.now.rects[view.name]).map((view) => view.name); }

    edges() {
        return this.views.flatMap((view) => Object.entries(SIDES).map(([side, [far, axis]]) => {
            const rect = this.model.now.rects[view];
            return { view, side, far, axis, at: rect[axis] + (far ? rect[axis + 2] : 0) - 0.5, from: rect[1 - axis] - 0.5, to: rect[1 - axis] + rect[3 - axis] - 0.5 };
        }));
    }

    grab(q, reach) {
        const near = this.edges()
            .map((edge) => ({ ...edge, away: Math.abs(q[edge.axis] - edge.at) }))
            .filter((edge) => edge.away <= reach && q[1 - edge.axis] >= edge.from - reach && q[1 - edge.axis] <= edge.to + reach)
            // of two edges in one place, that of the view on whose side the pointer is
            .sort((a, b) => a.away - b.away || this.inside(b.view, q) - this.inside(a.view, q))[0];
        if (!near)
            return null;
        const key = `edge ${this.drags = (this.drags ?? 0) + 1}`;
        return {
            move: (to) => {
                this.chosen = near.view;
                this.setEdge(near, Math.round(to[near.axis] + 0.5), key);
                this.focus = [...to];
                this.focus[near.axis] = Math.round(to[near.axis] + 0.5) - 0.5;
            },
            end: () => this.app.drawLoupe(),
        };
    }
    inside(view, q) {
        const rect = this.model.now.rects[view];
        return Number([0, 1].every((k) => q[k] > rect[k] - 0.5 && q[k] < rect[k] + rect[k + 2] - 0.5));
    }
    setEdge({ view, far, axis }, to, key) {
        const rect = [...this.model.now.rects[view]], size = [this.app.viewer.picture.width, this.app.viewer.picture.height];
        const end = rect[axis] + rect[axis + 2];
        if (far)
            rect[axis + 2] = Math.min(Math.max(to, rect[axis] + 1), size[axis]) - rect[axis];
        else
            rect[axis] = Math.max(Math.min(to, end - 1), 0);
        if (!far)
            rect[axis + 2] = end - rect[axis];
        this.model.change(key, (now) => (now.rects[view] = rect));
    }
    click(q) {
        const view = this.views.find((name) => this.inside(name, q));
        if (view) {
            this.chosen = view;
            this.refresh();
            this.app.viewer.draw();
        }
    }
    key() { return false; }

    draw(context) {
        const { viewer } = this.app;
        this.views.forEach((view, i) => {
            const [x, y, w, h] = this.model.now.rects[view];
            const [left, top] = viewer.toScreen([x - 0.5, y - 0.5]), [right, bottom] = viewer.toScreen([x + w - 0.5, y + h - 0.5]);
            const colour = COLOURS[i % COLOURS.length], chosen = view === this.chosen;
            context.setLineDash(chosen ? [] : [8, 5]);
            for (const [line, width] of [["#000", chosen ? 5 : 4], [colour, chosen ? 2.5 : 1.5]]) {
                context.strokeStyle = line;
                context.lineWidth = width;
                context.strokeRect(left, top, right - left, bottom - top);
            }
            context.setLineDash([]);
            context.font = "600 14px system-ui, sans-serif";
            context.fillStyle = "rgba(0, 0, 0, .72)";
            context.fillRect(left + 6, top + 6, context.measureText(view).width + 10, 21);
            context.fillStyle = colour;
            context.fillText(view, left + 11, top + 21);
        });
    }

    refresh() {
        const { views } = this;
        if (views.join() !== [...this.rows.keys()].join()) {
            this.rows = new Map(views.map((view) => [view, this.row(view)]));
            document.querySelector("#tiles tbody").replaceChildren(...[...this.rows.values()].map((row) => row.tr));
        }
        for (const [view, row] of this.rows) {
            row.tr.setAttribute("aria-current", String(view === this.chosen));
            if (!row.wrong)
                row.inputs.forEach((input, k) => input === document.activeElement || (input.value = this.model.now.rects[view][k]));
        }
    }
    row(view) {
        const tr = document.createElement("tr"), name = document.createElement("td");
        name.textContent = view;
        tr.append(name);
        const inputs = ["x", "y", "width", "height"].map((what, k) => {
            const input = document.createElement("input"), cell = document.createElement("td");
            input.type = "number";
            input.step = 1;
            input.min = k < 2 ? 0 : 1;
            input.setAttribute("aria-label", `${what} of ${view}`);
            input.onfocus = () => {
                this.chosen = view;
                this.refresh();
                this.app.viewer.draw();
            };
            input.onchange = () => this.typed(view, k);
            input.onblur = () => this.refresh();
            cell.append(input);
            tr.append(cell);
            return input;
        });
        return { tr, inputs, wrong: null };
    }
    // The four numbers count together: one may be out of place until the next one is typed.
    typed(view, k) {
        const row = this.rows.get(view), rect = row.inputs.map((input) => Number(input.value)), { picture } = this.app.viewer;
        const right = row.inputs.every((input) => input.value !== "") && rect.every((v, i) => Number.isInteger(v) && v >= (i < 2 ? 0 : 1))
            && picture && rect[0] + rect[2] <= picture.width && rect[1] + rect[3] <= picture.height;
        row.wrong = right ? null : `${view}: a window consists of whole pixels and must lie inside the picture${picture ? ` of ${picture.width} x ${picture.height}` : ""}.`;
        for (const input of row.inputs)
            input.setAttribute("aria-invalid", String(!right));
        this.app.say(row.wrong ?? "");
        if (right)
            this.model.change(`type ${view}`, (now) => (now.rects[view] = rect));
        this.focus = [0, 1].map((i) => rect[i] + (k === i + 2 ? rect[i + 2] : 0) - 0.5);
        this.app.drawLoupe();
    }
    // What is being typed counts, too.
    finish() {
        for (const [view, row] of this.rows)
            if (row.inputs.includes(document.activeElement))
                this.typed(view, row.inputs.indexOf(document.activeElement));
    }
    // What a row says that cannot be, in a sentence, or null.
    get wrong() {
        return [...this.rows.values()].find((row) => row.wrong)?.wrong ?? null;
    }
    forget() {
        for (const row of this.rows.values()) {
            row.wrong = null;
            row.inputs.forEach((input) => input.removeAttribute("aria-invalid"));
        }
    }
}
