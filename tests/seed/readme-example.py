#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Contract S16: the first example of the README, compiled and run as it is written there, against a sink."""
import json, os, re, subprocess, sys, tempfile

source_root, mimesend, library_dir, *compiler = sys.argv[1:]

example = re.search(r"```c\n(.*?)```", open(os.path.join(source_root, "README.md"), encoding="utf-8").read(), re.S).group(1)
flags = subprocess.check_output(["pkg-config", "--cflags", "--libs", "gmime-3.0", "gio-2.0"], text=True).split()

print("TAP version 13\n1..1")
with tempfile.TemporaryDirectory() as folder:
    program = os.path.join(folder, "send")
    with open(program + ".c", "w", encoding="utf-8") as file:
        file.write(example)
    subprocess.run([*compiler, "-std=c11", "-Wall", "-Wextra", "-Werror", "-I" + source_root,
                    "-I" + os.path.dirname(library_dir), program + ".c", "-o", program,
                    "-L" + library_dir, "-Wl,-rpath," + library_dir, "-lmimesend-1", *flags], check=True)
    sink = subprocess.Popen([mimesend, "sink", "--json", "--listen", "127.0.0.1:0", "--eml", folder, "--count", "1"],
                            stdout=subprocess.PIPE, text=True)
    port = json.loads(sink.stdout.readline())["listening"]["port"]
    said = subprocess.run([program, f"127.0.0.1:{port}"], check=True, text=True, capture_output=True).stdout
    message = json.loads(sink.stdout.readline())["message"]
    with open(os.path.join(folder, message["id"] + ".eml"), "rb") as file:
        arrived = file.read()
    sink.wait(timeout=30)

ok = (message["reverse_path"] == "joe@example.com" and message["recipients"] == ["jimmy@yahoo.com"]
      and message["id"] in said
      and arrived == (b"MIME-Version: 1.0\r\n" + arrived.split(b"\r\n", 1)[1])
      and b"From: Test User <joe@example.com>\r\n" in arrived and b"Subject: This is a test email\r\n" in arrived
      and arrived.endswith(b"\r\n\r\nThis is a test message\r\n"))
print(("ok" if ok else "not ok") + " 1 /seed/S16/readme-example")
if not ok:
    print("#", said, message, arrived)
    sys.exit(1)
