using System.Globalization;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Simulator.Model;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Edges;

/// <summary>The WMI of one simulated server: root\cimv2, the classes of the firewall, and on a site server root\SMS and the site's namespace (configmgr.md, section 2).</summary>
internal sealed class SimulatedWmi(ServerModel model) : IWmi
{
    // Rows with a CI_ID each are the same on all servers: kept once, handed out by count.
    private static readonly List<WmiRow> SoftwareUpdates = [];
    private readonly WmiTables _tables = new(model.Profile);

    private ServerProfile Profile => model.Profile;

    public Task<IReadOnlyList<WmiRow>> QueryAsync(string scope, string wql, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<WmiRow>>(Query(scope, wql));

    public Task<WmiRow> GetAsync(string scope, string path, CancellationToken cancellationToken)
    {
        CheckScope(scope);
        return Task.FromResult(
            Is(scope, SiteScope) && Is(path, WmiTables.SyncManagerPath) ? _tables.SyncManagerWithLazyProperties()
            : Is(scope, SiteScope) && Is(path, WmiTables.UpdatePointPath) ? WmiTables.UpdatePointWithLazyProperties()
            : throw NotFound($"Object {path} isn't in {scope}"));
    }

    public Task<object?> InvokeAsync(string scope, string className, string method, IReadOnlyDictionary<string, object?> arguments, CancellationToken cancellationToken)
    {
        CheckScope(scope);
        if (!Is(scope, SiteScope) || !Is(className, "SMS_SoftwareUpdate"))
        {
            throw NotFound($"Class {className} isn't in {scope}");
        }

        if (!Is(method, "SyncNow"))
        {
            throw new EdgeException(ReadFailure.NotFound, $"Invalid method (0x8004102E): {className}.{method} on {Profile.Name}.");
        }

        if (arguments.Any(argument => !Is(argument.Key, "fullSync") || argument.Value is not bool))
        {
            throw new EdgeException(ReadFailure.Fault, $"Invalid method parameter (0x8004102F): SyncNow takes fullSync, a Boolean, on {Profile.Name}.");
        }

        // Zero says "asked", not "synchronized": also while the thread that would do it is stopped.
        model.StartConfigMgrSync(isFull: arguments.Values.OfType<bool>().FirstOrDefault());
        return Task.FromResult<object?>(0);
    }

    private const string FirewallScope = @"root\StandardCimv2";

    private string SiteScope => @"root\SMS\site_" + Profile.SiteCode;

    private static bool Is(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private List<WmiRow> Query(string scope, string wql)
    {
        CheckScope(scope);
        var query = WqlQuery.Parse(wql);
        var view = model.ReadWmi();
        if (Is(scope, SiteScope) && Is(query.ClassName, "SMS_SoftwareUpdate"))
        {
            return QuerySoftwareUpdates(query, view.ConfigMgr.Updates);
        }

        var table = _tables.Find(Is(scope, @"root\cimv2") ? "cimv2" : Is(scope, FirewallScope) ? "firewall" : Is(scope, @"root\SMS") ? "SMS" : "site", query.ClassName, view)
            ?? throw NotFound($"Class {query.ClassName} isn't in {scope}");
        CheckColumns(query, table);
        var rows = table.Where(row => query.Condition?.Invoke(row) ?? true).ToList();
        return query.IsCount ? [Count(rows.Count)] : query.Columns.Count == 0 ? rows : [.. rows.Select(row => Project(row, query.Columns))];
    }

    private List<WmiRow> QuerySoftwareUpdates(WqlQuery query, int count)
    {
        if (query.Columns.Any(column => !Is(column, "CI_ID")))
        {
            throw new EdgeException(ReadFailure.Fault, $"Invalid query (0x80041017): {Profile.Name} simulates SMS_SoftwareUpdate with its key CI_ID only.");
        }

        // No update of the simulation is expired.
        var matching = query.Condition?.Invoke(new(new Dictionary<string, object?> { ["IsExpired"] = false })) ?? true ? count : 0;
        return query.IsCount ? [Count(matching)] : Rows(matching);
    }

    // As in life, a column that was not asked for is not there.
    private static WmiRow Project(WmiRow row, IReadOnlyList<string> columns) => new(columns.ToDictionary(column => column, column => row[column]));

    private static WmiRow Count(int count) => new(new Dictionary<string, object?> { ["Count"] = (uint)count });

    private static List<WmiRow> Rows(int count)
    {
        lock (SoftwareUpdates)
        {
            while (SoftwareUpdates.Count < count)
            {
                SoftwareUpdates.Add(new(new Dictionary<string, object?> { ["CI_ID"] = (uint)(16_777_217 + SoftwareUpdates.Count) }));
            }

            return SoftwareUpdates.GetRange(0, count);
        }
    }

    private static void CheckColumns(WqlQuery query, IReadOnlyList<WmiRow> table)
    {
        if (table.Count > 0 && query.Columns.FirstOrDefault(column => !WmiTables.HasProperty(table[0], column)) is { } unknown)
        {
            throw new EdgeException(ReadFailure.Fault, $"Invalid query (0x80041017): class {query.ClassName} has no property {unknown}.");
        }
    }

    private void CheckScope(string scope)
    {
        if (!Is(scope, @"root\cimv2") && !Is(scope, FirewallScope) && !(Profile.IsSiteServer && (Is(scope, @"root\SMS") || Is(scope, SiteScope))))
        {
            throw NotFound($"Invalid namespace (0x8004100E): {scope}");
        }
    }

    private EdgeException NotFound(string text) => new(ReadFailure.NotFound, string.Create(CultureInfo.InvariantCulture, $"{text} on {Profile.Name}."));
}
