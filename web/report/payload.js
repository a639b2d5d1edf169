// The report's data: JSON in the page, numbers of people as bytes in base64 (report/people.h says which).
export const data = JSON.parse(document.getElementById("data").textContent);

export function bytesOf(base64) {
    const text = atob(base64);
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    return bytes;
}

const u16 = bytes => new Uint16Array(bytes.buffer, 0, bytes.length >> 1);
const i16 = bytes => new Int16Array(bytes.buffer, 0, bytes.length >> 1);

// A positive number from one byte (rig_byte_of); NaN: not known.
export const numberOf = byte => byte === 0 ? NaN : 0.01 * Math.pow(1e6, (byte - 1) / 254);

// Where each moment's people begin.
function startsOf(counts) {
    const starts = new Uint32Array(counts.length + 1);
    for (let i = 0; i < counts.length; i++) starts[i + 1] = starts[i] + counts[i];
    return starts;
}

export const STATES = ["missing", "triangulated", "few views", "parallax", "behind", "rejected", "filled"];
export const OK = 1, FILLED = 6;

// People in space and in the views, by moment. A person of a moment is known by its place in all of them, `at`.
export class People {
    constructor(d) {
        this.moments = d.moments;
        this.n = d.moments.length;
        this.fps = d.fps;
        this.joints = d.joints;
        this.limbs = d.limbs;
        this.nJoints = d.n_joints;
        this.unit = d.unit_m;
        this.start = startsOf(bytesOf(d.count));
        this.id = u16(bytesOf(d.id));
        this.stateOf = bytesOf(d.state);
        this.p = i16(bytesOf(d.p));
        this.spread = bytesOf(d.spread);
        this.rms = bytesOf(d.rms);
        this.viewsOf = bytesOf(d.views);
        this.seen = d.seen.map(view => ({ start: startsOf(bytesOf(view.count)), who: u16(bytesOf(view.who)), q: u16(bytesOf(view.q)) }));
        this.views = d.views_fit.map(fit => fit.view);
        this.ids = [...new Set(this.id)].sort((a, b) => a - b);
    }
    at(moment) {
        const list = [];
        for (let at = this.start[moment]; at < this.start[moment + 1]; at++) list.push(at);
        return list;
    }
    // Where a person is at a moment, or -1.
    find(moment, id) {
        for (let at = this.start[moment]; at < this.start[moment + 1]; at++) if (this.id[at] === id) return at;
        return -1;
    }
    state(at, joint) { return this.stateOf[at * this.nJoints + joint]; }
    has(at, joint) { const s = this.state(at, joint); return s === OK || s === FILLED; }
    position(at, joint) {
        const i = 3 * (at * this.nJoints + joint);
        return [this.p[i] * this.unit, this.p[i + 1] * this.unit, this.p[i + 2] * this.unit];
    }
    // Covariance in mm^2: [xx, xy, xz, yy, yz, zz]; null: not known.
    covariance(at, joint) {
        const i = 6 * (at * this.nJoints + joint), s = this.spread;
        const sd = [numberOf(s[i]), numberOf(s[i + 1]), numberOf(s[i + 2])];
        if (!(sd[0] > 0 && sd[1] > 0 && sd[2] > 0)) return null;
        const r = [0, 1, 2].map(k => (s[i + 3 + k] << 24 >> 24) / 127);
        return [sd[0] * sd[0], r[0] * sd[0] * sd[1], r[1] * sd[0] * sd[2], sd[1] * sd[1], r[2] * sd[1] * sd[2], sd[2] * sd[2]];
    }
    // One standard deviation, mm: root mean of the three axes.
    sigma(at, joint) {
        const c = this.covariance(at, joint);
        return c ? Math.sqrt((c[0] + c[3] + c[5]) / 3) : NaN;
    }
    reprojection(at, joint) { return numberOf(this.rms[at * this.nJoints + joint]); }
    viewsUsed(at, joint) { return this.viewsOf[at * this.nJoints + joint]; }
    // A view's people at a moment: {who: id or 0, q: joint -> [x, y] or null}.
    inView(view, moment) {
        const seen = this.seen[view], list = [];
        for (let at = seen.start[moment]; at < seen.start[moment + 1]; at++) {
            const from = 2 * at * this.nJoints;
            list.push({ who: seen.who[at], q: j => seen.q[from + 2 * j] === 0 ? null : [(seen.q[from + 2 * j] - 1) / 8, (seen.q[from + 2 * j + 1] - 1) / 8] });
        }
        return list;
    }
    seconds(moment) { return this.fps ? this.moments[moment] / this.fps : NaN; }
}

export const people = data.people ? new People(data.people) : null;

// The worst state that the verdicts give a view, "ok" where none names it.
export function stateOfView(view) {
    const worse = ["ok", "weak", "fault"];
    return data.verdicts.flatMap(v => v.says).filter(s => s.view === view).reduce((worst, s) => worse.indexOf(s.state) > worse.indexOf(worst) ? s.state : worst, "ok");
}
