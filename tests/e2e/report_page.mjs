// Opens a page in Chromium and prints as JSON what there is to see: node report_page.mjs PLAYWRIGHT PAGE [WITHOUT_WEBGL]
import { pathToFileURL } from "node:url";

const [playwright, file, plain] = process.argv.slice(2);
const { chromium } = await import(pathToFileURL(playwright));
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", ...(plain ? ["--disable-3d-apis"] : [])] });
const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
const said = [], asked = [];
page.on("console", m => { if (["error", "warning"].includes(m.type())) said.push(m.text()); });
page.on("pageerror", e => said.push(String(e)));
page.on("request", r => { if (!/^(file|data|blob):/.test(r.url())) asked.push(r.url()); });
await page.goto(pathToFileURL(file).href);
await page.waitForSelector("#verdicts");
const time = () => page.locator(".clock .time").textContent({ timeout: 1000 }).catch(() => "");
const pixels = selector => page.locator(selector).first().screenshot().then(b => b.toString("base64"));
const seen = { sections: await page.$$eval("main > section", all => all.map(s => s.id)) };
seen.verdicts = await page.$$eval(".verdict", all => Object.fromEntries(all.map(v => [v.dataset.stage, v.dataset.state])));
seen.marked = await page.$$eval("#cameras .card", all => Object.fromEntries(all.map(c => [c.id, c.dataset.state])));
seen.canvas3d = await page.locator(".scene canvas").count();
seen.plans = await page.locator(".scene svg").count();
if (await page.locator(".clock").count()) {
    await page.locator("#movement").scrollIntoViewIfNeeded();
    await page.waitForTimeout(500);
    const first = await time(), before = await pixels(".scene");
    await page.keyboard.press("ArrowRight");
    seen.stepped = await time();
    await page.keyboard.press("Shift+ArrowRight");
    seen.stepped_ten = await time();
    await page.keyboard.press("Home");
    seen.back = await time() === first;
    await page.keyboard.press(" ");
    await page.waitForTimeout(1500);
    await page.keyboard.press(" ");
    seen.played = await time() !== first;
    await page.waitForTimeout(300);
    seen.scene_changed = await pixels(".scene") !== before;
    await page.keyboard.press("1");
    await page.waitForTimeout(400);
    seen.through = await page.locator(".scene select").evaluate(s => s.value).catch(() => "");
}
await page.keyboard.press("t");
seen.theme = await page.evaluate(() => document.documentElement.dataset.theme);
await page.waitForTimeout(300);
console.log(JSON.stringify({ ...seen, said, asked }));
await browser.close();
