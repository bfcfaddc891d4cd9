"""The journey's ground as Python sees it: the stage process, its control port, and the counting of claims."""

import json
import os
import subprocess
import urllib.error
import urllib.parse
import urllib.request

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "journey.txt"), encoding="utf-8") as file:
    STEPS = [line.strip() for line in file if line.strip() and not line.startswith("#")]

passed = failed = 0


def claim(what, holds):
    """One step of the journey, the next one; every language claims the same."""
    global passed, failed
    step = (STEPS + ["the end"])[passed + failed]
    if what != step:
        raise SystemExit(f"the next step is not `{what}` but `{step}`")
    if holds:
        passed += 1
    else:
        failed += 1
        print(f"failed: {what}")


def ended(language):
    """Prints the counts; whether every step was walked, and held."""
    left = STEPS[passed + failed:]
    if left:
        print(f"not walked: {left[0]} and what follows")
    print(f"{language}: {passed} passed, {failed + len(left)} failed")
    return failed + len(left) == 0


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
