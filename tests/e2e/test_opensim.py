"""OpenSim's files in configs/opensim against the TRC that they are for: names, bodies, sizes. OpenSim itself does not run here."""
import os
import re
import xml.etree.ElementTree as xml

import numpy as np

import motion_readers as readers
import session
import stepper
from session import check, check_at_least, check_at_most, rigpose

# Rajagopal2016 at rest: where each body's origin is against another's, m, of the right side (x ahead, y up, z to the right). All frames are parallel.
BODIES = {"pelvis": (None, (0, 0.94, 0)), "torso": ("pelvis", (-0.1007, 0.0815, 0)), "femur_r": ("pelvis", (-0.056276, -0.07849, 0.07726)),
          "tibia_r": ("femur_r", (0, -0.404425, -0.001265)), "patella_r": ("femur_r", (0.0443, -0.4188, 0)), "talus_r": ("tibia_r", (-0.01, -0.4, 0)),
          "calcn_r": ("talus_r", (-0.04877, -0.04195, 0.00792)), "toes_r": ("calcn_r", (0.1788, -0.002, 0.00108)),
          "humerus_r": ("torso", (0.003155, 0.3715, 0.17)), "ulna_r": ("humerus_r", (0.013144, -0.286273, -0.009595)),
          "radius_r": ("ulna_r", (-0.006727, -0.013007, 0.026083)), "hand_r": ("radius_r", (-0.008797, -0.235841, 0.01361))}
COORDINATES = {"lumbar_extension", "pro_sup_r", "pro_sup_l", "ankle_angle_r", "ankle_angle_l"}
# What the stepper measures, m, and a person who is scaled by it must get back.
LENGTHS = {"thigh": stepper.THIGH, "shank": stepper.SHANK, "upper_arm": stepper.ARM, "forearm": stepper.FOREARM, "pelvis": stepper.HIPS}
FACTOR_OFF = 1e-4  # six decimals of a TRC's metres, over 0.2 m
FACTORS = 0.85, 1.2  # of a person of 1.75 m: the model's is 1.70 m tall, and no limb of it is far from the average


def origin(body):
    """At rest."""
    if body.endswith("_l"):
        return origin(body[:-2] + "_r") * [1, 1, -1]
    parent, offset = BODIES[body]
    return np.array(offset) + (origin(parent) if parent else 0)


def document(path, tool):
    root = xml.parse(path).getroot()
    check(f"{os.path.basename(path)}: {tool} of OpenSim's format 4", root.tag == "OpenSimDocument" and root.get("Version") == "40000" and [e.tag for e in root] == [tool])
    return root[0]


def check_scaling(skeleton, tool, places, trc):
    """The factors as OpenSim's scaling takes them: mean distance in the take over the distance at rest, mean over the pairs."""
    at = {name: trc["points"][:, j] for j, name in enumerate(trc["names"])}
    bodies = [e.get("name") for e in tool.iter("BodyScale")]
    every = {b for one in BODIES for b in ([one] if not one.endswith("_r") else [one, one[:-2] + "_l"])}
    check(f"{skeleton}: every body is scaled once", sorted(bodies) == sorted(every), set(bodies) ^ every)
    for measurement in tool.iter("Measurement"):
        name = measurement.get("name")
        pairs = [e.text.split() for e in measurement.iter("markers")]
        check(f"{skeleton}: {name}: pairs are of the set and of the TRC", pairs and all(len(p) == 2 and set(p) <= set(places) & set(at) for p in pairs), pairs)
        factor = np.mean([np.linalg.norm(at[a] - at[b], axis=1).mean() / np.linalg.norm(places[a] - places[b]) for a, b in pairs])
        check_at_least(f"{skeleton}: {name}: factor", factor, FACTORS[0])
        check_at_most(f"{skeleton}: {name}: factor", factor, FACTORS[1])
        if name in LENGTHS:
            rest = np.mean([np.linalg.norm(places[a] - places[b]) for a, b in pairs])
            check_at_most(f"{skeleton}: {name}: scaled to the person's own length", abs(factor * rest / LENGTHS[name] - 1), FACTOR_OFF)


def check_skeleton(skeleton, folder):
    rig = stepper.write_people3d(f"{folder}/{skeleton}", skeleton, 60)
    done = rigpose("export", rig, "--to", "trc")
    told = re.search(r"for OpenSim: '([^']+)/markers_(\w+)\.xml', and beside it (\S+) and (\S+) \((\S+)\)", done.stderr)
    check(f"{skeleton}: the files are told", told and told.group(2) == skeleton and all(os.path.exists(f"{told.group(1)}/{n}") for n in told.groups()[2:4])
          and os.path.exists(told.group(5)), done.stderr)
    trc = readers.read_trc(f"{folder}/{skeleton}/out/export/trc/walk_person1.trc")

    markers, places = document(f"configs/opensim/markers_{skeleton}.xml", "MarkerSet"), {}
    for marker in markers.iter("Marker"):
        body = marker.findtext("socket_parent_frame")
        check(f"{skeleton}: {marker.get('name')} is on a body of the model", body.startswith("/bodyset/") and re.sub("_l$", "_r", body[9:]) in BODIES, body)
        places[marker.get("name")] = origin(body[9:]) + np.array([float(v) for v in marker.findtext("location").split()])
    check(f"{skeleton}: each marker is in the TRC, none twice", len(places) == len(list(markers.iter("Marker"))) and set(places) <= set(trc["names"]))
    face = {"Nose", "LEye", "REye", "LEar", "REar", "Head"}
    check(f"{skeleton}: all of the TRC but the face are markers", set(trc["names"]) - set(places) <= face and not set(places) & face, set(trc["names"]) - set(places))
    for name, place in places.items():
        if name[0] == "L":
            check_at_most(f"{skeleton}: {name} mirrors the right side", float(np.abs(place * [1, 1, -1] - places["R" + name[1:]]).max()), 1e-9)

    check_scaling(skeleton, document(f"configs/opensim/scale_{skeleton}.xml", "ScaleTool"), places, trc)
    tasks = document(f"configs/opensim/ik_{skeleton}.xml", "InverseKinematicsTool")
    weights = {e.get("name"): float(e.findtext("weight")) for e in tasks.iter("IKMarkerTask") if e.findtext("apply") == "true"}
    check(f"{skeleton}: each marker has a task with a weight", set(weights) == set(places) and min(weights.values()) > 0, set(weights) ^ set(places))
    free = {e.get("name") for e in tasks.iter("IKCoordinateTask")}
    check(f"{skeleton}: coordinates that no marker holds", free == COORDINATES - ({"ankle_angle_r", "ankle_angle_l"} if "RHeel" in places else set()), free)
    for tool, keys in (("scale", ("GenericModelMaker/model_file", "GenericModelMaker/marker_set_file", "ModelScaler/marker_file", "ModelScaler/output_model_file")),
                       ("ik", ("model_file", "marker_file", "output_motion_file"))):
        element = xml.parse(f"configs/opensim/{tool}_{skeleton}.xml").getroot()[0]
        values = [element.findtext(k) for k in keys]
        check(f"{skeleton}: files of {tool}", values == (["Rajagopal2016.osim", f"markers_{skeleton}.xml", "person.trc", "scaled.osim"] if tool == "scale"
                                                         else ["scaled.osim", "person.trc", "person.mot"]), values)


folder = session.folder()
for name in stepper.SKELETONS:
    check_skeleton(name, folder)
rig = stepper.write_people3d(f"{folder}/other", "coco17", 20)
session.dump(f"{folder}/other/own.yaml", {**session.load("configs/skeletons/coco17.yaml"), "name": "own"})
session.dump(rig, {**session.load(rig), "skeleton": "own.yaml"})
people = session.load(f"{folder}/other/out/70_people3d.yaml")
session.dump(f"{folder}/other/out/70_people3d.yaml", {**people, "skeleton": "own"})
check("a skeleton without such files: nothing is told", "OpenSim" not in rigpose("export", rig, "--to", "trc").stderr)
session.finish()
