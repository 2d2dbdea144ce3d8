# SPDX-License-Identifier: LGPL-2.1-or-later
"""Brings the real mail servers into a folder, without installing anything.

All mail transfer agents conflict with one another, and with the one that the user of this machine may run. So each
package is fetched and unpacked into ROOT; namespace.py lays ROOT/usr over /usr for the server alone. What each needs
beside itself is what apt would install here for it: asked by a simulation, so it fits whatever this machine has.
"""

import os
import re
import shutil
import subprocess

SERVERS = {
    "postfix": ["postfix"],
    "exim": ["exim4-daemon-heavy"],
    "opensmtpd": ["opensmtpd"],
    "dovecot": ["dovecot-core", "dovecot-submissiond", "dovecot-lmtpd"],
}


class Unavailable(Exception):
    """The server packages cannot be had here; the message says why."""


def _apt(*arguments, cwd=None):
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive", LC_ALL="C")
    return subprocess.run(["apt-get", "-q", *arguments], cwd=cwd, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _needed():
    """Names of all packages to unpack: the servers and what apt would bring along."""
    names = []
    for packages in SERVERS.values():
        answer = _apt("--simulate", "install", "--no-install-recommends", *packages)
        if answer.returncode != 0:
            raise Unavailable("apt-get cannot resolve %s: %s" % (" ".join(packages), answer.stdout.strip()[-300:]))
        # Upgrades of what is installed ("Inst name [old] (new)") are not wanted: the old one serves.
        names += re.findall(r"^Inst (\S+) \(", answer.stdout, re.M)
        names += packages + (["exim4-base", "exim4-config"] if "exim4-daemon-heavy" in packages else [])
    return sorted(set(names))


def unpack(root):
    """Fills ROOT once; a stamp is written last, so that a broken run starts anew."""
    stamp = os.path.join(root, "unpacked")
    if os.path.exists(stamp):
        return
    shutil.rmtree(root, ignore_errors=True)
    archives = os.path.join(root, "archives")
    os.makedirs(archives)
    try:
        names = _needed()
        answer = _apt("download", *names, cwd=archives)
    except Unavailable:
        answer = None
    if answer is None or answer.returncode != 0:  # no package lists yet, or older than the archive
        update = _apt("update")
        names = _needed()
        answer = _apt("download", *names, cwd=archives)
        if answer.returncode != 0:
            raise Unavailable("apt-get download: " + (update.stdout + answer.stdout).strip()[-400:])
    for archive in sorted(os.listdir(archives)):
        if archive.endswith(".deb"):
            subprocess.run(["dpkg", "-x", os.path.join(archives, archive), root], check=True)
    # Some packages still name /lib and /sbin; the overlay covers /usr only.
    for top in ("lib", "bin", "sbin"):
        if os.path.isdir(os.path.join(root, top)):
            subprocess.run(["cp", "-a", os.path.join(root, top) + "/.", os.path.join(root, "usr", top)], check=True)
    shutil.rmtree(archives)
    with open(stamp, "w") as file:
        file.write("\n".join(names) + "\n")
