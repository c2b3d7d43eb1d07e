# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Makes pytest report in TAP, so that Meson sees every test: pytest -p tap_report"""

import os

import pytest
from _pytest.terminal import TerminalReporter

n_tests = 0


@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    # Others rely on there being a reporter, so this one stays, unheard.
    config.pluginmanager.unregister(name="terminalreporter")
    silent = TerminalReporter(config, open(os.devnull, "w"))
    config.pluginmanager.register(silent, "terminalreporter")


def print_result(result, report, directive=""):
    global n_tests
    n_tests += 1
    print(f"{result} {n_tests} {report.nodeid.replace('#', '_')}{directive}")
    if result == "not ok":
        for line in f"{report.longreprtext}\n{report.capstdout}{report.capstderr}".splitlines():
            print(f"# {line}")


def pytest_collectreport(report):
    if report.failed:
        print_result("not ok", report)
    elif report.skipped:
        print_result("ok", report, f" # SKIP {report.longrepr[2]}")


def pytest_runtest_logreport(report):
    if report.failed:
        print_result("not ok", report)
    elif report.skipped and hasattr(report, "wasxfail"):
        print_result("not ok", report, f" # TODO {report.wasxfail}")
    elif report.skipped:
        print_result("ok", report, f" # SKIP {report.longrepr[2]}")
    elif report.when == "call":
        print_result("ok", report)


def pytest_sessionfinish():
    print(f"1..{n_tests}", flush=True)
