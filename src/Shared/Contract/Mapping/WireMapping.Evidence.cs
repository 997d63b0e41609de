using WsusDashboard.Shared.Syncs;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Shared.Contract.Mapping;

public static partial class WireMapping
{
    public static Wire.RunEvidence ToWire(this RunEvidence evidence) => new()
    {
        RunId = evidence.RunId,
        Lines = { evidence.Lines.Select(ToWire) },
        Events = { evidence.Events.Select(ToWire) },
        Snapshot = evidence.Snapshot?.ToWire(),
        GoodRunsRead = evidence.GoodRunsRead,
        Until = ToTimestamp(evidence.Until),
    };

    public static RunEvidence ToDomain(this Wire.RunEvidence evidence) => new()
    {
        RunId = evidence.RunId,
        Lines = Map(evidence.Lines, ToDomain),
        Events = Map(evidence.Events, ToDomain),
        Snapshot = evidence.Snapshot?.ToDomain(),
        GoodRunsRead = evidence.GoodRunsRead,
        Until = ToTime(evidence.Until),
    };

    public static Wire.LoggedLine ToWire(this LoggedLine line) => new()
    {
        Log = line.Log,
        At = ToTimestamp(line.At),
        Text = line.Text,
        GoodRuns = line.GoodRuns,
        CoveredGoodRuns = line.CoveredGoodRuns,
    };

    public static LoggedLine ToDomain(this Wire.LoggedLine line) => new(line.Log, ToTime(line.At), line.Text) { GoodRuns = line.GoodRuns, CoveredGoodRuns = line.CoveredGoodRuns };
}
