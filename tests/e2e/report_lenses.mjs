// What web/report/camera.js makes of points and pixels: node report_lenses.mjs CAMERA_MJS < [{lens, K, dist, p, q}]
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { directionOf, projectLocal } = await import(pathToFileURL(process.argv[2]));
console.log(JSON.stringify(JSON.parse(readFileSync(0)).map(camera => ({ q: camera.p.map(p => projectLocal(camera, p)), d: camera.q.map(q => directionOf(camera, q)) }))));
