"""A real four-camera lab rig: boards, scene points, a composite take, a walker found by a weak detector."""
import os

import cv2
import numpy as np

import session
from session import check, check_at_least, check_at_most

source = session.real_data("pose2sim")
folder = session.folder()
names = ["cam01", "cam02", "cam03", "cam04"]
reference = session.load(f"{source}/reference_calib.yaml")
SCENE = [f"s{i}" for i in range(8)]


def boards_of(name):
    at = f"{source}/intrinsics/{name}"
    return [f"{at}/{f}" for f in session.natural(os.listdir(at))]


# The rig's own calibration: seven pictures of the board a camera, poses from the treadmill's corners.
session.dump(f"{folder}/points.yaml", {
    "points": dict(zip(SCENE, reference["scene_points_m"])),
    "pixels": {n: dict(zip(SCENE, reference["cameras"][n]["projected_scene_points_px"])) for n in names}})
session.dump(f"{folder}/calib.yaml", {
    "schema": "rigpose/rig/1", "feeds": {n: {"views": [n]} for n in names},
    "board": {"kind": "chessboard", "corners": [4, 7], "square_m": 0.06},
    "recordings": {"board": {n: boards_of(n) for n in names}},
    "intrinsics": {"from": "board", "lens": "pinhole5"}, "extrinsics": {"world": {"points": "points.yaml"}}, "out": "calib"})
print(session.rigpose("run", f"{folder}/calib.yaml").stderr)
session.rigpose("doctor", f"{folder}/calib.yaml")  # finds nothing
figures = session.summary(f"{folder}/calib.yaml")
check_at_least("boards found of 28", sum(v["found"] for v in figures["corners"].values()), 26)
for name in names:
    check_at_most(f"{name} rms px", figures["intrinsics"][name], 0.10)



def directions(camera_matrix, dist, R, pixels):
    """Unit directions in the world that pixels look along."""
    n = cv2.undistortPointsIter(np.array(pixels).reshape(-1, 1, 2), camera_matrix, dist, None, None, (3, 100, 1e-12)).reshape(-1, 2)
    v = np.column_stack([n, np.ones(len(n))]) @ R
    return v / np.linalg.norm(v, axis=1, keepdims=True)


# Where the cameras are, and where the scene points' pixels look. The angle between the two rotations is printed only: the pictures of
# boards in all four folders were taken by one and the same camera (one room stands behind every board), so that the lens is not each
# camera's own; its centre lies 20 to 50 px from the maker's, and a pose has to turn by that much, about a degree, to see the same.
cameras = session.load(f"{folder}/calib/40_extrinsics.yaml")["cameras"]
for name in names:
    c, expected = cameras[name], reference["cameras"][name]
    R = cv2.Rodrigues(np.array(c["Rt_cam_world"]["rvec"]))[0]
    fx, fy, cx, cy = c["K"]
    off_mm = 1000 * np.linalg.norm(-R.T @ np.array(c["Rt_cam_world"]["t_m"]) - np.array(expected["camera_center_m"]))
    turn_deg = np.degrees(np.linalg.norm(cv2.Rodrigues(R @ np.array(expected["R"]).T)[0]))
    pixels = expected["projected_scene_points_px"]
    ours = directions(np.array([[fx, 0, cx], [0, fy, cy], [0, 0, 1]]), np.array(c["dist"]), R, pixels)
    theirs = directions(np.array(expected["K"]), np.array(expected["dist_k1k2p1p2k3"]), np.array(expected["R"]), pixels)
    look_deg = np.degrees(np.arccos(np.clip((ours * theirs).sum(1), -1, 1))).max()
    print(f"{name}: {off_mm:.1f} mm; looks {look_deg:.3f} deg, is turned {turn_deg:.3f} deg from the maker's calibration")
    check_at_most(f"{name} position mm", off_mm, 20)
    check_at_least(f"{name} says how well its place is known, m", min(c["sigma"]["t_m"]), 1e-4)
    check_at_most(f"{name} direction of the scene points deg", look_deg, 0.5)

# The take: one feed of four tiles of 544x960. Each tile is its video scaled; cam01 and cam02 lost 8 columns of 1088 on a side
# nobody wrote down, so the middle is assumed.
TILE, FULL = (544, 960), {"cam01": (1080, 1920), "cam02": (1080, 1920), "cam03": (1088, 1920), "cam04": (1088, 1920)}
for name in names:
    sx, sy = TILE[0] / FULL[name][0], TILE[1] / FULL[name][1]
    lost = (1088 - FULL[name][0]) / 2
    fx, fy, cx, cy = cameras[name]["K"]
    cameras[name].update(size=list(TILE), K=[fx * sx, fy * sy, (cx - lost + 0.5) * sx - 0.5, (cy + 0.5) * sy - 0.5])
session.dump(f"{folder}/cameras.yaml", {"schema": "rigpose/extrinsics/1", "cameras": cameras})
session.dump(f"{folder}/take.yaml", {
    "schema": "rigpose/rig/1", "feeds": {"quad": {"grid": [2, 2], "views": names}},
    "recordings": {"walk": {"quad": f"{source}/composite_2x2.mp4"}}, "cameras": "cameras.yaml", "take": "walk",
    "keypoints": {"source": "openpose", "people": f"{source}/people2d/{{view}}", "sizes": {n: list(FULL[n]) for n in names}},
    "skeleton": "coco17", "motion": {"derivatives": True, "angles": True}, "out": "take"})
session.rigpose("crop", f"{folder}/take.yaml", "--write")
print(session.rigpose("run", f"{folder}/take.yaml").stderr)
feeds = session.load(f"{folder}/take/10_feeds.yaml")["recordings"]["walk"]
check("tiles of the composite", all(feeds[n]["size"] == list(TILE) for n in names), feeds)
for name in names:
    video = cv2.VideoCapture(f"{folder}/take/views/walk/{name}.mp4")
    size = [int(video.get(cv2.CAP_PROP_FRAME_WIDTH)), int(video.get(cv2.CAP_PROP_FRAME_HEIGHT))]
    check(f"{name} written as a video of its own", size == list(TILE), size)

# The walker is where the treadmill is; a skeleton is one of at least 8 joints near it.
people = session.load(f"{folder}/take/70_people3d.yaml")


def is_walker(person):
    points = [j["p_m"] for j in person["joints"] if "p_m" in j]
    middle = np.median(np.array(points), axis=0) if points else np.full(3, np.inf)
    return len(points) >= 8 and -2.5 < middle[0] < 0.5 and abs(middle[1]) < 0.6 and 0.3 < middle[2] < 1.8


# Refined: one walker from end to end, whose bones keep their lengths.
motion = session.load(f"{folder}/take/80_motion.yaml")
for what, frames in (("triangulated", people["frames"]), ("refined", motion["frames"])):
    check(f"100 frames {what}", len(frames) == 100, len(frames))
    check_at_least(f"frames of 100 with the walker {what}", sum(any(is_walker(p) for p in f["people"]) for f in frames), 97)
walkers = [p for f in motion["frames"] for p in f["people"] if is_walker(p)]
check("one walker", len({p["id"] for p in walkers}) == 1, {p["id"] for p in walkers})
joints = session.load("configs/skeletons/coco17.yaml")["joints"]
for bone in (b for b in motion["lengths"] if b["id"] == walkers[0]["id"] and b["length_m"] > 0.2):
    ends = [[p["joints"][joints.index(name)] for name in bone["bone"]] for p in walkers]
    lengths = np.array([np.linalg.norm(np.subtract(a["p_m"], b["p_m"])) for a, b in ends if "p_m" in a and "p_m" in b])
    check_at_least(f"{bone['bone']} frames", len(lengths), 90)
    check_at_most(f"{bone['bone']} off its length %", round(100 * np.abs(lengths / bone["length_m"] - 1).max(), 2), 5)
filled = [j for p in walkers for j in p["joints"] if j.get("state") == "filled"]
check("filled joints have a place, and no view", all("p_m" in j and j["sigma_m"] > 0 for j in filled), filled[:3])
# A knee bends at every step and is nearly straight between; a foot swings at a few m/s.
knees = np.degrees([p["angles_rad"]["left_knee"] for p in walkers if p["angles_rad"]["left_knee"] is not None])
check(f"the knee bends: {knees.min():.0f} to {knees.max():.0f} deg", knees.min() < 25 and 30 < knees.max() < 90)
speeds = [np.linalg.norm(p["joints"][joints.index("left_ankle")].get("v_m_s", [0])) for p in walkers]
check(f"the ankle's speed: {max(speeds):.1f} m/s", 1 < max(speeds) < 8)
# The maker's own file, as Qualisys's program wrote it, against what others read in it.
session.dump(f"{folder}/maker.yaml", {
    "schema": "rigpose/rig/1", "feeds": {n: {"views": [n], "fps": 60} for n in names}, "cameras": f"{source}/Calib.qca.txt", "out": "maker",
    "recordings": {"walk": {n: None for n in names}}, "take": "walk", "keypoints": {"source": "yaml"}})
session.rigpose("export", f"{folder}/maker.yaml", "--to", "opencv")
for name in names:
    maker, of = cv2.FileStorage(f"{folder}/maker/export/opencv/{name}.yml", cv2.FILE_STORAGE_READ), reference["cameras"][name]
    for key, value in (("camera_matrix", of["K"]), ("distortion_coefficients", [of["dist_k1k2p1p2k3"]]), ("R", of["R"])):
        check_at_most(f"qca {name} {key}", float(np.abs(maker.getNode(key).mat() - np.array(value)).max()), 1e-9)
    check_at_most(f"qca {name} tvec m", float(np.abs(maker.getNode("tvec").mat().ravel() - of["t_m"]).max()), 1e-9)

# init of the whole folder: the calibration, the people and the take are found, and that two videos are narrower than it says.
root = f"{folder}/whole"
os.mkdir(root)
for name in os.listdir(source):
    os.symlink(f"{source}/{name}", f"{root}/{name}")
told = session.rigpose("init", root).stderr
made = session.load(f"{root}/rig.yaml")
check("init takes the maker's calibration", made.get("cameras") == "Calib.qca.txt" and "Calib.qca.txt is a calibration: Qualisys, 4 cameras, 4 of them named as views; lengths in millimetres" in told, told)
check("init takes the four videos, not the composite", sorted(made["recordings"][made["take"]]) == names, made["recordings"])
check("init finds the people of another tool", made["keypoints"] == {"source": "import", "people": "people2d/{view}"}, made["keypoints"])
check("init tells of the narrower videos", all(f"{name}: calibrated at 1088x1920, the take's pictures are 1080x1920" in told for name in ("cam01", "cam02")) and "cam03: cal" not in told, told)

session.finish()
