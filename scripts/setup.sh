#!/bin/bash
# Installs what is missing, and nothing else: Debian packages, then the Python environment in .venv.
#   scripts/setup.sh        what running the service needs
#   scripts/setup.sh dev    what testing it needs as well, with npm packages in node_modules where there is an npm
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(packages.txt)
requirements=(requirements.txt)
if [ "${1-}" = dev ]; then
  packages+=(packages-dev.txt)
  requirements+=(requirements-dev.txt)
fi

say() { printf '==> %s\n' "$*"; }

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    say "This needs root, and sudo is not installed. As root, run: $*" >&2
    return 1
  fi
}

missing_packages() {
  local installed
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' 2>/dev/null | sed -n 's/^installed //p')
  sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "${packages[@]}" | grep -vxF "$installed" || true
}

# Debian starts a service of its own as soon as orthanc is installed, on the ports wanted here. Where orthanc was not
# installed before, that service is kept from starting now and at boot; one that somebody runs already is left alone.
keep_debian_service_from_starting() {
  [ -e /usr/sbin/policy-rc.d ] && return
  trap 'as_root rm -f /usr/sbin/policy-rc.d' EXIT
  printf '#!/bin/sh\nexit 101\n' | as_root install -m 755 /dev/stdin /usr/sbin/policy-rc.d
}

disable_debian_service() {
  local off=(update-rc.d orthanc disable)
  [ ! -d /run/systemd/system ] || off=(systemctl --quiet disable --now orthanc.service)
  if as_root "${off[@]}"; then
    say "Debian's own Orthanc service was switched off, as it would take the same ports;" \
      "to have it back: sudo systemctl enable --now orthanc"
  else
    say "Debian's own Orthanc service could not be switched off: it may take the same ports" >&2
  fi
}

install_packages() {
  local missing
  mapfile -t missing < <(missing_packages)
  [ ${#missing[@]} -gt 0 ] || return 0
  say "Installing Debian packages: ${missing[*]}"
  local new_orthanc=no
  [[ " ${missing[*]} " != *" orthanc "* ]] || new_orthanc=yes
  [ $new_orthanc = no ] || keep_debian_service_from_starting
  as_root apt-get -qq update
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 install --no-install-recommends "${missing[@]}"
  [ $new_orthanc = no ] || disable_debian_service
}

# The environment is made with Debian's Python, which the packages above have brought: another python3 that comes first
# on PATH may be of any version, and go away.
install_requirements() {
  local stamp=.venv/installed-${1:-run} wanted
  wanted=$(readlink -f /usr/bin/python3 && cat "${requirements[@]}")
  [ "$wanted" != "$(cat "$stamp" 2>/dev/null)" ] || return 0
  say "Installing Python packages into .venv (some 100 MB to fetch the first time)"
  if ! .venv/bin/python -c 'import pip' 2>/dev/null; then
    rm -rf .venv
    /usr/bin/python3 -m venv .venv
  fi
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
    $(printf -- '--requirement %s ' "${requirements[@]}")
  printf '%s\n' "$wanted" >"$stamp"
}

# Only the packages themselves: their bundles hold all that a page needs, and what they name beside would be ten times as
# much to fetch. The tests that need them are skipped where they are not there.
install_npm_packages() {
  local stamp=node_modules/installed wanted fetched archive name
  wanted=$(sed -e 's/#.*//' -e '/^[[:space:]]*$/d' packages-npm.txt)
  [ "$wanted" != "$(cat "$stamp" 2>/dev/null)" ] || return 0
  if ! command -v npm >/dev/null; then
    say "npm is not installed: the tests of Cornerstone will be skipped"
    return 0
  fi
  say "Fetching npm packages into node_modules (5 MB)"
  fetched=$(mktemp -d)
  for name in $wanted; do
    if ! archive=$(cd "$fetched" && npm pack --silent "$name"); then
      say "npm could not fetch $name: the tests of Cornerstone will be skipped" >&2
      rm -rf "$fetched"
      return 0
    fi
    name=node_modules/${name%@*}
    rm -rf "$name"
    mkdir -p "$name"
    tar -xzf "$fetched/$archive" --strip-components=1 --no-same-owner -C "$name"
  done
  rm -rf "$fetched"
  printf '%s\n' "$wanted" >"$stamp"
}

exec 9<"$0"
flock 9 # two runs at once wait for each other

if command -v dpkg-query >/dev/null; then
  install_packages
else
  say "This is not Debian: please install the like of: $(grep -hv '^#' "${packages[@]}" | xargs)" >&2
fi
install_requirements "$@"
[ "${1-}" != dev ] || install_npm_packages
