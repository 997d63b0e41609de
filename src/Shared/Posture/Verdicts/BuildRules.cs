using System.Globalization;

namespace WsusDashboard.Shared.Posture.Verdicts;

/// <summary>Which published vulnerabilities a server's build is open to. Only a revision at or above the first fixed one counts as fixed.</summary>
internal static class BuildRules
{
    private const string CheckByHand = "Check by hand: compare the installed updates with Microsoft's page of the vulnerability.";

    public static IEnumerable<PostureFinding> Assess(PostureContext context)
    {
        if (context.Table is not { } table)
        {
            return [];
        }

        var windows = context.Facts.Windows;
        if (windows.Build == 0)
        {
            return [PostureContext.CannotSay(PostureFindingIds.WindowsUnread, PostureKind.Vulnerability, "Build of Windows not read", windows.Problem.Length > 0 ? windows.Problem : "the agent hasn't read it yet", "Run the agent's \"doctor\" on the server: it says what refuses.")];
        }

        if (WhyUnknown(windows, table) is { } unknown)
        {
            return [PostureContext.CannotSay(PostureFindingIds.WindowsUnknown, PostureKind.Vulnerability, "Windows not in the table", unknown, CheckByHand, PostureSeverity.Warning, context.BuildEvidence())];
        }

        if (windows.Revision is not { } revision)
        {
            return [PostureContext.CannotSay(PostureFindingIds.RevisionUnread, PostureKind.Vulnerability, "Revision of Windows not read", windows.RevisionProblem.Length > 0 ? windows.RevisionProblem : "the registry has no revision", $"{CheckByHand} \"winver\" shows the revision.", PostureSeverity.Warning, context.BuildEvidence())];
        }

        var product = table.Find(ProductKind.Windows, windows.Build)!;
        return table.Vulnerabilities
            .Where(vulnerability => !vulnerability.NeedsRole || context.MayHaveRole)
            .Select(vulnerability => vulnerability.Find(product.Id) is { } fix ? Judge(context, product, vulnerability, fix, revision) : null)
            .OfType<PostureFinding>();
    }

    /// <summary>Why the table says nothing of this Windows; null where it does.</summary>
    internal static string? WhyUnknown(WindowsPart windows, PostureTable table)
    {
        var isServer = windows.InstallationType is "Server" or "Server Core"
            || (windows.InstallationType.Length == 0 && windows.EditionId.StartsWith("Server", StringComparison.Ordinal));
        if (!isServer || windows.EditionId.Contains("AzureStack", StringComparison.OrdinalIgnoreCase))
        {
            return $"the table has servers only, and not the edition \"{Shown(windows.EditionId)}\" ({Shown(windows.ProductName)}, installed as \"{Shown(windows.InstallationType)}\")";
        }

        return table.Find(ProductKind.Windows, windows.Build) is null
            ? string.Create(CultureInfo.InvariantCulture, $"the table has no Windows with the build {windows.Build} ({Shown(windows.ProductName)})")
            : null;
    }

    private static PostureFinding? Judge(PostureContext context, PostureProduct product, Vulnerability vulnerability, FirstFix fix, int revision)
    {
        if (fix.Revision is not { } first)
        {
            return Unknown(context, vulnerability, fix, $"the first fixed revision of {product.Name} isn't known");
        }

        if (revision >= first)
        {
            return null;
        }

        var windows = context.Facts.Windows;
        if (windows.RevisionSource is RevisionSource.BuildLab)
        {
            return Unknown(context, vulnerability, fix, $"only BuildLabEx could be read, and its revision {revision} may be behind the installed one");
        }

        if (product.HotpatchUpdates.FirstOrDefault(update => windows.Updates.Contains(update, StringComparer.OrdinalIgnoreCase)) is { } hotpatch)
        {
            return Unknown(context, vulnerability, fix, $"this server took the hotpatch {hotpatch}, and hotpatched servers may report another revision than the table lists");
        }

        return Found(context, vulnerability, fix, isPartial: revision >= fix.PartialFrom);
    }

    private static PostureFinding Found(PostureContext context, Vulnerability vulnerability, FirstFix fix, bool isPartial)
    {
        var evidence = new List<PostureEvidence> { context.BuildEvidence(), context.FromTable("First fixed revision", Number(fix.Revision!.Value)) };
        if (isPartial)
        {
            evidence.Add(context.FromTable("Partly fixed from revision", Number(fix.PartialFrom!.Value)));
        }

        if (context.Facts.Windows.IsRestartPending is true)
        {
            evidence.Add(new("Restart", "updates wait for one", "Registry, RebootPending", context.Facts.Windows.ReadAt));
        }

        return Describe(context, vulnerability, fix) with
        {
            Severity = PostureSeverity.Critical,
            Answer = isPartial ? PostureAnswer.PartlyFixed : PostureAnswer.Found,
            Title = $"{vulnerability.Cve}: {vulnerability.Kind}{(isPartial ? ", fixed in part only" : "")}",
            Evidence = [.. evidence],
        };
    }

    private static PostureFinding Unknown(PostureContext context, Vulnerability vulnerability, FirstFix fix, string because) => Describe(context, vulnerability, fix) with
    {
        Severity = PostureSeverity.Warning,
        Answer = PostureAnswer.CannotSay,
        Title = $"{vulnerability.Cve}: {vulnerability.Kind}",
        Because = because,
        Mends = $"{CheckByHand} {Mends(context, fix)}",
        Evidence = [context.BuildEvidence(), context.FromTable("First fixed revision", fix.Revision is { } first ? Number(first) : "not known")],
        Certainty = Certainty.Unknown,
    };

    private static PostureFinding Describe(PostureContext context, Vulnerability vulnerability, FirstFix fix) => new()
    {
        Id = PostureFindingIds.Vulnerability(vulnerability.Cve),
        Kind = PostureKind.Vulnerability,
        Reference = vulnerability.Cve,
        Date = vulnerability.Published,
        Score = vulnerability.Score,
        IsExploited = vulnerability.IsExploited,
        AllowsRemoteCode = vulnerability.AllowsRemoteCode,
        Allows = vulnerability.Allows,
        Mends = Mends(context, fix),
        LowersRisk = vulnerability.LowersRisk,
        Source = vulnerability.Note.Length > 0 ? $"{vulnerability.Source}. {vulnerability.Note}" : vulnerability.Source,
        Certainty = PostureContext.Weaker(vulnerability.Certainty, fix.Certainty),
    };

    private static string Mends(PostureContext context, FirstFix fix)
    {
        var restart = context.Facts.Windows.IsRestartPending is true ? "Updates wait for a restart: restart the server first and look again. " : "";
        var unsure = fix.UpdateCertainty is Certainty.Sourced or Certainty.Measured ? "" : " (its number is from memory, not verified)";
        return restart + (fix.Update.Length > 0
            ? $"Install {fix.Update}{unsure} or any later cumulative update, and restart the server."
            : "Install the newest cumulative update of Windows, and restart the server.");
    }

    private static string Shown(string text) => text.Length > 0 ? text : "not known";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
