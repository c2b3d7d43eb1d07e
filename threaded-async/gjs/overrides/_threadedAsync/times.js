/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The properties of runners that are times, which JavaScript writes and reads in seconds. */

/* exported overrideTimes */

const {toMicroseconds} = imports.overrides._threadedAsync.waits;

const FOREVER = -1;

/* For about as long as it takes to wake a processor, which the library measures. */
const MEASURED = -1;
const MAX_SPIN_US = 1e6;

function toTimeout(value) {
  return toMicroseconds(value);
}

function fromTimeout(us) {
  return us === FOREVER ? Infinity : us / 1e6;
}

/* Each as C wants it, and as JavaScript reads what C has. */
const TIMES = {
  'exit-timeout': {to: toTimeout, from: fromTimeout},
  'default-timeout': {to: toTimeout, from: fromTimeout},
  'stall-threshold': {
    // Here 0 is for ever.
    to: value => Math.max(toMicroseconds(value), 0),
    from: us => us / 1e6,
  },
  'max-spin': {
    to: value => {
      if (value === null)
        return MEASURED;
      if (typeof value !== 'number' || !(value >= 0 && value * 1e6 <= MAX_SPIN_US))
        throw new TypeError(`It has to be a number of seconds from 0 to 1, or null, not ${value}`);
      return toMicroseconds(value);
    },
    from: us => us === MEASURED ? null : us / 1e6,
  },
};

/* Of the three spellings that GJS has for a property the one that C has. */
function toName(key) {
  return key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`).replace(/_/g, '-');
}

function toSpellings(name) {
  return [name, name.replace(/-/g, '_'), name.replace(/-./g, part => part[1].toUpperCase())];
}

/* What a constructor is given, with the times as C wants them. */
function toProperties(given) {
  const properties = {};

  for (const [key, value] of Object.entries(given)) {
    const name = toName(key);

    if (!Object.hasOwn(TIMES, name)) {
      properties[key] = value;
    } else if (value !== undefined) {
      try {
        properties[key] = TIMES[name].to(value);
      } catch (error) {
        throw new TypeError(`${key}: ${error.message}`);
      }
    }
  }
  return properties;
}

function overrideTimes(proto) {
  const {_init: init} = proto;

  proto._init = function (properties, ...others) {
    const isObject = typeof properties === 'object' && properties !== null;

    return init.call(this, isObject ? toProperties(properties) : properties, ...others);
  };

  for (const name of Object.keys(TIMES)) {
    const getter = `get_${name.replace(/-/g, '_')}`;
    const get = function () {
      return TIMES[name].from(this[getter]());
    };

    for (const spelling of toSpellings(name)) {
      const set = () => {
        throw new TypeError(`${spelling} is only set when the runner is made`);
      };
      Object.defineProperty(proto, spelling, {get, set, configurable: true});
    }
  }
}
