"""Calibrations out to other tools and back: what those tools, or readers written from their definitions, project is what rigpose
projects; which camera is taken as which view, in which unit; what cannot be is refused and leaves nothing."""
import json
import os
import shutil
import subprocess
import tomllib
import xml.etree.ElementTree

import cv2
import numpy as np
import yaml

import session
import walkers
from session import check, check_at_most, refused, rigpose

SIZE = [1280, 720]
PX = 1e-3
base = session.folder()
rng = np.random.default_rng(5)


def pose(k, n):
    """A camera on a circle of 4 m that looks at the middle, a metre and a half up."""
    angle = 2 * np.pi * k / n + 0.3
    centre = np.array([4 * np.cos(angle), 4 * np.sin(angle), 1.5 + 0.1 * k])
    z = np.array([0, 0, 1]) - centre
    z /= np.linalg.norm(z)
    x = np.cross(z, [0, 0, 1])
    x /= np.linalg.norm(x)
    R = np.array([x, np.cross(z, x), z])
    return cv2.Rodrigues(R)[0].ravel(), -R @ centre


def calibration(lenses):
    cameras = {}
    for k, (name, (lens, dist)) in enumerate(lenses.items()):
        rvec, t = pose(k, len(lenses))
        cameras[name] = {"size": SIZE, "lens": lens, "K": [900 + 3 * k, 910 - 2 * k, 641.25 + k, 352.75 - k], "dist": dist,
                         "Rt_cam_world": {"rvec": rvec.tolist(), "t_m": t.tolist()}}
    return cameras


def rig(name, cameras, **keys):
    """A rig of these views, whose known calibration is a file of ours, or a path."""
    folder = f"{base}/{name}"
    os.makedirs(folder)
    views = keys.pop("views", cameras)
    if not isinstance(cameras, str):
        session.dump(f"{folder}/cameras.yaml", {"schema": "rigpose/extrinsics/1", "cameras": cameras})
        cameras = "cameras.yaml"
    session.dump(f"{folder}/rig.yaml", {
        "schema": "rigpose/rig/1", "feeds": {v: {"views": [v], "fps": 30} for v in views}, "cameras": cameras, "take": "walk",
        "recordings": {"walk": {v: None for v in views}}, "keypoints": {"source": "yaml"}, "out": "out", **keys})
    return f"{folder}/rig.yaml"


# --- projection, by OpenCV and by the formats' definitions ----------------------------------------------------------------


def opencv(points, R, t, K, dist, fisheye=False):
    rvec = np.asarray(R, float)
    rvec = cv2.Rodrigues(rvec.reshape(3, 3))[0] if rvec.size == 9 else rvec
    K = np.asarray(K, float)
    K = np.array([[K[0], 0, K[2]], [0, K[1], K[3]], [0, 0, 1]]) if K.size == 4 else K.reshape(3, 3)
    project = cv2.fisheye.projectPoints if fisheye else cv2.projectPoints
    flat = np.asarray(dist, float).ravel()
    flat = np.pad(flat, (0, max(0, 4 - flat.size)))
    return project(points.reshape(-1, 1, 3), rvec.reshape(3, 1), np.array(t, float).reshape(3, 1), K, flat)[0].reshape(-1, 2)


def brown(points_cam, f, c, k, p):
    """The pinhole with Brown's distortion, as the papers have it."""
    x, y = (points_cam[:, :2] / points_cam[:, 2:]).T
    r2 = x * x + y * y
    radial = 1 + sum(a * r2 ** (i + 1) for i, a in enumerate(k))
    dx, dy = 2 * p[0] * x * y + p[1] * (r2 + 2 * x * x), p[0] * (r2 + 2 * y * y) + 2 * p[1] * x * y
    return np.stack([f[0] * (x * radial + dx) + c[0], f[1] * (y * radial + dy) + c[1]], 1)


def storage(path):
    return cv2.FileStorage(path, cv2.FILE_STORAGE_READ)


def read_opencv(folder, names):
    out = {}
    for name in names:
        f = storage(f"{folder}/{name}.yml")
        m = {k: f.getNode(k).mat() for k in ("R", "tvec", "camera_matrix", "distortion_coefficients")}
        fisheye = f.getNode("fisheye_model").real() == 1
        out[name] = lambda p, m=m, fisheye=fisheye: opencv(p, m["R"], m["tvec"], m["camera_matrix"], m["distortion_coefficients"], fisheye)
    return out


def read_easymocap(folder, names):
    intri, extri = storage(f"{folder}/intri.yml"), storage(f"{folder}/extri.yml")
    listed = [intri.getNode("names").at(i).string() for i in range(intri.getNode("names").size())]
    return {n: lambda p, n=n: opencv(p, extri.getNode("R_" + n).mat(), extri.getNode("T_" + n).mat(), intri.getNode("K_" + n).mat(),
                                     intri.getNode("dist_" + n).mat()) for n in listed}


def read_toml(folder, names):
    """Cameras as aniposelib loads them: sections sorted as strings, but for `metadata`. caliscope's are numbers without names."""
    file, = os.listdir(folder)
    per_m = 1000 if file == "calibration.toml" else 1
    loaded = tomllib.load(open(f"{folder}/{file}", "rb"))
    loaded, order = (loaded["cameras"], int) if "cameras" in loaded else (loaded, str)
    sections = [loaded[k] for k in sorted(loaded, key=order) if k != "metadata"]
    check(f"{file}: sections as they are sorted are in order", [s.get("name", n) for s, n in zip(sections, names)] == names)
    return {s.get("name", n): lambda p, s=s: opencv(p * per_m, s["rotation"], s["translation"], s["matrix"], s["distortions"], s["fisheye"])
            for s, n in zip(sections, names)}


def read_kalibr(folder, names):
    chain, T, out = yaml.safe_load(open(f"{folder}/camchain.yaml")), np.eye(4), {}
    for i, _ in enumerate(names):
        cam = chain[f"cam{i}"]
        T = np.array(cam["T_cn_cnm1"]) @ T
        out[cam["rostopic"].split("/")[1]] = lambda p, cam=cam, T=T: opencv(
            p, T[:3, :3], T[:3, 3], cam["intrinsics"], cam["distortion_coeffs"], cam["distortion_model"] == "equidistant")
    return out


def read_colmap(folder, names):
    """What COLMAP writes after it has read it, where there is one."""
    if shutil.which("colmap"):
        binary, text = f"{folder}/as_bin", f"{folder}/as_txt"
        for made, of, kind in ((binary, folder, "BIN"), (text, binary, "TXT")):
            os.makedirs(made)
            subprocess.run(["colmap", "model_converter", "--input_path", of, "--output_path", made, "--output_type", kind], check=True,
                           capture_output=True, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"})
        folder = text
    else:
        session.leave_out("COLMAP is not installed: a reader of ours stands in for it")
    lines = [line for line in open(f"{folder}/cameras.txt") if line[0] != "#"]
    cameras = {w[0]: (w[1], np.array(w[4:], float)) for w in map(str.split, lines)}
    out = {}
    lines = [line for line in open(f"{folder}/images.txt") if line[0] != "#"]
    for w in map(str.split, lines[::2]):
        q, t, (model, b) = np.array(w[1:5], float), np.array(w[5:8], float), cameras[w[8]]
        v, s = q[1:], q[0]
        R = (s * s - v @ v) * np.eye(3) + 2 * np.outer(v, v) + 2 * s * np.array([[0, -v[2], v[1]], [v[2], 0, -v[0]], [-v[1], v[0], 0]])
        dist = b[4:]
        # COLMAP's pixels begin at the corner of the first one
        out[os.path.splitext(w[9])[0]] = lambda p, R=R, t=t, b=b, d=dist, m=model: opencv(p, R, t, b[:4], d, m == "OPENCV_FISHEYE") - 0.5
    return out


def read_ros(folder, names):
    out = {}
    for name in names:
        y = yaml.safe_load(open(f"{folder}/{name}.yaml"))
        check(f"ros {name}: rectified by nothing", y["rectification_matrix"]["data"] == list(np.eye(3).ravel()) and
              y["projection_matrix"]["data"][:3] == y["camera_matrix"]["data"][:3])
        out[y["camera_name"]] = lambda p, y=y, name=name: opencv(
            p, *WORLD[name], y["camera_matrix"]["data"], y["distortion_coefficients"]["data"], y["distortion_model"] == "equidistant")
    return out


def read_mccalib(folder, names):
    f, out = storage(f"{folder}/calibrated_cameras_data.yml"), {}
    for i, name in enumerate(names[:int(f.getNode("nb_camera").real())]):
        node = f.getNode(f"camera_{i}")
        T = np.linalg.inv(node.getNode("camera_pose_matrix").mat())
        m = [node.getNode(k).mat() for k in ("camera_matrix", "distortion_vector")]
        out[name] = lambda p, T=T, m=m, fisheye=node.getNode("distortion_type").real() == 1: opencv(p, T[:3, :3], T[:3, 3], *m, fisheye)
    return out


def read_mrcal(folder, names):
    try:
        import mrcal
    except ImportError:
        session.leave_out("mrcal is not installed")
        return None
    out = {}
    for name in names:
        model = mrcal.cameramodel(f"{folder}/{name}.cameramodel")
        out[name] = lambda p, m=model: mrcal.project(mrcal.transform_point_rt(m.extrinsics_rt_fromref(), p), *m.intrinsics())
    return out


def read_panoptic(folder, names):
    """As VoxelPose loads CMU Panoptic: M turns the world whose y points down into one whose z points up."""
    M, out = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]], float), {}
    for c in json.load(open(f"{folder}/calibration.json"))["cameras"]:
        K, d = np.array(c["K"]), c["distCoef"]
        out[c["name"]] = lambda p, c=c, K=K, d=d: brown(100 * p @ (np.array(c["R"]) @ M).T + np.array(c["t"]).T, (K[0, 0], K[1, 1]),
                                                        (K[0, 2], K[1, 2]), (d[0], d[1], d[4]), d[2:4])
    return out


def read_voxelpose(folder, names):
    cameras = json.load(open(f"{folder}/calibration.json"))
    return {name: lambda p, c=cameras[str(i)]: brown((1000 * p - np.array(c["T"]).T) @ np.array(c["R"]).T, (c["fx"], c["fy"]), (c["cx"], c["cy"]),
                                                     np.ravel(c["k"]), np.ravel(c["p"])) for i, name in enumerate(names)}


def read_qca(folder, names):
    """Qualisys's camera looks along -z with y up: half a turn about x."""
    out = {}
    for c in xml.etree.ElementTree.parse(f"{folder}/calibration.qca.txt").getroot().iter("camera"):
        a, b = ({k: float(v) for k, v in c.find(tag).attrib.items()} for tag in ("transform", "intrinsic"))
        M = np.array([[a[f"r{i}{j}"] for j in (1, 2, 3)] for i in (1, 2, 3)]) * [[1], [-1], [-1]]
        centre = np.array([a["x"], a["y"], a["z"]]) / 1000
        out[c.get("serial")] = lambda p, M=M, centre=centre, b=b: brown(
            (p - centre) @ M.T, (b["focalLengthU"] / 64, b["focalLengthV"] / 64), (b["centerPointU"] / 64, b["centerPointV"] / 64),
            [b[f"radialDistortion{i}"] for i in (1, 2, 3)], [b[f"tangentalDistortion{i}"] for i in (1, 2)])
    return out


READERS = {"opencv": read_opencv, "easymocap": read_easymocap, "anipose": read_toml, "pose2sim": read_toml, "caliscope": read_toml,
           "kalibr": read_kalibr, "colmap": read_colmap, "ros": read_ros, "mccalib": read_mccalib, "mrcal": read_mrcal,
           "panoptic": read_panoptic, "voxelpose": read_voxelpose, "qca": read_qca}
WORLD = {}


def compare(cameras, made, forms):
    """Each format's readers see a thousand points where rigpose's own numbers put them."""
    names = list(cameras)
    points = rng.uniform([-1, -1, 0], [1, 1, 2], (1000, 3))
    for name, c in cameras.items():
        WORLD[name] = c["Rt_cam_world"]["rvec"], c["Rt_cam_world"]["t_m"]
    for form in forms:
        folder = f"{os.path.dirname(made)}/out/export/{form}"
        rigpose("export", made, "--to", form)
        shutil.copytree(folder, f"{folder}.kept")
        readers = READERS[form](folder, names)
        if readers is None:
            continue
        check(f"{form}: all cameras", list(readers) == names or sorted(readers) == sorted(names), list(readers))
        worst = max(float(np.abs(project(points) - opencv(points, *WORLD[n], cameras[n]["K"], cameras[n]["dist"],
                                                          cameras[n]["lens"] == "fisheye4")).max()) for n, project in readers.items())
        check_at_most(f"{form} px", worst, PX)


def main():
    helped = rigpose("export", "--help").stdout
    check("every format has a line of help", all(f"\n  {form} " in helped for form in READERS), helped)

    dist = [-0.25, 0.08, 1e-3, -7e-4]
    plain = calibration({"c1": ("pinhole4", dist), "c2": ("pinhole4", dist), "c10": ("pinhole2", dist[:2]), "c3": ("pinhole0", [])})
    compare(plain, rig("plain", plain), READERS)
    k3 = calibration({f"v{k}": ("pinhole5", [*dist, -0.02]) for k in range(12)})
    compare(k3, rig("k3", k3), [form for form in READERS if form != "kalibr"])
    wide = calibration({"a": ("fisheye4", [0.02, -0.01, 0.002, -0.0005]), "b": ("pinhole4", dist)})
    compare(wide, rig("wide", wide), ("opencv", "anipose", "caliscope", "kalibr", "colmap", "ros", "mccalib"))
    rational = calibration({"a": ("pinhole8", [*dist, -0.01, 0.05, 0.01, 0.001]), "b": ("pinhole4", dist)})
    compare(rational, rig("rational", rational), ("opencv", "colmap", "ros", "mrcal"))

    # What a format cannot hold is refitted, and told, or refused, and then nothing is left.
    refused("export", f"{base}/k3/rig.yaml", "--to", "kalibr", code=1,
            contains=["camera 'v0': format kalibr cannot represent lens pinhole5: the closest model, pinhole4, deviates by up to"])
    check("nothing is left of it", not os.path.exists(f"{base}/k3/out/export/kalibr"))
    mild = calibration({"a": ("pinhole5", [*dist, -0.0002])})
    said = rigpose("export", rig("mild", mild), "--to", "kalibr").stderr
    check("a refit is told", "camera 'a': lens pinhole5 written as pinhole4, with a deviation of" in said, said)
    check("nothing but what was written is there", os.listdir(f"{base}/mild/out/export/kalibr") == ["camchain.yaml"])
    del mild["a"]["Rt_cam_world"]
    refused("export", rig("unplaced", mild), "--to", "anipose", code=1, contains=["camera 'a': has no pose, which format anipose requires"])

    # An export replaces an earlier one of its format and no other file; cameras that an earlier one left are told of.
    mixed = f"{base}/mixed"
    rigpose("export", f"{base}/plain/rig.yaml", "--to", "panoptic", "--dir", mixed)
    panoptic = session.tree_bytes(mixed)
    refused("export", f"{base}/plain/rig.yaml", "--to", "voxelpose", "--dir", mixed, code=1,
            contains=[f"'{mixed}/calibration.json' exists and is not of format voxelpose", "expected another folder (--dir)"])
    check("the file of the other format is as it was", session.tree_bytes(mixed) == panoptic, os.listdir(mixed))
    rigpose("export", f"{base}/plain/rig.yaml", "--to", "panoptic", "--dir", mixed)
    check("and replaced by its own", session.tree_bytes(mixed) == panoptic, os.listdir(mixed))
    said = rigpose("export", f"{base}/k3/rig.yaml", "--to", "opencv", "--dir", mixed).stderr
    check("a first export is not warned of", "warning" not in said, said)
    said = rigpose("export", f"{base}/plain/rig.yaml", "--to", "opencv", "--dir", mixed).stderr
    check("cameras of an earlier export are", f"'{mixed}' also contains cameras that this export did not write (12), such as v0.yml" in said, said)

    # Back in: the same cameras, to the last digits, whichever tool they were written for.
    for form in READERS:
        if form in ("ros", "voxelpose"):  # without poses, without sizes
            continue
        back = rig(f"back_{form}", f"../plain/out/export/{form}.kept", views=plain)
        rigpose("export", back, "--to", "opencv")
        ours, again = (read_opencv(f"{base}/{d}/out/export/opencv", list(plain)) for d in ("plain", f"back_{form}"))
        points = rng.uniform([-1, -1, 0], [1, 1, 2], (100, 3))
        check_at_most(f"{form} and back px", max(float(np.abs(ours[n](points) - again[n](points)).max()) for n in plain), 1e-6)

    # People are triangulated by them, and again where the other file of two has changed.
    walked = f"{base}/walked"
    walkers.write(walked, 1, {v: 30 for v in walkers.VIEWS})
    rigpose("triangulate", f"{walked}/rig.yaml")
    rigpose("export", f"{walked}/rig.yaml", "--to", "easymocap", "--dir", f"{walked}/mocap")
    theirs = session.load(f"{walked}/rig.yaml")
    session.dump(f"{walked}/theirs.yaml", {**theirs, "cameras": "mocap/intri.yml", "out": "out_theirs"})
    shutil.copytree(f"{walked}/out/60_people2d", f"{walked}/out_theirs/60_people2d")
    rigpose("triangulate", f"{walked}/theirs.yaml")
    people = [[j["p_m"] for f in session.load(f"{walked}/{out}/70_people3d.yaml")["frames"] for p in f["people"] for j in p["joints"] if "p_m" in j]
              for out in ("out", "out_theirs")]
    check("as many joints", len(people[0]) == len(people[1]) > 500, (len(people[0]), len(people[1])))
    check_at_most("people by EasyMocap's files m", float(np.abs(np.array(people[0]) - np.array(people[1])).max()), 2e-6)
    said = rigpose("run", f"{walked}/theirs.yaml").stderr
    check("current", "triangulate: up to date" in said, said)
    text = open(f"{walked}/mocap/extri.yml").read()
    open(f"{walked}/mocap/extri.yml", "w").write(text + "# another\n")
    said = rigpose("run", f"{walked}/theirs.yaml").stderr
    check("stale", "triangulate: up to date" not in said, said)

    # Which camera is which view, and in which unit.
    def says(what, made, *parts):
        said = rigpose("check", made, code=None).stderr
        check(what, all(part in said for part in parts) and said.count("cameras: ") == 1, said)

    kept = f"{base}/plain/out/export"
    says("by name, in millimetres", rig("mm", f"{kept}/anipose.kept", views=plain), "cameras 4 of 4 matched by name", "lengths in millimetres, guessed from the")
    says("by name, in metres", rig("m", f"{kept}/pose2sim.kept", views=plain), "cameras 4 of 4 matched by name", "lengths in metres, guessed from the")
    says("by order", rig("order", f"{kept}/anipose.kept", views=["w", "x", "y", "z"]), "matched by order: 'c1' is 'w', 'c2' is 'x', 'c10' is 'y', 'c3' is 'z'")
    refused("export", rig("neither", f"{kept}/anipose.kept", views=["w", "x"]), "--to", "opencv", code=2,
            contains=["none of its 4 cameras ('c1', ...) has the name of a view, and the rig has 2 views ('w', ...)"])
    text = open(f"{kept}/pose2sim.kept/Calib.toml").read()
    loaded = tomllib.loads(text)
    for section in loaded.values():
        if "translation" in section:
            far = ", ".join(str(7.0 * x) for x in section["translation"])
            text = text.replace("translation = [ " + ", ".join(repr(x) for x in section["translation"]) + " ]", f"translation = [ {far} ]")
    os.makedirs(f"{base}/far")
    open(f"{base}/far/Calib.toml", "w").write(text)
    refused("export", rig("unclear", "../far", views=plain), "--to", "opencv", code=2,
            contains=["apart in a unit that the file does not state, expected `cameras_unit: m`, cm or mm"])
    says("by what the rig says", rig("clear", "../far", views=plain, cameras_unit="cm"), "lengths in centimetres, as cameras_unit says")
    says("no size", rig("sizes", f"{kept}/voxelpose.kept", views=plain), "VoxelPose", "'0' is 'c1'")
    said = rigpose("check", f"{base}/sizes/rig.yaml", code=None).stderr
    check("a camera without a size is not called implausible", "implausible" not in said, said)
    refused("export", f"{base}/sizes/rig.yaml", "--to", "opencv", code=1, contains=["camera 'c1': its picture size is unknown"])
    refused("export", rig("ours", plain, cameras_unit="mm"), "--to", "opencv", code=2, contains=["is in rigpose's own format, whose lengths are in metres"])


main()
session.finish()
