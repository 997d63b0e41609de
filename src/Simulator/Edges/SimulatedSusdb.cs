using System.Xml.Linq;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Simulator.Model;
using WsusDashboard.Simulator.Model.Events;

namespace WsusDashboard.Simulator.Edges;

/// <summary>The database of a simulated WSUS: it is a service of its own, so it answers while the pool is stopped.</summary>
internal sealed class SimulatedSusdb(ServerModel model) : ISusdb
{
    // An ordinary WSUS of 12,000 updates has a database of some 8 GB.
    private const long KilobytesOfUpdate = 640;
    private const long KilobytesOfEmpty = 300 * 1024;
    private const long EventsOfComputer = 90;
    private const long UpdatesOfLicense = 40;

    public Task<IReadOnlyList<IReadOnlyList<object?>>> QueryAsync(SusdbAddress database, SusdbStatement statement, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var view = model.ReadWsus();
        IReadOnlyList<IReadOnlyList<object?>> rows =
            statement == SusdbStatement.History ? [.. model.ReadHistory().Where(row => row.At >= since).Select(Row)]
            : statement == SusdbStatement.UpdateCounts ? [[(long)view.Updates, (long)view.Declined]]
            : statement == SusdbStatement.ComputerCount ? [[(long)view.Computers]]
            : statement == SusdbStatement.Files ? [[(view.Updates * KilobytesOfUpdate) + KilobytesOfEmpty, "Windows Internal Database (64-bit)", "12.0.2000.8"]]
            : statement == SusdbStatement.LicenseFiles ? [[view.Updates / UpdatesOfLicense, 0L]]
            : [["tbUpdate", (long)view.Updates], ["tbRevision", view.Updates * 3L / 2], ["tbEventInstance", view.Computers * EventsOfComputer]];

        return Task.FromResult(rows);
    }

    // Times of a SQL Server have no zone; SUSDB's are UTC.
    private static IReadOnlyList<object?> Row(WsusEventRow row) =>
    [
        row.InstanceId,
        (int)row.EventId,
        DateTime.SpecifyKind(row.At.UtcDateTime, DateTimeKind.Unspecified),
        0,
        row.EventId == WsusEventRow.Failed ? new XElement("ReplacementStrings", new XElement("string", row.Text)).ToString() : null,
    ];
}
