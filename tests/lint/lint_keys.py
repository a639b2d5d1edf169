"""What configs/ says of the rig YAML's keys is what the binary says of them. usage: lint_keys.py ROOT BINARY [--write]

With --write the tables of configs/README.md and the end of configs/example_rig.yaml are written anew.
"""
import os
import re
import subprocess
import sys

import tree

if len(sys.argv) < 3:
    print("skipped: no binary")
    sys.exit(77)
README, EXAMPLE = "configs/README.md", "configs/example_rig.yaml"
TABLE = re.compile(r"<!-- keys of ([^>]+) -->\n.*?<!-- end -->\n", re.DOTALL)
EVERY = "# --- every key, its range and its default, as `rigpose keys` prints them ---\n"
problems = []


def keys(*args):
    return subprocess.run([sys.argv[2], "keys", *args], capture_output=True, text=True, check=True).stdout


def hold(path, should_be):
    if tree.read(path) == should_be:
        return
    if "--write" in sys.argv:
        with open(os.path.join(tree.ROOT, path), "w", encoding="utf-8") as stream:
            stream.write(should_be)
    else:
        problems.append(f"{path}: not what `rigpose keys` says: run tests/lint/lint_keys.py . BINARY --write")


tables = {at[1]: at[0] for at in TABLE.finditer(keys("--tables"))}
readme = tree.read(README)
hold(README, TABLE.sub(lambda at: tables.get(at[1], ""), readme))
problems += [f"{README}: no table of {section}" for section in tables if f"<!-- keys of {section} -->\n" not in readme]
commented = "".join(f"# {line}".rstrip() + "\n" for line in keys().splitlines())
hold(EXAMPLE, tree.read(EXAMPLE).split(EVERY)[0] + EVERY + commented)
sources = set(re.findall(r"; `([^`]+)` \|$", "".join(tables.values()), re.MULTILINE))
problems += [f"io/config_table.c: no file '{source}'" for source in sources if not os.path.exists(os.path.join(tree.ROOT, source))]
tree.finish(problems, len(sources))
