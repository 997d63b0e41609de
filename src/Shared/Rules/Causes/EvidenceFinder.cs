using System.Globalization;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Errors;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules.Causes;

/// <summary>The pieces of evidence that several causes show.</summary>
internal static class EvidenceFinder
{
    private const int LongestRaw = 1000;
    private const int MostUpdates = 5;

    /// <summary>An update takes effect with the restart, which may wait for a weekend.</summary>
    private static readonly TimeSpan InstalledShortlyBefore = TimeSpan.FromDays(3);

    public static WeightedEvidence Of(LoggedStatement statement, string what, int weight) => new(
        new Evidence(what, Shorten(statement.Text, 240), statement.ReadFrom, statement.At, Speaks(weight)) { Raw = Shorten(statement.Text, LongestRaw) },
        (int)(weight * statement.Share),
        statement.Kind);

    public static WeightedEvidence Of(LoggedLine line, string what, int weight) => Of(LoggedStatement.Of(line, hasWsus: true), what, weight);

    public static WeightedEvidence Of(IReadOnlyList<WindowsEvent> events, string what, int weight)
    {
        var newest = events[0];
        var from = newest.Provider switch
        {
            WindowsEvents.WasProvider => "System log, WAS",
            WindowsEvents.WsusProvider => "Application log, WSUS",
            _ => $"{newest.LogName} log, {newest.Provider}",
        };
        var raw = newest.Message.Length > 0 ? string.Create(CultureInfo.InvariantCulture, $"{newest.Provider} {newest.EventId}: {newest.Message}") : null;

        return new WeightedEvidence(
            new Evidence(what, events.Count == 1 ? "once" : $"{Wording.Number(events.Count)} times", string.Create(CultureInfo.InvariantCulture, $"{from} {newest.EventId}"), newest.At, Speaks(weight))
            {
                Raw = raw is null ? null : Shorten(raw, LongestRaw),
            },
            weight,
            EvidenceKind.Event);
    }

    public static WeightedEvidence Of(RecentChange change, string what, int weight) => new(
        new Evidence(what, $"{change.Change.From} → {change.Change.To}", "Agent", change.At, Speaks(weight)) { Raw = change.Change.Detail.Length > 0 ? change.Change.Detail : null },
        weight,
        EvidenceKind.State);

    public static WeightedEvidence Of(string what, string value, string readFrom, DateTimeOffset? at, int weight) => new(new Evidence(what, value, readFrom, at, Speaks(weight)), weight, readFrom switch
    {
        "Dashboard" => EvidenceKind.OtherServers,
        "Audit" or "Repairs" => EvidenceKind.Person,
        _ => EvidenceKind.State,
    });

    /// <summary>Evidence that needs no second witness.</summary>
    public static WeightedEvidence Decides(WeightedEvidence evidence) => evidence with { IsDecisive = true };

    public static WeightedEvidence Setting(SyncRunAnalysis reading, string key, int weight)
    {
        var definition = PoolSettingCatalog.Find(key)!;

        return Pool(reading, $"{definition.Label} of {reading.PoolName}", definition.Describe(definition.Read(reading.Pool!.Settings)), weight);
    }

    public static WeightedEvidence Pool(SyncRunAnalysis reading, string what, string value, int weight) => Of(what, value, "IIS", reading.File.Snapshot?.Iis.ReadAt, weight);

    /// <summary>Updates of Windows that were installed in the days before the first failure; none where they are not known, or where it is not known when the failures began.</summary>
    public static IEnumerable<WeightedEvidence> InstalledBefore(SyncRunAnalysis reading, int weight)
    {
        if (reading.FirstFailureAt is not { } first || reading.Host is not { InstalledUpdates.Count: > 0 } host)
        {
            yield break;
        }

        var before = host.InstalledUpdates.Where(update => update.InstalledOn.UtcDateTime.Date <= first.UtcDateTime.Date && update.InstalledOn >= first - InstalledShortlyBefore).ToList();
        if (before.Count > 0)
        {
            var listed = before.Take(MostUpdates).Select(update => string.Create(CultureInfo.InvariantCulture, $"{update.Id} on {update.InstalledOn:d MMMM}"));
            yield return Of("Windows updates installed in the days before the first failure", Wording.List([.. listed]), "Windows, installed updates", host.InstalledUpdatesReadAt, weight);
        }
    }

    /// <summary>The run itself, as it ended.</summary>
    public static Evidence Attempt(SyncRunAnalysis reading)
    {
        var run = reading.Run;
        var text = run.ErrorText.Length > 0 ? run.ErrorText : reading.File.OtherView?.ErrorText ?? "";
        var after = run.Duration is { } duration ? $" after {Wording.Duration(duration)}" : "";
        var code = ErrorNumbers.Describe(run.ErrorCode) is { } words ? $" ({words})" : "";
        var result = run.Result is SyncResult.Unknown ? "ended without a result" : run.Result.ToString();

        return new Evidence($"Sync of {Wording.Time(run.StartedAt)}", Shorten($"{result}{after}{code}{(text.Length > 0 ? ": " + text : "")}", 300), run.Source is SyncSource.ConfigMgr ? "wsyncmgr.log" : "WSUS history", reading.End)
        {
            Raw = text.Length > 0 ? Shorten(text, LongestRaw) : null,
        };
    }

    private static EvidenceDirection Speaks(int weight) => weight < 0 ? EvidenceDirection.Against : EvidenceDirection.For;

    private static string Shorten(string text, int length) => text.Length > length ? string.Concat(text.AsSpan(0, length), "…") : text;
}
