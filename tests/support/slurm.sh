#!/usr/bin/env bash
# A Slurm cluster on this one machine, of Debian's slurmctld, slurmd and munge: a controller and some nodes of one core,
# each a slurmd with a port of its own. It runs as whoever starts it, in a folder, and touches nothing else.
set -euo pipefail
usage='usage: slurm.sh start DIR [NODES]   starts it; afterwards SLURM_CONF=DIR/slurm.conf is all that Slurm needs to know
       slurm.sh kill DIR NODE       kills a node as a power failure would: its slurmd and all that it runs
       slurm.sh stop DIR            ends all of it'

# A free port, and as many after it as there are nodes.
ports_find() {
    /usr/bin/python3 - "$1" <<'PY'
import random, socket, sys
for _ in range(100):
    first = random.randrange(20000, 60000)
    try:
        for port in range(first, first + int(sys.argv[1])):
            with socket.socket() as s:
                s.bind(("", port))
        print(first)
        break
    except OSError:
        pass
PY
}

start() {
    local dir=$1 n=$2 port host me i
    port=$(ports_find $((n + 1)))
    host=$(hostname -s)
    me=$(id -un)
    mkdir -p "$dir"/{munge,state,log}
    chmod 755 "$dir" "$dir"/*
    (umask 077 && head -c 1024 /dev/urandom >"$dir/munge.key")
    munged --key-file="$dir/munge.key" --socket="$dir/munge/socket" --log-file="$dir/log/munged" --pid-file="$dir/munge/pid" \
        --seed-file="$dir/munge/seed"
    {
        cat <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmUser=$me
SlurmdUser=$me
AuthInfo=socket=$dir/munge/socket,cred_expire=5
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/%n
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/%n.pid
SlurmctldLogFile=$dir/log/slurmctld
SlurmdLogFile=$dir/log/%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=batch_sched_delay=0,bf_interval=1,sched_interval=1
MpiDefault=none
SlurmdTimeout=5
ReturnToService=2
MailProg=/bin/true
PartitionName=all Nodes=ALL Default=YES
CONF
        for ((i = 1; i <= n; i++)); do
            echo "NodeName=node$i NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + i)) CPUs=1 RealMemory=4000"
        done
    } >"$dir/slurm.conf"
    export SLURM_CONF=$dir/slurm.conf
    slurmctld
    for ((i = 1; i <= n; i++)); do
        mkdir -p "$dir/node$i"
        slurmd -N "node$i"
    done
    for ((i = 0; i < 100; i++)); do
        [ "$(sinfo -h -N -t idle -o %N 2>/dev/null | wc -l)" -eq "$n" ] && return
        sleep 0.2
    done
    echo "slurm.sh: the nodes did not come up: see $dir/log" >&2
    return 1
}

descendants() {
    local child
    for child in $(pgrep -P "$1"); do
        echo "$child"
        descendants "$child"
    done
}

# Steps of a node are no children of its slurmd; each holds the node's log open.
steps() {
    local pid
    for pid in $(pgrep slurmstepd); do
        readlink "/proc/$pid"/fd/* 2>/dev/null | grep -qxF "$1" && echo "$pid"
    done
    true
}

node_kill() {
    local dir=$1 node=$2 all
    all=$(cat "$dir/$node.pid"; for step in $(steps "$dir/log/$node"); do echo "$step"; descendants "$step"; done)
    kill -STOP $all # so that none can report that another has gone
    kill -KILL $all
}

stop() {
    local dir=$1 file pid
    for file in "$dir"/node*.pid "$dir/slurmctld.pid" "$dir/munge/pid"; do
        pid=$(cat "$file" 2>/dev/null) || continue
        kill "$pid" 2>/dev/null || continue
        for _ in {1..50}; do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.1
        done
    done
}

case $#:${1:-} in
2:start) start "$(realpath -m "$2")" 2 ;;
3:start) start "$(realpath -m "$2")" "$3" ;;
3:kill) node_kill "$(realpath "$2")" "$3" ;;
2:stop) stop "$(realpath "$2")" ;;
*)
    echo "$usage" >&2
    exit 2
    ;;
esac
