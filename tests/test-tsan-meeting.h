/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

/*
 * For the tests of what the thread sanitizer is told of GLib: see tsan.c. For each way in which GLib lets
 * one thread know of another there are two tests. In the first what was written before is read after it,
 * which is no race; in the second it is written too late, which is one, and has to be found. The threads
 * agree on the moment with what orders nothing.
 */

#include "test-util.h"

G_BEGIN_DECLS

typedef struct
{
  void (*prepare) (gpointer self); /* Before there is another thread, or NULL. */
  void (*send) (gpointer self);    /* At the worst moment for the other thread. */
  void (*receive) (gpointer self); /* In the other thread; calls meet() and then received(). */
  const char *name;
} Way;

typedef struct
{
  const Way *way;
  int        is_there, is_sent, is_written, is_read; /* atomic, relaxed */
  int        written;                                /* What it is about. */

  /* What it takes place at. */
  GMainContext *context;
  GMainLoop    *loop;
  GSource      *source;
  gpointer      thing;
  GMutex        mutex;
  gsize         once;
  GWeakRef      weak_ref;
} Meeting;

void     meeting_meet (Meeting *self);
void     meeting_received (gpointer self);
gboolean meeting_received_cb (gpointer self);
gboolean meeting_is_over (Meeting *self);
void     meeting_await_end (Meeting *self);

void meeting_attach (gpointer self);
void meeting_receive_in_iterations (gpointer self);
void meeting_receive_in_loop (gpointer self);
int  meeting_poll (GPollFD *fds, guint n_fds, int timeout);
int  meeting_poll_with (GPollFunc func, GPollFD *fds, guint n_fds, int timeout);
void meeting_set_polling (Meeting *self);

int meeting_main (int argc, char **argv, const char *name, const Way *ways, guint n_ways);

G_END_DECLS
