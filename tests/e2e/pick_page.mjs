// What a person does on the page of `rigpose pick`, by mouse or by keys alone. Prints what the page said, as JSON.
import { pathToFileURL } from "node:url";

const given = JSON.parse(process.argv[2]);
const { chromium } = await import(pathToFileURL(given.playwright));
const browser = await chromium.launch({ executablePath: given.chromium, args: ["--no-sandbox"] });
const told = { complaints: [], foreign: [] };

async function open() {
    const page = await browser.newPage({ viewport: { width: given.width ?? 1280, height: given.height ?? 800 }, colorScheme: given.scheme ?? "light" });
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && told.complaints.push(message.text()));
    page.on("pageerror", (error) => told.complaints.push(error.stack));
    page.on("request", (request) => request.url().startsWith(given.address) || /^(data|blob):/.test(request.url()) || told.foreign.push(request.url()));
    await page.goto(given.address);
    await page.waitForSelector("#canvas[data-shows]");
    return page;
}
const text = (page, id) => page.locator(`#${id}`).innerText();
const saved = (page) => page.waitForFunction(() => document.querySelector("#save").textContent === "Saved");
const shows = (page, what) => page.waitForFunction((name) => document.querySelector("#canvas").dataset.shows.split("/")[1] === name, what);

// Where the page says the pointer is, in the picture.
async function pointer(page) {
    const found = (await text(page, "where")).match(/x (-?[\d.]+)\s+y (-?[\d.]+)/);
    return found && [Number(found[1]), Number(found[2])];
}
const zoom = async (page) => Number((await text(page, "zoom")).replace("%", "")) / 100;

// Go to a pixel as a person does: near it, then wheel, until it is large, then there. Where that is on the screen.
async function aim(page, q) {
    const box = await page.locator("#canvas").boundingBox();
    await page.keyboard.press("0");
    let s = [box.x + box.width / 2, box.y + box.height / 2];
    for (let turn = 0; turn < 12; turn++) {
        await page.mouse.move(...s);
        const at = await pointer(page), scale = await zoom(page);
        const off = [0, 1].map((k) => (q[k] - at[k]) * scale);
        if (scale >= 8 && Math.hypot(...off) < 1.2)
            return s;
        s = s.map((v, k) => v + off[k]);
        await page.mouse.move(...s);
        for (let i = 0; i < 8 && (await zoom(page)) < 8; i++)
            await page.mouse.wheel(0, -100);
    }
    throw new Error(`the pointer does not reach ${q}`);
}

const deeds = {
    // targets: view -> [[name, [x, y]], ...]
    async mouse(page) {
        for (const [view, points] of Object.entries(given.targets)) {
            await page.getByRole("group", { name: "Views" }).getByRole("button", { name: view }).click();
            await shows(page, view);
            for (const [name, q] of points) {
                await page.getByRole("button", { name: `${name}:` }).click();
                await aim(page, q);
                await page.mouse.down();
                await page.mouse.up();
            }
        }
        await page.waitForTimeout(500); // the fits come
        told.fit = await text(page, "fit-of-view");
        told.views = await text(page, "views");
        told.off = await page.locator("#points tbody tr td:last-child").allInnerTexts();
    },
    // No mouse at all.
    async keys(page) {
        await page.locator("#canvas").focus();
        for (const [view, points] of Object.entries(given.targets)) {
            await page.keyboard.press(String(1 + given.views.indexOf(view)));
            await shows(page, view);
            for (const [name, q] of points) {
                for (let i = 0; i < 20 && (await page.locator("#points tr[aria-current=true] td input").first().inputValue()) !== name; i++)
                    await page.keyboard.press("n");
                await page.keyboard.press("Enter"); // somewhere; then to its place
                await page.keyboard.press("p"); // back to it, where the page went on to the next
                for (let i = 0; i < 20 && (await page.locator("#points tr[aria-current=true] td input").first().inputValue()) !== name; i++)
                    await page.keyboard.press("n");
                const label = await page.locator("#points tr[aria-current=true] button").getAttribute("aria-label");
                const at = label.match(/clicked at (-?[\d.]+), (-?[\d.]+)/).slice(1).map(Number);
                for (const [k, less, more] of [[0, "ArrowLeft", "ArrowRight"], [1, "ArrowUp", "ArrowDown"]]) {
                    let away = Math.round((q[k] - at[k]) * 10);
                    for (const [step, mode] of [[200, "Control+"], [10, ""], [1, "Shift+"]])
                        for (; Math.abs(away) >= step; away -= Math.sign(away) * step)
                            await page.keyboard.press(mode + (away < 0 ? less : more));
                }
            }
        }
        await page.waitForTimeout(500);
        told.fit = await text(page, "fit-of-view");
    },
    async save(page) {
        await page.keyboard.press("Control+s");
        await saved(page);
        told.status = await text(page, "status");
    },
    async done(page) {
        await page.getByRole("button", { name: "Done" }).click();
        await page.waitForSelector(".ended");
    },
    // Undo and redo, by keys and by buttons; what is left is what was there before.
    async undo(page) {
        const clicked = () => page.locator("#points tbody button", { hasText: "◉" }).count();
        const before = await clicked();
        await page.locator("#points tbody button").first().focus();
        await page.keyboard.press("Delete");
        told.cleared = before - (await clicked());
        await page.keyboard.press("z");
        told.undone = before - (await clicked());
        await page.keyboard.press("Shift+Z");
        told.redone = before - (await clicked());
        await page.getByRole("button", { name: "Undo" }).click();
        told.undoneByButton = before - (await clicked());
        told.saveLabel = await text(page, "save");
    },
    // A click dragged by a few pixels, and taken back; Tab through the points.
    async drag(page) {
        const at = async () => (await page.locator("#points tbody tr td:nth-child(6)").first().innerText()).split(",").map(Number);
        const before = await at();
        await page.locator("#points tbody button").first().click();
        const s = await aim(page, before);
        const scale = await zoom(page);
        await page.mouse.down();
        await page.mouse.move(s[0] + 6 * scale, s[1] + 4 * scale, { steps: 6 });
        await page.mouse.up();
        told.dragged = (await at()).map((v, k) => v - before[k]);
        await page.keyboard.press("z");
        told.tabbed = [];
        await page.locator("#points tbody button").first().focus();
        for (let i = 0; i < 3; i++) {
            await page.keyboard.press("Tab");
            told.tabbed.push(await page.locator("#points tr[aria-current=true] td input").first().inputValue());
        }
    },
    // A point typed in by hand, on the floor.
    async type(page) {
        await page.locator("#canvas").focus();
        await page.keyboard.press("f");
        await page.keyboard.type(given.name ?? "door");
        for (const value of ["1.25", "-0.5"]) {
            await page.keyboard.press("Tab");
            await page.keyboard.type(value);
        }
        await page.keyboard.press("Escape");
        told.floor = await text(page, "floor-note");
        await page.keyboard.press("a"); // one without a place cannot be saved
        await page.keyboard.press("Escape");
        await page.keyboard.press("Control+s");
        await page.waitForSelector("#notice:not([hidden])");
        told.incomplete = await text(page, "notice");
        await page.keyboard.press("Shift+Delete");
    },
    // A coordinate that is none is not saved as what stood there before; undoing makes it that again.
    async mistype(page) {
        const x = page.locator("#points tbody tr td:nth-child(3) input").first();
        await x.focus();
        await page.keyboard.press("Control+a");
        await page.keyboard.type("2..5");
        await page.keyboard.press("Control+s");
        await page.waitForSelector("#notice:not([hidden])");
        told.mistyped = await text(page, "notice");
        await page.getByRole("button", { name: "Close" }).click();
        told.keptTyped = await x.inputValue();
        await page.getByRole("button", { name: "Undo" }).click();
        told.untyped = await x.inputValue();
    },
    // Two tabs: the one that saves last does not undo what the other one saved.
    async tabs(page) {
        const other = await open();
        for (const [each, name] of [[page, "of_first"], [other, "of_second"]]) {
            await each.locator("#canvas").focus();
            await each.keyboard.press("f");
            await each.keyboard.type(name);
            await each.keyboard.press("Tab");
            await each.keyboard.type("1");
            await each.keyboard.press("Tab");
            await each.keyboard.type("2");
            await each.keyboard.press("Escape");
        }
        await page.keyboard.press("Control+s");
        await saved(page);
        await other.keyboard.press("Control+s");
        await other.waitForSelector("#notice:not([hidden])");
        told.conflict = await text(other, "notice");
        other.on("dialog", (dialog) => dialog.accept());
        await other.getByRole("button", { name: /^Load it/ }).click();
        await other.waitForFunction(() => document.querySelectorAll("#points tbody tr").length > 0);
        told.names = await other.locator("#points tbody tr td:nth-child(2) input").evaluateAll((inputs) => inputs.map((input) => input.value));
        await other.close({ runBeforeUnload: false });
    },
    async refusedSave(page) {
        await page.keyboard.press("Control+s");
        await page.waitForSelector("#notice:not([hidden])");
        told.refused = await text(page, "notice");
        told.saveLabel = await text(page, "save");
    },
    async gone(page) {
        await page.waitForSelector("#notice textarea", { timeout: 60000 });
        told.gone = await text(page, "notice");
        told.kept = await page.locator("#notice textarea").inputValue();
    },
    // An edge by mouse, numbers by keys.
    async tiles(page) {
        const tab = page.getByRole("button", { name: "Tile borders" });
        if (await tab.isVisible())
            await tab.click();
        await shows(page, `${given.feed} (feed)`);
        const box = await page.locator("#canvas").boundingBox();
        for (const [from, to] of given.drags) {
            const places = [];
            for (const q of [from, to]) {
                await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
                const at = await pointer(page), scale = await zoom(page);
                places.push([box.x + box.width / 2 + (q[0] - at[0]) * scale, box.y + box.height / 2 + (q[1] - at[1]) * scale]);
            }
            await page.mouse.move(...places[0]);
            await page.mouse.down();
            await page.mouse.move(...places[1], { steps: 5 });
            await page.mouse.up();
        }
        for (const [label, value] of given.typed) {
            await page.getByLabel(label, { exact: true }).focus();
            await page.keyboard.press("Control+a");
            await page.keyboard.type(String(value));
        }
        await page.waitForTimeout(100);
    },
    async picture(page) {
        await page.locator("#canvas").focus();
        await page.keyboard.press(".");
        await page.waitForFunction(() => document.querySelector("#canvas").dataset.shows.endsWith("/1"));
        told.number = await page.locator("#at-number").inputValue();
    },
    async screenshot(page) {
        await page.screenshot({ path: given.screenshot });
    },
};

const page = await open();
for (const deed of given.do)
    await deeds[deed](page);
await browser.close();
console.log(JSON.stringify(told));
