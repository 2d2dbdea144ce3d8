# SPDX-License-Identifier: LGPL-2.1-or-later
"""Brings the real mail servers into a folder, without installing anything.

All mail transfer agents conflict with one another, and with the one that the user of this machine may run. So each
package is fetched and unpacked into ROOT; namespace.py lays ROOT/usr over /usr for the server alone. What each needs
beside itself is what apt would install here for it: asked by a simulation, so it fits whatever this machine has.
"""

import gzip
import os
import re
import shutil
import subprocess

import namespace

SERVERS = {
    "postfix": ["postfix"],
    "exim": ["exim4-daemon-heavy"],
    "opensmtpd": ["opensmtpd"],
    "dovecot": ["dovecot-core", "dovecot-submissiond", "dovecot-lmtpd", "dovecot-auth-lua"],
    "courier": ["courier-mta", "courier-authlib-pipe"],
    "sendmail": ["sendmail-bin", "sendmail-cf", "sasl2-bin", "libsasl2-modules"],
    "cyrus": ["cyrus-imapd", "exim4-daemon-heavy"],  # which wants a transfer agent: one that is here anyway
    "aiosmtpd": ["python3-aiosmtpd"],
    "haraka": [package for program, package in (("node", "nodejs"), ("npm", "npm")) if shutil.which(program) is None],
}
HARAKA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "haraka")  # its version and those of what it needs


class Unavailable(Exception):
    """The packages of a server, or of all, cannot be had here; the message says why."""


def _apt(*arguments, cwd=None):
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive", LC_ALL="C")
    return subprocess.run(["apt-get", "-q", *arguments], cwd=cwd, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _needed(wanted):
    """Names of all packages to unpack: each of the lists and what apt would bring along."""
    names = []
    for packages in filter(None, wanted):
        answer = _apt("--simulate", "install", "--no-install-recommends", *packages)
        if answer.returncode != 0:
            raise Unavailable("apt-get cannot resolve %s: %s" % (" ".join(packages), answer.stdout.strip()[-300:]))
        # Upgrades of what is installed ("Inst name [old] (new)") are not wanted: the old one serves.
        names += re.findall(r"^Inst (\S+) \(", answer.stdout, re.M)
        names += packages + (["exim4-base", "exim4-config"] if "exim4-daemon-heavy" in packages else [])
    return sorted(set(names))


def _stamp(wanted):
    return " ".join(name for names in wanted for name in names) + "\n"


def _download(names, archives):
    return _apt("download", *names, cwd=archives)


def _holds(path, text):
    if not os.path.exists(path):
        return False
    with open(path) as file:
        return file.read() == text


def _fetch(wanted, archives):
    """Fills the folder of archives; a list of the wanted, written last, says that it is whole."""
    stamp = os.path.join(archives, "wanted")
    if _holds(stamp, _stamp(wanted)):
        return
    shutil.rmtree(archives, ignore_errors=True)
    os.makedirs(archives)
    try:
        answer = _download(_needed(wanted), archives)
    except Unavailable:
        answer = None
    if answer is None or answer.returncode != 0:  # no package lists yet, or older than the archive
        update = _apt("update")
        answer = _download(_needed(wanted), archives)
        if answer.returncode != 0:
            raise Unavailable("apt-get download: " + (update.stdout + answer.stdout).strip()[-400:])
    with open(stamp, "w") as file:
        file.write(_stamp(wanted))


def unpack(root, archives, wanted=tuple(SERVERS.values())):
    """Fills ROOT once; a stamp is written last, so that a broken run, or one with other packages, starts anew."""
    stamp = os.path.join(root, "unpacked")
    if _holds(stamp, _stamp(wanted)):
        return
    shutil.rmtree(root, ignore_errors=True)
    os.makedirs(root)
    _fetch(wanted, archives)
    for archive in sorted(os.listdir(archives)):
        if archive.endswith(".deb"):
            subprocess.run(["dpkg", "-x", os.path.join(archives, archive), root], check=True)
    # Some packages still name /lib and /sbin; the overlay covers /usr only.
    for top in ("lib", "bin", "sbin"):
        if os.path.isdir(os.path.join(root, top)):
            subprocess.run(["cp", "-a", os.path.join(root, top) + "/.", os.path.join(root, "usr", top)], check=True)
    with open(stamp, "w") as file:
        file.write(_stamp(wanted))


def give_back(folder, uid, gid):
    """The folder and all in it to its user; links are not followed."""
    for where, folders, files in os.walk(folder):
        for path in [where, *(os.path.join(where, name) for name in folders + files)]:
            os.chown(path, uid, gid, follow_symlinks=False)


def upstream_version(root, package):
    """What was unpacked, from the changelog of its package, as upstream numbers it: "2.4.1"."""
    for name in ("changelog.Debian.gz", "changelog.gz"):  # Debian's own alone has the second
        path = os.path.join(root, "usr/share/doc", package, name)
        if os.path.exists(path):
            with gzip.open(path, "rt") as file:
                return re.match(r"\S+ \((?:\d+:)?([\d.]+(?:p\d+)?)", file.readline()).group(1)
    raise Unavailable("%s was unpacked without a changelog" % package)


def version_of(root, package):
    """The numbers of it, to be compared: (2, 4, 1)."""
    return tuple(int(number) for number in re.findall(r"\d+", upstream_version(root, package)))


def unpack_haraka(root, where):
    """Haraka into the folder WHERE, from npm as it is configured here; node and npm are this machine's, or ROOT's."""
    stamp = os.path.join(where, "unpacked")
    with open(os.path.join(HARAKA, "package-lock.json")) as file:
        wanted = file.read()
    if _holds(stamp, wanted):
        return
    shutil.rmtree(where, ignore_errors=True)
    shutil.copytree(HARAKA, where)
    script = ("cd \"$0\" && node --version && node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' && "
              "exec npm ci --ignore-scripts --no-audit --no-fund")
    with namespace.Folder(root) as folder:
        answer = subprocess.run(folder.command("sh", "-c", script, where), stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if answer.returncode != 0:
        raise Unavailable("npm ci, which needs node 18 or newer and a registry that npm reaches: " + answer.stdout.strip()[-400:])
    with open(stamp, "w") as file:
        file.write(wanted)
