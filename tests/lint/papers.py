#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""papers.py BUILD MIMESEND PAGE...: what the help and the manual pages name is installed, every option and field is described in
them, and they are well-formed."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from project import finish, read


def out_of(*command, **more):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, text=True, **more).stdout


def plain(page):
    """Without roff's escapes of hyphens and fonts."""
    return re.sub(r"\\f[A-Z]", "", page.replace("\\-", "-").replace("\\e", "\\"))


def options_in(text):
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text))


def named(texts):
    """Manual pages and documents that are named."""
    for text in texts:
        for page, section in re.findall(r"\b(mimesend(?:-\w+)?)[\s\"]*\((\d)\)", text):
            yield page + "." + section
        yield from re.findall(r"\bdocs/(\w+\.md)\b", text)


def fields_of(value, path=""):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield path + key
            yield from fields_of(inner, path + key + ".")
    elif isinstance(value, list):
        for inner in value:
            yield from fields_of(inner, path.rstrip(".") + "[].")


def json_of(mimesend):
    """What a message with a dry run and with -v has for fields."""
    with tempfile.TemporaryDirectory() as folder:
        env = {"XDG_CONFIG_HOME": folder, "PATH": os.environ["PATH"]}
        sink = subprocess.Popen([mimesend, "sink", "--json", "--script", "RCPT#2 reply 550 5.1.1 no such user"], stdout=subprocess.PIPE,
                                env=env)
        try:
            where = json.loads(sink.stdout.readline())["listening"]
            for more in ["-v"], ["-n"]:
                said = subprocess.run([mimesend, "-S", "%s:%d" % (where["address"], where["port"]), "-f", "a@example.com", "--json", *more,
                                       "b@example.com", "c@example.com"], input=b"x\n", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                      env=env, check=False)
                yield from fields_of(json.loads(said.stdout))
        finally:
            sink.terminate()
            sink.wait()
            sink.stdout.close()


def main():
    build, mimesend, *pages = sys.argv[1:]
    texts = {os.path.basename(page): plain(open(page, encoding="utf-8").read()) for page in pages}
    helps = {"mimesend.1": out_of(mimesend, "--help"), "mimesend-sink.1": out_of(mimesend, "sink", "--help")}
    with open(os.path.join(build, "meson-info/intro-installed.json"), encoding="utf-8") as file:
        installed = {os.path.basename(path) for path in json.load(file).values()}
    fields, faults = read("docs/json.md"), []
    for page, text in helps.items():
        for option in sorted(options_in(text) - options_in(texts[page]) - {"--help"}):
            faults.append("%s: %s of --help is not in it" % (page, option))
    for name in sorted(set(named([*texts.values(), *helps.values()]))):
        if name not in installed:
            faults.append("%s is named, and not installed" % name)
    for name in sorted(set(json_of(mimesend))):
        # objects are described by what is in them, a stage's time and the members of a reply in the row above
        last = name.rpartition(".")[2]
        if not any(shown in fields for shown in ("`%s`" % name, "`%s." % name, "`%s`" % last)) and not name.startswith("times."):
            faults.append("docs/json.md: there is no field %s" % name)
    for page in pages:
        if shutil.which("groff"):
            faults += out_of("groff", "-man", "-Tutf8", "-ww", "-z", page).splitlines()
    sys.exit(finish("papers", faults))


if __name__ == "__main__":
    main()
