/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "native.h"

#include <string.h>

/* How Python's objects travel: as in values.py. */

/* Those that CPython has one object for each of. */
#define IS_SMALL(number) ((number) >= -5 && (number) <= 256)

/* Puts an object into a box, with the plain value that others see. */
static void
box (NativeValue *self, PyObject *object, const GValue *plain)
{
  GValue foreign = { .g_type = native_pyobject, .data = { { .v_pointer = object } } };

  g_value_init (&self->value, TA_TYPE_BOX);
  g_value_take_boxed (&self->value, ta_box_new (&foreign, plain, NULL));
  self->is_owned = TRUE;
}

/* An object as it is, which is not to be unset. */
static gboolean
borrow (NativeValue *self, PyObject *object)
{
  self->value.g_type = native_pyobject;
  self->value.data[0].v_pointer = object;

  return TRUE;
}

static gboolean
init_int (NativeValue *self, PyObject *object)
{
  GValue    plain = G_VALUE_INIT;
  int       overflow;
  long long number = PyLong_AsLongLongAndOverflow (object, &overflow);

  if (overflow != 0)
    return borrow (self, object);

  if (number >= G_MININT32 && number <= G_MAXINT32)
    {
      plain.g_type = G_TYPE_INT;
      plain.data[0].v_int = (int) number;
    }
  else
    {
      plain.g_type = G_TYPE_INT64;
      plain.data[0].v_int64 = number;
    }

  if (IS_SMALL (number))
    self->value = plain;
  else
    box (self, object, &plain);

  return TRUE;
}

static gboolean
init_string (NativeValue *self, PyObject *object)
{
  Py_ssize_t  length;
  const char *string = PyUnicode_AsUTF8AndSize (object, &length);
  GValue      plain = G_VALUE_INIT;

  if (string == NULL)
    {
      PyErr_Clear ();
      return borrow (self, object);
    }
  if (strlen (string) != (gsize) length)
    return borrow (self, object);

  g_value_init (&plain, G_TYPE_STRING);
  g_value_set_static_string (&plain, string);
  box (self, object, &plain);

  return TRUE;
}

/* What the Python side makes of an object that is not so simple. */
static gboolean
init_other (NativeValue *self, PyObject *object, GType item_type)
{
  PyObject *type = item_type != 0 ? pyg_type_wrapper_new (item_type) : Py_NewRef (Py_None);
  PyObject *made =
      type != NULL ? PyObject_CallFunctionObjArgs (native_box, object, type, NULL) : NULL;

  Py_XDECREF (type);
  if (made == NULL)
    return FALSE;

  if (made == Py_None)
    {
      self->value.g_type = G_TYPE_POINTER;
    }
  else if (pyg_boxed_check (made, G_TYPE_VALUE))
    {
      const GValue *value = pyg_boxed_get (made, GValue);

      if (G_IS_VALUE (value))
        {
          g_value_init (&self->value, G_VALUE_TYPE (value));
          g_value_copy (value, &self->value);
        }
      self->is_owned = G_IS_VALUE (value);
    }
  else
    {
      GType gtype = pyg_type_from_object (made);

      if (gtype == 0)
        {
          Py_DECREF (made);
          return FALSE;
        }
      g_value_init (&self->value, gtype);
      self->is_owned = TRUE;
      if (pyg_value_from_pyobject (&self->value, made) != 0)
        {
          Py_DECREF (made);
          native_value_clear (self);
          if (!PyErr_Occurred ())
            PyErr_SetString (PyExc_TypeError, "this can't be put into a GValue");
          return FALSE;
        }
    }
  Py_DECREF (made);

  return TRUE;
}

/* Makes a value of an object, for a call that copies it; FALSE with an exception. */
gboolean
native_value_init (NativeValue *self, PyObject *object, GType item_type)
{
  *self = (NativeValue){ .is_owned = FALSE };

  if (item_type != 0 && item_type != G_TYPE_NONE)
    return init_other (self, object, item_type);

  if (object == Py_None)
    {
      self->value.g_type = G_TYPE_POINTER;
      return TRUE;
    }
  if (PyBool_Check (object))
    {
      self->value.g_type = G_TYPE_BOOLEAN;
      self->value.data[0].v_int = object == Py_True;
      return TRUE;
    }
  if (PyLong_CheckExact (object))
    return init_int (self, object);
  if (PyUnicode_CheckExact (object))
    return init_string (self, object);
  if (PyFloat_CheckExact (object))
    {
      GValue plain = { .g_type = G_TYPE_DOUBLE,
                       .data = { { .v_double = PyFloat_AS_DOUBLE (object) } } };

      box (self, object, &plain);
      return TRUE;
    }
  if (PyLong_Check (object) || PyUnicode_Check (object) || PyFloat_Check (object) ||
      PyObject_TypeCheck (object, &PyGObject_Type) || PyObject_TypeCheck (object, &PyGBoxed_Type) ||
      PyObject_HasAttrString ((PyObject *) Py_TYPE (object), "__gtype__"))
    return init_other (self, object, 0);

  return borrow (self, object);
}

void
native_value_clear (NativeValue *self)
{
  if (self->is_owned)
    g_value_unset (&self->value);
  self->is_owned = FALSE;
}

static PyObject *
unbox_foreign (PyObject *object)
{
  PyObject *content;

  if (Py_TYPE (object) != native_foreign)
    return object;

  content = PyObject_GetAttrString (object, "value");
  Py_DECREF (object);

  return content;
}

static PyObject *
unbox_plain (GValue *value)
{
  PyObject *object;

  switch (G_VALUE_TYPE (value))
    {
    case G_TYPE_BOOLEAN:
      return PyBool_FromLong (value->data[0].v_int);
    case G_TYPE_INT:
      return PyLong_FromLong (value->data[0].v_int);
    case G_TYPE_INT64:
      return PyLong_FromLongLong (value->data[0].v_int64);
    case G_TYPE_POINTER:
      if (value->data[0].v_pointer == NULL)
        return Py_NewRef (Py_None);
      break;
    default:
      break;
    }

  object = pyg_value_as_pyobject (value, TRUE);
  g_value_unset (value);

  return object;
}

/* Returns the object that a value stands for, and unsets the value. */
PyObject *
native_unbox (GValue *value)
{
  GValue content = G_VALUE_INIT;
  TaBox *boxed;

  if (G_VALUE_TYPE (value) == native_pyobject)
    /* The reference moves over. */
    return unbox_foreign (value->data[0].v_pointer);

  if (G_VALUE_TYPE (value) != TA_TYPE_BOX || g_value_get_boxed (value) == NULL)
    return unbox_plain (value);

  boxed = g_value_get_boxed (value);
  if (ta_box_get_foreign (boxed, &content) && G_VALUE_TYPE (&content) == native_pyobject)
    {
      ta_box_unref (boxed);
      return unbox_foreign (content.data[0].v_pointer);
    }
  g_value_unset (&content);

  content = (GValue) G_VALUE_INIT;
  if (ta_box_get_plain (boxed, &content))
    {
      ta_box_unref (boxed);
      return unbox_plain (&content);
    }

  /* That of another language stays in its box; an empty one is nothing. */
  if (ta_box_get_foreign (boxed, NULL))
    return unbox_plain (value);
  ta_box_unref (boxed);

  return Py_NewRef (Py_None);
}

/* unboxed(box): what is in a box */
PyObject *
native_unboxed (PyObject *module, PyObject *box)
{
  GValue value = { .g_type = TA_TYPE_BOX };

  if (!pyg_boxed_check (box, TA_TYPE_BOX))
    return PyErr_Format (PyExc_TypeError, "a box is needed, not %R", box);
  g_value_set_boxed (&value, pyg_boxed_get (box, TaBox));

  return native_unbox (&value);
}
