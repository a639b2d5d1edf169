"""configs/opensim is what tools/opensim/setups.py writes."""
import os
import subprocess
import sys
import tempfile

import tree

FOLDER = "configs/opensim"
with tempfile.TemporaryDirectory() as made:
    subprocess.run([sys.executable, os.path.join(tree.ROOT, "tools/opensim/setups.py"), made], check=True)
    texts = {}
    for name in sorted(os.listdir(made)):
        with open(os.path.join(made, name), encoding="utf-8") as stream:
            texts[name] = stream.read()
kept = {path[len(FOLDER) + 1:] for path in tree.files(".xml") if path.startswith(FOLDER + "/")}
problems = [f"{FOLDER}/{name}: not what tools/opensim/setups.py writes: run it" for name in sorted(kept | set(texts))
            if name not in kept or name not in texts or tree.read(f"{FOLDER}/{name}") != texts[name]]
tree.finish(problems, len(texts))
