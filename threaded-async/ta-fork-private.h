/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ta-types.h"

G_BEGIN_DECLS

/* Whether this process is a fork of one that had used the library; const in a process. It is looked at
 * before any lock is taken. */
extern gboolean ta_has_forked;

gboolean ta_fork_refuse (GError **error);

/* Fails with TA_ERROR_FORKED in such a process. */
#define ta_fork_check(error) (G_LIKELY (!ta_has_forked) || ta_fork_refuse (error))

/* One that is held by a thread which is not there can't be cleared. */
#define ta_mutex_clear(mutex)                                                                      \
  G_STMT_START                                                                                     \
  {                                                                                                \
    if (G_LIKELY (!ta_has_forked))                                                                 \
      g_mutex_clear (mutex);                                                                       \
  }                                                                                                \
  G_STMT_END

G_END_DECLS
