"""What the end-to-end tests share: running the binary, reading its YAML, real data, failing loudly."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

BINARY = os.path.abspath(sys.argv[1])
SKIPPED = 77
_failures, _left_out = [], []


def rigpose(*args, code=0, **options):
    """Run the binary; its exit code must be `code`, where that is not None."""
    done = subprocess.run([BINARY, *map(str, args)], capture_output=True, text=True, timeout=540, **options)
    if code is not None and done.returncode != code:
        print(done.stdout[-2000:], done.stderr[-4000:], sep="\n")
        raise SystemExit(f"rigpose {' '.join(map(str, args))}: exit code {done.returncode}, expected {code}")
    return done


def refused(*args, code, contains, **options):
    """Run what must be refused: by exit code, with exactly one error line that says all of `contains`."""
    done = rigpose(*args, code=code, **options)
    errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    errors = errors[:-1] if args[0] == "check" and len(errors) > 1 else errors  # its last line counts the others
    check(f"one error line of {args[0]}", len(errors) == 1, errors)
    for part in contains:
        check(f"{args[0]} says '{part}'", part in "".join(errors), errors)


def check(what, holds, seen=""):
    print(f"{'ok  ' if holds else 'FAIL'} {what} {seen if not holds else ''}".rstrip())
    if not holds:
        _failures.append(what)


def check_at_most(what, value, most):
    check(f"{what}: {value} <= {most}", value is not None and value <= most)


def check_at_least(what, value, least):
    check(f"{what}: {value} >= {least}", value is not None and value >= least)


def leave_out(why):
    """A part of the test does not run here: the test counts as skipped where nothing fails."""
    print(f"skipped: {why}")
    _left_out.append(why)


def finish():
    if _failures:
        print(f"{len(_failures)} failed")
    sys.exit(1 if _failures else SKIPPED if _left_out else 0)


# libyaml's loader is ten times faster than Python's own, and the files of people are long.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(path):
    with open(path, encoding="utf-8") as stream:
        return yaml.load(stream, _Loader)


def loads(text):
    return yaml.load(text, _Loader)


def dump(path, value):
    with open(path, "w", encoding="utf-8") as stream:
        yaml.safe_dump(value, stream, default_flow_style=None, sort_keys=False, width=1000000)


def summary(rig):
    return loads(rigpose("summary", rig).stdout)


def folder():
    path = tempfile.mkdtemp(prefix="rigpose-e2e-")
    import atexit
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


def real_data(*parts):
    """A path in the real recordings, in the folder that RIGPOSE_REAL_DATA names; the test ends as skipped where there are none."""
    path = os.path.join(os.environ.get("RIGPOSE_REAL_DATA", ""), *parts)
    if not os.environ.get("RIGPOSE_REAL_DATA") or not os.path.exists(path):
        print(f"skipped: no real recordings ({os.path.join(*parts)})")
        sys.exit(SKIPPED)
    return os.path.abspath(path)


def tree_bytes(path):
    """All files of a folder by name, less the timings, the logs, and the report, which names its folder."""
    found = {}
    for at, folders, names in os.walk(path):
        folders[:] = [n for n in folders if n != "log"]
        for name in names:
            if name not in ("seconds.yaml", "report.html"):
                with open(os.path.join(at, name), "rb") as stream:
                    found[os.path.relpath(os.path.join(at, name), path)] = stream.read()
    return found


def report_data(path):
    """What a report.html holds (report/page.h)."""
    with open(path, encoding="utf-8") as stream:
        return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', stream.read(), re.S).group(1))


def natural(names):
    return sorted(names, key=lambda name: [int(p) if p.isdigit() else p for p in re.split(r"(\d+)", name)])
