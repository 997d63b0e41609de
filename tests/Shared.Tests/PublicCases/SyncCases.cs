using System.Text.Json;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Shared.Tests.PublicCases;

/// <summary>The fifteen reports of sync-cases.json, a reference file: their lines as they stand there, their facts, told in prose, as values here.</summary>
internal static class SyncCases
{
    private const string Was = WindowsEvents.WasProvider;
    private const string Wsus = WindowsEvents.WsusProvider;

    /// <summary>Lines of the site's maintenance that the fifth report from the end says stand in the log every night.</summary>
    private const int GoodNights = 3;

    private static readonly Dictionary<string, PublicFacts> Facts = new()
    {
        ["P01"] = new() { Pool = PoolState.Stopped, PoolStoppedMinute = -40 },
        ["P02"] = new() { Pool = PoolState.Started },
        ["P03"] = new() { IsWsusHere = false },
        ["P04"] = new() { Pool = PoolState.Started },
        ["P05"] = new() { Pool = PoolState.Started },
        ["P06"] = new() { Pool = PoolState.Started, StoppedServices = [ServiceNames.WsusService] },
        ["P07"] = new() { Pool = PoolState.Started },
        ["P09"] = new() { Pool = PoolState.Stopped, PoolStoppedMinute = -600 },
        ["P11"] = new() { Pool = PoolState.Started, RequireTls = ["ApiRemoting30"] },
        ["P13"] = new() { WsusUpdateCount = 5_210 },
        ["P14"] = new() { Pool = PoolState.Started },
        ["P15"] = new() { WsusUpdateCount = 49_000 },
    };

    private static readonly Dictionary<string, PublicEvent[]> Events = new()
    {
        ["P01"] = [Event(Was, WindowsEvents.TimeRecycle, -55), Event(Wsus, 12072, -38)],
        ["P06"] = [Event(Wsus, 507, -20)],
        ["P07"] = [Event(Wsus, 12012, -25)],
        ["P14"] = [Event(Was, WindowsEvents.PrivateMemoryRecycle, -8)],
    };

    /// <summary>All of them.</summary>
    /// <param name="path">The reference file.</param>
    public static IReadOnlyList<PublicCase> Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(path));

        return [.. document.RootElement.GetProperty("cases").EnumerateArray().Select(ReadCase)];
    }

    private static PublicCase ReadCase(JsonElement element)
    {
        var id = element.GetProperty("id").GetString()!;
        string[] right = [.. element.GetProperty("acceptableFirstCauses").EnumerateArray().Select(cause => cause.GetString()!)];

        // That the site has a product which WSUS lacks was no cause of the list when the reports were written down.
        right = id == "P02" ? [FindingIds.CategoryUnknown] : right;

        return new PublicCase
        {
            Id = id,
            Language = id is "P06" or "P10" ? "de" : "en",
            Cause = right[0],
            AlsoRight = right[1..],
            LinesNameIt = !right.Contains(FindingIds.UnknownCause),
            Run = ReadRun(element, id),
            Facts = Facts.GetValueOrDefault(id) ?? new PublicFacts(),
            Lines = [.. element.GetProperty("lines").EnumerateArray().Select(line => ReadLine(line, id))],
            Events = Events.GetValueOrDefault(id) ?? [],
        };
    }

    private static PublicRun ReadRun(JsonElement element, string id) =>
        element.TryGetProperty("wsusRun", out var run) && run.GetProperty("result").GetString() == "Failed"
            ? new PublicRun(SyncSource.Wsus, SyncResult.Failed, run.GetProperty("code").GetInt64(), run.GetProperty("error").GetString()!)
            : new PublicRun(SyncSource.ConfigMgr, id == "P14" ? SyncResult.Unknown : SyncResult.Failed, 0, "");

    private static PublicLine ReadLine(JsonElement line, string id)
    {
        var text = line.GetProperty("text").GetString()!;
        var isOfEveryNight = id == "P09" && text.Contains("SUSDB", StringComparison.Ordinal);

        return new PublicLine(line.GetProperty("log").GetString()!, line.GetProperty("minute").GetDouble(), text, isOfEveryNight ? GoodNights : 0);
    }

    private static PublicEvent Event(string provider, int id, double minute) =>
        new(provider == Was ? WindowsEvents.SystemLog : WindowsEvents.ApplicationLog, provider, id, minute, provider == Was ? "... application pool 'WsusPool' ..." : "");
}
