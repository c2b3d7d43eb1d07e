/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* A weak reference to an object that a binding may have wrapped: see ta-weak.c. */
typedef struct _TaWeak TaWeak;

TaWeak  *ta_weak_new (gpointer object);
TaWeak  *ta_weak_ref (TaWeak *self);
void     ta_weak_unref (TaWeak *self);
gpointer ta_weak_get (TaWeak *self);
void     ta_weak_lose (TaWeak *self);

G_END_DECLS
