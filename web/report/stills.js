// Pictures of the views: not one a moment, but the nearest.
import { data, people } from "report/payload.js";

const stills = {};
for (const [view, list] of Object.entries(data.stills ?? {}))
    stills[view] = list.map(s => ({ moment: s.moment, url: `data:image/jpeg;base64,${s.jpg}`, image: null }));

// The still nearest to a moment (an index), or null.
export function stillOf(view, moment) {
    const frame = people ? people.moments[moment] : 0;
    let best = null;
    for (const still of stills[view] ?? []) if (!best || Math.abs(still.moment - frame) < Math.abs(best.moment - frame)) best = still;
    return best;
}

// Its image, decoded; ready is called when it can be drawn.
export function imageOf(still, ready) {
    if (!still.image) {
        still.image = new Image();
        still.image.src = still.url;
    }
    if (!still.image.complete) still.image.addEventListener("load", ready, { once: true });
    return still.image;
}
