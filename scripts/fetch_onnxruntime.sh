#!/usr/bin/env bash
# Fetch ONNX Runtime's library for Linux on x86-64 out of npm's onnxruntime-node into build/onnxruntime/. rigpose ships
# none of it: it is Microsoft's, under the MIT licence. Nothing of the package is run.
#   scripts/fetch_onnxruntime.sh [VERSION]
set -euo pipefail
version=${1:-1.30.0}
top=$(cd "$(dirname "$0")/.." && pwd)
into=$top/build/onnxruntime
library=libonnxruntime.so.1

command -v npm >/dev/null || { echo "fetch_onnxruntime: needs npm (Debian's package npm)" >&2; exit 1; }
mkdir -p "$into"
work=$(mktemp -d "$into/fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT

cd "$work"
npm pack --ignore-scripts --silent "onnxruntime-node@$version" >/dev/null
inside=$(tar -tzf onnxruntime-node-*.tgz | grep "/linux/x64/$library\$") ||
    { echo "fetch_onnxruntime: onnxruntime-node $version has no linux/x64/$library" >&2; exit 1; }
tar -xzf onnxruntime-node-*.tgz "$inside"
mv "$inside" "$into/$library"
echo "$into/$library"
echo "to use it: export RIGPOSE_ONNXRUNTIME=$into/$library" >&2
