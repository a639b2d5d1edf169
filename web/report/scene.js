// The rig and the people in 3D, by three.js: cameras, floor grid, boards, scene points, skeletons, ellipsoids.
import { THREE, OrbitControls } from "libraries.js";
import { centreOf, directionOf, placeAt, toWorld } from "report/camera.js";
import { clock, onMoment } from "report/clock.js";
import { colourOf, isDark, themed } from "report/colours.js";
import { ellipsoidOf } from "report/ellipsoid.js";
import { element, redrawn } from "report/page.js";
import { data, people, stateOfView, FILLED } from "report/payload.js";
import { stillOf } from "report/stills.js";

const LIMB_RADIUS = 0.016, JOINT_RADIUS = 0.026;
const moves = data.people?.moves ?? [];

// What the scene is drawn around: cameras' centres and people, metres.
function extentOf() {
    const points = data.cameras.filter(c => c.R).map(centreOf);
    if (people) for (let m = 0; m < people.n; m += Math.max(1, people.n >> 6))
        for (const at of people.at(m)) for (let j = 0; j < people.nJoints; j++) if (people.has(at, j)) points.push(people.position(at, j));
    for (const board of data.boards?.space ?? []) points.push(...board.outline);
    for (const point of data.scene?.points ?? []) points.push(point.p);
    const axis = k => points.map(p => p[k]).sort((a, b) => a - b);
    const ends = [0, 1, 2].map(k => { const v = axis(k); return v.length ? [v[0], v[v.length - 1]] : [-1, 1]; });
    const size = Math.max(...ends.map(e => e[1] - e[0]), 0.5);
    return { middle: ends.map(e => (e[0] + e[1]) / 2), ends, size };
}

function linesOf(points, material) {
    const geometry = new THREE.BufferGeometry();
    geometry.setAttribute("position", new THREE.Float32BufferAttribute(points.flat(), 3));
    return new THREE.LineSegments(geometry, material);
}

// --- what stands still ----------------------------------------------------------------------------------------------

function floorOf(extent, materials) {
    const group = new THREE.Group();
    const reach = k => [Math.floor(extent.ends[k][0]) - 1, Math.ceil(extent.ends[k][1]) + 1];
    const step = extent.size > 40 ? 10 : extent.size > 15 ? 5 : 1;
    const [x0, x1] = reach(0), [y0, y1] = reach(1), points = [];
    for (let x = Math.ceil(x0 / step) * step; x <= x1; x += step) points.push([x, y0, 0], [x, y1, 0]);
    for (let y = Math.ceil(y0 / step) * step; y <= y1; y += step) points.push([x0, y, 0], [x1, y, 0]);
    group.add(linesOf(points, materials.grid));
    const length = Math.min(1, extent.size / 5);
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
    const apex = centreOf(place), c = cornersOf(camera, place, length), points = [];
    for (let i = 0; i < 4; i++) points.push(apex, c[i], c[i], c[(i + 1) % 4]);
    const up = toWorld(place, [0, -length * 0.75, length]); // a tick on the picture's upper side
    points.push(c[0].map((v, k) => (v + c[1][k]) / 2), up);
    const lines = linesOf(points, material);
    const body = new THREE.Mesh(new THREE.SphereGeometry(length * 0.16, 12, 8), new THREE.MeshBasicMaterial({ color: 0x56b4e9 }));
    body.position.set(...apex);
    body.userData.camera = camera;
    const group = new THREE.Group();
    group.add(lines, body);
    return group;
}

function boardsOf(material) {
    const points = [];
    for (const board of data.boards?.space ?? []) for (let i = 0; i < 4; i++) points.push(board.outline[i], board.outline[(i + 1) % 4]);
    return linesOf(points, material);
}

function scenePointsOf() {
    const group = new THREE.Group();
    for (const point of data.scene?.points ?? []) {
        const ball = new THREE.Mesh(new THREE.SphereGeometry(0.03, 12, 8), new THREE.MeshBasicMaterial({ color: 0xe69f00 }));
        ball.position.set(...point.p);
        group.add(ball);
    }
    return group;
}

// --- people ---------------------------------------------------------------------------------------------------------

function bodiesOf() {
    const most = Math.max(1, ...Array.from({ length: people.n }, (_, m) => people.start[m + 1] - people.start[m]));
    const material = new THREE.MeshLambertMaterial();
    const limbs = new THREE.InstancedMesh(new THREE.CylinderGeometry(1, 1, 1, 8), material, most * people.limbs.length);
    const joints = new THREE.InstancedMesh(new THREE.SphereGeometry(1, 12, 8), material, most * people.nJoints);
    const clouds = new THREE.InstancedMesh(new THREE.SphereGeometry(1, 16, 12), new THREE.MeshLambertMaterial({ transparent: true, opacity: 0.35, depthWrite: false }), most * people.nJoints);
    for (const mesh of [limbs, joints, clouds]) mesh.frustumCulled = false;
    clouds.visible = false;
    return { limbs, joints, clouds };
}

function bodiesShow(bodies, moment) {
    const matrix = new THREE.Matrix4(), colour = new THREE.Color(), up = new THREE.Vector3(0, 1, 0), turn = new THREE.Quaternion();
    const a = new THREE.Vector3(), b = new THREE.Vector3(), size = new THREE.Vector3();
    let limb = 0, joint = 0, cloud = 0;
    for (const at of people.at(moment)) {
        colour.set(colourOf(people.id[at]));
        for (const [i, k] of people.limbs) {
            if (!people.has(at, i) || !people.has(at, k)) continue;
            a.set(...people.position(at, i));
            b.set(...people.position(at, k)).sub(a);
            const length = b.length();
            turn.setFromUnitVectors(up, size.copy(b).normalize());
            bodies.limbs.setMatrixAt(limb, matrix.compose(a.addScaledVector(b, 0.5), turn, size.set(LIMB_RADIUS, length, LIMB_RADIUS)));
            bodies.limbs.setColorAt(limb++, colour);
        }
        for (let j = 0; j < people.nJoints; j++) {
            if (!people.has(at, j)) continue;
            const p = people.position(at, j), r = people.state(at, j) === FILLED ? JOINT_RADIUS * 0.6 : JOINT_RADIUS;
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
    const eye = new THREE.PerspectiveCamera(45, 1, 0.01, extent.size * 20);
    eye.up.set(0, 0, 1);
    const controls = new OrbitControls(eye, renderer.domElement);
    const materials = { grid: new THREE.LineBasicMaterial(), ok: new THREE.LineBasicMaterial(), weak: new THREE.LineBasicMaterial(), fault: new THREE.LineBasicMaterial(), boards: new THREE.LineBasicMaterial({ transparent: true, opacity: 0.45 }) };
    const length = Math.max(0.12, extent.size * 0.05);
    const groups = { floor: floorOf(extent, materials), cameras: new THREE.Group(), boards: boardsOf(materials.boards), points: scenePointsOf() };
    const posed = data.cameras.filter(c => c.R);
    const labels = posed.map(camera => element("span", { class: "label", "data-state": stateOfView(camera.view) }, camera.view));
    for (const camera of posed) groups.cameras.add(frustumOf(camera, camera, length, materials[stateOfView(camera.view)]));
    const bodies = people ? bodiesOf() : null;
    scene.add(...Object.values(groups), new THREE.AmbientLight(0xffffff, 2.2));
    const light = new THREE.DirectionalLight(0xffffff, 1.8);
    light.position.set(0.4, -0.6, 1);
    scene.add(light);
    if (bodies) scene.add(bodies.limbs, bodies.joints, bodies.clouds);
    groups.boards.visible = !people;
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
            renderer.render(scene, eye);
            labelsPlace(labels, posed, eye, holder, through);
        });
    };
    function overview() {
        through = null;
        if (plane) scene.remove(plane);
        plane = null;
        const m = extent.middle, far = extent.size * 1.15 * Math.max(1, 1.4 * holder.clientHeight / holder.clientWidth);
        eye.fov = 45;
        controls.enabled = true;
        controls.target.set(m[0], m[1], Math.max(0, m[2] - extent.size * 0.08));
        eye.position.set(m[0] + far * 0.62, m[1] - far * 0.78, m[2] + far * 0.5);
        fit();
        controls.update();
        for (const listener of told) listener(null);
    }
    // The eye where a camera is; its picture hangs where its frustum ends.
    function lookThrough(camera) {
        overview();
        const place = placeAt(camera, moves, people ? people.moments[clock.moment] : 0), R = place.R, c = centreOf(place);
        through = camera;
        controls.enabled = false;
        eye.position.set(...c);
        eye.quaternion.setFromRotationMatrix(new THREE.Matrix4().set(R[0], -R[3], -R[6], 0, R[1], -R[4], -R[7], 0, R[2], -R[5], -R[8], 0, 0, 0, 0, 1));
        plane = pictureOf(camera, place, extent.size * 1.6, draw);
        scene.add(plane);
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
            const [w, h] = through.size, tall = Math.max(h / through.K[1], w / through.K[0] / eye.aspect);
            eye.fov = 2 * Math.atan(tall / 2) * 180 / Math.PI;
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

function labelsPlace(labels, cameras, eye, holder, through) {
    const v = new THREE.Vector3();
    cameras.forEach((camera, i) => {
        v.set(...centreOf(camera)).project(eye);
        const hidden = through || v.z > 1 || Math.abs(v.x) > 1 || Math.abs(v.y) > 1;
        labels[i].style.display = hidden ? "none" : "";
        labels[i].style.left = `${(v.x + 1) / 2 * holder.clientWidth}px`;
        labels[i].style.top = `${(1 - v.y) / 2 * holder.clientHeight}px`;
    });
}

function cameraUnder(event, canvas, eye, group) {
    const box = canvas.getBoundingClientRect(), ray = new THREE.Raycaster();
    ray.setFromCamera(new THREE.Vector2((event.clientX - box.left) / box.width * 2 - 1, 1 - (event.clientY - box.top) / box.height * 2), eye);
    const hit = ray.intersectObjects(group.children.map(g => g.children[1]), false)[0];
    return hit ? hit.object.userData.camera : null;
}

// A camera's picture as a mesh that follows its lens, so that it lies behind the people as the camera saw them.
function pictureOf(camera, place, distance, draw) {
    const N = 24, positions = [], uvs = [], index = [];
    for (let y = 0; y <= N; y++) for (let x = 0; x <= N; x++) {
        const q = [x / N * camera.size[0] - 0.5, y / N * camera.size[1] - 0.5];
        const d = directionOf(camera, q) ?? [(q[0] - camera.K[2]) / camera.K[0], (q[1] - camera.K[3]) / camera.K[1], 1];
        positions.push(...toWorld(place, d.map(v => v * distance)));
        uvs.push(x / N, 1 - y / N);
        if (x < N && y < N) { const i = y * (N + 1) + x; index.push(i, i + 1, i + N + 1, i + 1, i + N + 2, i + N + 1); }
    }
    const geometry = new THREE.BufferGeometry();
    geometry.setAttribute("position", new THREE.Float32BufferAttribute(positions, 3));
    geometry.setAttribute("uv", new THREE.Float32BufferAttribute(uvs, 2));
    geometry.setIndex(index);
    const mesh = new THREE.Mesh(geometry, new THREE.MeshBasicMaterial({ side: THREE.DoubleSide, color: 0x888888 }));
    mesh.userData.camera = camera;
    pictureShow(mesh, draw);
    return mesh;
}

function pictureShow(mesh, draw) {
    const still = stillOf(mesh.userData.camera.view, clock.moment);
    if (!still || mesh.userData.still === still) return;
    mesh.userData.still = still;
    new THREE.TextureLoader().load(still.url, texture => {
        texture.colorSpace = THREE.SRGBColorSpace;
        mesh.material.map = texture;
        mesh.material.color.set(0xffffff);
        mesh.material.needsUpdate = true;
        draw();
    });
}
