"""The made-up session through every stage: figures against the truth, equal bytes twice, resume, exports, batch, and then what
happens when each file is missing or damaged."""
import os
import shutil

import cv2
import numpy as np

import browser
import session
from session import check, check_at_least, check_at_most, refused, rigpose

folder = session.folder()
demo = f"{folder}/demo"
done = rigpose("demo", demo)
print(done.stderr[-1500:])
rig, out = f"{demo}/rig.yaml", f"{demo}/out"
figures = session.loads(done.stdout)
check("six cameras", len(figures["cameras"]) == 6, list(figures["cameras"]))
for name, camera in figures["cameras"].items():
    check_at_most(f"{name} focal %", camera["focal_pct"], 0.3)
    check_at_most(f"{name} position mm", camera["position_mm"], 5)
check_at_least("AP of keypoints", figures["people2d"]["ap"], 0.94)
check_at_most("MPJPE mm", figures["people"]["mpjpe_mm"], 12)
check_at_least("joints found", figures["people"]["joint_recall"], 0.95)
check("no id switch", figures["people"]["id_switches"] == 0, figures["people"])

# Summary has every figure of the contract.
summary = session.summary(rig)
for key in ("corners", "intrinsics", "extrinsics", "stereo", "people2d", "people3d", "seconds"):
    check(f"summary has {key}", key in summary, list(summary))
check("people3d figures", {"frames", "people", "joints", "missing"} <= set(summary["people3d"]), summary["people3d"])

# The report has all there is to see, opens offline, and is small.
page = f"{out}/report.html"
data = session.report_data(page)
check("report: all is well", {v["state"] for v in data["verdicts"]} == {"ok"}, data["verdicts"])
check("report: pictures of each view", all(len(s) >= 10 for s in data["stills"].values()) and len(data["stills"]) == 6, {v: len(s) for v, s in data["stills"].items()})
check_at_most("report: bytes", os.path.getsize(page), 30e6)
browser.report_check("report", page, {"verdicts", "movement", "cameras", "rig", "precision", "people", "origin"})

# Equal inputs give equal bytes, whatever the number of threads; what is current is passed over.
before = session.tree_bytes(out)
for result in ("10_feeds.yaml", "20_corners.yaml", "30_intrinsics.yaml", "40_extrinsics.yaml", "50_stereo.yaml", "70_people3d.yaml"):
    os.remove(f"{out}/{result}")
rigpose("run", rig, env={**os.environ, "OMP_NUM_THREADS": "1"})
after = session.tree_bytes(out)
check("equal bytes", before == after, [n for n in before if before[n] != after.get(n)])
again = rigpose("run", rig).stderr
check("all current", all(f"{s}: up to date" in again for s in ("crop", "corners", "intrinsics", "extrinsics", "stereo", "triangulate")), again)

# A changed board makes what hangs on it stale, by name.
with open(rig, encoding="utf-8") as stream:
    text = stream.read()
with open(rig, "w", encoding="utf-8") as stream:
    stream.write(text.replace("square_m: 0.1", "square_m: 0.2"))
refused("intrinsics", rig, code=1, contains=["20_corners.yaml is stale", "rig.board", "rigpose corners"])
refused("export", rig, "--to", "opencv", "--dir", f"{out}/stale", code=1, contains=["20_corners.yaml is stale"])
check("nothing stale is exported", not os.path.exists(f"{out}/stale"))
with open(rig, "w", encoding="utf-8") as stream:
    stream.write(text)

# A healthy rig has no finding; known lenses and two surveyed cameras are held, and the others stand in their world.
check("the doctor finds nothing", session.load(f"{out}/90_doctor.yaml")["findings"] == [] if rigpose("doctor", rig) else False)
os.remove(f"{out}/90_doctor.yaml")
truth = session.load(f"{demo}/truth/cameras.yaml")
held = session.load(rig)
held.update({"extrinsics": {"from": "board", "lenses": "held", "surveyed": "surveyed.yaml", "lengths": [["c1", "left", 3.0]]}, "out": "held"})
session.dump(f"{demo}/held.yaml", held)
session.dump(f"{demo}/surveyed.yaml", {**truth, "cameras": {n: truth["cameras"][n] for n in ("c2", "left")}})
os.mkdir(f"{demo}/held")
for name in ("20_corners.yaml", "30_intrinsics.yaml"):  # as of another program
    session.dump(f"{demo}/held/{name}", {k: v for k, v in session.load(f"{out}/{name}").items() if k != "inputs"})
rigpose("extrinsics", f"{demo}/held.yaml")
found, lenses = session.load(f"{demo}/held/40_extrinsics.yaml"), session.load(f"{demo}/held/30_intrinsics.yaml")["cameras"]
check("lenses are held", all(c["K"] == lenses[n]["K"] for n, c in found["cameras"].items()))
for name in ("c2", "left"):
    check(f"{name} is held", found["cameras"][name]["Rt_cam_world"]["t_m"] == truth["cameras"][name]["Rt_cam_world"]["t_m"])
compared = session.loads(rigpose("eval", f"{demo}/held/40_extrinsics.yaml", f"{demo}/truth/cameras.yaml").stdout)
check_at_most("position mm beside two surveyed cameras", max(c["position_mm"] for c in compared["cameras"].values()), 5)
check("the known length is told", found["lengths"][0]["views"] == ["c1", "left"] and found["lengths"][0]["known_m"] == 3.0, found["lengths"])

# Without a board on the floor: the people of a first run, in a camera's frame, say which way is up and where the floor is.
shutil.copytree(f"{out}/60_people2d", f"{demo}/held/60_people2d")
os.remove(f"{demo}/held/40_covariance.yaml")
held["extrinsics"] = {"from": "board", "world": {"camera": "c2"}}
session.dump(f"{demo}/held.yaml", held)
for stage in ("extrinsics", "triangulate"):
    rigpose(stage, f"{demo}/held.yaml")
os.rename(f"{demo}/held/70_people3d.yaml", f"{demo}/people.yaml")
held["extrinsics"] = {"from": "board", "world": {"people": "people.yaml", "camera": "c2"}}
session.dump(f"{demo}/held.yaml", held)
rigpose("extrinsics", f"{demo}/held.yaml")
for name, c in session.load(f"{demo}/held/40_extrinsics.yaml")["cameras"].items():
    poses = [x["Rt_cam_world"] for x in (c, truth["cameras"][name])]
    R = [cv2.Rodrigues(np.array(p["rvec"]))[0] for p in poses]
    z = [(-r.T @ np.array(p["t_m"]))[2] for r, p in zip(R, poses)]
    check_at_most(f"{name}: height by people who stand off by mm", 1000 * abs(z[0] - z[1]), 100)
    check_at_most(f"{name}: up by people who stand off by degrees", np.degrees(np.arccos(np.clip(R[0][:, 2] @ R[1][:, 2], -1, 1))), 1.5)
shutil.rmtree(f"{demo}/held")
for name in ("held.yaml", "surveyed.yaml", "people.yaml"):
    os.remove(f"{demo}/{name}")

# Exports, read back by OpenCV's FileStorage.
for form in ("opencv", "easymocap"):
    rigpose("export", rig, "--to", form)
cameras = session.load(f"{out}/40_extrinsics.yaml")["cameras"]
point = np.array([[0.3, 0.2, 1.1], [-0.5, 0.1, 0.4], [0.8, -0.6, 1.6]])
intri = cv2.FileStorage(f"{out}/export/easymocap/intri.yml", cv2.FILE_STORAGE_READ)
extri = cv2.FileStorage(f"{out}/export/easymocap/extri.yml", cv2.FILE_STORAGE_READ)
for name, c in cameras.items():
    fx, fy, cx, cy = c["K"]
    k = np.array([[fx, 0, cx], [0, fy, cy], [0, 0, 1]])
    ours = cv2.projectPoints(point, np.array(c["Rt_cam_world"]["rvec"]), np.array(c["Rt_cam_world"]["t_m"]), k, np.array(c["dist"]))[0]
    mocap = cv2.projectPoints(point, extri.getNode(f"R_{name}").mat(), extri.getNode(f"T_{name}").mat(), intri.getNode(f"K_{name}").mat(),
                              intri.getNode(f"dist_{name}").mat())[0]
    check_at_most(f"easymocap {name} px", float(np.abs(ours - mocap).max()), 1e-3)
    one = cv2.FileStorage(f"{out}/export/opencv/{name}.yml", cv2.FILE_STORAGE_READ)
    opencv = cv2.projectPoints(point, one.getNode("rvec").mat(), one.getNode("tvec").mat(), one.getNode("camera_matrix").mat(),
                               one.getNode("distortion_coefficients").mat())[0]
    check_at_most(f"opencv {name} px", float(np.abs(ours - opencv).max()), 1e-3)
pair = cv2.FileStorage(f"{out}/export/opencv/extrinsics.yml", cv2.FILE_STORAGE_READ)
check("stereo export", all(not pair.getNode(n).empty() for n in ("R", "T", "R1", "R2", "P1", "P2", "Q")))

# People of one view are evaluated file against file: with themselves they agree, a body's width away they do not.
view = f"{out}/60_people2d/c1.yaml"
people = session.load(view)
check("AP of a view with itself", session.loads(rigpose("eval", view, view).stdout)["people2d"]["ap"] == 1)
for joint in (j for f in people["frames"] for p in f["people"] for j in p["joints"] if j):
    joint[0] += 60
session.dump(f"{folder}/moved.yaml", people)
check_at_most("AP of a view moved", session.loads(rigpose("eval", f"{folder}/moved.yaml", view).stdout)["people2d"]["ap"], 0.01)

# A batch goes on after one that fails.
batch = rigpose("batch", f"{folder}/none.yaml", rig, code=1)
told = session.loads(batch.stdout)
check("batch", [s["ok"] for s in told["sessions"]] == [False, True] and told["failed"] == 1, told)


def facts(results):
    """What 10_feeds.yaml says of the footage, whatever it was made from."""
    return {key: value for key, value in session.loads(results["10_feeds.yaml"]).items() if key != "inputs"}


# --- damage: one message, the right code, and nothing already made is lost ------------------------------------------------
def damaged(name, action, command, code, contains):
    """A copy of the session, one thing broken: `command` is refused, and every other result stays as it was."""
    copy = f"{folder}/copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(demo, copy)
    touched = action(copy)
    kept = {n: b for n, b in session.tree_bytes(f"{copy}/out").items() if n != touched}
    print(f"-- {name}")
    refused(*[a.replace("@", copy) for a in command], code=code, contains=contains)
    left = session.tree_bytes(f"{copy}/out")
    if "10_feeds.yaml" in kept and left.get("10_feeds.yaml") != kept["10_feeds.yaml"]:  # made again, which keeps what was known
        check(f"{name}: facts kept", facts(left) == facts(kept))
        left["10_feeds.yaml"] = kept["10_feeds.yaml"]
    check(f"{name}: results kept", all(left.get(n) == b for n, b in kept.items()), [n for n in kept if left.get(n) != kept[n]])


def remove(path):
    return lambda copy: os.remove(f"{copy}/{path}") or os.path.relpath(path, "out")


def cut(path, keep):
    """YAML is cut inside a list: between two items of a block what is left would be whole."""
    def action(copy):
        with open(f"{copy}/{path}", "rb") as stream:
            content = stream.read()
        size = int(len(content) * keep)
        os.truncate(f"{copy}/{path}", content.index(b"[", size) + 1 if path.endswith(".yaml") else size)
        return os.path.relpath(path, "out")
    return action


def rewrite(path, old, new):
    def action(copy):
        with open(f"{copy}/{path}", encoding="utf-8") as stream:
            text = stream.read()
        assert old in text, (path, old)
        with open(f"{copy}/{path}", "w", encoding="utf-8") as stream:
            stream.write(text.replace(old, new, 1))
        return os.path.relpath(path, "out")
    return action


RIG = "@/rig.yaml"
def footage_lost(copy):
    os.remove(f"{copy}/walk_quad.mp4")
    told = rigpose("report", f"{copy}/rig.yaml").stderr
    stills = session.report_data(f"{copy}/out/report.html")["stills"]
    check("report: footage that is gone is told, and the rest is there", "walk_quad.mp4" in told and stills["c1"] == [] and stills["left"], told)
    return None


damaged("footage of the take is gone", footage_lost, ["keypoints", RIG], 1, ["walk_quad.mp4"])
damaged("missing feed", remove("board_quad.mp4"), ["corners", RIG], 1, ["board_quad.mp4"])
damaged("truncated video", cut("board_quad.mp4", 0.5), ["corners", RIG], 1, ["board_quad.mp4"])
damaged("empty video", cut("board_quad.mp4", 0), ["corners", RIG], 1, ["board_quad.mp4"])
damaged("unknown key", rewrite("rig.yaml", "take: walk", "takes: walk"), ["run", RIG], 2, ["rig.yaml:", "takes"])
damaged("broken rig", rewrite("rig.yaml", "board: {kind", "board: [kind"), ["run", RIG], 2, ["rig.yaml:"])
damaged("view twice", rewrite("rig.yaml", "[left, right]}", "[left, c1]}"), ["run", RIG], 2, ["rig.yaml:", "c1"])
damaged("rectangle outside", rewrite("rig.yaml", "board: {kind", "views: {c3: {rect: [0, 480, 640, 481]}}\nboard: {kind"), ["crop", RIG], 2,
        ["rig.yaml:", "c3", "1280x960"])
for result, stage in (("20_corners", "intrinsics"), ("30_intrinsics", "extrinsics"), ("40_extrinsics", "triangulate")):
    path = f"out/{result}.yaml"
    damaged(f"no {result}", remove(path), [stage, RIG], 1, [result, "first"])
    damaged(f"half {result}", cut(path, 0.5), [stage, RIG], 1, [f"{result}.yaml"])
    damaged(f"foreign {result}", rewrite(path, "schema: rigpose/", "schema: other/"), [stage, RIG], 1, [f"{result}.yaml:", "schema"])
damaged("half people2d", cut("out/60_people2d/c1.yaml", 0.5), ["triangulate", RIG], 1, ["c1.yaml"])
damaged("summary of half a file", cut("out/70_people3d.yaml", 0.5), ["summary", RIG], 1, ["70_people3d.yaml:"])


# A board of the wrong size is found nowhere: corners says so, intrinsics refuses by camera.
def wrong_board(copy):
    rewrite("rig.yaml", "corners: [9, 6]", "corners: [8, 5]")(copy)
    rewrite("rig.yaml", "from: board, lens", "from: floor, lens")(copy)
    os.remove(f"{copy}/out/20_corners.yaml")
    warned = rigpose("corners", f"{copy}/rig.yaml").stderr
    check("wrong board is told", "no board of 8x5 inner corners" in warned, warned)
    return "20_corners.yaml"


damaged("wrong board", wrong_board, ["intrinsics", RIG], 1, ["camera 'c1'", "boards"])


# Results made by another program, without hashes, are taken as they are; here to break the rig on purpose.
def corners_of(change):
    def action(copy):
        corners = session.load(f"{copy}/out/20_corners.yaml")
        corners.pop("inputs")
        change(corners["recordings"]["board"])
        session.dump(f"{copy}/out/20_corners.yaml", corners)
        return "20_corners.yaml"
    return action


def blind(boards):
    boards["c2"]["frames"] = []


def apart(boards):
    """c1 and c2 see the board in even frames, the others in odd ones."""
    for name, view in boards.items():
        view["frames"] = [f for f in view["frames"] if f["frame"] % 2 == (0 if name in ("c1", "c2") else 1)]


def apart_with_lenses(copy):
    corners_of(apart)(copy)
    rigpose("intrinsics", f"{copy}/rig.yaml")
    return "20_corners.yaml"


damaged("a view that never sees the board", corners_of(blind), ["intrinsics", RIG], 1, ["c2", "boards"])
damaged("cameras that share no view", apart_with_lenses, ["extrinsics", RIG], 1, ["'c1'", "'c3'", "share"])

# A full disk, and an output folder that cannot be written.
copy = f"{folder}/copy"
shutil.rmtree(copy, ignore_errors=True)
shutil.copytree(demo, copy)
os.remove(f"{copy}/out/70_people3d.yaml")
kept = session.tree_bytes(f"{copy}/out")
import resource
import signal


def small_files():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, 64 * 1024))


refused("triangulate", f"{copy}/rig.yaml", code=1, contains=["70_people3d.yaml"], preexec_fn=small_files)
check("nothing half written", session.tree_bytes(f"{copy}/out") == kept, set(session.tree_bytes(f"{copy}/out")) - set(kept))
shutil.rmtree(f"{copy}/out")
with open(f"{copy}/out", "w", encoding="utf-8") as stream:
    stream.write("a file where the folder should be\n")
refused("crop", f"{copy}/rig.yaml", code=1, contains=["out"])
session.finish()
