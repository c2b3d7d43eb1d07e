/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "bench-writes.h"

#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_llong n_writes;

/*
 * The program's own definitions come before libc's when GLib and the other libraries look for
 * these functions, so that every call of theirs comes by here. The program has to be linked with
 * -rdynamic, or they would not see them.
 */
ssize_t
write (int fd, const void *buffer, size_t length)
{
  atomic_fetch_add_explicit (&n_writes, 1, memory_order_relaxed);
  return syscall (SYS_write, fd, buffer, length);
}

int
eventfd_write (int fd, eventfd_t value)
{
  return write (fd, &value, sizeof value) == sizeof value ? 0 : -1;
}

gint64
bench_count_writes (void)
{
  return atomic_load_explicit (&n_writes, memory_order_relaxed);
}
