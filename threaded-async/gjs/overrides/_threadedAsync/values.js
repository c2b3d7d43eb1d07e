/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * How the values of JavaScript travel in queues and futures, and as the arguments of methods that
 * another thread calls.
 */

/* exported Holder, init, box, fromResults, isNative, toArgument, toTarget, unwrap, wrap */
/* exported wrapItem */

const {GLib, GObject} = imports.gi;

const MAIN_CONTEXT = GLib.MainContext.default();
const GTYPE_PROTOTYPE = Object.getPrototypeOf(GObject.TYPE_INT);

/*
 * Holds what only JavaScript has, and keeps it alive while something in C has a reference on it: of
 * an object of a class that is written in JavaScript, GJS also keeps what was added to it.
 */
var Holder = GObject.registerClass({
  GTypeName: 'ThreadedAsyncGjsHolder',
}, class extends GObject.Object {
});

/* That of the library, which is not to be had before it is initialised. */
let namespace = null;

function init(library) {
  namespace = library;
}

function isObject(value) {
  return typeof value === 'object' && value !== null;
}

/* Whether C has values of its class: not of Object, of which GJS lends it some for a short time. */
function isNative(value) {
  const constructor = value?.constructor;

  return typeof constructor === 'function' && constructor !== Object && '$gtype' in constructor;
}

function isGType(value) {
  return isObject(value) && Object.getPrototypeOf(value) === GTYPE_PROTOTYPE;
}

function gtypeValue(gtype) {
  const value = new GObject.Value();

  value.init(GObject.type_from_name('GType'));
  value.set_gtype(gtype);
  return value;
}

/* Whether C has the very same text. */
function isPlainText(text) {
  return !/[\0\ud800-\udfff]/u.test(text);
}

function box(value, plain = new GObject.Value()) {
  const holder = new Holder();

  holder.value = value;
  return namespace.Box.new(holder, plain, MAIN_CONTEXT);
}

function wrapObject(value) {
  if (value === null || value instanceof GObject.Object || value instanceof GObject.Value ||
      value instanceof namespace.Box)
    return value;
  if (isGType(value))
    return box(value, gtypeValue(value));
  return isNative(value) ? box(value, value) : box(value);
}

/* What is put into queues and futures for a value: the value itself, or a box with it. */
function wrap(value) {
  switch (typeof value) {
    case 'number':
    case 'boolean':
      return value;
    case 'string':
      return isPlainText(value) ? value : box(value);
    case 'undefined':
      return box(value, null);
    case 'bigint':
      return BigInt.asIntN(64, value) === value ? box(value, value) : box(value);
    case 'object':
      try {
        return wrapObject(value);
      } catch (error) {
        // It is none that C knows, as a prototype, or a proxy that will not be asked.
        return box(value);
      }
    default:
      return box(value);
  }
}

/*
 * GJS makes a gint of a whole number, if it is not too large, and a gdouble of all others: which of
 * them may be of another type, where a queue takes no other.
 */
const OTHER_NUMBERS = {
  gdouble: () => true,
  gint64: Number.isSafeInteger,
  guint: value => value >>> 0 === value,
  guint64: value => Number.isSafeInteger(value) && value >= 0,
};

/* The type of the items of each queue, which is always the same. */
const itemTypes = new WeakMap();

/* What is put into a queue for a value. */
function wrapItem(queue, value) {
  if (typeof value !== 'number')
    return wrap(value);

  let type = itemTypes.get(queue);
  if (type === undefined) {
    type = queue.get_item_type();
    itemTypes.set(queue, type);
  }
  if (!OTHER_NUMBERS[type.name]?.(value) || type.name !== 'gdouble' && Object.is(value, -0))
    return value;

  const item = new GObject.Value();

  item.init(type);
  item[`set_${type.name.slice(1)}`](value);
  return item;
}

/* What is in a box, which is the box itself when it is from another language and only for that. */
function unwrap(taken) {
  try {
    const [, foreign] = taken.get_foreign();
    if (foreign instanceof Holder)
      return foreign.value;
  } catch (error) {
    // GJS has no idea of the other language's values.
  }

  const [isPlain, plain] = taken.get_plain();
  if (isPlain)
    return plain;

  let isForeign = true;
  try {
    [isForeign] = taken.get_foreign();
  } catch (error) {
    // See above.
  }
  return isForeign ? taken : null;
}

/* Whether a prototype is that of a class written in JavaScript, or derived from one. */
function isWrittenInJS(prototype) {
  for (let proto = prototype; proto !== null; proto = Object.getPrototypeOf(proto)) {
    const {constructor} = proto;

    if (typeof constructor === 'function' && (Object.hasOwn(constructor, GObject.GTypeName) ||
        (constructor.$gtype && constructor.$gtype.name.startsWith('Gjs_'))))
      return true;
  }
  return false;
}

/* What a method is called on: an instance, a class, a namespace, or a name. */
function toTarget(target, name) {
  if (typeof target === 'string')
    return target;
  if (isGType(target))
    return gtypeValue(target);
  if (typeof target === 'function' && target.$gtype) {
    if (isWrittenInJS(target.prototype))
      throw new TypeError(`${name}: ${target.name} is written in JavaScript, which cannot run in ` +
        'another thread');
    return gtypeValue(target.$gtype);
  }
  if (isObject(target) && typeof target.__name__ === 'string')
    return target.__name__;
  if (!isObject(target) || !isNative(target))
    throw new TypeError(`${name}: what is called on has to be an object, a class or a namespace ` +
      'of a library, or the name of one');
  return toArgument(target, name);
}

function toArgument(value, name) {
  if (value === undefined)
    return null;
  if (typeof value === 'bigint' && value > BigInt.asIntN(64, value)) {
    const number = new GObject.Value();
    number.init(GObject.TYPE_UINT64);
    number.set_uint64(value);
    return number;
  }
  if (typeof value === 'function' && value.$gtype)
    return gtypeValue(value.$gtype);
  if (isGType(value))
    return gtypeValue(value);
  if (typeof value === 'function')
    throw new TypeError(`${name}: a JavaScript function cannot be called in another thread`);
  if (Array.isArray(value) && value.every(item => typeof item === 'string'))
    return new GLib.Variant('as', value);
  if (value instanceof Uint8Array)
    return new GLib.Bytes(value);
  if (value instanceof GObject.Object && isWrittenInJS(Object.getPrototypeOf(value)))
    throw new TypeError(`${name}: ${value} is of a class that is written in JavaScript, which ` +
      'cannot run in another thread');
  if (isObject(value) && !isNative(value))
    throw new TypeError(`${name}: ${value} is nothing that a library knows`);
  return value;
}

/* One result. A box comes only if nothing in it is plain: an item of a queue, say. */
function fromResult(value) {
  return value instanceof namespace.Box ? unwrap(value) : value;
}

/* One result, or an array of several. */
function fromResults(value) {
  if (!(value instanceof GObject.ValueArray))
    return fromResult(value);
  return Array.from({length: value.n_values}, (_, i) => fromResult(value.get_nth(i)));
}

