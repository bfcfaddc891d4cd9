"""The journey's ground as Python sees it: the stage process, its control port, and the counting of claims."""

import json
import os
import subprocess
import urllib.error
import urllib.parse
import urllib.request

passed = failed = 0


def claim(what, holds):
    global passed, failed
    if holds:
        passed += 1
    else:
        failed += 1
        print(f"failed: {what}")


def raises(kind, call):
    try:
        call()
    except kind:
        return True
    except Exception as error:  # any other error is a failed claim, said by its name
        print(f"  got {error!r}")
    return False


class Stage:
    """`xunge-stage --journey`: a server behind a link that can be cut, codes, files, a port for what a phone cannot do."""

    def __init__(self, build, folder):
        self.process = subprocess.Popen(
            [os.path.join(build, "xunge-stage"), "--journey", os.path.join(folder, "stage")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        line = self.process.stdout.readline()
        assert line, "the stage does not stand"
        self.programme = json.loads(line)

    def __getitem__(self, name):
        return self.programme[name]

    def code(self, part):
        return self["cast"][part]["code"]

    def ask(self, word, **given):
        query = urllib.parse.urlencode(given)
        request = urllib.request.Request(f"{self['control']}/{word}?{query}", method="POST")
        try:
            with urllib.request.urlopen(request) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from error

    def act(self, report, by, action, **given):
        return self.ask("act", report=report, by=by, action=json.dumps(action), **given)

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


def seeded_phone(build, folder, count):
    """A phone's folder with many reports, and its profile."""
    out = subprocess.run(
        [os.path.join(build, "xunge-stage"), "--seed-phone", str(count), os.path.join(folder, "seeded")],
        check=True, capture_output=True, text=True,
    ).stdout
    return json.loads(out)
