"""What README.md and docs/tutorials/ show is what the binary takes: every rig YAML passes `rigpose check` but for files that
are not there, every command and option exists. usage: lint_tutorials.py ROOT BINARY

A ```yaml block with `schema` is a rig; one without is a part of the page's last rig before it, whose keys it replaces
(of configs/example_rig.yaml where there is none). In a ```sh block a line that begins with `rigpose` is a command.
"""
import os
import re
import subprocess
import sys
import tempfile

import tree
import yaml

if len(sys.argv) < 3:
    print("skipped: no binary")
    sys.exit(77)
BINARY = sys.argv[2]
ABSENT = re.compile(r"cannot read '|no view of the take has a frame rate|cannot find '|no picture matches '|\.onnx|: \d+ problems?$")  # and what follows: files that a page has not
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
GLOBALS = {"--help", "--quiet", "--verbose", "--color", "--jobs", "-h", "-q", "-v"}
EXAMPLE = yaml.safe_load(tree.read("configs/example_rig.yaml"))
problems, n_rigs, n_commands = [], 0, 0


def run(*args):
    return subprocess.run([BINARY, *args], capture_output=True, text=True)


def told_of(rig):
    """The problems of a rig YAML."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "rig.yaml")
        with open(path, "w", encoding="utf-8") as stream:
            yaml.safe_dump(rig, stream, sort_keys=False)
        errors = [line for line in run("check", path).stderr.splitlines() if line.startswith("error: ")]
    return [line.replace(folder + "/", "") for line in errors if not ABSENT.search(line)]


def command_check(where, line):
    """One that exists, with options that it has."""
    words = line.split("#")[0].split()
    name = words[1] if len(words) > 1 else ""
    told = run("help", name)
    if not name or told.returncode:
        problems.append(f"{where}: no command '{name}': {line}")
        return
    for word in words[2:]:
        option = word.split("=")[0]
        if option.startswith("-") and option not in GLOBALS and f"  {option} " not in told.stdout:
            problems.append(f"{where}: `{name}` has no option {option}")


pages = [path for path in tree.files(".md") if path == "README.md" or path.startswith("docs/tutorials/")]
for page in pages:
    whole = None
    text = tree.read(page)
    for block in BLOCK.finditer(text):
        where = f"{page}:{text[:block.start()].count(chr(10)) + 1}"
        if block[1] == "yaml":
            part = yaml.safe_load(block[2])
            if "schema" in part:
                whole = part
            problems += [f"{where}: {line}" for line in told_of({**(whole or EXAMPLE), **part})]
            n_rigs += 1
        elif block[1] == "sh":
            for line in block[2].splitlines():
                if re.match(r"rigpose\b", line):
                    command_check(where, line)
                    n_commands += 1
problems += [] if n_rigs > 5 and n_commands > 20 else [f"only {n_rigs} rigs and {n_commands} commands were found"]
tree.finish(problems, len(pages))
