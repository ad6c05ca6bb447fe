"""Runs the files of checks beside it, or those that are named: `python main.py [check_asset …]`. One line of JSON for each check."""
import importlib
import json
import os
import sys

import harness

harness.sign_in()
files = sys.argv[1:] or sorted(name[:-3] for name in os.listdir(harness.FOLDER) if name.startswith("check_") and name.endswith(".py"))
for name in files:
    try:
        module = importlib.import_module(name)
    except Exception as error:
        print(json.dumps({"file": name, "check": None, "failure": harness.failure(error), "functions": []}), flush=True)
    else:
        harness.run(module)
print(json.dumps({"offered": harness.public_functions()}))
