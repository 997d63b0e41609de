namespace WsusDashboard.Shared.Posture;

/// <summary>
/// What is known of vulnerabilities of WSUS and of ends of support, on one day. One comes with each release; an administrator may renew an agent's with a file. Immutable.
/// </summary>
public sealed record PostureTable
{
    /// <summary>A table that is older than this is said to be old wherever it is shown.</summary>
    public static readonly TimeSpan StaleAfter = TimeSpan.FromDays(60);

    /// <summary>A table may be dated as far ahead of a clock as time zones are apart.</summary>
    private static readonly TimeSpan FutureMargin = TimeSpan.FromDays(1);

    private static readonly Lazy<PostureTableReading> Embedded = new(PostureTableReader.ReadEmbedded);

    /// <summary>The table that came with this build; null where it can't be read, which a test rules out.</summary>
    public static PostureTable? OfRelease => Embedded.Value.Table;

    /// <summary>The day it speaks of, at 00:00 UTC.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>SHA-256 of its bytes; 64 lower-case hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    public required IReadOnlyList<PostureProduct> Products { get; init; }

    /// <summary>In the order of their publication.</summary>
    public required IReadOnlyList<Vulnerability> Vulnerabilities { get; init; }

    /// <summary>Reads a table strictly: a single mistake, and there is none.</summary>
    /// <param name="bytes">UTF-8 JSON; at most <see cref="PostureTableReader.LargestBytes"/>.</param>
    /// <param name="now">UTC; a table from the future is refused.</param>
    public static PostureTableReading Read(byte[] bytes, DateTimeOffset now)
    {
        var reading = PostureTableReader.Read(bytes);
        return reading.Table is { } table && table.IsFromFuture(now)
            ? reading with { Table = null, Mistakes = [$"asOf is {Day(table.AsOf)}, which lies in the future: today is {Day(now)}. Allowed: up to tomorrow. Check the file and this computer's clock."] }
            : reading;
    }

    /// <summary>The table of this build as it may be used now: none while it lies in the future, because then the clock is wrong.</summary>
    public static PostureTableReading ReadOfRelease(DateTimeOffset now) => OfRelease is { } table && table.IsFromFuture(now)
        ? Embedded.Value with { Table = null, Mistakes = [$"the table of this release is dated {Day(table.AsOf)}, but this computer's clock says {Day(now)}"] }
        : Embedded.Value;

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public static string Sha256Of(byte[] bytes) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));

    public bool IsFromFuture(DateTimeOffset now) => IsFromFuture(AsOf, now);

    /// <summary>True where a table with this date can't be trusted at this time.</summary>
    public static bool IsFromFuture(DateTimeOffset asOf, DateTimeOffset now) => asOf > now + FutureMargin;

    public bool IsStale(DateTimeOffset now) => now - AsOf > StaleAfter;

    /// <summary>The product of a kind with this number (build of Windows or Configuration Manager, major version of SQL Server); null where the table has none.</summary>
    public PostureProduct? Find(ProductKind kind, int number) => Products.FirstOrDefault(product => product.Kind == kind && product.Number == number);

    private static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>What reading a table brought.</summary>
/// <param name="Table">Null where there was a mistake.</param>
/// <param name="Mistakes">Every mistake, each naming the place, the value and what is allowed; empty where there is none. At most 100.</param>
/// <param name="Sha256">Of the bytes that were read.</param>
public sealed record PostureTableReading(PostureTable? Table, IReadOnlyList<string> Mistakes, string Sha256);

/// <summary>What kind of product a line of the table is about.</summary>
public enum ProductKind
{
    Unknown = 0,

    /// <summary>Its number is the build, for example 17763.</summary>
    Windows = 1,

    /// <summary>Its number is the major version, for example 15.</summary>
    SqlServer = 2,

    /// <summary>Its number is the build, for example 9128.</summary>
    ConfigurationManager = 3,
}

/// <summary>A product and how long it is supported.</summary>
public sealed record PostureProduct
{
    /// <summary>For example "windows-server-2016".</summary>
    public required string Id { get; init; }

    public required ProductKind Kind { get; init; }

    public required string Name { get; init; }

    public required int Number { get; init; }

    /// <summary>The last day of support, at 00:00 UTC.</summary>
    public required DateTimeOffset Ends { get; init; }

    /// <summary>The last day of paid extended security updates; null where none are known.</summary>
    public DateTimeOffset? ExtendedUntil { get; init; }

    /// <summary>Updates of the hotpatch line ("KB5070893"): a server with one may report another revision than the table lists.</summary>
    public IReadOnlyList<string> HotpatchUpdates { get; init; } = [];

    public string Note { get; init; } = "";

    public required string Source { get; init; }

    public required Certainty Certainty { get; init; }
}

/// <summary>A published vulnerability.</summary>
public sealed record Vulnerability
{
    /// <summary>For example "CVE-2025-59287".</summary>
    public required string Cve { get; init; }

    /// <summary>The day it was published, at 00:00 UTC.</summary>
    public required DateTimeOffset Published { get; init; }

    /// <summary>A few words: "remote code without sign-in".</summary>
    public required string Kind { get; init; }

    /// <summary>What it allows; one sentence.</summary>
    public required string Allows { get; init; }

    /// <summary>CVSS base score, 0 to 10; null where it was not read.</summary>
    public double? Score { get; init; }

    public bool IsExploited { get; init; }

    public bool AllowsRemoteCode { get; init; }

    /// <summary>True where only a server with the role WSUS is open to it; false where the fault may belong to Windows itself.</summary>
    public bool NeedsRole { get; init; }

    /// <summary>What lowers the risk until the fix is installed; empty where nothing is known to.</summary>
    public string LowersRisk { get; init; } = "";

    public string Note { get; init; } = "";

    public required string Source { get; init; }

    public required Certainty Certainty { get; init; }

    /// <summary>One for each product that the record lists.</summary>
    public required IReadOnlyList<FirstFix> Fixes { get; init; }

    public FirstFix? Find(string productId) => Fixes.FirstOrDefault(fix => fix.ProductId == productId);
}

/// <summary>The first revision of a product that a vulnerability is fixed in.</summary>
public sealed record FirstFix
{
    public required string ProductId { get; init; }

    /// <summary>Null where the product is affected, but its first fixed revision is not known.</summary>
    public int? Revision { get; init; }

    /// <summary>From this revision on, and below <see cref="Revision"/>, a part of the fix is there. Null where there is no such revision.</summary>
    public int? PartialFrom { get; init; }

    /// <summary>The update that brought the fix, for example "KB5070884"; empty where it is not known.</summary>
    public string Update { get; init; } = "";

    /// <summary>How sure the name of <see cref="Update"/> is.</summary>
    public Certainty UpdateCertainty { get; init; } = Certainty.Sourced;

    /// <summary>How sure this line is, where that differs from the vulnerability's own.</summary>
    public required Certainty Certainty { get; init; }
}
