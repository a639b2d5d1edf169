"""Two people of 17 joints who walk on circles before a ring of four cameras: people2d with noise, and their truth."""
import numpy as np

import session

# Forward, to the left, up; metres, of a person who stands, and how far each joint swings forward.
BODY = np.array([[.10, 0, 1.60], [.08, .03, 1.64], [.08, -.03, 1.64], [0, .08, 1.61], [0, -.08, 1.61], [0, .18, 1.42], [0, -.18, 1.42],
                 [0, .21, 1.13], [0, -.21, 1.13], [.05, .22, .88], [.05, -.22, .88], [0, .10, .92], [0, -.10, .92], [0, .10, .50],
                 [0, -.10, .50], [0, .10, .09], [0, -.10, .09]])
SWING = np.array([0, 0, 0, 0, 0, .02, -.02, -.10, .10, -.25, .25, -.02, .02, .15, -.15, .3, -.3])
SIZE, FOCAL = (1280, 960), 1000.0
VIEWS = ("c1", "c2", "c3", "c4")


def body_at(t, k, x, y, heading):
    """17 x 3 of person k, who is at (x, y) at t seconds."""
    forward = BODY[:, 0] + SWING * np.sin(5.5 * t + k)
    left = BODY[:, 1]
    return np.column_stack([x + np.cos(heading) * forward - np.sin(heading) * left, y + np.sin(heading) * forward + np.cos(heading) * left, BODY[:, 2]])


def people_at(t):
    """2 x 17 x 3 at t seconds."""
    angles = [0.62 * t + 3 * k for k in range(2)]
    return np.array([body_at(t, k, 0.8 * k - 0.4 + 1.2 * np.cos(a), 1.2 * np.sin(a), a + np.pi / 2) for k, a in enumerate(angles)])


def people_who_wander(t):
    """The same two, who come back to no place at the same pace."""
    def place(k, when):
        return np.array([1.3 * np.sin(0.41 * when + 2 * k) + 0.6 * np.sin(1.13 * when + k), 1.3 * np.sin(0.53 * when + 1 + 3 * k) + 0.6 * np.sin(0.97 * when)])
    people = []
    for k in range(2):
        (x, y), (dx, dy) = place(k, t), place(k, t + 0.01) - place(k, t)
        people.append(body_at(t, k, x, y, np.arctan2(dy, dx)))
    return np.array(people)


def pose(i):
    """R, t of camera i: 4.5 m from the middle, 2.2 m up, looking at (0, 0, 1)."""
    angle = 0.3 + np.pi / 2 * i
    centre = np.array([4.5 * np.cos(angle), 4.5 * np.sin(angle), 2.2])
    z = np.array([0, 0, 1]) - centre
    z /= np.linalg.norm(z)
    x = np.cross(z, [0, 0, 1])
    x /= np.linalg.norm(x)
    R = np.array([x, np.cross(z, x), z])
    return R, -R @ centre


def turned(R, t, rvec):
    """The same camera, turned by rvec in its own frame."""
    import cv2
    turn = cv2.Rodrigues(np.array(rvec, float))[0]
    return turn @ R, turn @ t


def write(folder, seconds, fps, offset_s=None, turn=None, late_s=None, seed=1, people=people_at):
    """folder/rig.yaml, cameras.yaml, truth.yaml and out/60_people2d. fps: of each view, the first's is the rig's clock; offset_s: what
    the rig says of each view's clock; late_s: what it does not say; turn: {view: (moment in s, rvec)}; people: where they are at t seconds."""
    import cv2
    import os
    rng = np.random.default_rng(seed)
    offset_s, late_s, turn = offset_s or {}, late_s or {}, turn or {}
    cameras = {}
    os.makedirs(f"{folder}/out/60_people2d", exist_ok=True)
    for i, view in enumerate(VIEWS):
        R, t = pose(i)
        cameras[view] = {"size": list(SIZE), "lens": "pinhole0", "K": [FOCAL, FOCAL, SIZE[0] / 2, SIZE[1] / 2], "dist": [],
                         "Rt_cam_world": {"rvec": cv2.Rodrigues(R)[0].ravel().tolist(), "t_m": t.tolist()}}
        frames = []
        for f in range(int(seconds * fps[view])):
            now = f / fps[view] + offset_s.get(view, 0) + late_s.get(view, 0)
            Rn, tn = turned(R, t, turn[view][1]) if view in turn and now >= turn[view][0] else (R, t)
            found = []
            for p in people(now) @ Rn.T + tn:
                q = FOCAL * p[:, :2] / p[:, 2:] + np.array(SIZE) / 2 + 2 * rng.standard_normal((17, 2))
                found.append({"joints": [[round(float(a), 2), round(float(b), 2), 0.9] for a, b in q]})
            frames.append({"frame": f, "people": found})
        session.dump(f"{folder}/out/60_people2d/{view}.yaml",
                     {"schema": "rigpose/people2d/1", "view": view, "skeleton": "coco17", "tags": False, "frames": frames})
    session.dump(f"{folder}/cameras.yaml", {"schema": "rigpose/extrinsics/1", "cameras": cameras})
    session.dump(f"{folder}/rig.yaml", {
        "schema": "rigpose/rig/1", "feeds": {v: {"views": [v], "fps": fps[v]} for v in VIEWS},
        "views": {v: {"offset_s": s} for v, s in offset_s.items()}, "recordings": {"walk": {v: None for v in VIEWS}},
        "cameras": "cameras.yaml", "take": "walk", "keypoints": {"source": "yaml"}, "motion": {}, "skeleton": "coco17"})
    clock = fps[VIEWS[0]]
    session.dump(f"{folder}/truth.yaml", {
        "schema": "rigpose/people3d/1", "skeleton": "coco17", "frames": [
            {"frame": f, "people": [{"id": k + 1, "joints": [{"p_m": [float(x) for x in j]} for j in p]} for k, p in enumerate(people(f / clock))]}
            for f in range(int(seconds * clock))]})
