# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

# What can be done from Ruby, and that what can't is refused. The names are those of the table in
# docs/bindings.md.

require "threaded-async"

module TaProbe
  GObjectIntrospection::Loader.load("TaProbe", self)
end

N = 100_000
N_CALLS = 9_000
FOREVER = -1
MAIN = ThreadedAsync::Runner.default

TaProbe.mark_thread
$stdout.sync = true

def int(number)
  GLib::Value.new(GLib::Type::INT64, number)
end

def string(text)
  GLib::Value.new(GLib::Type::STRING, text)
end

$n_tests = 0
$failed = false

def report(ok, name, message)
  $n_tests += 1
  $failed ||= !ok
  puts "#{ok ? "ok" : "not ok"} #{$n_tests} - #{name}"
  puts "# #{message}".gsub("\n", "\n# ") unless ok
end

# Runs a test, which calls done in the main loop.
def test(name)
  main_loop = GLib::MainLoop.new
  over = false
  done = lambda do |ok, message = nil|
    next if over
    over = true
    report(ok, name, message)
    main_loop.quit
  end
  timer = GLib::Timeout.add(180_000) do
    done.call(false, "it is not done after three minutes")
    false
  end
  begin
    yield(done)
  rescue StandardError => error
    done.call(false, "#{error.class}: #{error.message}")
  end
  main_loop.run unless over
  GLib::Source.remove(timer)
end

# What a finish function returns, which may come with a boolean.
def value_of(result)
  value = result.is_a?(Array) ? result.last : result
  value.is_a?(GLib::Value) ? value.value : value
end

test("quick start") do |done|
  task = MAIN.create_task do |own_task|
    promise = own_task.take_promise
    ThreadedAsync.sleep_async(10_000, promise.cancellable) do |_source, result|
      ThreadedAsync.sleep_finish(result)
      promise.return_int(42)
    rescue GLib::Error => error
      promise.return_failed(error.message)
    end
  end
  task.wait_async(FOREVER, nil) do |_source, result|
    done.call(value_of(task.wait_finish(result)) == 42)
  end
end

test("worker queue") do |done|
  inward = ThreadedAsync::Queue.new(0)
  outward = ThreadedAsync::Queue.new(0)
  seen = []
  work = lambda do
    inward.get_async(FOREVER, nil) do |_source, result|
      outward.try_put(int(value_of(inward.get_finish(result)) + 1))
      work.call
    rescue ThreadedAsync::Error::Closed
      outward.close
    end
  end
  read = lambda do
    outward.get_async(FOREVER, nil) do |_source, result|
      seen << value_of(outward.get_finish(result))
      read.call
    rescue ThreadedAsync::Error::Closed
      done.call(seen == (1..10).to_a, seen.inspect)
    end
  end
  MAIN.create_task do |task|
    task.take_promise.return_boolean(true)
    work.call
  end
  read.call
  10.times { |i| inward.try_put(int(i)) }
  inward.close
end

test("call") do |done|
  runner = ThreadedAsync::Runner.new("caller")
  runner.start
  arguments = [int(2), GLib::Value.new(GLib::Bytes.gtype, GLib::Bytes.new("abc"))]
  runner.call_method_async(string("GLib"), "compute_checksum_for_bytes", arguments,
                           FOREVER, nil) do |_source, result|
    sum = value_of(runner.call_method_finish(result))
    runner.stop_async(FOREVER, nil) do |_source2, stopped|
      runner.stop_finish(stopped)
      done.call(sum == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", sum)
    end
  rescue StandardError => error
    done.call(false, error.message)
  end
end

test("control inversion") do |done|
  server = ThreadedAsync::Server.new("server")
  client = ThreadedAsync::Client.new(server, MAIN)
  server.signal_connect("handle-request") do |_server, request|
    request.take_promise.return_int(value_of(request.get_arg(0)) + 1)
    true
  end
  client.execute_async("increment", [int(3)], nil, FOREVER, nil) do |_source, result|
    done.call(value_of(client.execute_finish(result)) == 4)
  rescue StandardError => error
    done.call(false, error.message)
  end
  server.process(1_000_000, nil)
end

test("a function in another thread is refused") do |done|
  runner = ThreadedAsync::Runner.new("threaded")
  runner.start
  n_refused = 0
  [
    -> { runner.create_task { nil } },
    -> { runner.call_in_loop(FOREVER, nil) { nil } },
  ].each do |action|
    action.call
  rescue ThreadedAsync::Error::WrongThread => error
    n_refused += 1 if error.message.include?("runner “threaded” runs in another thread")
  end
  runner.stop(FOREVER, nil)
  done.call(n_refused == 2)
end

test("a signal of another thread is refused") do |done|
  queue = TaProbe.new_elsewhere
  n_refused = 0
  %w[items-available notify::closed].each do |signal|
    queue.signal_connect(signal) { nil }
  rescue ArgumentError => error
    n_refused += 1 if error.message.include?("comes in another thread")
  end
  done.call(n_refused == 2)
end

test("errors") do |done|
  ThreadedAsync::Queue.new(0).try_get
  done.call(false, "there was no error")
rescue Gio::IOError::WouldBlock
  done.call(true)
end

test("a flood from four threads") do |done|
  queue = ThreadedAsync::Queue.new(256)
  event = ThreadedAsync::Event.new
  count = Hash.new(0)
  elsewhere = 0
  n = 0
  sum = 0
  last_set = nil
  see = lambda do |what|
    count[what] += 1
    elsewhere += 1 unless TaProbe.marked_thread?
  end
  N_CALLS.times { TaProbe.add_call { see.call("called") } }
  task = MAIN.create_task do |own_task|
    TaProbe.flood(queue, event, own_task.take_promise, N)
  end
  check = lambda do
    next if n < TaProbe.n_flooded || count["done"].zero? || count["closed"].zero? || task.status != "over"
    GLib::Idle.add do
      done.call(elsewhere.zero? && TaProbe.n_destroyed_elsewhere.zero? &&
                TaProbe.n_destroyed == N_CALLS && TaProbe.n_called == count["called"] &&
                count["called"] >= N_CALLS * 2 / 3 && n > 256 &&
                n == TaProbe.n_flooded && sum == n * (n - 1) / 2 && count["done"] == 1 &&
                count["closed"] == 1 && count["progress"] > 0 && count["set"] > 0 &&
                count["items"] > 0 && last_set, "#{elsewhere} elsewhere, #{n} items, " \
                "#{TaProbe.n_destroyed} destroyed, #{count}")
      false
    end
  end
  event.signal_connect("notify::is-set") { see.call("set"); last_set = event.set? }
  queue.signal_connect("items-available") { see.call("items") }
  queue.signal_connect("space-available") { see.call("space") }
  queue.signal_connect("notify::closed") { see.call("closed"); check.call }
  task.signal_connect("notify::progress") { see.call("progress") }
  task.signal_connect("notify::status") { see.call("status"); check.call }
  task.signal_connect("notify::done") { see.call("done"); check.call }
  read = lambda do
    queue.get_async(FOREVER, nil) do |_source, result|
      see.call("got")
      sum += value_of(queue.get_finish(result))
      n += 1
      GC.start if (n % 20_000).zero?
      read.call
    rescue ThreadedAsync::Error::Closed
      check.call
    end
  end
  read.call
end

puts "1..#{$n_tests}"
exit!($failed ? 1 : 0)
