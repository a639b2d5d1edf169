"""Runs of a whole session that are killed at random moments, and what the next run makes of them: whether its results are those of an unbroken run,
to the byte, whether anything is left over, and how long it takes.
usage: kills.py RIGPOSE [KILLS] [SEED]"""
import os
import random
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "e2e"))
import killed_session  # noqa: E402: it reads the program's path from the command line


def main():
    kills, seed = (int(sys.argv[i]) if len(sys.argv) > i else default for i, default in ((2, 20), (3, 1)))
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        rig = killed_session.make(folder, 60, 90)
        expected, there, seconds = killed_session.whole_run(rig)
        print(f"unbroken: {seconds:.1f} s, {len(expected)} files, {sum(map(len, expected.values()))} bytes", flush=True)
        equal = 0
        for k in range(kills):
            killed_session.clear(rig)
            moment = chance.random() * seconds
            stage = killed_session.killed_at(rig, moment)
            now, names, took = killed_session.whole_run(rig)
            same = now == expected and names == there
            equal += same
            print(f"{k + 1:>3}  killed after {moment:5.2f} s, in {stage or 'nothing, it was done':<12} next run {took:5.2f} s  {'equal' if same else 'DIFFERS'}", flush=True)
        print(f"{equal} of {kills} byte-equal, nothing left over")
        sys.exit(equal != kills)


main()
