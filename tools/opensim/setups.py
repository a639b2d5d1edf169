"""OpenSim's files for the markers of `rigpose export --to trc`: for each skeleton a marker set, a scaling set-up and an inverse kinematics
set-up, on the bodies of the full-body model Rajagopal2016. Writes configs/opensim, or the folder that it is given.

Usage: python3 tools/opensim/setups.py [FOLDER]
"""
import os
import sys

import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SKELETONS = ("coco17", "halpe26", "body25")

# Joint of the right side or of the middle: body of the model, place in the body's frame (m; x ahead, y up, z to the right), weight in inverse
# kinematics. Centres of joints are those of the model, so that a marker at rest lies where the model bends. Hips are wider than the model's centres:
# networks mark them 0.52 to 0.56 of the thigh's length apart, in three real recordings, and centres are 0.38 apart. Heels and toes lie on the skin by
# eye. The face has no marker: the model's head is part of its torso, and would bend the trunk when somebody looks down.
PLACES = {
    "neck": ("torso", (0.003, 0.3715, 0), 0.5),
    "shoulder": ("torso", (0.003155, 0.3715, 0.17), 2),
    "elbow": ("humerus", (0.0147, -0.2861, -0.003), 1),
    "wrist": ("radius", (-0.0088, -0.2358, 0.0136), 1),
    "mid_hip": ("pelvis", (-0.0563, -0.0785, 0), 1),
    "hip": ("pelvis", (-0.0563, -0.0785, 0.108), 2),
    "knee": ("femur", (-0.0081, -0.408, -0.0028), 1),
    "ankle": ("tibia", (-0.01, -0.4, 0), 1),
    "heel": ("calcn", (-0.02, 0.02, -0.005), 1),
    "small_toe": ("calcn", (0.165, 0.01, 0.055), 0.5),
    "big_toe": ("toes", (0.06, 0.005, -0.025), 0.5),
}
ONE_BODY = ("torso", "pelvis")  # of no side

# What scales which bodies: distances of joints, on both sides where they have sides.
MEASUREMENTS = (
    ("trunk", ("shoulder", "hip"), ("torso",)),
    ("pelvis", ("left_hip", "right_hip"), ("pelvis",)),
    ("upper_arm", ("shoulder", "elbow"), ("humerus",)),
    ("forearm", ("elbow", "wrist"), ("ulna", "radius", "hand")),
    ("thigh", ("hip", "knee"), ("femur", "patella")),
    ("shank", ("knee", "ankle"), ("tibia",)),
    ("foot", ("heel", "big_toe"), ("talus", "calcn", "toes")),
)
WITHOUT_FEET = ("knee", "ankle")  # scales feet that have no markers

# Coordinates that no marker holds are drawn to the model's rest, so weakly that 0.2 rad weigh as much as 2 cm of a marker: which of trunk and pelvis
# leans, how a forearm is turned, and a foot without markers.
FREE, FREE_FEET, FREE_WEIGHT = ("lumbar_extension", "pro_sup_r", "pro_sup_l"), ("ankle_angle_r", "ankle_angle_l"), 0.01


def marker_name(joint):
    """As io/export_names.c has it, which Pose2Sim's names are."""
    joint = {"mid_hip": "Hip", "head_top": "Head"}.get(joint, joint)
    side, rest = ("L", joint[5:]) if joint.startswith("left_") else ("R", joint[6:]) if joint.startswith("right_") else ("", joint)
    return side + "".join(word[:1].upper() + word[1:] for word in rest.split("_"))


def split(joint):
    """The side, "r", "l" or "", and the joint without it."""
    for side in ("right", "left"):
        if joint.startswith(side + "_"):
            return side[0], joint[len(side) + 1:]
    return "", joint


def both_sides(pair):
    return [tuple(f"{side}_{joint}" for joint in pair) for side in ("right", "left")]


def both_bodies(bodies):
    return list(bodies) if bodies[0] in ONE_BODY else [f"{body}_{side}" for side in "rl" for body in bodies]


def placed(joints):
    """Joints that have a marker: (joint, body, place, weight)."""
    found = []
    for joint in joints:
        side, name = split(joint)
        if name in PLACES and bool(side) == (name not in ("neck", "mid_hip")):
            body, (x, y, z), weight = PLACES[name]
            found.append((joint, body if body in ONE_BODY else f"{body}_{side}", (x, y, -z if side == "l" else z), weight))
    return found


def document(comment, body):
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!-- {comment} Written by tools/opensim/setups.py. -->\n<OpenSimDocument Version="40000">\n{body}</OpenSimDocument>\n'


def number(x):
    return f"{x:g}"


def markers(skeleton, joints):
    rows = "".join(
        f'      <Marker name="{marker_name(joint)}">\n        <socket_parent_frame>/bodyset/{body}</socket_parent_frame>\n'
        f'        <location>{" ".join(map(number, place))}</location>\n        <fixed>true</fixed>\n      </Marker>\n'
        for joint, body, place, _ in placed(joints))
    return document(f"Markers of skeleton {skeleton} on the bodies of Rajagopal2016.",
                    f'  <MarkerSet name="{skeleton}">\n    <objects>\n{rows}    </objects>\n    <groups />\n  </MarkerSet>\n')


MEASUREMENT = """\
          <Measurement name="{name}">
            <apply>true</apply>
            <MarkerPairSet>
              <objects>
{pairs}              </objects>
              <groups />
            </MarkerPairSet>
            <BodyScaleSet>
              <objects>
{bodies}              </objects>
              <groups />
            </BodyScaleSet>
          </Measurement>
"""
PAIR = """\
                <MarkerPair>
                  <markers>{} {}</markers>
                </MarkerPair>
"""
BODY = """\
                <BodyScale name="{}">
                  <axes>X Y Z</axes>
                </BodyScale>
"""


def measurement(name, pair, bodies, joints):
    pairs = [pair] if pair[0] in joints else both_sides(pair)
    if not set(sum(pairs, ())) <= set(joints):
        pairs = both_sides(WITHOUT_FEET)
    return MEASUREMENT.format(name=name, pairs="".join(PAIR.format(*map(marker_name, p)) for p in pairs),
                              bodies="".join(map(BODY.format, both_bodies(bodies))))


def scale(skeleton, joints):
    rows = "".join(measurement(*row, joints) for row in MEASUREMENTS)
    return document(f"Scales Rajagopal2016 to a person of skeleton {skeleton}. Set mass (kg) and time_range (s, a stretch in which no joint is missing).", f"""\
  <ScaleTool name="scaled">
    <mass>75</mass>
    <GenericModelMaker>
      <model_file>Rajagopal2016.osim</model_file>
      <marker_set_file>markers_{skeleton}.xml</marker_set_file>
    </GenericModelMaker>
    <ModelScaler>
      <apply>true</apply>
      <scaling_order>measurements</scaling_order>
      <MeasurementSet>
        <objects>
{rows}        </objects>
        <groups />
      </MeasurementSet>
      <marker_file>person.trc</marker_file>
      <time_range>0 1</time_range>
      <preserve_mass_distribution>true</preserve_mass_distribution>
      <output_model_file>scaled.osim</output_model_file>
      <output_scale_file>scale_factors.xml</output_scale_file>
    </ModelScaler>
    <MarkerPlacer>
      <apply>false</apply>
    </MarkerPlacer>
  </ScaleTool>
""")


def ik(skeleton, joints):
    rows = "".join(f'        <IKMarkerTask name="{marker_name(joint)}">\n          <apply>true</apply>\n          <weight>{number(weight)}</weight>\n        </IKMarkerTask>\n'
                   for joint, _, _, weight in placed(joints))
    rows += "".join(f'        <IKCoordinateTask name="{name}">\n          <apply>true</apply>\n          <weight>{number(FREE_WEIGHT)}</weight>\n'
                    "          <value_type>default_value</value_type>\n        </IKCoordinateTask>\n"
                    for name in FREE + (() if "right_heel" in joints else FREE_FEET))
    return document(f"Inverse kinematics of a person of skeleton {skeleton}, of all the frames.", f"""\
  <InverseKinematicsTool name="{skeleton}">
    <model_file>scaled.osim</model_file>
    <constraint_weight>Inf</constraint_weight>
    <accuracy>1e-05</accuracy>
    <IKTaskSet>
      <objects>
{rows}      </objects>
      <groups />
    </IKTaskSet>
    <marker_file>person.trc</marker_file>
    <report_errors>true</report_errors>
    <output_motion_file>person.mot</output_motion_file>
  </InverseKinematicsTool>
""")


def write(folder):
    os.makedirs(folder, exist_ok=True)
    for skeleton in SKELETONS:
        with open(f"{ROOT}/configs/skeletons/{skeleton}.yaml", encoding="utf-8") as stream:
            joints = yaml.safe_load(stream)["joints"]
        for name, make in (("markers", markers), ("scale", scale), ("ik", ik)):
            with open(f"{folder}/{name}_{skeleton}.xml", "w", encoding="utf-8") as stream:
                stream.write(make(skeleton, joints))


if __name__ == "__main__":
    write(sys.argv[1] if len(sys.argv) > 1 else f"{ROOT}/configs/opensim")
