# SPDX-License-Identifier: LGPL-2.1-or-later
"""Real proxies: microsocks (SOCKS5) and tinyproxy (HTTP CONNECT)."""

import os
import socket
import subprocess
import tempfile
import time


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
