// Colours: a person has the same in every part of the page. Okabe and Ito's, which the colour-blind tell apart.
const PALETTE = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442"];
export const NOBODY = "#8a8f98";

export const colourOf = id => id > 0 ? PALETTE[(id - 1) % PALETTE.length] : NOBODY;

// A colour of the theme, by its CSS name.
export const themed = name => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

export const isDark = () => {
    const theme = document.documentElement.dataset.theme;
    return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
};

// A scale from blue through green to yellow (viridis, by its corners), 0..1.
const RAMP = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]];
export function ramp(share) {
    const at = Math.max(0, Math.min(share, 1)) * (RAMP.length - 1), i = Math.min(Math.floor(at), RAMP.length - 2), f = at - i;
    return `rgb(${RAMP[i].map((c, k) => Math.round(c + f * (RAMP[i + 1][k] - c))).join(",")})`;
}
