/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Control inversion. Handlers are functions of JavaScript, which run in the thread of GJS; clients
 * are code in JavaScript on the runner that is attached to the main context, or code in other
 * languages on any runner.
 */

/* exported overrideClient, overrideRequest, overrideServer */

const {unwrap, wrap} = imports.overrides._threadedAsync.values;
const {checkList, parse, promisify, settle, toMicroseconds} =
  imports.overrides._threadedAsync.waits;

/* The timeouts of C that are no times: for ever, and what the runner has for a default. */
const FOREVER = -1;
const RUNNER_DEFAULT = -2;

function overrideRequest(proto) {
  const argument = (request, index) => unwrap(request.dup_box(index));

  Object.defineProperties(proto, {
    method: {get() {
      return this.get_method();
    }},
    args: {get() {
      return Array.from({length: this.get_n_args()}, (_, index) => argument(this, index));
    }},
    named: {get() {
      const first = this.get_n_args();

      return Object.fromEntries(this.get_names().map(
        (name, index) => [name, argument(this, first + index)]));
    }},
  });
}

function overrideClient(proto) {
  const {execute} = proto;

  proto.send = function (method, args = [], named = {}) {
    const values = [...checkList(args, `execute(…, '${method}')`), ...Object.values(named)];

    return execute.call(this, method, values.map(value => wrap(value)), Object.keys(named));
  };

  proto.execute_method = async function (method, args = [], named = {}, options = undefined) {
    parse(options, FOREVER);
    const request = this.send(method, args, named);

    try {
      return await request.wait(options);
    } catch (error) {
      // Nobody waits for it any more.
      request.withdraw();
      throw error;
    }
  };

  proto.execute = function (method, ...args) {
    return this.execute_method(method, args);
  };
}

function overrideServer(proto) {
  const {process, process_all: processAll} = proto;
  const {process_async: processAsync, process_finish: processFinish} = proto;

  proto.handle = function (method, func) {
    if (typeof func !== 'function')
      throw new TypeError('handle() takes the name of a method, and a function');
    return this.connect(`handle-request::${method}`, (_server, request) => {
      settle(request.take_promise(), () =>
        func(...request.args, ...request.get_names().length > 0 ? [request.named] : []));
      return true;
    });
  };

  proto.process_blocking = function (options) {
    return process.call(this, ...parse(options, RUNNER_DEFAULT));
  };

  proto.process = async function (options) {
    const [timeout, cancellable] = parse(options, RUNNER_DEFAULT);

    return promisify(callback => processAsync.call(this, timeout, cancellable, callback),
      result => processFinish.call(this, result));
  };

  proto.process_all = function (budget = Infinity, cancellable = null) {
    return processAll.call(this, toMicroseconds(budget), cancellable);
  };
}
