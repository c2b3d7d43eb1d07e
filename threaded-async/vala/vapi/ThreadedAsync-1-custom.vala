/*
 * SPDX-FileCopyrightText: 2026 The threaded-async developers
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/*
 * Calls that return a value, which in C comes out through a parameter, beside a boolean that says only
 * what an error says too. Their plain forms are skipped in the metadata.
 */

namespace ThreadedAsync {
	public class Client : GLib.Object {
		[CCode (cname = "ta_client_execute_async", finish_name = "ta_client_execute_finish")]
		public async GLib.Value execute_async (string method, [CCode (array_length_cname = "n_args", array_length_pos = 2.5, array_length_type = "gsize")] GLib.Value[]? args = null, [CCode (array_length = false, array_null_terminated = true)] string[]? names = null, int64 timeout_us = -2, GLib.Cancellable? cancellable = null) throws GLib.Error;
	}
	public class Future : GLib.Object {
		public GLib.Value try_wait () throws GLib.Error;
		[CCode (cname = "ta_future_wait_async", finish_name = "ta_future_wait_finish")]
		public async GLib.Value wait_async (int64 timeout_us = -1, GLib.Cancellable? cancellable = null) throws GLib.Error;
	}
	public sealed class Queue : GLib.Object {
		public GLib.Value try_get () throws GLib.Error;
		[CCode (cname = "ta_queue_get_async", finish_name = "ta_queue_get_finish")]
		public async GLib.Value get_async (int64 timeout_us = -1, GLib.Cancellable? cancellable = null) throws GLib.Error;
	}
	public sealed class Request : ThreadedAsync.Future {
		public GLib.Value get_arg (uint index) throws GLib.Error;
		public GLib.Value get_named_arg (string name) throws GLib.Error;
	}
	public class Runner : GLib.Object {
		[CCode (cname = "ta_runner_call_method_async", finish_name = "ta_runner_call_method_finish")]
		public async GLib.Value call_method_async (GLib.Value target, string method, [CCode (array_length_cname = "n_arguments", array_length_pos = 3.5, array_length_type = "guint")] GLib.Value[]? arguments = null, int64 timeout_us = -2, GLib.Cancellable? cancellable = null) throws GLib.Error;
	}
}
