/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <threaded-async.h>

G_BEGIN_DECLS

/*
 * A library with introspection data for the tests: functions with parameters of all kinds, which
 * give back what they are given.
 */

#define TA_PROBE_TYPE_COLOUR (ta_probe_colour_get_type ())

/**
 * TaProbeColour:
 * @TA_PROBE_COLOUR_RED: red
 * @TA_PROBE_COLOUR_BLUE: blue
 *
 * An enumeration.
 */
typedef enum
{
  TA_PROBE_COLOUR_RED = -1,
  TA_PROBE_COLOUR_BLUE = 7,
} TaProbeColour;

/**
 * TaProbePlain:
 * @A: a value
 *
 * An enumeration that is not registered.
 */
typedef enum
{
  TA_PROBE_PLAIN_A = 3,
} TaProbePlain;

/**
 * TaProbeOpaque:
 * @number: a number
 *
 * A structure that is not registered.
 */
typedef struct
{
  int number;
} TaProbeOpaque;

GType ta_probe_colour_get_type (void);

void ta_probe_numbers (gint8    int8,
                       guint8   uint8,
                       gint16   int16,
                       guint16  uint16,
                       gint32   int32,
                       guint32  uint32,
                       gint64   int64,
                       guint64  uint64,
                       float    real32,
                       double   real64,
                       gint8   *out_int8,
                       guint8  *out_uint8,
                       gint16  *out_int16,
                       guint16 *out_uint16,
                       gint32  *out_int32,
                       guint32 *out_uint32,
                       gint64  *out_int64,
                       guint64 *out_uint64,
                       float   *out_real32,
                       double  *out_real64);

gint8   ta_probe_int8 (gint8 number);
guint8  ta_probe_uint8 (guint8 number);
gint16  ta_probe_int16 (gint16 number);
guint16 ta_probe_uint16 (guint16 number);
gint32  ta_probe_int32 (gint32 number);
guint32 ta_probe_uint32 (guint32 number);
gint64  ta_probe_int64 (gint64 number);
guint64 ta_probe_uint64 (guint64 number);
float   ta_probe_real32 (float number);
double  ta_probe_real64 (double number);

gboolean       ta_probe_boolean (gboolean boolean);
TaProbeColour  ta_probe_colour (TaProbeColour colour);
TaProbePlain   ta_probe_plain (TaProbePlain plain);
GFileCopyFlags ta_probe_flags (GFileCopyFlags flags);
GType          ta_probe_gtype (GType type);

const char *ta_probe_string (const char *string);
char       *ta_probe_string_full (char *string);
char       *ta_probe_string_or_null (const char *string);

GObject    *ta_probe_object (GObject *object);
GObject    *ta_probe_object_full (GObject *object);
GObject    *ta_probe_floating (void);
GDateTime  *ta_probe_boxed (GDateTime *time);
GDateTime  *ta_probe_boxed_full (GDateTime *time);
GVariant   *ta_probe_variant (GVariant *variant);
GVariant   *ta_probe_variant_full (GVariant *variant);
GVariant   *ta_probe_variant_floating (void);
GParamSpec *ta_probe_param (GParamSpec *param);
GError     *ta_probe_error (const GError *error);

void ta_probe_value (const GValue *value, GValue *out);

char       **ta_probe_strv (const char *const *strings);
char       **ta_probe_strv_full (char **strings);
const char **ta_probe_strv_container (const char **strings);
void         ta_probe_strv_length (const char  **strings,
                                   gsize         n_strings,
                                   const char ***out_strings,
                                   guint8       *n_out_strings);

guint8       *ta_probe_bytes (const guint8 *bytes, gsize n_bytes, gsize *n_out_bytes);
const guint8 *ta_probe_bytes_full (guint8 *bytes, guint16 n_bytes, guint16 *n_out_bytes);

gboolean ta_probe_fail (const char *message, GError **error);
gboolean ta_probe_check (gboolean result, int *out, GError **error);
void     ta_probe_nothing (void);
gboolean ta_probe_wait (GCancellable *cancellable, GError **error);
gboolean ta_probe_wait_and_fail (GCancellable *cancellable, GError **error);

guint ta_probe_get_n_waiting (void);

/* For the values on their way through queues: what another thread does. */
guint ta_probe_drop_items (TaQueue *queue, guint n);
guint ta_probe_move_items (TaQueue *from, TaQueue *to, guint n);

/* Objects that are watched until they are disposed of. */
void  ta_probe_watch (GObject *object);
guint ta_probe_get_n_watched (void);
guint ta_probe_get_n_disposed_elsewhere (void);

/* A queue whose signals come in a thread that is none of the caller's. */
TaQueue *ta_probe_new_elsewhere (void);

/* For the thread in which everything has to come: see ta-probe-flood.c. */
void     ta_probe_mark_thread (void);
gboolean ta_probe_is_marked_thread (void);
/* Functions for the flood to call, and what has become of them. */
typedef void (*TaProbeFunc) (gpointer user_data);

void  ta_probe_add_call (TaProbeFunc func, gpointer user_data, GDestroyNotify destroy);
guint ta_probe_get_n_called (void);
guint ta_probe_get_n_destroyed (void);
guint ta_probe_get_n_destroyed_elsewhere (void);

void  ta_probe_flood (TaQueue *queue, TaEvent *event, TaPromise *promise, guint n);
guint ta_probe_get_n_flooded (void);
void  ta_probe_cancel_elsewhere (GCancellable *cancellable);

/* What can't be called. */
guint          ta_probe_get_n_forbidden (void);
void           ta_probe_callback (GFunc func, gpointer user_data);
void           ta_probe_pointer (gpointer pointer);
void           ta_probe_in_out (int *number);
void           ta_probe_list (GList *names);
void           ta_probe_opaque (TaProbeOpaque *opaque);
void           ta_probe_opaque_out (GDate *date);
void           ta_probe_int_array (const int *numbers, gsize n_numbers);
void           ta_probe_fixed_array (const guint8 *bytes);
void           ta_probe_ptr_array (GPtrArray *array);
void           ta_probe_closure (GClosure *closure);
GList         *ta_probe_returns_list (void);
TaProbeOpaque *ta_probe_returns_opaque (void);

/* What may be called without the callback. */
int ta_probe_optional_callback (GFunc func, gpointer user_data, int number);

G_END_DECLS
