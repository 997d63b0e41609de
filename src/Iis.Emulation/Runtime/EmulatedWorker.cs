using Microsoft.Web.Administration;

namespace WsusDashboard.Iis.Emulation.Runtime;

/// <summary>One worker process of an emulated pool.</summary>
/// <param name="ProcessId">Process id, as the agent shows it.</param>
/// <param name="State">What it is doing.</param>
/// <param name="ProcessGuid">The id that WAS gives it; may be empty.</param>
public sealed record EmulatedWorker(int ProcessId, WorkerProcessState State = WorkerProcessState.Running, string ProcessGuid = "");
