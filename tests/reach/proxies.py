# SPDX-License-Identifier: LGPL-2.1-or-later
"""The proxies of Debian, unpacked and not installed: microsocks (SOCKS5) and tinyproxy (HTTP CONNECT)."""

import os
import shutil
import socket
import subprocess
import tempfile
import time

PACKAGES = ['microsocks', 'tinyproxy-bin']


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


class Proxy:
    def __init__(self, case, address, *command):
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        case.addCleanup(self.stop)
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(address).close()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise
            time.sleep(0.01)

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


def socks(case, folder, port, *options):
    return Proxy(case, ('127.0.0.1', port), os.path.join(folder, 'usr/bin/microsocks'), '-i', '127.0.0.1', '-p', str(port),
                 *options)


def http(case, folder, port, *lines):
    file = tempfile.NamedTemporaryFile('w', suffix='.conf')
    case.addCleanup(file.close)
    file.write('\n'.join(['Port %d' % port, 'Listen 127.0.0.1', 'Timeout 600', 'MaxClients 10', *lines]) + '\n')
    file.flush()
    return Proxy(case, ('127.0.0.1', port), os.path.join(folder, 'usr/bin/tinyproxy'), '-d', '-c', file.name)
