#!/bin/sh
# Run by dpkg and rpm after the files are gone; an upgrade (rpm: $1 is 1, dpkg: "upgrade") keeps what the new
# version has put in place.
case "$1" in
  1 | upgrade | failed-upgrade | abort-install | abort-upgrade | disappear) exit 0 ;;
esac

if [ "$(readlink '/usr/bin/${executable}')" = '/opt/${sanitizedProductName}/bin/platter' ]; then
  rm -f '/usr/bin/${executable}'
fi
profile='/etc/apparmor.d/${executable}'
if [ -f "$profile" ]; then
  if [ -d /sys/kernel/security/apparmor ]; then apparmor_parser --remove "$profile" 2>/dev/null || true; fi
  rm -f "$profile"
fi
exit 0
