#!/bin/sh
# Installs the Debian packages that tests or measurements need; says plainly what is missing where it may not.
set -eu
case "${1:-test}" in
  test)
    # A browser, a desktop on a virtual screen, a keyring, what Qt's windows need of X and OpenGL, and what reads deploy/.
    wanted="chromium chromium-headless-shell fonts-dejavu-core xvfb openbox xdotool trayer dunst gnome-keyring
      libsecret-tools dbus dbus-x11 xterm
      wmctrl x11-utils x11-xserver-utils libnotify-bin libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1
      libxcb-render-util0 libxcb-xinerama0 libxcb-shape0 libxkbcommon-x11-0 libegl1 libgl1 libopengl0 libreoffice-calc-nogui poppler-utils
      nginx-light shellcheck systemd curl firefox-esr"
    tools="chromium chromium-headless-shell Xvfb openbox xdotool trayer dunst dunstctl gnome-keyring-daemon secret-tool dbus-daemon dbus-launch
      xterm wmctrl xprop xrandr notify-send soffice pdftotext pdfimages nginx shellcheck systemd-analyze curl firefox-esr"
    libraries="libxcb-cursor.so.0 libxcb-icccm.so.4 libxcb-image.so.0 libxcb-keysyms.so.1 libxcb-render-util.so.0
      libxcb-xinerama.so.0 libxcb-shape.so.0 libxkbcommon-x11.so.0 libEGL.so.1 libGL.so.1 libOpenGL.so.0" ;;
  bench) wanted="nginx-light wrk gcc libc6-dev"; tools="nginx wrk gcc"; libraries="" ;;
  *) echo "usage: system_packages.sh test|bench" >&2; exit 2 ;;
esac
missing=""
for tool in $tools; do
  PATH="$PATH:/usr/sbin" command -v "$tool" >/dev/null 2>&1 || missing="$missing $tool"
done
for library in $libraries; do
  found=""
  for path in /usr/lib/*/"$library" /usr/lib64/"$library" /usr/lib/"$library"; do
    [ -e "$path" ] && found=yes
  done
  [ -n "$found" ] || missing="$missing $library"
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  # shellcheck disable=SC2086 # the list is words
  echo "Missing:$missing. Install these Debian packages and try again:" $wanted >&2
  exit 1
fi
# shellcheck disable=SC2086 # the list is words
echo "Installing system packages:" $wanted
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >/dev/null
# shellcheck disable=SC2086 # the list is words
apt-get install -y -qq --no-install-recommends $wanted >/dev/null 2>&1 || apt-get install -y $wanted
