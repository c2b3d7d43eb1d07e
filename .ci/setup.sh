# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

# Sourced by tests/run and examples/run: makes a Debian machine ready, and builds.

# What the library, its examples and its tests need, on Debian 12 and newer.
packages=(
  at-spi2-core
  black
  clang-format
  dbus
  eslint
  flake8
  g++
  gcc
  gi-docgen
  gir1.2-atspi-2.0
  gir1.2-gdkpixbuf-2.0
  gir1.2-glib-2.0
  gir1.2-gtk-4.0
  gjs
  libc6-dev
  libffi-dev
  libgirepository1.0-dev
  libglib-object-introspection-perl
  libglib2.0-dev
  libgtk-4-dev
  lua-lgi
  lua5.3
  meson
  mypy
  ninja-build
  pkg-config
  python-gi-dev
  python3-aiohttp
  python3-dev
  python3-gi
  python3-pytest
  ruby-gio2
  util-linux
  valac
  valgrind
  xauth
  xvfb
)

# The distribution's own programs, whatever else there may be: a python3 from elsewhere has no gi.
export PATH=/usr/bin:/bin:$PATH
export LC_ALL=C.UTF-8
unset LANGUAGE

# install_packages: installs those of $packages that are missing.
install_packages()
{
  local missing=() package sudo=
  type dpkg-query > /dev/null 2>&1 || return 0

  for package in "${packages[@]}"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null)" = installed ] ||
      missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0

  echo "Installing ${missing[*]}"
  [ "$(id -u)" = 0 ] || sudo=sudo
  $sudo apt-get -q -o Acquire::Retries=3 update || true
  $sudo env DEBIAN_FRONTEND=noninteractive \
    apt-get -qq -o Acquire::Retries=3 install --yes --no-install-recommends "${missing[@]}"
}

# build SOURCE BUILD [OPTION…]: configures what is not configured yet, and builds.
build()
{
  local source=$1 build=$2
  shift 2

  if [ -f "$build/build.ninja" ]; then
    [ $# = 0 ] || meson configure "$build" "$@" || return
  else
    meson setup "$build" "$source" -Dintrospection=enabled -Dvapi=enabled "$@" || return
  fi
  meson compile -C "$build"
}
