"""What configs/ says of the rig YAML's keys is what the binary says of them. usage: lint_keys.py ROOT BINARY [--write]

With --write the tables of configs/README.md and the end of configs/example_rig.yaml are written anew.
"""
import functools
import os
import re
import subprocess
import sys

import yaml

import tree

if len(sys.argv) < 3:
    print("skipped: no binary")
    sys.exit(77)
BINARY, WRITE = sys.argv[2], "--write" in sys.argv
README, EXAMPLE = "configs/README.md", "configs/example_rig.yaml"
TABLE = re.compile(r"(<!-- rigpose keys --table ?(\S*) -->\n)(.*?)(<!-- end -->\n)", re.DOTALL)
EVERY = "# --- every key, its range and its default, as `rigpose keys` prints them ---\n"


@functools.cache
def keys(*args):
    return subprocess.run([BINARY, "keys", *args], capture_output=True, text=True, check=True).stdout


def sections(node, path=""):
    """The paths of all maps of keys."""
    yield path
    for key, value in node.items():
        if isinstance(value, dict):
            yield from sections(value, f"{path}.{key}" if path else key)


def table(section):
    return keys("--table", section) if section else keys("--table")


def hold(path, is_now, should_be):
    if is_now == should_be:
        return
    if WRITE:
        with open(os.path.join(tree.ROOT, path), "w", encoding="utf-8") as stream:
            stream.write(should_be)
    else:
        problems.append(f"{path}: not what `rigpose keys` says: run tests/lint/lint_keys.py . BINARY --write")


problems = []
readme = tree.read(README)
hold(README, readme, TABLE.sub(lambda at: at[1] + table(at[2]) + at[4], readme))
shown = {at[2] for at in TABLE.finditer(readme)}
names_only = {"feeds", "views", "recordings"}  # whose keys are names
for section in set(sections(yaml.safe_load(keys()))) - shown - names_only:
    problems.append(f"{README}: no table of '{section}'")
example = tree.read(EXAMPLE)
commented = "".join(f"# {line}".rstrip() + "\n" for line in keys().splitlines())
hold(EXAMPLE, example, example.split(EVERY)[0] + EVERY + commented)
sources = {source for section in shown for source in re.findall(r"; `([^`]+)` \|$", table(section), re.MULTILINE)}
problems += [f"io/config_table.c: no file '{source}'" for source in sources if not os.path.exists(os.path.join(tree.ROOT, source))]
tree.finish(problems, len(sources))
