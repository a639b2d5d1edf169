#!/usr/bin/python3
"""How a batch job of Slurm stands, as Snakemake asks: `running`, `success` or `failed`. usage: slurm_status.py JOB

A job that waits is running, also one that is queued again because its node failed. Slurm forgets a job minutes after its
end (MinJobAge); then its accounting is asked. Where there is none the job failed: it is tried again, and ends at once
where its work was done.
"""
import re
import shutil
import subprocess
import sys

FAILED = {"BOOT_FAIL", "CANCELLED", "DEADLINE", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED", "REVOKED", "TIMEOUT"}


def state_of(job):
    """Slurm's word; UNKNOWN where the controller does not answer."""
    asked = subprocess.run(["scontrol", "--oneliner", "show", "job", job], capture_output=True, text=True, check=False)
    found = re.search(r"\bJobState=(\w+)", asked.stdout)
    if found:
        return found[1]
    if "Invalid job id" not in asked.stderr:
        return "UNKNOWN"
    if not shutil.which("sacct"):
        return "FAILED"
    accounted = subprocess.run(["sacct", "-X", "-n", "-P", "-o", "State", "-j", job], capture_output=True, text=True, check=False)
    return accounted.stdout.split()[0] if accounted.stdout.split() else "FAILED"


state = state_of(sys.argv[1])
print("success" if state == "COMPLETED" else "failed" if state in FAILED else "running")
