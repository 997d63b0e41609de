using System.Globalization;

namespace WsusDashboard.Shared.Posture.Verdicts;

/// <summary>When the support of one product of a server ends.</summary>
public sealed record SupportEnd
{
    /// <summary>For example "windows-server-2016".</summary>
    public required string ProductId { get; init; }

    public required string Name { get; init; }

    /// <summary>The last day, at 00:00 UTC.</summary>
    public required DateTimeOffset Ends { get; init; }

    /// <summary>The last day of paid extended security updates; null where none are known.</summary>
    public DateTimeOffset? ExtendedUntil { get; init; }

    /// <summary>Whole days from now to the end of <see cref="Ends"/>; negative where it is over.</summary>
    public required int DaysLeft { get; init; }

    public bool IsOver => DaysLeft < 0;

    public string Note { get; init; } = "";

    public required string Source { get; init; }

    public required Certainty Certainty { get; init; }
}

/// <summary>What of a server is no longer supported, or soon won't be.</summary>
internal static class SupportRules
{
    /// <summary>So many days ahead an end is worth telling, a warning, and critical.</summary>
    private const int Told = 180;
    private const int Near = 90;
    private const int Close = 30;

    private const string InternalDatabase = "Windows Internal Database";

    public static IEnumerable<PostureFinding> Assess(PostureContext context)
    {
        var (ends, unknown) = Find(context);
        return ends.Where(end => end.End.DaysLeft <= Told).Select(end => Describe(end.End, end.Evidence, context.Now)).Concat(unknown);
    }

    /// <summary>Every product of the server that the table knows, soonest first.</summary>
    public static IReadOnlyList<SupportEnd> Calendar(PostureContext context) => [.. Find(context).Ends.Select(end => end.End).OrderBy(end => end.Ends).ThenBy(end => end.ProductId, StringComparer.Ordinal)];

    private static (List<(SupportEnd End, PostureEvidence Evidence)> Ends, List<PostureFinding> Unknown) Find(PostureContext context)
    {
        var ends = new List<(SupportEnd, PostureEvidence)>();
        var unknown = new List<PostureFinding>();
        if (context.Table is not { } table)
        {
            return (ends, unknown);
        }

        var (windows, products) = (context.Facts.Windows, context.Facts.Products);
        if (windows.Build > 0 && BuildRules.WhyUnknown(windows, table) is null)
        {
            ends.Add((End(table.Find(ProductKind.Windows, windows.Build)!, context.Now), new("Windows", $"{windows.ProductName} {context.WindowsVersion()}".Trim(), "Registry, CurrentVersion", windows.ReadAt)));
        }

        // The database that comes with Windows is supported as long as Windows is.
        if (products.SqlVersion.Length > 0 && !products.SqlEdition.Contains(InternalDatabase, StringComparison.OrdinalIgnoreCase))
        {
            var evidence = new PostureEvidence("SQL Server of SUSDB", $"{products.SqlVersion}, {products.SqlEdition}", "SERVERPROPERTY of SUSDB's server", products.ReadAt);
            Add(ProductKind.SqlServer, Part(products.SqlVersion, 0), evidence, PostureFindingIds.SqlServerUnknown, "SQL Server not in the table");
        }

        if (products.ConfigMgrVersion.Length > 0)
        {
            var evidence = new PostureEvidence("Configuration Manager", products.ConfigMgrVersion, "Registry, SMS\\Setup", products.ReadAt);
            Add(ProductKind.ConfigurationManager, Part(products.ConfigMgrVersion, 2), evidence, PostureFindingIds.ConfigurationManagerUnknown, "Configuration Manager not in the table");
        }

        return (ends, unknown);

        void Add(ProductKind kind, int? number, PostureEvidence evidence, string unknownId, string title)
        {
            if (number is { } known && table.Find(kind, known) is { } product)
            {
                ends.Add((End(product, context.Now), evidence));
            }
            else
            {
                unknown.Add(PostureContext.CannotSay(unknownId, PostureKind.EndOfLife, title, $"the table has no product with the version {evidence.Value}", "Look the end of support up on Microsoft's lifecycle page.", PostureSeverity.Information, evidence));
            }
        }
    }

    private static SupportEnd End(PostureProduct product, DateTimeOffset now) => new()
    {
        ProductId = product.Id,
        Name = product.Name,
        Ends = product.Ends,
        ExtendedUntil = product.ExtendedUntil,
        DaysLeft = (int)Math.Floor((product.Ends.AddDays(1) - now).TotalDays),
        Note = product.Note,
        Source = product.Source,
        Certainty = product.Certainty,
    };

    private static PostureFinding Describe(SupportEnd end, PostureEvidence evidence, DateTimeOffset now) => new()
    {
        Id = PostureFindingIds.EndOfLife(end.ProductId),
        Kind = PostureKind.EndOfLife,
        Severity = end.DaysLeft <= Close ? PostureSeverity.Critical : end.DaysLeft <= Near ? PostureSeverity.Warning : PostureSeverity.Information,
        Title = end.IsOver ? $"{end.Name}: support ended on {PostureContext.Day(end.Ends)}" : $"{end.Name}: support ends on {PostureContext.Day(end.Ends)}",
        Reference = end.Name,
        Date = end.Ends,
        Allows = "Without support there are no more security updates, so each vulnerability found later stays open.",
        Mends = $"Move WSUS to a version of {Family(end)} that Microsoft supports for years.",
        LowersRisk = end.ExtendedUntil is { } extended && extended >= now.AddDays(-1)
            ? $"Paid extended security updates run until {PostureContext.Day(extended)}; whether this server gets them isn't visible."
            : "",
        Evidence = [evidence, new("Last day of support", PostureContext.Day(end.Ends), end.Source, null)],
        Source = end.Note.Length > 0 ? $"{end.Source}. {end.Note}" : end.Source,
        Certainty = end.Certainty,
    };

    private static string Family(SupportEnd end) => end.ProductId.StartsWith("windows", StringComparison.Ordinal) ? "Windows Server" : end.ProductId.StartsWith("sql", StringComparison.Ordinal) ? "SQL Server" : "Configuration Manager";

    /// <summary>One number of a version such as "5.00.9128.1000"; null where it has none.</summary>
    private static int? Part(string version, int index) =>
        version.Split('.') is var parts && parts.Length > index && int.TryParse(parts[index], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
