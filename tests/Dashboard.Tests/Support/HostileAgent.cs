using Google.Protobuf.WellKnownTypes;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Syncs;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Dashboard.Tests.Support;

/// <summary>What an agent in foreign hands says to its dashboard, through the watch of a <see cref="FakeAgent"/>.</summary>
internal static class HostileAgent
{
    /// <summary>Turns the order of what follows around, and clears a terminal.</summary>
    public const string Trickery = "\u202Egnp.exe\u001b[2J";

    public static void SendSnapshot(this FakeWatch watch, Action<Wire.Snapshot> damage)
    {
        var snapshot = Samples.Snapshot(TimeProvider.System.GetUtcNow()).ToWire();
        damage(snapshot);
        watch.Send(new Wire.WatchMessage { Snapshot = snapshot });
    }

    public static void SendEvent(this FakeWatch watch, AgentEvent agentEvent, Action<Wire.AgentEvent> damage)
    {
        var wire = agentEvent.ToWire();
        damage(wire);
        watch.Send(new Wire.WatchMessage { Event = wire });
    }

    /// <summary>Evidence about a run, with lines as they are given.</summary>
    public static void SendEvidence(this FakeWatch watch, long sequence, string runId, params IEnumerable<(Timestamp? At, string Text)> lines)
    {
        var evidence = new Wire.RunEvidence { RunId = runId };
        evidence.Lines.AddRange(lines.Select(line => new Wire.LoggedLine { Log = "wsyncmgr", At = line.At, Text = line.Text }));
        watch.Send(new Wire.WatchMessage { Event = new() { Sequence = sequence, At = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow()), Evidence = evidence } });
    }

    /// <summary>A repair that is open, with so much raw output as it has room for and more.</summary>
    public static Repair OpenRun(string id, int outputCharacters) => Samples.Run(id) with
    {
        Steps = [.. Enumerable.Range(1, 100).Select(number => new RepairStep { Number = number, Kind = StepKind.ApplySettings, Title = "Apply settings", State = StepState.Running, Output = new string('x', outputCharacters / 100) })],
    };

    public static Timestamp YearOne => new() { Seconds = -62_135_596_800 };

    /// <summary>A synchronization that failed a moment ago.</summary>
    public static SyncRun FailedRun(string id) => Samples.Sync(id, TimeProvider.System.GetUtcNow().AddMinutes(-12), SyncResult.Failed);
}
