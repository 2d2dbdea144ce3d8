# SPDX-License-Identifier: LGPL-2.1-or-later
"""Python's smtplib: peer-smtplib.py PORT FILE N, over one connection; the file is ready for the wire."""
import smtplib
import sys

port, path, n = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
with open(path, 'rb') as file:
    octets = file.read()
server = smtplib.SMTP('127.0.0.1', port, local_hostname='bench.example')
for _ in range(n):
    server.sendmail('writer@example.com', ['reader0@example.net'], octets)
server.quit()
