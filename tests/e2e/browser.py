"""Pages in Chromium, by playwright-core, which `./run people` gets; RIGPOSE_PLAYWRIGHT names another folder that has it."""
import json
import os
import shutil
import subprocess

import session
from session import check

PLAYWRIGHT = os.path.join(os.environ.get("RIGPOSE_PLAYWRIGHT", "web/node_modules/playwright-core"), "index.mjs")
CHROMIUM = "/usr/bin/chromium"


def missing():
    """Why there is no browser here, or None."""
    if os.path.exists(PLAYWRIGHT) and shutil.which("node") and os.path.exists(CHROMIUM):
        return None
    return "no Chromium, node or playwright-core (`./run people` gets it)"


def drive(script, **arguments):
    """Run tests/e2e/SCRIPT with the arguments as JSON; what it prints is JSON, too."""
    given = {"playwright": os.path.abspath(PLAYWRIGHT), "chromium": CHROMIUM, **arguments}
    done = subprocess.run(["node", f"tests/e2e/{script}", json.dumps(given)], capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise SystemExit(f"{script}: {done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    return json.loads(done.stdout)


def look(page, plain=""):
    """What report_page.mjs saw of a page; None, and the test counts as skipped, where there is no browser. plain: without WebGL."""
    if missing():
        session.leave_out(missing())
        return None
    done = subprocess.run(["node", "tests/e2e/report_page.mjs", os.path.abspath(PLAYWRIGHT), page, *[plain][:len(plain)]], capture_output=True, text=True, timeout=240)
    check(f"{page} opens", done.returncode == 0, done.stderr)
    return json.loads(done.stdout)


def report_check(what, page, sections, plain=""):
    """A report opens offline with these sections, says nothing on the console, and the keyboard suffices."""
    seen = look(page, plain)
    if seen is None:
        return
    check(f"{what}: sections", set(seen["sections"]) == sections, seen["sections"])
    check(f"{what}: nothing on the console", not [s for s in seen["said"] if "GPU stall" not in s], seen["said"])
    check(f"{what}: nothing is fetched", seen["asked"] == [], seen["asked"])
    check(f"{what}: 3D, or plans in its place", (seen["canvas3d"], seen["plans"]) == ((0, 2) if plain else (1, 0)), [seen["canvas3d"], seen["plans"]])
    check(f"{what}: the keyboard steps, plays and goes back", "frame 1 " in seen["stepped"] and "frame 11 " in seen["stepped_ten"] and seen["back"] and
          seen["played"] and seen["scene_changed"], seen)
    check(f"{what}: looks through the first camera", plain or seen["through"] == "0", seen)
    check(f"{what}: dark and light", seen["theme"] == "dark", seen["theme"])
