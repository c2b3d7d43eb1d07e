/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "explore.h"

#include <setjmp.h>
#include <ucontext.h>

G_BEGIN_DECLS

/* What the parts of the exploration share: who the parties are, and what is common to them. */

#define MAX_LOCALS 4
#define LOCAL_SIZE 64

typedef struct _Party Party;

struct _Party
{
  ucontext_t    start;
  jmp_buf       context; /* without a system call for the signals */
  gboolean      has_begun;
  char         *stack;
  Step          step; /* the next */
  gconstpointer address;
  const char   *what;
  Operation     operation; /* of a step that reads or writes, if it is known */
  gsize         size;
  guint64       a; /* its operands */
  guint64       b;
  gboolean      is_timed; /* of a sleep */
  gboolean      is_woken;
  guint8        locals[MAX_LOCALS][LOCAL_SIZE];
};

extern Party       explore_parties[MAX_PARTIES];
extern guint       explore_n_parties;
extern Party      *explore_current; /* NULL outside */
extern GHashTable *explore_locked;
extern GHashTable *explore_woken; /* contexts that somebody has woken */

/* Lets others go on, until it is the current party's turn to do what it has said. */
void     explore_make_step (void);
gboolean explore_commute (const Party *a, const Party *b);

G_END_DECLS
