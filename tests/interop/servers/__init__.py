# SPDX-License-Identifier: LGPL-2.1-or-later
"""The real servers, each a context manager with free ports by mode. All know the same recipients of example.test:
ok* are taken, refuse* get 550, later* get 451; the one user is user@example.test with the password "password"."""
