using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Posture.Verdicts;

/// <summary>Whether WSUS is ready for updates as Microsoft delivers them now (care.md, sections 7 and 8).</summary>
internal static class UupRules
{
    /// <summary>What one version and architecture of Windows takes once: about 10 GB (techcommunity 3808697).</summary>
    private const long KilobytesOfVersion = 10L * 1024 * 1024;

    /// <summary>The next months: what the volume must have room for.</summary>
    private const int DaysAhead = 90;
    private const int DaysClose = 30;

    private static readonly string[] Needed = [".wim", ".msu"];

    public static IEnumerable<PostureFinding> Assess(PostureContext context) => context.HasSite ? [.. Mime(context.Facts.Uup), .. Space(context.Facts.Uup), .. Selection(context.Facts.Uup)] : [];

    private static IEnumerable<PostureFinding> Mime(UupPart uup)
    {
        if (uup.MimeProblem.Length > 0 || uup.Problem.Length > 0 || uup.ReadAt is null)
        {
            yield return PostureContext.CannotSay(PostureFindingIds.MimeUnread, PostureKind.Uup, "MIME types not read", uup.MimeProblem.Length > 0 ? uup.MimeProblem : uup.Problem.Length > 0 ? uup.Problem : "the agent hasn't read them yet",
                "Look at the MIME types of the server in IIS Manager.", PostureSeverity.Information);
            yield break;
        }

        var twice = string.Join(", ", uup.MimeTypes.GroupBy(mapping => mapping.Extension, StringComparer.OrdinalIgnoreCase).Where(group => group.Any(mapping => mapping.IsOfSite) && group.Any(mapping => !mapping.IsOfSite)).Select(group => group.Key));
        if (twice.Length > 0)
        {
            yield return Found(PostureFindingIds.MimeTwice, PostureSeverity.Warning, "A MIME type stands twice", "IIS answers every request to WSUS's site with 500.19 (duplicate collection entry).",
                $"Remove the site's own entry for {twice}; the server's is inherited.", Sources.Plan, new PostureEvidence("On the server and on the site", twice, "IIS, staticContent", uup.ReadAt));
        }

        var missing = string.Join(", ", Needed.Where(extension => !uup.MimeTypes.Any(mapping => string.Equals(mapping.Extension, extension, StringComparison.OrdinalIgnoreCase))));
        if (missing.Length > 0 && uup.StoresContent is not false)
        {
            yield return Found(PostureFindingIds.MimeMissing, PostureSeverity.Warning, $"No MIME type for {missing}", "IIS answers 404.3 where a client asks for such a file, so updates of Windows 11 aren't installed.",
                "Install a cumulative update from February 2023 or later, or add .wim (application/x-ms-wim) and .msu (application/octet-stream) to the server, not to the site.", Sources.Plan,
                new PostureEvidence("MIME types of updates", uup.MimeTypes.Count == 0 ? "none" : string.Join(", ", uup.MimeTypes.Select(mapping => mapping.Extension).Distinct()), "IIS, staticContent", uup.ReadAt));
        }
    }

    private static IEnumerable<PostureFinding> Space(UupPart uup)
    {
        if (uup.StoresContent is false || uup.FreeKilobytes is not { } free)
        {
            yield break;
        }

        double? days = uup.GrowthKilobytesPerDay is > 0 and var growth ? free / (double)growth : null;
        if (free >= KilobytesOfVersion && days is not < DaysAhead)
        {
            yield break;
        }

        var evidence = new List<PostureEvidence> { new("Free on the volume of the content", Wording.Size(free), "WMI, Win32_LogicalDisk", uup.ReadAt) };
        if (uup.GrowthKilobytesPerDay is { } seen)
        {
            evidence.Add(new("Growth", $"{Wording.Size(seen)} a day, seen over {Wording.Count(uup.GrowthDays, "day")}", "This server's own history", uup.ReadAt));
        }

        yield return Found(PostureFindingIds.ContentSpace, days < DaysClose ? PostureSeverity.Critical : PostureSeverity.Warning,
            days is { } left ? $"The content's volume is full in {Wording.Count((long)left, "day")}" : "Little space for updates",
            "A full volume stops downloads, and clients get no updates. Each version and architecture of Windows takes about 10 GB once.",
            "Give the volume more space, or decline what nobody needs and run the cleanup.", Sources.Plan, [.. evidence]) with
        { Certainty = Certainty.Inferred };
    }

    private static IEnumerable<PostureFinding> Selection(UupPart uup)
    {
        if (uup.SelectionProblem.Length > 0)
        {
            yield return PostureContext.CannotSay(PostureFindingIds.SelectionUnread, PostureKind.Uup, "Selection not read", uup.SelectionProblem, "Look at products, classifications and languages in WSUS's options.", PostureSeverity.Information);
        }

        if (uup.SynchronizesDrivers is true)
        {
            yield return Found(PostureFindingIds.DriversSelected, PostureSeverity.Information, "Drivers are selected", "Drivers add tens of thousands of updates, which slow down syncs and scans.",
                "Clear the classification Drivers unless someone deploys them with WSUS.", Sources.BestPractices, new PostureEvidence("Drivers", "selected", "WSUS", uup.ReadAt));
        }

        if (uup.AllLanguages is true)
        {
            yield return Found(PostureFindingIds.AllLanguages, PostureSeverity.Warning, "All languages are selected", "Files of languages that nobody uses fill the volume.",
                "Select only the languages of your clients.", Sources.BestPractices, new PostureEvidence("Languages", "all", "WSUS", uup.ReadAt));
        }
    }

    private static PostureFinding Found(string id, PostureSeverity severity, string title, string allows, string mends, string source, params PostureEvidence[] evidence) => new()
    {
        Id = id,
        Kind = PostureKind.Uup,
        Severity = severity,
        Title = title,
        Allows = allows,
        Mends = mends,
        Evidence = [.. evidence],
        Source = source,
        Certainty = Certainty.Sourced,
    };
}
