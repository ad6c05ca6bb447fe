"""What all files of checks use: gazu's modules with a note of each function that returned, people and pictures, the report."""
import functools
import inspect
import json
import os
import struct
import time
import traceback
import uuid
import zlib

import gazu

HOST = os.environ["SHOTLOG_API"]
OTHER_HOST = os.environ["SHOTLOG_OTHER_API"]
EMAIL = os.environ["ADMIN_EMAIL"]
PASSWORD = os.environ["ADMIN_PASSWORD"]
FOLDER = os.path.dirname(os.path.abspath(__file__))

_checks = []
_returned = set()
_last = None


class Noted:
    """A module of gazu, unchanged. Functions that returned are noted; those that gazu calls itself are not."""

    def __init__(self, module):
        self._module = module
        self._short = module.__name__.split(".")[-1]

    def __getattr__(self, name):
        function = getattr(self._module, name)
        if not inspect.isfunction(function):
            return function

        @functools.wraps(function)
        def noted(*args, **kwargs):
            global _last
            _last = f"{self._short}.{name}"
            result = function(*args, **kwargs)
            _returned.add(_last)
            return result

        return noted


top = Noted(gazu)
asset, casting, concept, edit, entity = (Noted(m) for m in (gazu.asset, gazu.casting, gazu.concept, gazu.edit, gazu.entity))
files, person, playlist, project, scene = (Noted(m) for m in (gazu.files, gazu.person, gazu.playlist, gazu.project, gazu.scene))
search, shot, sync, task, user = (Noted(m) for m in (gazu.search, gazu.shot, gazu.sync, gazu.task, gazu.user))
events, template, studio, context = (Noted(m) for m in (gazu.events, gazu.project_template, gazu.studio, gazu.context))


def check(function):
    """Marks a function as a check. Its name is its title."""
    _checks.append(function)
    return function


def unique(name):
    """A name that nothing else has, so that the checks may run again on the same server."""
    return f"{name} {uuid.uuid4().hex[:8]}"


def equal(actual, expected):
    assert actual == expected, f"{actual!r:.500} where {expected!r:.500} was expected"


def ids(models):
    return {model["id"] for model in models}


def names(models):
    return [model["name"] for model in models]


def holds(actual, **expected):
    """The given keys have the given values; others do not matter."""
    equal({key: actual.get(key) for key in expected}, expected)
    return actual


def refused(error, function, *args, **kwargs):
    """The call raises the error, which is given back."""
    try:
        answer = function(*args, **kwargs)
    except error as caught:
        return caught
    raise AssertionError(f"{function.__name__} answered {answer!r:.200} where {error.__name__} was expected")


def until(condition, seconds=30):
    """Waits for what happens beside the reply; the bound is generous because only failing reaches it."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < end, f"it did not happen within {seconds} s"
        time.sleep(0.05)


def someone(role="user", **more):
    """A new person and a client that is signed in as this person."""
    email = f"{uuid.uuid4().hex[:12]}@example.com"
    person = gazu.person.new_person(unique("Ada"), "Tester", email, role=role, password=PASSWORD, **more)
    return person, gazu.create_session(HOST, email, PASSWORD)


def sign_in():
    gazu.set_host(HOST)
    gazu.set_event_host(os.environ.get("SHOTLOG_EVENTS", HOST))
    gazu.log_in(EMAIL, PASSWORD)


def picture(path, width=64, height=36, color=(200, 80, 40)):
    """Writes a PNG of one colour."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes(color) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
    return path


def failure(error):
    """What went wrong, where, and which function of gazu was called last."""
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(FOLDER) and not frame.filename.endswith("harness.py")]
    where = f"{os.path.basename(own[-1].filename)}:{own[-1].lineno} {own[-1].line}" if own else "before the check began"
    return f"gazu.{_last} was called last; {type(error).__name__}: {error} at {where}"


def run(module):
    """Runs the checks of an imported file in order, and tells of each in one line of JSON."""
    global _last
    for function in [c for c in _checks if c.__module__ == module.__name__]:
        _returned.clear()
        _last = None
        wrong = None
        try:
            function()
        except Exception as error:
            wrong = failure(error)
        told = {"file": module.__name__, "check": function.__name__, "failure": wrong, "functions": sorted(_returned)}
        print(json.dumps(told), flush=True)


def public_functions():
    """Every function that the modules of gazu offer: `module.function`."""
    modules = [m for m in globals().values() if isinstance(m, Noted) and m is not top]
    return sorted(f"{m._short}.{name}" for m in modules for name, function in vars(m._module).items()
                  if inspect.isfunction(function) and function.__module__ == m._module.__name__ and not name.startswith("_"))
