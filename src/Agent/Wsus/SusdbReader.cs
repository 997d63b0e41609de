using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Wsus;

/// <summary>History and counts from the database of WSUS, while WSUS itself does not answer: the only route that does not go through IIS.</summary>
public sealed class SusdbReader(WsusRegistry registry, ISusdb susdb)
{
    private const int HistoryColumns = 5;

    /// <summary>Synchronizations that started at or after a time, oldest first; the newest may still be running.</summary>
    /// <exception cref="EdgeException">The database cannot be read, or its address is not known.</exception>
    public async Task<IReadOnlyList<SyncRun>> ReadHistoryAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        var rows = await susdb.QueryAsync(FindDatabase(), SusdbStatement.History, since, cancellationToken).ConfigureAwait(false);
        return WsusHistoryRows.Pair(rows.Select(ReadEvent));
    }

    /// <summary>What the public views count: updates, declined updates and computers.</summary>
    /// <exception cref="EdgeException">The database cannot be read, or its address is not known.</exception>
    public async Task<WsusCounts> ReadCountsAsync(CancellationToken cancellationToken)
    {
        var database = FindDatabase();
        var updates = await susdb.QueryAsync(database, SusdbStatement.UpdateCounts, default, cancellationToken).ConfigureAwait(false);
        var computers = await susdb.QueryAsync(database, SusdbStatement.ComputerCount, default, cancellationToken).ConfigureAwait(false);
        return new WsusCounts
        {
            Updates = Number(SusdbStatement.UpdateCounts, updates, 0),
            Declined = Number(SusdbStatement.UpdateCounts, updates, 1),
            Computers = Number(SusdbStatement.ComputerCount, computers, 0),
        };
    }

    private static WsusHistoryEvent ReadEvent(IReadOnlyList<object?> row)
    {
        if (row is not [_, { } eventId, DateTime at, _, _] || row.Count != HistoryColumns || !Guid.TryParse(WmiValues.Text(row[0]), out var instanceId))
        {
            throw Malformed(SusdbStatement.History);
        }

        return new WsusHistoryEvent(
            instanceId,
            Convert.ToInt16(eventId, CultureInfo.InvariantCulture),
            new DateTimeOffset(DateTime.SpecifyKind(at, DateTimeKind.Utc)),
            (int)(WmiValues.Number(row[3]) ?? 0),
            Texts(WmiValues.Text(row[4])));
    }

    /// <summary>The strings that fill the event's text. The administration service calls the column XML; anything else is taken as it is.</summary>
    private static string Texts(string strings)
    {
        if (!strings.StartsWith('<'))
        {
            return strings.Trim();
        }

        try
        {
            var texts = XElement.Parse(strings).DescendantsAndSelf().Where(element => !element.HasElements).Select(element => element.Value.Trim());
            return string.Join(" ", texts.Where(text => text.Length > 0));
        }
        catch (XmlException)
        {
            return strings.Trim();
        }
    }

    private static long Number(SusdbStatement statement, IReadOnlyList<IReadOnlyList<object?>> rows, int column) =>
        rows is [{ } row, ..] && row.Count > column && WmiValues.Number(row[column]) is { } number ? number : throw Malformed(statement);

    private static EdgeException Malformed(SusdbStatement statement) =>
        new(ReadFailure.Malformed, $"SUSDB's answer to the statement {statement.Name} can't be understood.");

    private SusdbAddress FindDatabase() =>
        registry.FindDatabase() ?? throw new EdgeException(ReadFailure.NotFound, $@"The registry doesn't say where SUSDB is (HKEY_LOCAL_MACHINE\{WsusRegistry.SetupKey}, SqlServerName). Set Agent:SusdbServer to its SQL Server.");
}
