# What all scripts share: where the repository is, where caches are, how tools are found. Sourced, not run.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${EARSHOT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/earshot}
tools=$cache/tools

# Builds outlive a clone: several clones share them.
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$cache/target}
export PATH=$tools/bin:$tools/npm/node_modules/.bin:$HOME/.cargo/bin:$PATH

mkdir -p "$cache"
cd "$root"

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }

has() { command -v "$1" >/dev/null 2>&1; }

# The version of a crate in Cargo.lock.
locked() { sed -n "/^name = \"$1\"\$/{n;s/^version = \"\(.*\)\"\$/\1/p;q}" Cargo.lock; }

# Debian packages that are not there yet. Needs root or sudo; elsewhere it says what to install.
debian() {
    local missing=() package
    for package; do
        dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    has apt-get || { say "Please install: ${missing[*]}"; exit 1; }

    local as=()
    [ "$(id -u)" -eq 0 ] || as=(sudo)
    say "Installing ${missing[*]}"
    "${as[@]}" apt-get update -q >/dev/null || true
    DEBIAN_FRONTEND=noninteractive "${as[@]}" apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null
}
