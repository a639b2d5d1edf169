// The rig and the people in 3D, by three.js: cameras, floor grid, boards, scene points, skeletons, ellipsoids.
import { THREE, OrbitControls } from "libraries.js";
import { centreOf, directionOf, placeAt, toWorld } from "report/camera.js";
import { clock, onMoment } from "report/clock.js";
import { colourOf, isDark, themed } from "report/colours.js";
import { ellipsoidOf } from "report/ellipsoid.js";
import { element, median, redrawn, round125 } from "report/page.js";
import { data, people, stateOfView, FILLED } from "report/payload.js";
import { imageOf, stillOf } from "report/stills.js";

const LIMB_RADIUS = 0.03, JOINT_RADIUS = 0.05; // of a person's longest bone
const moves = data.people?.moves ?? [];

// Some moments' places of people, spread over the take.
function someAt() {
    const list = [];
    if (people) for (let m = 0; m < people.n; m += Math.max(1, people.n >> 6)) list.push(...people.at(m));
    return list;
}

// What the scene is drawn around: cameras' centres, and people but for a hundredth at each end, which may be astray; metres.
function extentOf() {
    const points = data.cameras.filter(c => c.R).map(centreOf), joints = [];
    for (const at of someAt()) for (let j = 0; j < people.nJoints; j++) if (people.has(at, j)) joints.push(people.position(at, j));
    for (const board of data.boards?.space ?? []) points.push(...board.outline);
    for (const point of data.scene?.points ?? []) points.push(point.p);
    const ends = [0, 1, 2].map(k => {
        const fixed = points.map(p => p[k]), moving = joints.map(p => p[k]).sort((a, b) => a - b), cut = Math.floor(moving.length / 100);
        return moving.length ? [Math.min(moving[cut], ...fixed), Math.max(moving[moving.length - 1 - cut], ...fixed)] : fixed.length ? [Math.min(...fixed), Math.max(...fixed)] : [-1, 1];
    });
    const size = Math.max(...ends.map(e => e[1] - e[0]), 1e-3);
    return { middle: ends.map(e => (e[0] + e[1]) / 2), ends, size };
}

// The longest bone of a person, as a rule: limbs are drawn as thick as suits it, whether they are a mouse's or a giant's.
function boneOf(extent) {
    const longest = median(someAt().map(at => Math.max(0, ...people.limbs.filter(([i, k]) => people.has(at, i) && people.has(at, k)).map(([i, k]) => {
        const a = people.position(at, i), b = people.position(at, k);
        return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
    }))).filter(length => length > 0));
    return Number.isFinite(longest) ? longest : extent.size / 10;
}

function linesOf(points, material) {
    const geometry = new THREE.BufferGeometry();
    geometry.setAttribute("position", new THREE.Float32BufferAttribute(points.flat(), 3));
    return new THREE.LineSegments(geometry, material);
}

// --- what stands still ----------------------------------------------------------------------------------------------

function floorOf(extent, materials) {
    const group = new THREE.Group();
    const step = round125(extent.size / 4), reach = k => [Math.floor(extent.ends[k][0] / step) - 1, Math.ceil(extent.ends[k][1] / step) + 1];
    const [x0, x1] = reach(0), [y0, y1] = reach(1), points = [];
    for (let x = x0; x <= x1; x++) points.push([x * step, y0 * step, 0], [x * step, y1 * step, 0]);
    for (let y = y0; y <= y1; y++) points.push([x0 * step, y * step, 0], [x1 * step, y * step, 0]);
    group.add(linesOf(points, materials.grid));
    const length = extent.size / 5;
    [[1, 0, 0, 0xd55e00], [0, 1, 0, 0x009e73], [0, 0, 1, 0x0072b2]].forEach(([x, y, z, colour]) =>
        group.add(linesOf([[0, 0, 0], [x * length, y * length, z * length]], new THREE.LineBasicMaterial({ color: colour }))));
    group.userData = { step };
    return group;
}

// The four corners of a camera's picture, at a distance.
function cornersOf(camera, place, distance) {
    const [w, h] = camera.size;
    return [[-0.5, -0.5], [w - 0.5, -0.5], [w - 0.5, h - 0.5], [-0.5, h - 0.5]].map(q => {
        const d = directionOf(camera, q) ?? [(q[0] - camera.K[2]) / camera.K[0], (q[1] - camera.K[3]) / camera.K[1], 1];
        return toWorld(place, d.map(v => v * distance));
    });
}

function frustumOf(camera, place, length, material) {
    const apex = centreOf(place), c = cornersOf(camera, place, length), points = [], middle = c[0].map((v, k) => (v + c[1][k]) / 2), sunk = c[3].map((v, k) => (v + c[2][k]) / 2);
    for (let i = 0; i < 4; i++) points.push(apex, c[i], c[i], c[(i + 1) % 4]);
    points.push(middle, middle.map((v, k) => v + 0.25 * (v - sunk[k]))); // a tick on the picture's upper side
    const lines = linesOf(points, material);
    const body = new THREE.Mesh(new THREE.SphereGeometry(length * 0.16, 12, 8), new THREE.MeshBasicMaterial({ color: 0x56b4e9 }));
    body.position.set(...apex);
    body.userData.camera = camera;
    const group = new THREE.Group();
    group.add(lines, body);
    group.userData = { camera, place };
    return group;
}

// Cameras that a repair moved stand elsewhere from its frame on. True where one does.
function frustaMove(group, length, materials, frame) {
    let any = false;
    group.children.forEach((old, i) => {
        const { camera, place } = old.userData, now = placeAt(camera, moves, frame);
        if (now === place) return;
        old.children.forEach(part => part.geometry.dispose());
        group.remove(old);
        group.add(frustumOf(camera, now, length, materials[stateOfView(camera.view)]));
        group.children.splice(i, 0, group.children.pop());
        any = true;
    });
    return any;
}

function boardsOf(material) {
    const points = [];
    for (const board of data.boards?.space ?? []) for (let i = 0; i < 4; i++) points.push(board.outline[i], board.outline[(i + 1) % 4]);
    return linesOf(points, material);
}

function scenePointsOf(extent) {
    const group = new THREE.Group();
    for (const point of data.scene?.points ?? []) {
        const ball = new THREE.Mesh(new THREE.SphereGeometry(extent.size * 0.006, 12, 8), new THREE.MeshBasicMaterial({ color: 0xe69f00 }));
        ball.position.set(...point.p);
        group.add(ball);
    }
    return group;
}

// --- people ---------------------------------------------------------------------------------------------------------

function bodiesOf(bone) {
    let most = 1;
    for (let m = 0; m < people.n; m++) most = Math.max(most, people.start[m + 1] - people.start[m]);
    const material = new THREE.MeshLambertMaterial();
    const limbs = new THREE.InstancedMesh(new THREE.CylinderGeometry(1, 1, 1, 8), material, most * people.limbs.length);
    const joints = new THREE.InstancedMesh(new THREE.SphereGeometry(1, 12, 8), material, most * people.nJoints);
    const clouds = new THREE.InstancedMesh(new THREE.SphereGeometry(1, 16, 12), new THREE.MeshLambertMaterial({ transparent: true, opacity: 0.35, depthWrite: false }), most * people.nJoints);
    for (const mesh of [limbs, joints, clouds]) mesh.frustumCulled = false;
    clouds.visible = false;
    return { limbs, joints, clouds, bone };
}

function bodiesShow(bodies, moment) {
    const matrix = new THREE.Matrix4(), colour = new THREE.Color(), up = new THREE.Vector3(0, 1, 0), turn = new THREE.Quaternion();
    const a = new THREE.Vector3(), b = new THREE.Vector3(), size = new THREE.Vector3();
    const limbRadius = LIMB_RADIUS * bodies.bone, jointRadius = JOINT_RADIUS * bodies.bone;
    let limb = 0, joint = 0, cloud = 0;
    for (const at of people.at(moment)) {
        colour.set(colourOf(people.id[at]));
        for (const [i, k] of people.limbs) {
            if (!people.has(at, i) || !people.has(at, k)) continue;
            a.set(...people.position(at, i));
            b.set(...people.position(at, k)).sub(a);
            const length = b.length();
            turn.setFromUnitVectors(up, size.copy(b).normalize());
            bodies.limbs.setMatrixAt(limb, matrix.compose(a.addScaledVector(b, 0.5), turn, size.set(limbRadius, length, limbRadius)));
            bodies.limbs.setColorAt(limb++, colour);
        }
        for (let j = 0; j < people.nJoints; j++) {
            if (!people.has(at, j)) continue;
            const p = people.position(at, j), r = people.state(at, j) === FILLED ? jointRadius * 0.6 : jointRadius;
            bodies.joints.setMatrixAt(joint, matrix.makeScale(r, r, r).setPosition(...p));
            bodies.joints.setColorAt(joint++, colour);
            const axes = bodies.clouds.visible ? ellipsoidOf(people.covariance(at, j)) : null;
            if (!axes) continue;
            bodies.clouds.setMatrixAt(cloud, matrix.set(...axes[0], p[0], ...axes[1], p[1], ...axes[2], p[2], 0, 0, 0, 1));
            bodies.clouds.setColorAt(cloud++, colour);
        }
    }
    for (const [mesh, count] of [[bodies.limbs, limb], [bodies.joints, joint], [bodies.clouds, cloud]]) {
        mesh.count = count;
        mesh.instanceMatrix.needsUpdate = true;
        if (mesh.instanceColor) mesh.instanceColor.needsUpdate = true;
    }
}

// --- the view -------------------------------------------------------------------------------------------------------

export function sceneOf(holder) {
    const extent = extentOf(), scene = new THREE.Scene();
    const renderer = new THREE.WebGLRenderer({ antialias: true, alpha: true });
    const eye = new THREE.PerspectiveCamera(45, 1, extent.size * 1e-3, extent.size * 20);
    eye.up.set(0, 0, 1);
    const controls = new OrbitControls(eye, renderer.domElement);
    const materials = { grid: new THREE.LineBasicMaterial(), ok: new THREE.LineBasicMaterial(), weak: new THREE.LineBasicMaterial(), fault: new THREE.LineBasicMaterial(), boards: new THREE.LineBasicMaterial({ transparent: true, opacity: 0.45 }) };
    const length = extent.size * 0.05;
    const groups = { floor: floorOf(extent, materials), cameras: new THREE.Group(), boards: boardsOf(materials.boards), points: scenePointsOf(extent) };
    const posed = data.cameras.filter(c => c.R);
    const labels = posed.map(camera => element("span", { class: "label", "data-state": stateOfView(camera.view) }, camera.view));
    for (const camera of posed) groups.cameras.add(frustumOf(camera, camera, length, materials[stateOfView(camera.view)]));
    const bodies = people ? bodiesOf(boneOf(extent)) : null;
    scene.add(...Object.values(groups), new THREE.AmbientLight(0xffffff, 2.2));
    const light = new THREE.DirectionalLight(0xffffff, 1.8);
    light.position.set(0.4, -0.6, 1);
    scene.add(light);
    if (bodies) scene.add(bodies.limbs, bodies.joints, bodies.clouds);
    groups.boards.visible = !people;
    const ids = []; // labels of people
    holder.append(renderer.domElement, ...labels);
    renderer.domElement.setAttribute("role", "img");
    renderer.domElement.setAttribute("aria-label", "The rig and the people in 3D");

    let through = null, plane = null, asked = false;
    const told = []; // of the camera that is looked through
    const draw = () => {
        if (asked) return;
        asked = true;
        requestAnimationFrame(() => {
            asked = false;
            for (const frustum of groups.cameras.children) frustum.visible = frustum.userData.camera !== through;
            renderer.render(scene, eye);
            groups.cameras.children.forEach((frustum, i) => labelPut(labels[i], frustum.children[1].position, eye, holder, through));
            if (people) idsPlace(ids, clock.moment, eye, holder);
        });
    };
    function planeDrop() {
        if (!plane) return;
        scene.remove(plane);
        plane.geometry.dispose();
        plane.material.map?.dispose();
        plane.material.dispose();
        plane = null;
    }
    // From far enough that all cameras are seen.
    function overview() {
        const m = extent.middle, v = new THREE.Vector3();
        through = null;
        planeDrop();
        eye.fov = 45;
        controls.enabled = true;
        controls.target.set(m[0], m[1], m[2] - extent.size * 0.08);
        for (let far = extent.size * 1.15, hidden = true; hidden && far < extent.size * 4; far *= 1.1) {
            eye.position.set(m[0] + far * 0.62, m[1] - far * 0.78, m[2] + far * 0.5);
            fit();
            controls.update();
            eye.updateMatrixWorld();
            hidden = posed.some(camera => { v.set(...centreOf(camera)).project(eye); return Math.abs(v.x) > 0.93 || Math.abs(v.y) > 0.93; });
        }
        for (const listener of told) listener(null);
    }
    function eyePut() {
        const place = placeAt(through, moves, people?.n ? people.moments[clock.moment] : 0), R = place.R;
        eye.position.set(...centreOf(place));
        eye.quaternion.setFromRotationMatrix(new THREE.Matrix4().set(R[0], -R[3], -R[6], 0, R[1], -R[4], -R[7], 0, R[2], -R[5], -R[8], 0, 0, 0, 0, 1));
        planeDrop();
        plane = pictureOf(through, place, extent.size, draw);
        scene.add(plane);
    }
    // The eye where a camera is; its picture hangs where its frustum ends.
    function lookThrough(camera) {
        through = camera;
        controls.enabled = false;
        eyePut();
        fit();
        for (const listener of told) listener(camera);
    }
    // All of a camera's picture is seen, whatever the window's shape.
    function fit() {
        const width = holder.clientWidth, height = holder.clientHeight;
        renderer.setPixelRatio(Math.min(window.devicePixelRatio || 1, 2));
        renderer.setSize(width, height, false);
        eye.aspect = width / height;
        if (through) {
            const [wide, tall] = slopesOf(through);
            eye.fov = 2 * Math.atan(Math.max(tall, wide / eye.aspect)) * 180 / Math.PI;
        }
        eye.updateProjectionMatrix();
        draw();
    }
    controls.addEventListener("change", draw);
    renderer.domElement.addEventListener("click", event => {
        const camera = cameraUnder(event, renderer.domElement, eye, groups.cameras);
        if (camera) lookThrough(camera);
    });
    if (bodies) onMoment(moment => {
        bodiesShow(bodies, moment);
        if (moves.length && frustaMove(groups.cameras, length, materials, people.moments[moment]) && through) eyePut();
        if (plane) pictureShow(plane, draw);
        draw();
    });
    overview();
    redrawn(() => {
        materials.grid.color.set(isDark() ? 0x3a424d : 0xc9ced6);
        materials.ok.color.set(themed("text"));
        for (const state of ["weak", "fault"]) materials[state].color.set(themed(state));
        materials.boards.color.set(themed("quiet"));
        fit();
    });
    const showing = name => ({ get: () => groups[name].visible, set: on => { groups[name].visible = on; draw(); } });
    return {
        overview, lookThrough, cameras: posed, onThrough: listener => told.push(listener), step: groups.floor.userData.step,
        layers: {
            cameras: showing("cameras"), ...(data.boards ? { boards: showing("boards") } : {}), ...(data.scene ? { "scene points": showing("points") } : {}),
            ...(bodies ? { "ellipsoids (95 %)": { get: () => bodies.clouds.visible, set: on => { bodies.clouds.visible = on; bodiesShow(bodies, clock.moment); draw(); } } } : {}),
        },
    };
}

// A label at a place of the world; hidden where that is out of sight.
function labelPut(label, place, eye, holder, hidden) {
    const v = place.clone().project(eye), away = hidden || v.z > 1 || Math.abs(v.x) > 1 || Math.abs(v.y) > 1;
    label.style.display = away ? "none" : "";
    label.style.left = `${(v.x + 1) / 2 * holder.clientWidth}px`;
    label.style.top = `${(1 - v.y) / 2 * holder.clientHeight}px`;
}

// The ids of people over their highest joints; one label more is made where there are more people than ever before.
function idsPlace(labels, moment, eye, holder) {
    people.at(moment).forEach((at, i) => {
        const placed = people.joints.map((_, j) => j).filter(j => people.has(at, j)).map(j => people.position(at, j));
        if (!labels[i]) holder.append(labels[i] = element("span", { class: "label id" }));
        labels[i].textContent = people.id[at];
        labels[i].style.background = colourOf(people.id[at]);
        const top = placed.reduce((best, p) => !best || p[2] > best[2] ? p : best, null);
        if (top) labelPut(labels[i], new THREE.Vector3(...top), eye, holder, false);
    });
    for (const label of labels.slice(people.at(moment).length)) label.style.display = "none";
}

// How steep the outermost rays of a camera's picture are, x/z and y/z; of a fisheye as far as a flat picture can show them.
function slopesOf(camera) {
    const [w, h] = camera.size, slopes = [0, 0];
    for (const x of [0, 0.5, 1]) for (const y of [0, 0.5, 1]) {
        const d = directionOf(camera, [x * w - 0.5, y * h - 0.5]);
        for (let k = 0; d && k < 2; k++) slopes[k] = Math.max(slopes[k], Math.abs(d[k]) / Math.max(d[2], 0.1));
    }
    return slopes.map((s, k) => Math.min(s || camera.size[k] / camera.K[k] / 2, 3));
}

function cameraUnder(event, canvas, eye, group) {
    const box = canvas.getBoundingClientRect(), ray = new THREE.Raycaster();
    ray.setFromCamera(new THREE.Vector2((event.clientX - box.left) / box.width * 2 - 1, 1 - (event.clientY - box.top) / box.height * 2), eye);
    const hit = ray.intersectObjects(group.children.map(g => g.children[1]), false)[0];
    return hit ? hit.object.userData.camera : null;
}

// A camera's picture as a mesh that follows its lens, drawn behind the people as the camera saw them.
function pictureOf(camera, place, distance, draw) {
    const N = 24, positions = [], uvs = [], index = [], known = [];
    for (let y = 0; y <= N; y++) for (let x = 0; x <= N; x++) {
        const d = directionOf(camera, [x / N * camera.size[0] - 0.5, y / N * camera.size[1] - 0.5]);
        known.push(d !== null);
        positions.push(...toWorld(place, (d ?? [0, 0, 1]).map(v => v * distance)));
        uvs.push(x / N, 1 - y / N);
    }
    for (let y = 0; y < N; y++) for (let x = 0; x < N; x++) {
        const i = y * (N + 1) + x;
        if ([i, i + 1, i + N + 1, i + N + 2].every(k => known[k])) index.push(i, i + 1, i + N + 1, i + 1, i + N + 2, i + N + 1);
    }
    const geometry = new THREE.BufferGeometry();
    geometry.setAttribute("position", new THREE.Float32BufferAttribute(positions, 3));
    geometry.setAttribute("uv", new THREE.Float32BufferAttribute(uvs, 2));
    geometry.setIndex(index);
    const mesh = new THREE.Mesh(geometry, new THREE.MeshBasicMaterial({ side: THREE.DoubleSide, color: 0x888888, depthTest: false, depthWrite: false }));
    mesh.renderOrder = -1;
    mesh.userData.camera = camera;
    pictureShow(mesh, draw);
    return mesh;
}

// The still nearest to the moment, in one texture: the pictures of a view are of one size.
function pictureShow(mesh, draw) {
    const still = stillOf(mesh.userData.camera.view, clock.moment);
    if (!still || mesh.userData.still === still) return;
    const image = imageOf(still, () => pictureShow(mesh, draw)), { material } = mesh;
    if (!image.complete) return;
    mesh.userData.still = still;
    if (!material.map) {
        material.map = new THREE.CanvasTexture(image);
        material.map.colorSpace = THREE.SRGBColorSpace;
        material.color.set(0xffffff);
        material.needsUpdate = true;
    }
    material.map.image = image;
    material.map.needsUpdate = true;
    draw();
}
