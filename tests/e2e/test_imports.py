"""People of other tools: which frame and which joint each number is, whatever the tool and its file; what cannot be is refused."""
import json
import os
import shutil

import session
import walkers
from session import check, refused, rigpose

FRAMES, ALL = 30, walkers.VIEWS
base = session.folder()
walkers.write(base, FRAMES / 30, {v: 30 for v in ALL})
COCO17 = session.load("configs/skeletons/coco17.yaml")["joints"]
truth = {v: [[p["joints"] for p in f["people"]] for f in session.load(f"{base}/out/60_people2d/{v}.yaml")["frames"]] for v in ALL}


def flat(joints):
    return [x for j in joints for x in (j or [0, 0, 0])]


def as_layout(joints, names):
    """COCO's joints in another layout's order; what COCO lacks was not found."""
    return [joints[COCO17.index(n)] if n in COCO17 else None for n in names]


def rig(name, write, skeleton="coco17", recording=None, **keypoints):
    """A session whose view v has what write(path, people of the frames of v) leaves, or that of a list of such, one a view; the rig's path."""
    writers = write if isinstance(write, list) else [write, write]
    views = ALL[:len(writers)]
    folder = f"{base}/{name}"
    os.makedirs(f"{folder}/in")
    shutil.copy(f"{base}/cameras.yaml", folder)
    for v, one in zip(views, writers):
        one(f"{folder}/in/{v}", truth[v])
    session.dump(f"{folder}/rig.yaml", {
        "schema": "rigpose/rig/1", "feeds": {v: {"views": [v], "fps": 30} for v in views}, "cameras": "cameras.yaml",
        "recordings": {"walk": {**{v: None for v in views}, **(recording or {})}}, "take": "walk", "skeleton": skeleton,
        "keypoints": {"source": "import", "people": "in/{view}", **keypoints}, "out": "out"})
    return f"{folder}/rig.yaml"


def same(got, expected):
    return len(got) == len(expected) and all(
        (g is None) == (not e) and (g is None or max(abs(a - b) for a, b in zip(g, e)) < 0.006) for g, e in zip(got, expected))


def taken(name, made, frames, people=None, joints=lambda j: j):
    """The frames that come out are these, and each has its own people."""
    said = rigpose("keypoints", made)
    for v in session.load(made)["feeds"]:
        got = session.load(f"{os.path.dirname(made)}/out/60_people2d/{v}.yaml")["frames"]
        check(f"{name}: frames of {v}", [f["frame"] for f in got] == list(frames), [f["frame"] for f in got])
        for f in got:
            expected = [joints(j) for j in truth[v][f["frame"]]] if people is None or f["frame"] in people else []
            found = [p["joints"] for p in f.get("people", [])]
            if len(found) != len(expected) or not all(same(g, e) for g, e in zip(found, expected)):
                check(f"{name}: people of {v} at {f['frame']}", False, (found[:1], expected[:1]))
                break
    return said.stderr


def openpose(name=lambda f: f"cam_{f:012d}_keypoints.json", keep=range(FRAMES), key="pose_keypoints_2d", names=COCO17, change=lambda f, p: p):
    def write(folder, frames):
        os.makedirs(folder)
        for f in keep:
            people = [{"person_id": [-1], key: flat(as_layout(j, names))} for j in frames[f]]
            with open(f"{folder}/{name(f)}", "w", encoding="utf-8") as stream:
                json.dump({"version": 1.3, "people": change(f, people)}, stream)
    return write


def and_one(name, content=""):
    def write(folder, frames):
        openpose()(folder, frames)
        with open(f"{folder}/{name}", "w", encoding="utf-8") as stream:
            stream.write(content)
    return write


def text(make):
    def write(path, frames):
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(make(frames))
    return write


def coco(image_id=lambda f: f, keep=range(FRAMES), dump=json.dumps, **more):
    return text(lambda frames: dump([{"image_id": image_id(f), "category_id": 1, "keypoints": flat(j), "score": 0.8, **more}
                                     for f in keep for j in frames[f]]))


# --- frames ----------------------------------------------------------------------------------------------------------
gap = [f for f in range(FRAMES) if not 10 <= f < 18]
taken("a gap", rig("gap", openpose(keep=gap)), gap)
taken("a late beginning", rig("late", openpose(keep=range(7, FRAMES))), range(7, FRAMES))
taken("names", rig("names", [openpose(lambda f: f"take2_{f:03d}_rgb8.json"), openpose(lambda f: f"{f}.json"), and_one("._cam_3_keypoints.json", "\0\5"),
                             openpose(key="pose_keypoints")]), range(FRAMES))
wide = {"frames": [10, 19]}
said = taken("a recording's frames of a whole run", rig("range", openpose(), recording=wide), range(10, 20))
check("what is left out is told", "c1: has frames 0 to 29; those outside 10 to 19, step 1, are skipped" in said, said)
taken("a recording's frames of a run over them", rig("part", openpose(keep=range(10, 20)), recording=wide), range(10, 20))
taken("a step", rig("step", openpose(), recording={"frames": [3, 20], "step": 5}), [3, 8, 13, 18])
taken("a step of a list", rig("coco_step", coco(), recording={"frames": [3, 20], "step": 5}), [3, 8, 13, 18])
refused("keypoints", rig("none", openpose(), recording={"frames": [40, 50]}), code=1,
        contains=["view 'c1'", "has frames 0 to 29, none of which is in recording 'walk': frames 40 to 50, step 1"])


for name in ("run2_000000000003_keypoints.json", "000000000003_keypoints.json"):
    refused("keypoints", rig(f"two_{name}", and_one(name)), code=1, contains=[f"'{name}' belong to different series"])
refused("keypoints", rig("twice", and_one("cam_3_keypoints.json")), code=1,
        contains=["'cam_000000000003_keypoints.json' and 'cam_3_keypoints.json' are both of frame 3"])
said = taken("a stray", rig("stray", and_one("summary.json")), range(FRAMES))
check("a stray is named", "skipped 1 files without a frame number, the first is 'summary.json'" in said, said)
refused("keypoints", rig("stamps", openpose(lambda f: f"{1700000000 + f}.json")), code=1,
        contains=["1700000000 is not a frame number, expected at most 9999999 (it may be a time stamp)"])
refused("keypoints", rig("times", openpose(lambda f: f"{f}_{1000 + 33 * f}.json")), code=1, contains=["more than one number differs"])

# A file that got another number is another input.
moved = rig("moved", openpose(keep=range(20)))
taken("before a file moved", moved, range(20))
for v in ALL[:2]:
    os.rename(f"{base}/moved/in/{v}/cam_{19:012d}_keypoints.json", f"{base}/moved/in/{v}/cam_{21:012d}_keypoints.json")
rigpose("run", moved)
check("a file that moved is seen", session.load(f"{base}/moved/out/60_people2d/c1.yaml")["frames"][-1]["frame"] == 21)

# --- formats ---------------------------------------------------------------------------------------------------------
taken("COCO with gaps", rig("coco", coco(keep=gap)), range(FRAMES), people=gap)
taken("image_id", rig("ids", [coco(i) for i in ("{}.jpg".format, "a/b1/{:06d}.png".format, str, float)]), range(FRAMES))
said = taken("AlphaPose, and a byte-order mark", rig("alpha", [coco("{}.jpg".format, box=[1, 2, 3, 4], idx=[0.0]),
                                                              coco(dump=lambda x: "\ufeff" + json.dumps(x))]), range(FRAMES))
check("frames and joints are told", "c1: 60 people in 30 frames, 0 to 29, joints of coco17" in said, said)
taken("COCO's images and annotations", rig("annotations", text(lambda frames: json.dumps({
    "images": [{"id": 900 - f, "file_name": f"walk/{f:05d}.jpg"} for f in range(FRAMES)],
    "annotations": [{"id": 1, "image_id": 900 - f, "keypoints": flat(j)} for f in gap for j in frames[f]]}))), range(FRAMES), people=gap)
taken("AlphaPose as OpenPose, and as CMU's", rig("alpha_open", [text(lambda frames, people=people, joints=joints: json.dumps(
    {f"{f}.jpg": {"version": "AlphaPose v0.3", people: [{joints: flat(j)} for j in frames[f]]} for f in gap}))
    for people, joints in (("people", "pose_keypoints_2d"), ("bodies", "joints"))]), gap)


def instances(people):
    return [{"keypoints": [j[:2] for j in p], "keypoint_scores": [j[2] for j in p], "bbox": [[1, 2, 3, 4]], "bbox_score": 0.9} for p in people]


def pictures(folder, frames):
    os.makedirs(folder)
    for f, people in enumerate(frames):
        with open(f"{folder}/{f:06d}.json", "w", encoding="utf-8") as stream:
            json.dump(instances(people), stream)


demo = {"dataset_name": "coco", "keypoint_id2name": dict(enumerate(COCO17))}
taken("MMPose: a demo, whose frames count from 1; its inferencer; its predictions; its pictures", rig("mmpose", [
    text(lambda frames: json.dumps({"meta_info": demo, "instance_info": [{"frame_id": f + 1, "instances": instances(p)} for f, p in enumerate(frames)]})),
    text(lambda frames: json.dumps([{"frame_id": f, "instances": instances(p)} for f, p in enumerate(frames)])),
    text(lambda frames: json.dumps([instances(p) for p in frames])), pictures]), range(FRAMES))


def deeplabcut(frames, header=lambda h: h):
    columns = [(f"p{p}", name, c) for p in range(2) for name in COCO17 for c in ("x", "y", "likelihood")]
    rows = [["scorer"] + ["net"] * len(columns)] + [[key] + [c[i] for c in columns] for i, key in enumerate(("individuals", "bodyparts", "coords"))]
    rows += [[str(f)] + [str(x) for p in frames[f] for x in flat(p)] for f in gap]
    return "\n".join(",".join(r) for r in header(rows)) + "\n"


def sleap(frames):
    rows = [["track", "frame_idx", "instance.score"] + [f"{n}.{c}" for n in COCO17 for c in ("x", "y", "score")]]
    rows += [[f"t{i}", str(f), "0.9"] + [str(x) for x in flat(p)] for f in gap for i, p in enumerate(frames[f])]
    return "\r\n".join(",".join(r) for r in rows) + "\r\n"


taken("DeepLabCut and SLEAP", rig("tables", [text(deeplabcut), text(sleap)]), gap)
refused("keypoints", rig("dlc_names", text(lambda f: deeplabcut(f).replace("left_eye", "lefteye"))), code=1,
        contains=["its joints are nose, lefteye, right_eye", "skeleton 'coco17' has nose, left_eye, right_eye", "expected all of these"])
refused("keypoints", rig("dlc_3d", text(lambda f: deeplabcut(f).replace(",likelihood", ",z"))), code=1, contains=["3D points"])
refused("keypoints", rig("dlc_twice", text(lambda f: deeplabcut(f) + deeplabcut(f).split("\n")[-2] + "\n")), code=1,
        contains=["duplicate frame 29, in lines 26 and 27"])
refused("keypoints", rig("hdf5", text(lambda f: "\x89HDF\r\n\x1a\n")), code=1, contains=["neither JSON nor a CSV"])
refused("keypoints", rig("semicolons", text(lambda f: deeplabcut(f).replace(",", ";"))), code=1, contains=["cells separated by ';', expected ','"])

# --- joints ----------------------------------------------------------------------------------------------------------
LAYOUTS = {n: session.load(f"configs/skeletons/{n}.yaml")["joints"] for n in ("body25", "body25b", "halpe26", "body135", "aic14", "mpii16")}
for layout, said_as in (("body25", None), ("halpe26", None), ("body135", "BODY_135"), ("body25b", "BODY_25B"), ("aic14", "aic"), ("mpii16", None)):
    names = LAYOUTS[layout]
    taken(layout, rig(layout, openpose(names=names), **({"layout": said_as} if said_as else {})), range(FRAMES),
          joints=lambda j, names=names: [q if n in names else None for n, q in zip(COCO17, j)])
refused("keypoints", rig("wrong", openpose(names=LAYOUTS["body25b"])), code=1,
        contains=["view 'c1'", "are implausible in layout 'body25'", "`keypoints: {layout: body25b}`"])
refused("keypoints", rig("which", openpose(names=LAYOUTS["aic14"])), code=1,
        contains=["14 joints, a count that several layouts have", "one of aic14, crowdpose14, shelf14"])
refused("keypoints", rig("unknown", openpose(), layout="body24"), code=2, contains=["keypoints.layout: 'body24', expected one of aic14, "])
refused("keypoints", rig("other", openpose(), layout="halpe26"), code=1, contains=["17 joints, expected the 26 of layout 'halpe26'"])
hand = {"hand_left_keypoints_2d": [1, 2, 0.5] * 21}
said = taken("a hand alone", rig("hand", openpose(change=lambda f, p: p + [hand] if f == 7 else p)), range(FRAMES))
check("a hand alone is told", "skipped 1 people with only hands or a face" in said, said)


def scaled(x, y, score=1.0):
    def change(_, people):
        for p in people:
            v = p["pose_keypoints_2d"]
            p["pose_keypoints_2d"] = [a * (x, y, score)[i % 3] for i, a in enumerate(v)]
        return people
    return change


width, height = walkers.SIZE
refused("keypoints", rig("shares", openpose(change=scaled(1 / width, 1 / height))), code=1, contains=["view 'c1'", "are normalised"])
refused("keypoints", rig("percent", openpose(change=scaled(1, 1, 100))), code=1, contains=["has a score of 90, expected 0 to 1, not percent"])
taken("scores somewhat above 1", rig("logits", openpose(change=scaled(1, 1, 4))), range(FRAMES), joints=lambda j: [[x, y, 1] for x, y, _ in j])
said = rigpose("keypoints", rig("nobody", openpose(change=scaled(1, 1, 0)))).stderr
check("nobody is told, and why", "view 'c1': none of 60 people in 30 frames" in said and "60 have no joint" in said, said)
said = rigpose("keypoints", rig("larger", openpose(change=scaled(2, 2)))).stderr
check("joints outside are counted", "joints in '" in said and "lie outside its picture of 1280x960" in said, said)
said = rigpose("keypoints", rig("smaller", openpose(change=scaled(0.5, 0.5)))).stderr
check("smaller pictures are told", "of all 2 views lie in the upper left quarter of their pictures" in said, said)
said = taken("sizes", rig("sizes", openpose(change=lambda f, p: scaled(0.5, 0.5)(f, p)), sizes={v: [width // 2, height // 2] for v in ALL[:2]}),
             range(FRAMES), joints=lambda j: [[x + 0.5, y + 0.5, s] for x, y, s in j])
check("sizes mend it", "upper left quarter" not in said, said)

# What `keypoints` refuses of a file, `check` does.
said = rigpose("check", f"{base}/twice/rig.yaml", code=2).stderr
check("check opens the files", "are both of frame 3" in said, said)
session.finish()
