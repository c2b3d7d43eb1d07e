/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ta-error.h"

/* The formatter would take the name of the quark for a subtraction. */
/* clang-format off */
G_DEFINE_QUARK (ta-error-quark, ta_error)
/* clang-format on */
