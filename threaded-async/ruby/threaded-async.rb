# SPDX-FileCopyrightText: 2026 The threaded-async developers
# SPDX-License-Identifier: LGPL-2.1-or-later

# The library for Ruby, whose blocks cannot leave their thread: the library itself refuses them where
# they would be called in another one, and this the signals that come in one.

require "gio2"

module ThreadedAsync
  GObjectIntrospection::Loader.load("ThreadedAsync", self)

  # Refuses handlers of signals that come in another thread, in which they would end the process.
  module RefuseSignals
    %i[signal_connect signal_connect_after].each do |name|
      define_method(name) do |signal, *args, &block|
        unless Runner.new(main_context, nil).in_loop?
          raise ArgumentError, "#{name}: “#{signal}” of this object comes in another thread, in " \
                               "which blocks of Ruby cannot run"
        end
        super(signal, *args, &block)
      end
    end
  end

  [Event, Future, Queue, Runner, Server].each { |type| type.prepend(RefuseSignals) }
end
