// Frames a second of reports that play, in Chromium without a GPU: node tests/bench/report_frames.mjs REPORT... [WIDTHxHEIGHT]
import { pathToFileURL } from "node:url";
import { chromium } from "../../web/node_modules/playwright-core/index.mjs";

const SECONDS = 4, size = process.argv.slice(2).find(a => /^\d+x\d+$/.test(a)) ?? "1280x800", [width, height] = size.split("x").map(Number);
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
for (const file of process.argv.slice(2).filter(a => a !== size)) {
    const page = await browser.newPage({ viewport: { width, height } }), start = Date.now();
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector("#verdicts");
    const loaded = Date.now() - start;
    await page.locator("#movement").evaluate(section => section.scrollIntoView());
    await page.waitForTimeout(1000);
    await page.keyboard.press(" ");
    const rate = await page.evaluate(seconds => new Promise(done => {
        const begin = performance.now();
        let frames = 0;
        const count = () => performance.now() - begin > 1000 * seconds ? done(1000 * frames / (performance.now() - begin)) : (frames++, requestAnimationFrame(count));
        requestAnimationFrame(count);
    }), SECONDS);
    console.log(`${file}: ${size}, loaded in ${loaded} ms, ${rate.toFixed(1)} frames/s`);
    await page.close();
}
await browser.close();
