#!/bin/sh
# Run by dpkg and rpm when the files are in place. Words in braces are electron-builder's to fill in.
program='/opt/${sanitizedProductName}'

ln -sf "$program/bin/platter" '/usr/bin/${executable}'

# Chromium keeps its pages apart by user namespaces; where an ordinary account may make none, by its own helper,
# which then has to run as root.
if unshare --user true 2>/dev/null; then helper_mode=0755; else helper_mode=4755; fi
chmod "$helper_mode" "$program/chrome-sandbox" || true

# Ubuntu 24.04 and later give user namespaces only to programs with a profile; where AppArmor is too old to read
# this one, it is not needed either.
profile="$program/resources/apparmor-profile"
if command -v apparmor_parser >/dev/null 2>&1 && [ -d /etc/apparmor.d ] && [ -f "$profile" ]; then
  if apparmor_parser --skip-kernel-load --debug "$profile" >/dev/null 2>&1; then
    cp -f "$profile" '/etc/apparmor.d/${executable}'
    if [ -d /sys/kernel/security/apparmor ]; then
      apparmor_parser --replace --write-cache --skip-read-cache '/etc/apparmor.d/${executable}' || true
    fi
  fi
fi

if command -v update-mime-database >/dev/null 2>&1; then update-mime-database /usr/share/mime || true; fi
if command -v update-desktop-database >/dev/null 2>&1; then
  update-desktop-database /usr/share/applications || true
fi
exit 0
