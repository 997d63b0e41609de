namespace WsusDashboard.Agent.Windows;

/// <summary>All that is ever asked of SUSDB: a closed list, each a single SELECT (a test parses them and proves it).</summary>
/// <remarks>
/// No hint stands in them: a hint either takes locks or reads what was never committed. Not yet run on a real SUSDB; names of tables, views
/// and columns are those of published statements (wsus.md, 2.3 and 2.4).
/// </remarks>
public sealed class SusdbStatement
{
    /// <summary>Rows that the history gives at most: about a year of one synchronization an hour.</summary>
    public const int MaximumEvents = 20_000;

    private SusdbStatement(string name, string text) => (Name, Text) = (name, text);

    /// <summary>Events that synchronizations leave, from @since (UTC) on, oldest first: EventInstanceID, EventID, TimeAtServer, Win32HResult, ReplacementStrings.</summary>
    public static SusdbStatement History { get; } = new(
        nameof(History),
        """
        SELECT TOP (20000) EventInstanceID, EventID, TimeAtServer, Win32HResult, ReplacementStrings
        FROM dbo.tbEventInstance
        WHERE EventNamespaceID = 2 AND EventID IN (381, 382, 384, 386, 387) AND TimeAtServer >= @since
        ORDER BY TimeAtServer, EventOrdinalNumber;
        """);

    /// <summary>One row: all updates, declined updates.</summary>
    public static SusdbStatement UpdateCounts { get; } = new(
        nameof(UpdateCounts),
        "SELECT COUNT_BIG(*), COUNT_BIG(CASE WHEN IsDeclined = 1 THEN 1 END) FROM PUBLIC_VIEWS.vUpdate;");

    /// <summary>One row: computers.</summary>
    public static SusdbStatement ComputerCount { get; } = new(
        nameof(ComputerCount),
        "SELECT COUNT_BIG(*) FROM PUBLIC_VIEWS.vComputerTarget;");

    /// <summary>One row: KB of the data files, edition and version of SQL Server.</summary>
    public static SusdbStatement Files { get; } = new(
        nameof(Files),
        """
        SELECT SUM(CAST(size AS bigint)) * 8, CAST(SERVERPROPERTY('Edition') AS nvarchar(128)), CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128))
        FROM sys.database_files
        WHERE type = 0;
        """);

    /// <summary>A row for each of three tables: its name, and its rows as SQL Server's bookkeeping has them.</summary>
    public static SusdbStatement Rows { get; } = new(
        nameof(Rows),
        """
        SELECT tables.name, SUM(parts.rows)
        FROM sys.tables AS tables JOIN sys.partitions AS parts ON parts.object_id = tables.object_id AND parts.index_id IN (0, 1)
        WHERE tables.name IN (N'tbUpdate', N'tbRevision', N'tbEventInstance')
        GROUP BY tables.name;
        """);

    /// <summary>One row: files with licence terms, and those whose state is not the wanted one. No number of a state is needed, since no public source says what each means.</summary>
    public static SusdbStatement LicenseFiles { get; } = new(
        nameof(LicenseFiles),
        """
        SELECT COUNT_BIG(*), COUNT_BIG(CASE WHEN kept.ActualState <> kept.DesiredState THEN 1 END)
        FROM dbo.tbFile AS files JOIN dbo.tbFileOnServer AS kept ON kept.FileDigest = files.FileDigest
        WHERE files.IsEula = 1;
        """);

    /// <summary>The whole list.</summary>
    public static IReadOnlyList<SusdbStatement> All { get; } = [History, UpdateCounts, ComputerCount, Files, Rows, LicenseFiles];

    public string Name { get; }

    /// <summary>T-SQL.</summary>
    public string Text { get; }

    /// <summary>True where the text has the parameter @since.</summary>
    public bool TakesSince => Text.Contains("@since", StringComparison.Ordinal);

    public override string ToString() => Name;
}
