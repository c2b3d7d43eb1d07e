#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""arena.py: bots that shoot at each other, and whose brains are scripts.

Each file in the folder brains is a bot: put another there. A script that loops for ever is shown as
stuck, one that raises as dead, and neither keeps the others, or the window, waiting.

With --headless a match is played without a window, and its end is printed: the same seed always
leads to the same end.
"""

import argparse
import pathlib
import sys

from game import Game

HERE = pathlib.Path(__file__).resolve().parent


def parse():
    parser = argparse.ArgumentParser(description="Bots whose brains are scripts.")
    parser.add_argument("--brains", type=pathlib.Path, default=HERE / "brains", metavar="FOLDER")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--headless", action="store_true", help="play without a window")
    parser.add_argument("--ticks", type=int, default=500, help="how long to play without a window")
    parser.add_argument("--quit-after", type=float, metavar="SECONDS", help="close the window")
    return parser.parse_args()


def play_headless(game, n_ticks):
    while game.tick < n_ticks and not game.is_over:
        # Long enough for a machine that is busy; only a script that is stuck takes it, once.
        game.play(timeout=5.0)
    # How a script ends that is stuck is no part of the match.
    print(game.describe(), flush=True)
    game.stop()


def main():
    # A script that computes for ever must not keep the others from the interpreter for long.
    sys.setswitchinterval(0.0005)
    args = parse()
    game = Game(args.brains, args.seed)

    if args.headless:
        play_headless(game, args.ticks)
    else:
        from window import run

        run(game, args.quit_after)


main()
