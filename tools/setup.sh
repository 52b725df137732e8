# Sourced by tools/demo and tools/check: makes .venv with the package, its native engine and every
# tool. When nothing has changed it does nothing; when only native sources have, it rebuilds them.
#
# RDU_PYTHON            interpreter to use instead of the newest python3 that is new enough
# RDU_TORCH_INDEX_URL   index to take torch from, for example PyTorch's own of CPU builds

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=$root/.venv
build_tools=("scikit-build-core>=1.1" "nanobind>=3.1" "cmake>=3.25" "ninja>=1.11")

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

runs() { "$@" >/dev/null 2>&1; }

find_python() {
  local candidate
  for candidate in ${RDU_PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    if runs "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
      command -v "$candidate"
      return
    fi
  done
}

compiles_cxx20() {
  echo '#include <bit>
  template <auto x> concept holds = std::bit_ceil(x) == x;' | runs g++ -std=c++20 -fsyntax-only -x c++ -
}

# Says everything that is missing at once, with the command that installs it.
check_prerequisites() {
  local python=$1 packages=()  # Debian's packages are named after the command
  if [[ -z $python ]]; then
    say "error: no Python of version 3.11 or later: expected 'python3' to be one"
    packages+=(python3 python3-venv python3-dev)
  else
    if ! runs "$python" -c 'import ensurepip, venv'; then
      say "error: '$python' cannot make virtual environments: module 'ensurepip' is missing"
      packages+=("${python##*/}-venv")
    fi
    if ! runs "$python" -c 'import os, sysconfig; os.stat(sysconfig.get_path("include") + "/Python.h")'; then
      say "error: '$python' has no header files: 'Python.h' is missing"
      packages+=("${python##*/}-dev")
    fi
  fi
  if ! compiles_cxx20; then
    say "error: no C++20 compiler: expected 'g++' of version 11 or later"
    packages+=(g++)
  fi
  if ((${#packages[@]})); then
    say "hint: sudo apt-get install ${packages[*]}"
    return 1
  fi
}

# A digest of what the packages in .venv depend on, and one of what the native engine is built from.
dependency_digest() {
  { "$1" --version; echo "${RDU_TORCH_INDEX_URL:-}" "${build_tools[@]}" "$root"
    "$1" - "$root/pyproject.toml" <<'PYTHON'
import sys, tomllib
with open(sys.argv[1], "rb") as file:
    data = tomllib.load(file)
print(data["build-system"], data["project"], data["tool"]["scikit-build"])
PYTHON
  } | sha256sum
}

native_digest() {
  (cd "$root" && find CMakeLists.txt native -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum) | sha256sum
}

is_stamped() { [[ -f $venv/.rdu-$1 && $(<"$venv/.rdu-$1") == "$2" ]]; }

stamp() { echo "$2" >"$venv/.rdu-$1"; }

pip_install() { "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@"; }

setup() {
  local python dependencies native
  python=$(find_python)
  check_prerequisites "$python" || return 1
  dependencies=$(dependency_digest "$python")
  native=$(native_digest)
  if is_stamped dependencies "$dependencies" && is_stamped native "$native"; then
    return 0
  fi
  if ! is_stamped dependencies "$dependencies"; then
    say "installing into $venv (a few minutes the first time)"
    [[ -x $venv/bin/python ]] || "$python" -m venv "$venv" || return 1
    pip_install "${build_tools[@]}" || return 1
    if [[ -n ${RDU_TORCH_INDEX_URL:-} ]]; then
      pip_install --index-url "$RDU_TORCH_INDEX_URL" torch==2.13.0 || return 1
    fi
    PATH=$venv/bin:$PATH pip_install --no-build-isolation -e "$root[torch,test]" || return 1
    stamp dependencies "$dependencies"
  else
    say "rebuilding the native engine"
    PATH=$venv/bin:$PATH pip_install --no-build-isolation --no-deps -e "$root" || return 1
  fi
  stamp native "$native"
}
