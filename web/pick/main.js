// The page of `rigpose pick`: views, pictures, saving, keys. points.js and tiles.js have what is picked.
import { picture, read, send } from "./api.js";
import { drawLoupe, Viewer } from "./canvas.js";
import { Model } from "./model.js";
import { pixel, Points } from "./points.js";
import { Tiles } from "./tiles.js";

const ALIVE_MS = 20000, SLOW_MS = 500;
const $ = (id) => document.getElementById(id);

class App {
    constructor() {
        this.model = new Model();
        this.state = null; // the server's
        this.recordings = new Map(); // name -> sizes, windows, numbers of pictures
        this.at = {}; // view or feed -> number of its picture
        this.pointer = null; // pixel under it
    }

    async start() {
        this.state = await read("state");
        this.view = this.state.views[0].name;
        this.recording = this.state.recording;
        this.points = new Points(this);
        this.tiles = new Tiles(this);
        this.composite = this.state.feeds.filter((feed) => feed.n_views > 1).map((feed) => feed.name);
        this.feed = this.composite[0] ?? null;
        this.mode = this.state.file ? this.points : this.tiles;
        this.viewer = new Viewer($("canvas"), {
            draw: (context) => this.mode.draw(context),
            click: (q) => { $("canvas").focus(); this.mode.click(q); },
            grab: (q, reach) => this.mode.grab(q, reach),
            hover: (q) => this.pointAt(q),
            moved: () => ($("zoom").textContent = `${Math.round(this.viewer.scale * 100)} %`),
        });
        $("rig").textContent = this.state.rig;
        $("recording").replaceChildren(...this.state.recordings.map((name) => new Option(name, name, name === this.recording, name === this.recording)));
        $("modes").hidden = !this.feed || !this.state.file;
        this.connect();
        this.model.listen(() => this.changed());
        this.model.take(this.state.points, this.state.pixels);
        await this.setRecording(this.recording);
        this.setMode(this.mode);
        this.points.solveSoon();
        if (this.state.lenses_why && !this.ofTiles)
            this.say(`${sentence(this.state.lenses_why)}.`);
        this.heart = setInterval(() => send("alive").catch((error) => this.failed(error)), ALIVE_MS);
    }

    connect() {
        $("mode-points").onclick = () => this.setMode(this.points);
        $("mode-tiles").onclick = () => this.setMode(this.tiles);
        $("undo").onclick = () => this.undo();
        $("redo").onclick = () => this.redo();
        $("save").onclick = () => this.save();
        $("done").onclick = () => this.end();
        $("recording").onchange = () => this.setRecording($("recording").value);
        $("at").oninput = () => this.setAt(Number($("at").value));
        $("at-number").onchange = () => this.setAt(Number($("at-number").value) - 1);
        $("zoom-in").onclick = () => this.zoom(1.5);
        $("zoom-out").onclick = () => this.zoom(1 / 1.5);
        $("fit").onclick = () => this.viewer.fit();
        document.addEventListener("keydown", (event) => this.key(event));
        window.addEventListener("beforeunload", (event) => this.model.changed && !this.over && event.preventDefault());
    }

    // --- what is shown ---

    get ofTiles() { return this.mode === this.tiles; }
    get shown() { return this.ofTiles ? this.feed : this.view; }
    get what() { return `${this.shown}${this.ofTiles ? " (feed)" : ""}`; } // a view may be called as a feed

    setMode(mode) {
        this.mode = mode;
        $("mode-points").setAttribute("aria-pressed", String(!this.ofTiles));
        $("mode-tiles").setAttribute("aria-pressed", String(this.ofTiles));
        $("points-panel").hidden = this.ofTiles;
        $("tiles-panel").hidden = !this.ofTiles;
        this.drawViews();
        this.changed();
        this.load();
    }
    setView(name) {
        this.ofTiles ? (this.feed = name) : (this.view = name);
        if (!this.ofTiles)
            this.points.viewChanged();
        this.drawViews();
        this.mode.refresh();
        this.load();
    }
    get choices() { return this.ofTiles ? this.composite : this.state.views.map((view) => view.name); }

    drawViews() {
        const { choices } = this;
        const box = $("views");
        if (box.dataset.of !== choices.join("/")) {
            box.dataset.of = choices.join("/");
            box.replaceChildren(...choices.map((name) => {
                const button = document.createElement("button");
                button.type = "button";
                button.onclick = () => this.setView(name);
                return button;
            }));
        }
        choices.forEach((name, i) => {
            const button = box.children[i], fit = this.points.fits[name];
            button.setAttribute("aria-pressed", String(name === this.shown));
            const small = document.createElement("small");
            if (!this.ofTiles)
                small.textContent = ` ${this.model.count(name)}${fit?.placed && fit.n > 0 ? `, ${fit.rms_px.toFixed(1)} px` : ""}`;
            button.replaceChildren(name, small);
            button.title = this.ofTiles ? `Feed ${name}` : `View ${name}: points clicked${fit?.placed ? ", and rms of the fit" : ""}`;
        });
    }

    async setRecording(name) {
        this.recording = name;
        try {
            if (!this.recordings.has(name))
                this.recordings.set(name, await read(`recording?${new URLSearchParams({ name })}`));
            const rects = Object.fromEntries(Object.entries(this.recordings.get(name).views).map(([view, { rect }]) => [view, rect]));
            this.model.takeRects(rects);
        } catch (error) {
            this.failed(error);
        }
        this.drawViews();
        this.load();
    }

    get footage() {
        const recording = this.recordings.get(this.recording);
        return recording?.feeds[this.ofTiles ? this.feed : this.state.views.find((view) => view.name === this.view).feed];
    }

    setAt(at) {
        const most = (this.footage?.n || Infinity) - 1;
        this.at[`${this.recording}/${this.what}`] = Math.max(0, Math.min(Number.isFinite(at) ? Math.round(at) : 0, most));
        this.load();
    }
    get placeAt() { return this.at[`${this.recording}/${this.what}`] ?? 0; }

    // The picture that is wanted, however many were asked for while one was on its way.
    async load() {
        const { footage, shown, what, recording, placeAt } = this;
        const wanted = `${recording}/${what}/${placeAt}`;
        $("at").max = Math.max((footage?.n ?? 1) - 1, 0);
        $("at").value = placeAt;
        $("at-number").value = placeAt + 1;
        $("of").textContent = footage?.n ? `of ${footage.n}` : "";
        if (wanted === this.wanted)
            return;
        this.wanted = wanted;
        if (this.showing !== what) // nobody is to click in a picture of another view
            this.viewer.show(null, false);
        if (this.loading)
            return;
        this.loading = true;
        const slow = setTimeout(() => this.say(`Reading picture ${placeAt + 1} of ${shown} ...`), SLOW_MS);
        let got = null, why = footage?.why ?? (footage ? null : "this recording cannot be read");
        try {
            if (footage && !footage.why)
                got = await picture({ [this.ofTiles ? "feed" : "view"]: shown, recording, at: placeAt });
        } catch (error) {
            why = error.message;
        }
        this.loading = false;
        clearTimeout(slow);
        if ($("status").textContent.startsWith("Reading picture"))
            this.say("");
        const late = this.wanted !== wanted;
        if (late) {
            got?.close();
            this.wanted = null;
            return this.load();
        }
        this.viewer.show(got, this.showing === what);
        this.showing = what;
        $("no-picture").hidden = got !== null;
        $("no-picture").textContent = `No picture of ${shown} in ${recording}: ${why}.`;
        $("canvas").dataset.shows = wanted; // what tests wait for
        this.tellSize();
        this.drawLoupe();
    }
    tellSize() {
        const lens = this.state.views.find((view) => view.name === this.view)?.lens, shown = this.viewer.picture;
        if (!this.ofTiles && lens && shown && (lens[0] !== shown.width || lens[1] !== shown.height))
            this.say(`${this.view}: its lens was calibrated with pictures of ${lens.join(" x ")}, those of ${this.recording} are `
                + `${shown.width} x ${shown.height}: click in a recording that has the calibrated size.`);
    }

    zoom(factor) {
        const q = this.mode.focus;
        this.viewer.zoom(factor, q && this.viewer.contains(q) ? this.viewer.toScreen(q) : undefined);
    }
    lookAt(q) {
        if (q && this.viewer.contains(q) && this.viewer.scale > this.viewer.fitting * 1.01)
            this.viewer.reveal(q);
        this.drawLoupe();
    }
    pointAt(q) {
        this.pointer = q && this.viewer.contains(q) ? q : null;
        $("where").textContent = this.pointer ? `x ${this.pointer[0].toFixed(1)}  y ${this.pointer[1].toFixed(1)}` : "";
        this.drawLoupe();
    }
    drawLoupe() {
        const q = this.pointer ?? this.mode.focus;
        drawLoupe($("loupe"), this.viewer.picture, q);
        $("loupe-of").textContent = q ? `${this.pointer ? "Pointer" : this.ofTiles ? "Edge" : this.points.point?.name ?? "Cross"} at ${pixel(q)}` : `Magnifier, 8 times: point at the picture, or select ${this.ofTiles ? "an edge" : "a point"}.`;
    }

    changed() {
        this.points.refresh();
        this.tiles.refresh();
        this.points.solveSoon();
        this.drawViews();
        $("undo").disabled = this.model.past.length === 0;
        $("redo").disabled = this.model.future.length === 0;
        $("save").disabled = !this.model.changed;
        $("save").textContent = this.model.changed ? "Save" : "Saved";
        document.title = `${this.model.changed ? "● " : ""}rigpose pick`;
        this.viewer?.draw();
        this.drawLoupe();
    }

    undo() {
        this.forget();
        this.say(this.model.undo() ? "Undone." : "There is nothing to undo.");
    }
    forget() {
        this.points.forget();
        this.tiles.forget();
    }
    redo() {
        this.forget();
        this.say(this.model.redo() ? "Redone." : "There is nothing to redo.");
    }

    // --- telling ---

    say(text) {
        $("status").textContent = text;
    }
    // A message that stays until it is dealt with, with buttons [text, action].
    notice(text, buttons = [], more = []) {
        const made = buttons.map(([name, action]) => {
            const button = document.createElement("button");
            button.type = "button";
            button.textContent = name;
            button.onclick = () => { $("notice").hidden = true; action(); };
            return button;
        });
        const said = document.createElement("span");
        said.textContent = text;
        $("notice").replaceChildren(said, ...made, ...more);
        $("notice").hidden = false;
    }
    failed(error) {
        if (this.over)
            return;
        if (error.code !== 0) {
            this.notice(sentence(error.message), [["Close", () => {}]]);
            return;
        }
        const kept = document.createElement("textarea");
        kept.readOnly = true;
        kept.value = yaml(this.model.forServer());
        kept.setAttribute("aria-label", "The points as YAML");
        this.notice(this.model.changed ? `${error.message} Your points are below: copy them into ${this.state.file ?? "your file"}.`
            : `${error.message} Everything is saved.`, [], this.model.changed && this.state.file ? [kept] : []);
    }

    // --- saving ---

    async save(over = false) {
        this.tiles.finish();
        const { wrong } = this.model;
        $("notice").hidden = true;
        const stops = this.tiles.wrong ?? this.points.wrong ?? (this.model.pointsChanged ? wrong : null);
        if (stops) {
            this.notice(stops, [["Close", () => {}]]);
            return false;
        }
        try {
            if (this.model.pointsChanged)
                await this.savePoints(over);
            if (Object.keys(this.model.changedRects).length > 0)
                await this.saveRects(over);
            return true;
        } catch (error) {
            if (error.code === 409)
                this.notice(sentence(error.message), [["Load it and discard my changes", () => this.reload()], ["Overwrite it", () => this.save(true)]]);
            else
                this.failed(error);
            return false;
        }
    }
    async savePoints(over) {
        const saving = this.model.now;
        const told = await send("save", { ...this.model.forServer(), revision: this.state.revision, over });
        this.state.revision = told.revision;
        this.model.saved = { ...this.model.saved, points: saving.points, pixels: saving.pixels };
        this.changed();
        this.say(`Saved in ${told.file}.`);
        if (told.why)
            this.notice(`${this.state.file} could not be changed in place and was left as it is (${told.why}). The points are in ${told.file}.`, [["Close", () => {}]]);
    }
    async saveRects(over) {
        const rects = this.model.changedRects;
        const told = await send("rects", { rects, revision: this.state.rig_revision, over });
        this.state.rig_revision = told.revision;
        this.model.saved = { ...this.model.saved, rects: { ...this.model.saved.rects, ...rects } };
        this.recordings.clear(); // sizes of views are others now
        this.wanted = null;
        await this.setRecording(this.recording);
        this.changed();
        this.say(`Saved in ${told.file}. \`rigpose run\` makes the results again that depend on it.`);
    }
    async end() {
        this.tiles.finish();
        if (this.model.changed || this.points.wrong || this.tiles.wrong) {
            this.notice("You have unsaved changes.", [["Save and end", async () => (await this.save()) && this.leave()],
                ["End without saving", () => this.leave()], ["Cancel", () => {}]]);
            return;
        }
        this.leave();
    }
    reload() {
        this.over = true;
        location.reload();
    }
    async leave() {
        this.over = true;
        clearInterval(this.heart);
        this.points.stop();
        this.viewer.observer.disconnect();
        await send("done").catch(() => {});
        const text = document.createElement("p");
        text.textContent = "rigpose pick has ended. You can close this page.";
        text.className = "ended";
        document.body.replaceChildren(text);
    }

    // --- keys ---

    key(event) {
        const typing = event.target.matches("input:not([type=range], [type=checkbox]), select, textarea");
        const ctrl = event.ctrlKey || event.metaKey;
        if (ctrl && event.key.toLowerCase() === "s") {
            event.preventDefault();
            this.save();
            return;
        }
        if (typing || (event.target.matches("input") && event.key.startsWith("Arrow")))
            return;
        // A button does what it says; those of the points choose theirs when they are reached, so that Enter clicks there.
        if ((event.key === "Enter" || event.key === " ") && event.target.matches("button, input, summary") && !event.target.closest("#points"))
            return;
        const lower = event.key.toLowerCase();
        if (lower === "z" && !event.altKey)
            event.shiftKey ? this.redo() : this.undo();
        else if (ctrl && lower === "y")
            this.redo();
        else if (!ctrl && !event.altKey && this.common(event.key)) { /* done */ }
        else if (!this.mode.key(event))
            return;
        event.preventDefault();
    }
    common(key) {
        const { choices } = this, at = choices.indexOf(this.shown);
        if (key >= "1" && key <= "9" && choices[key - 1])
            this.setView(choices[key - 1]);
        else if (key === "[" || key === "]")
            this.setView(choices[(at + (key === "]" ? 1 : choices.length - 1)) % choices.length]);
        else if (key === "+" || key === "=")
            this.zoom(1.5);
        else if (key === "-")
            this.zoom(1 / 1.5);
        else if (key === "0")
            this.viewer.fit();
        else if (key === "," || key === ".")
            this.setAt(this.placeAt + (key === "." ? 1 : -1));
        else
            return false;
        return true;
    }
}

const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);

function yaml({ points, pixels }) {
    const map = (of) => Object.entries(of).map(([name, values]) => `${JSON.stringify(name)}: [${values.join(", ")}]`);
    const lines = ["points:", ...map(Object.fromEntries(points.map(({ name, p }) => [name, p]))).map((line) => `  ${line}`), "pixels:"];
    for (const [view, clicks] of Object.entries(pixels))
        lines.push(`  ${JSON.stringify(view)}:`, ...map(clicks).map((line) => `    ${line}`));
    return `${lines.join("\n")}\n`;
}

const app = new App();
app.start().catch((error) => app.notice(`The page cannot start: ${error.message}`));
