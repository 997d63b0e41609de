using System.Globalization;
using System.Text.Json;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Shared.Tests.PublicCases;

/// <summary>Reads the files of public cases; what it doesn't know is an error that names file, case and field.</summary>
internal static class PublicCaseReader
{
    private const int MostLines = 40;
    private const long MostKilobytes = 1L << 40;
    private const double LongestMinutes = 60 * 24 * 60;

    private static readonly string[] Questions = ["run-failed", "updates-missing", "no-run"];
    private static readonly string[] Logs = ["wsyncmgr", "WCM", "WSUSCtrl", "SoftwareDistribution", "HTTPERR", "IIS"];

    /// <summary>Beside the program: the part that rules were written against.</summary>
    public static string WorkFolder { get; } = Path.Combine(AppContext.BaseDirectory, "PublicCases", "work");

    /// <summary>Beside the program: the part that is only scored.</summary>
    public static string ScoredFolder { get; } = Path.Combine(AppContext.BaseDirectory, "PublicCases", "scored");

    /// <summary>All cases of a folder in the order of their files; none where the folder isn't there.</summary>
    /// <exception cref="FormatException">A file is not as the README says, or two cases have one id.</exception>
    public static IReadOnlyList<PublicCase> ReadFolder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }

        var cases = Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).SelectMany(path => Read(Path.GetFileName(path), File.ReadAllText(path))).ToList();

        return cases.GroupBy(item => item.Id).FirstOrDefault(same => same.Count() > 1) is { } twice ? throw new FormatException($"{folder}: case \"{twice.Key}\" stands there twice.") : cases;
    }

    /// <summary>The cases of one file.</summary>
    public static IReadOnlyList<PublicCase> Read(string file, string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);

            return document.RootElement.ValueKind is JsonValueKind.Array
                ? [.. document.RootElement.EnumerateArray().Select((element, index) => ReadCase(element, file, index))]
                : throw new FormatException($"{file}: is {document.RootElement.ValueKind}. Allowed is an array of cases.");
        }
        catch (JsonException exception)
        {
            throw new FormatException($"{file}: isn't JSON: {exception.Message}", exception);
        }
    }

    private static PublicCase ReadCase(JsonElement element, string file, int index)
    {
        var id = element.ValueKind is JsonValueKind.Object && element.TryGetProperty("id", out var value) ? value.ToString() : index.ToString(CultureInfo.InvariantCulture);
        var fields = new StrictObject(element, $"{file}, case {id}");
        var run = fields.Object("run") ?? throw new FormatException($"{file}, case {id}: field \"run\" is missing.");
        var facts = fields.Object("facts");
        _ = fields.Text("address");
        _ = DateOnly.TryParseExact(fields.Text("readOn"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? true : throw fields.Wrong("readOn", fields.Text("readOn"), "a date such as 2026-11-30");
        _ = fields.OneOf("confirmedBy", ["reporter", "vendor", "documentation"]);
        var read = new PublicCase
        {
            Id = fields.Text("id"),
            Language = fields.Text("language"),
            Question = (CauseQuestion)Array.IndexOf(Questions, fields.OneOf("question", Questions)),
            Cause = fields.OneOf("cause", [.. FindingIds.Causes]),
            AlsoRight = [.. fields.Texts("alsoRight").Select(cause => FindingIds.Causes.Contains(cause) ? cause : throw fields.Wrong("alsoRight", cause, string.Join(", ", FindingIds.Causes)))],
            OutsideList = fields.Text("outsideList", ""),
            LinesNameIt = fields.Truth("linesNameIt") ?? throw new FormatException($"{file}, case {id}: field \"linesNameIt\" is missing."),
            Run = ReadRun(run),
            Facts = facts is null ? new PublicFacts() : ReadFacts(facts),
            Lines = [.. fields.Objects("lines").Select(ReadLine)],
            Events = [.. fields.Objects("events").Select(ReadEvent)],
        };
        fields.End();

        return read.Lines.Count > MostLines ? throw fields.Wrong("lines", read.Lines.Count.ToString(CultureInfo.InvariantCulture), $"at most {MostLines} lines")
            : read.OutsideList.Length > 0 && read.Cause != FindingIds.UnknownCause ? throw fields.Wrong("outsideList", read.OutsideList, "only beside the cause unknown-cause")
            : read;
    }

    private static PublicRun ReadRun(StrictObject fields)
    {
        var source = fields.OneOf("source", ["configmgr", "wsus"]) == "wsus" ? SyncSource.Wsus : SyncSource.ConfigMgr;
        var result = fields.OneOf("result", ["failed", "cancelled", "succeeded", "none"]) switch
        {
            "failed" => SyncResult.Failed,
            "cancelled" => SyncResult.Cancelled,
            "succeeded" => SyncResult.Succeeded,
            _ => SyncResult.Unknown,
        };
        var read = new PublicRun(source, result, fields.Whole("errorCode", int.MinValue, uint.MaxValue) ?? 0, fields.Text("errorText", ""));
        fields.End();

        return read;
    }

    private static PublicLine ReadLine(StrictObject fields)
    {
        var read = new PublicLine(fields.OneOf("log", Logs), ReadMinute(fields), fields.Text("text"), (int)(fields.Whole("goodRuns", 0, 1000) ?? 0));
        fields.End();

        return read;
    }

    private static PublicEvent ReadEvent(StrictObject fields)
    {
        var read = new PublicEvent(
            fields.OneOf("log", ["Application", "System"]),
            fields.Text("provider"),
            (int)(fields.Whole("id", 0, int.MaxValue) ?? throw fields.Wrong("id", "", "the event's number")),
            ReadMinute(fields),
            fields.Text("text", ""));
        fields.End();

        return read;
    }

    private static double ReadMinute(StrictObject fields) =>
        fields.Number("minute") is var minute && Math.Abs(minute) <= LongestMinutes ? minute : throw fields.Wrong("minute", minute.ToString(CultureInfo.InvariantCulture), "at most 60 days from the end of the run");

    private static PublicFacts ReadFacts(StrictObject fields)
    {
        var pool = fields.OneOf("pool", ["started", "stopped", "missing"], "");
        var fleet = fields.Object("fleet");
        var read = new PublicFacts
        {
            IsWsusHere = fields.Truth("wsusHere") ?? true,
            Pool = pool switch { "started" => PoolState.Started, "stopped" => PoolState.Stopped, _ => null },
            IsPoolMissing = pool == "missing",
            PoolStoppedMinute = fields.NumberOrNull("poolStoppedMinute"),
            PoolPrivateMemoryKilobytes = fields.Whole("poolPrivateMemoryKilobytes", 0, MostKilobytes),
            PoolQueueLength = fields.Whole("poolQueueLength", 0, 65_535),
            IsPool32Bit = fields.Truth("poolIs32Bit"),
            StoppedServices = fields.Texts("stoppedServices"),
            Proxy = fields.Text("proxy", ""),
            Upstream = fields.Text("upstream", ""),
            IsReplica = fields.Truth("isReplica") ?? false,
            RequireTls = fields.Texts("requireSsl"),
            FreeKilobytes = fields.Whole("freeKilobytes", 0, MostKilobytes),
            MemoryKilobytes = fields.Whole("memoryKilobytes", 0, MostKilobytes),
            RunsBefore = fields.Text("runsBefore", "") is var runs && runs.All(letter => letter is 'S' or 'F' or 'C') ? runs : throw fields.Wrong("runsBefore", runs, "letters S, F, C"),
            SiteUpdateCount = fields.Whole("siteUpdateCount", 0, int.MaxValue),
            WsusUpdateCount = fields.Whole("wsusUpdateCount", 0, int.MaxValue),
            Fleet = fleet is null ? null : ReadFleet(fleet),
            InstalledUpdates = [.. fields.Objects("installedUpdates").Select(ReadUpdate)],
        };
        _ = fields.OneOf("database", ["wid", "sql"], "");
        fields.End();

        return read;
    }

    private static OtherServers ReadFleet(StrictObject fields)
    {
        var read = new OtherServers((int)(fields.Whole("synchronizing", 0, 100_000) ?? 0), (int)(fields.Whole("failing", 0, 100_000) ?? 0));
        fields.End();

        return read;
    }

    private static InstalledUpdate ReadUpdate(StrictObject fields)
    {
        var days = fields.Whole("daysBefore", 0, 10_000) ?? throw fields.Wrong("daysBefore", "", "days before the end of the run");
        var read = new InstalledUpdate(fields.Text("kb"), PublicCaseContext.End.AddDays(-days).Date);
        fields.End();

        return read;
    }
}
