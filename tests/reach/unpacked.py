# SPDX-License-Identifier: LGPL-2.1-or-later
"""Programs of Debian that the tests here need, unpacked and not installed."""

import os
import shutil
import subprocess

PACKAGES = ['microsocks', 'tinyproxy-bin', 'softhsm2', 'libsofthsm2', 'gnutls-bin']


def unpack(folder):
    """Fills FOLDER once; a stamp is written last, so that a broken run starts anew. Returns why it cannot be done, or None.
    Needs the network, so it is called before the test enters its own."""
    stamp = os.path.join(folder, 'unpacked')
    if os.path.exists(stamp):
        return None
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    download = ['apt-get', '-q', 'download', *PACKAGES]
    for attempt in (download, ['apt-get', '-q', 'update'], download):
        answer = subprocess.run(attempt, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True)
        if answer.returncode == 0 and attempt is download:
            break
    else:
        return 'apt-get download: ' + ' '.join(answer.stdout.split())[-300:]
    for archive in os.listdir(folder):
        if archive.endswith('.deb'):
            subprocess.run(['dpkg', '-x', archive, '.'], cwd=folder, check=True)
    with open(stamp, 'w') as file:
        file.write('\n'.join(PACKAGES) + '\n')
    return None
