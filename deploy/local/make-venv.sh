#!/bin/sh
# Makes the virtual environment at $1 with the first Python >= 3.11 found ($PYTHON first, when set).
set -eu

new_enough='import sys; sys.exit(sys.version_info < (3, 11))'
for candidate in "${PYTHON:-python3}" python3 python3.14 python3.13 python3.12 python3.11; do
    if "$candidate" -c "$new_enough" >/dev/null 2>&1; then
        python=$candidate
        break
    fi
done
if [ -z "${python:-}" ]; then
    echo "Python 3.11 or later is needed, and neither python3 nor python3.11 to python3.14 is one." >&2
    exit 1
fi
if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    echo "$python cannot make virtual environments: install its venv module (Debian: apt-get install python3-venv)." >&2
    exit 1
fi
mkdir -p "$TMPDIR"
"$python" -m venv --clear "$1"
