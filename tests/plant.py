# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Plants a fault in a copy of a source: plant.py SOURCE COPY LINE FAULTY

LINE has to be in SOURCE once, in whatever way it is broken into lines. If it is not there any more,
the copy says so, in a program that fails.
"""

import re
import sys

source, copy, line, faulty = sys.argv[1:]
with open(source, encoding="utf-8") as file:
    text = file.read()

pattern = r"\s*".join(map(re.escape, line.split()))
found = re.findall(pattern, text)
if len(found) == 1:
    text = re.sub(pattern, lambda match: faulty, text)
else:
    text += f'\n#define PLANT_IS_GONE "{source.rsplit("/", 1)[-1]} has changed: plant it anew"\n'

with open(copy, "w", encoding="utf-8") as file:
    file.write(text)
