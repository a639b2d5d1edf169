// Scene points: their table, their clicks in the picture, and how they fit.
import { send } from "./api.js";

const SOLVE_AFTER_MS = 120;
const FAR_PX = 3; // a careful click is within a pixel or so of where the fit puts the point
const COLOURS = { click: "#56b4e9", chosen: "#e69f00", far: "#d55e00", fit: "#cc79a7", cross: "#f0e442" };
const $ = (id) => document.getElementById(id);

export class Points {
    constructor(app) {
        this.app = app;
        this.model = app.model;
        this.chosen = null; // id
        this.cross = null; // pixel that Enter clicks
        this.fits = {};
        this.rows = new Map();
        $("add").onclick = () => this.add(null);
        $("add-floor").onclick = () => this.add(0);
        $("clear").onclick = () => this.clear();
        $("remove").onclick = () => this.remove();
    }

    // --- how they fit ---

    get fit() { return this.fits[this.app.view]; }

    solveSoon() {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.solve(), SOLVE_AFTER_MS);
    }
    stop() {
        clearTimeout(this.timer);
        this.solve = async () => {};
    }
    async solve() {
        const asked = (this.asked = (this.asked ?? 0) + 1);
        try {
            const fits = await send("solve", this.model.forServer());
            if (asked === this.asked) {
                this.fits = fits;
                this.refresh();
                this.app.drawViews();
                this.app.viewer.draw();
            }
        } catch (error) {
            this.app.failed(error);
        }
    }

    // Where the view's fit puts a point; null where it has none.
    fitted(point) {
        return point ? this.fit?.q[point.name] ?? null : null;
    }
    off(point) {
        const q = this.model.pixel(this.app.view, point.id), fitted = this.fitted(point);
        return q && fitted ? Math.hypot(q[0] - fitted[0], q[1] - fitted[1]) : null;
    }

    // --- choosing ---

    get point() { return this.model.point(this.chosen); }

    choose(id, focus = false) {
        this.chosen = id;
        this.cross = null;
        this.refresh();
        if (focus)
            this.rows.get(id)?.button.focus();
        this.app.lookAt(this.model.pixel(this.app.view, id) ?? this.fitted(this.point));
        this.app.viewer.draw();
    }
    chooseNext(step) {
        const { points } = this.model.now;
        const at = points.findIndex((point) => point.id === this.chosen);
        if (points.length > 0)
            this.choose(points[(at + step + points.length) % points.length].id, true);
    }
    // In another view: the first one that has no click there.
    viewChanged() {
        const left = $("go-on").checked && this.model.now.points.find((point) => !this.model.pixel(this.app.view, point.id));
        this.chosen = left ? left.id : this.chosen;
        this.cross = null;
        this.refresh();
    }
    // After a click: the next one that has none in this view.
    goOn() {
        const { points } = this.model.now;
        const at = points.findIndex((point) => point.id === this.chosen);
        const left = [...points.slice(at + 1), ...points.slice(0, at)].find((point) => !this.model.pixel(this.app.view, point.id));
        if (left && $("go-on").checked) {
            this.chosen = left.id;
            this.cross = null;
        }
        this.refresh();
    }

    // --- changing ---

    click(q) {
        if (!this.point) {
            this.app.say("Add a point first, or select one in the table.");
            return;
        }
        if (!this.app.viewer.contains(q))
            return;
        const first = !this.model.pixel(this.app.view, this.chosen);
        this.model.place(this.app.view, this.chosen, q);
        this.app.say(`${this.point.name} in ${this.app.view} at ${pixel(q)}.`);
        if (first)
            this.goOn();
    }
    grab(q, reach) {
        const near = this.model.now.points
            .map((point) => ({ point, at: this.model.pixel(this.app.view, point.id) }))
            .filter(({ at }) => at && Math.hypot(at[0] - q[0], at[1] - q[1]) <= reach)
            .sort((a, b) => Math.hypot(a.at[0] - q[0], a.at[1] - q[1]) - Math.hypot(b.at[0] - q[0], b.at[1] - q[1]))[0];
        // A click with a point in hand that has none yet places that one, however near others are.
        if (!near || (this.point && !this.model.pixel(this.app.view, this.chosen)))
            return null;
        const { id } = near.point, by = [near.at[0] - q[0], near.at[1] - q[1]], key = `drag ${this.drags = (this.drags ?? 0) + 1}`;
        return {
            move: (to) => {
                this.chosen = id;
                const at = [to[0] + by[0], to[1] + by[1]];
                if (this.app.viewer.contains(at))
                    this.model.place(this.app.view, id, at, key);
            },
            end: (moved) => moved || this.choose(id),
        };
    }
    clear() {
        if (this.point)
            this.model.clear(this.app.view, this.chosen);
    }
    remove() {
        const { points } = this.model.now;
        const at = points.findIndex((point) => point.id === this.chosen);
        if (at < 0)
            return;
        const { name } = points[at];
        this.model.remove(this.chosen);
        this.chosen = this.model.now.points[Math.min(at, this.model.now.points.length - 1)]?.id ?? null;
        this.refresh();
        this.rows.get(this.chosen)?.button.focus();
        this.app.say(`${name} was removed from all views; Undo restores it.`);
    }
    add(z) {
        this.chosen = this.model.add(z);
        this.refresh();
        const { name } = this.rows.get(this.chosen);
        name.focus();
        name.select();
    }

    // --- keys: true where one was taken ---

    key(event) {
        const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
        if (event.key in steps && !event.altKey)
            return this.nudge(steps[event.key].map((v) => v * (event.shiftKey ? 0.1 : event.ctrlKey ? 20 : 1)));
        if (event.ctrlKey || event.metaKey || event.altKey)
            return false;
        const keys = {
            n: () => this.chooseNext(1), p: () => this.chooseNext(-1), a: () => this.add(null), f: () => this.add(0),
            e: () => this.rows.get(this.chosen)?.inputs[0].focus(),
            Enter: () => this.click(this.cross ?? this.fitted(this.point) ?? this.app.viewer.middle),
            Delete: () => (event.shiftKey ? this.remove() : this.clear()), Backspace: () => this.clear(),
        };
        const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
        if (!(key in keys))
            return false;
        keys[key]();
        return true;
    }
    nudge(step) {
        const { view, viewer } = this.app;
        const q = this.model.pixel(view, this.chosen);
        const from = q ?? this.cross ?? this.fitted(this.point) ?? viewer.middle.map(Math.round);
        const to = from.map((v, k) => v + step[k]);
        if (!viewer.contains(to))
            return true;
        viewer.reveal(to);
        if (q)
            this.model.place(view, this.chosen, to, `nudge ${view} ${this.chosen}`);
        else
            this.cross = to;
        this.app.pointAt(to);
        viewer.draw();
        return true;
    }

    // --- the picture ---

    get focus() { return this.model.pixel(this.app.view, this.chosen) ?? this.cross ?? this.fitted(this.point); }

    draw(context) {
        const { viewer, view } = this.app;
        const { points } = this.model.now;
        for (const point of [...points.filter((p) => p.id !== this.chosen), ...points.filter((p) => p.id === this.chosen)]) {
            const q = this.model.pixel(view, point.id), fitted = this.fitted(point), off = this.off(point);
            const chosen = point.id === this.chosen, colour = off > FAR_PX ? COLOURS.far : chosen ? COLOURS.chosen : COLOURS.click;
            if (fitted && viewer.contains(fitted))
                fitMark(context, viewer.toScreen(fitted), q && viewer.toScreen(q));
            if (q)
                clickMark(context, viewer.toScreen(q), colour, chosen);
            if (q || (fitted && viewer.contains(fitted)))
                label(context, viewer.toScreen(q ?? fitted), q ? point.name : `(${point.name})`, q ? colour : COLOURS.fit);
        }
        if (this.cross && !this.model.pixel(view, this.chosen))
            crossMark(context, viewer.toScreen(this.cross));
    }

    // --- the table ---

    refresh() {
        const { points } = this.model.now;
        if (!this.point)
            this.chosen = points[0]?.id ?? null;
        const body = document.querySelector("#points tbody");
        const ids = points.map((point) => point.id);
        if (ids.join() !== [...this.rows.keys()].join()) {
            const had = this.rows;
            this.rows = new Map(points.map((point) => [point.id, had.get(point.id) ?? this.row(point.id)]));
            body.replaceChildren(...[...this.rows.values()].map((row) => row.tr));
        }
        for (const point of points)
            this.fill(point, this.rows.get(point.id));
        $("no-points").hidden = points.length > 0;
        $("points").hidden = points.length === 0;
        $("remove").disabled = !this.point;
        $("clear").disabled = !this.model.pixel(this.app.view, this.chosen);
        this.tellFit();
        const floor = points.filter((point) => point.p[2] === 0);
        $("floor-note").textContent = floor.length === 0 ? "The floor is z = 0; floor points define where it is."
            : `Floor (z = 0): ${floor.map((point) => point.name).join(", ")}.`;
    }
    tellFit() {
        const { fit, app } = this;
        let text = `${app.view}: ${this.model.count(app.view)} of ${this.model.now.points.length} points clicked`;
        if (fit?.placed)
            text += `; they fit with rms ${fit.rms_px.toFixed(2)} px`;
        else if (app.state.lenses_why)
            text += `; ${app.state.lenses_why}`;
        else if (fit?.why)
            text += `; no fit yet: ${fit.why.replace(/^scene points of camera '[^']*': /, "")}`;
        $("fit-of-view").textContent = `${text}.`;
    }
    row(id) {
        const tr = document.createElement("tr");
        const button = document.createElement("button");
        button.type = "button";
        button.onclick = () => this.choose(id);
        button.onfocus = () => id !== this.chosen && this.choose(id);
        const inputs = [0, 1, 2, 3].map((k) => {
            const input = document.createElement("input");
            input.type = "text";
            input.inputMode = k ? "decimal" : "text";
            input.tabIndex = -1; // in the order of Tab only while the row is being typed in
            input.spellcheck = false;
            input.autocomplete = "off";
            input.oninput = () => this.typed(id, k, input);
            input.onfocus = () => {
                if (id !== this.chosen)
                    this.choose(id);
                for (const other of inputs)
                    other.tabIndex = 0;
            };
            input.onkeydown = (event) => {
                if (event.key === "Enter" || event.key === "Escape") {
                    event.preventDefault();
                    event.stopPropagation();
                    button.focus();
                }
            };
            input.onblur = () => this.refresh();
            return input;
        });
        tr.addEventListener("focusout", (event) => {
            if (!tr.contains(event.relatedTarget))
                inputs.forEach((input) => (input.tabIndex = -1));
        });
        const cells = [button, ...inputs].map((element) => {
            const cell = document.createElement("td");
            cell.append(element);
            return cell;
        });
        const where = document.createElement("td"), off = document.createElement("td");
        where.className = off.className = "number";
        tr.append(...cells, where, off);
        return { tr, button, inputs, name: inputs[0], where, off };
    }
    fill(point, row) {
        const q = this.model.pixel(this.app.view, point.id), off = this.off(point);
        row.tr.setAttribute("aria-current", String(point.id === this.chosen));
        row.button.textContent = q ? "◉" : "○";
        row.button.setAttribute("aria-label", `${point.name}: ${q ? `clicked at ${pixel(q)}` : "not clicked in this view"}`
            + (off === null ? "" : `, off by ${off.toFixed(2)} px`));
        const texts = [point.name, ...point.p.map((v) => (v === null ? "" : String(v)))];
        row.inputs.forEach((input, k) => {
            if (input !== document.activeElement && input.getAttribute("aria-invalid") !== "true")
                input.value = texts[k];
            input.setAttribute("aria-label", k ? `${"xyz"[k - 1]} of ${point.name}, metres` : `name of ${point.name}`);
        });
        row.where.textContent = q ? pixel(q) : "";
        row.off.textContent = off === null ? "" : `${off > FAR_PX ? "▲ " : ""}${off.toFixed(2)}`;
        row.off.classList.toggle("far", off > FAR_PX);
    }
    typed(id, k, input) {
        const text = input.value.trim().replace(",", ".");
        const number = text === "" ? null : Number(text);
        const right = k === 0 ? text !== "" : number === null || (Number.isFinite(number) && Math.abs(number) <= 1e6);
        input.setAttribute("aria-invalid", String(!right));
        if (!right)
            return;
        this.model.change(`type ${id} ${k}`, (now) => {
            const point = now.points.find((p) => p.id === id);
            if (k === 0)
                point.name = input.value.trim();
            else
                point.p[k - 1] = number;
        });
    }
    // What is typed and cannot be, in a sentence, or null.
    get wrong() {
        for (const [id, { inputs }] of this.rows)
            for (const [k, input] of inputs.entries())
                if (input.getAttribute("aria-invalid") === "true")
                    return k === 0 ? `Point '${this.model.point(id).name}' needs a name.`
                        : `Point '${this.model.point(id).name}': '${input.value}' is no coordinate in metres, such as 1.25.`;
        return null;
    }
    forget() {
        for (const { inputs } of this.rows.values())
            inputs.forEach((input) => input.removeAttribute("aria-invalid"));
        this.refresh();
    }
}

export const pixel = (q) => q.map((v) => v.toFixed(1)).join(", ");

// --- marks: a dark line below a bright one shows on any picture -----------------------------------------------------

function stroke(context, colour, width, path) {
    for (const [line, w] of [["#000", width + 2.5], [colour, width]]) {
        context.beginPath();
        path();
        context.strokeStyle = line;
        context.lineWidth = w;
        context.stroke();
    }
}
function clickMark(context, [x, y], colour, chosen) {
    const r = chosen ? 11 : 8;
    stroke(context, colour, chosen ? 2.5 : 2, () => {
        context.arc(x, y, r, 0, 2 * Math.PI);
        for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
            context.moveTo(x + 3 * dx, y + 3 * dy);
            context.lineTo(x + (r + 4) * dx, y + (r + 4) * dy);
        }
    });
}
function fitMark(context, [x, y], click) {
    context.setLineDash([3, 3]);
    stroke(context, COLOURS.fit, 2, () => context.rect(x - 6, y - 6, 12, 12));
    context.setLineDash([]);
    if (click)
        stroke(context, COLOURS.fit, 1.5, () => {
            context.moveTo(...click);
            context.lineTo(x, y);
        });
}
function crossMark(context, [x, y]) {
    stroke(context, COLOURS.cross, 1.5, () => {
        for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
            context.moveTo(x + 4 * dx, y + 4 * dy);
            context.lineTo(x + 24 * dx, y + 24 * dy);
        }
    });
}
function label(context, [x, y], text, colour) {
    context.font = "600 13px system-ui, sans-serif";
    const width = context.measureText(text).width + 8;
    const left = x + 13 + width < context.canvas.clientWidth ? x + 13 : x - 13 - width; // on the side where there is room
    context.fillStyle = "rgba(0, 0, 0, .72)";
    context.fillRect(left, y - 25, width, 18);
    context.fillStyle = colour;
    context.fillText(text, left + 4, y - 11);
}
