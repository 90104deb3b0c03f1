# Sourced by tests/run, tests/bench and .ci/run, in the project's folder.

venv="${MASK_DESK_TEST_VENV:-.venv-tests}"

# A virtual environment with the product's and the tests' packages, made anew when the lists change.
prepare_python() {
  local python stamp
  if [ ! -x "$venv/bin/python" ]; then
    for python in "${PYTHON:-python3}" python3.13 python3.12 python3.11; do
      if command -v "$python" >/dev/null &&
        "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        "$python" -m venv "$venv"
        break
      fi
    done
  fi
  if [ ! -x "$venv/bin/python" ]; then
    echo "Python 3.11 or newer with venv is needed, and none was found." >&2
    exit 1
  fi
  stamp="$(cat requirements.txt tests/requirements.txt | cksum)"
  if [ "$(cat "$venv/stamp" 2>/dev/null)" != "$stamp" ]; then
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
      -r requirements.txt -r tests/requirements.txt
    echo "$stamp" >"$venv/stamp"
  fi
}

# A Chromium: the one on the machine, else Playwright's, else Debian's package.
prepare_chromium() {
  local found
  if found="$("$venv/bin/python" -m tests.chromium 2>/dev/null)"; then
    export MASK_DESK_CHROMIUM="$found"
    return
  fi
  echo "No Chromium on this machine yet; installing one." >&2
  if ! timeout 300 "$venv/bin/python" -m playwright install --with-deps chromium >&2; then
    local sudo=""
    [ "$(id -u)" = 0 ] || sudo="sudo"
    $sudo apt-get update -qq
    # Without windows it takes a quarter less of the processor; older systems have none such.
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq chromium-headless-shell >/dev/null ||
      DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq chromium >/dev/null
  fi
  MASK_DESK_CHROMIUM="$("$venv/bin/python" -m tests.chromium)"
  export MASK_DESK_CHROMIUM
}

# Where there is room, what tests write lies in memory: thousands of small files and databases, each
# transaction waiting for the disk. They kill desks and servers, they do not cut the power.
prepare_folder() {
  local room
  room="$(df --output=avail -k /dev/shm 2>/dev/null | tail -n 1)" || return 0
  if [ "${room:-0}" -ge 4000000 ] && [ -w /dev/shm ]; then
    TMPDIR="$(mktemp -d /dev/shm/mask-desk-tests.XXXXXX)"
    export TMPDIR
    trap 'rm -rf "$TMPDIR"' EXIT
  fi
}
