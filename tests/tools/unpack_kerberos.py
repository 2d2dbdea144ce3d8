#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""unpack_kerberos.py FOLDER: a KDC for test_gssapi.py, which finds it by MIMESEND_KERBEROS. It is not installed: that would
start it. Nothing of it needs root."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../interop"))

import packages


def main():
    folder = os.path.abspath(sys.argv[1])
    try:
        packages.unpack(folder, folder + "-archives", [["krb5-kdc", "krb5-admin-server", "krb5-user"]])
    except packages.Unavailable as failure:
        sys.exit("no KDC: %s" % failure)


if __name__ == "__main__":
    main()
