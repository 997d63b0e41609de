using System.Globalization;
using Microsoft.Extensions.Primitives;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Features.Syncs;

/// <summary>Which synchronizations of one server a list shows.</summary>
public sealed record PairedSyncQuery
{
    public required int ServerId { get; init; }

    /// <summary>Of the view that is counted: the worse one.</summary>
    public SyncResult? Result { get; init; }

    /// <summary>UTC; those that started at or after.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>From 1; newest first.</summary>
    public int Page { get; init; } = 1;

    /// <summary>1 to <see cref="SyncQuery.MaximumPageSize"/>.</summary>
    public int PageSize { get; init; } = 25;
}

/// <summary>One synchronization, as WSUS and Configuration Manager saw it.</summary>
/// <param name="Row">The view that is counted.</param>
/// <param name="Other">The other source's view; null where it has none.</param>
public sealed record PairedSync(SyncRow Row, SyncRun? Other)
{
    public SyncRun? Wsus => Of(SyncSource.Wsus);

    public SyncRun? ConfigMgr => Of(SyncSource.ConfigMgr);

    /// <summary>UTC; when the first of both began.</summary>
    public DateTimeOffset StartedAt => Other?.StartedAt < Row.Run.StartedAt ? Other.StartedAt : Row.Run.StartedAt;

    /// <summary>From the first start to the last end; null while one view has no end.</summary>
    public TimeSpan? Duration => Other is null ? Row.Run.Duration
        : Row.Run.EndedAt is { } end && Other.EndedAt is { } otherEnd ? (end > otherEnd ? end : otherEnd) - StartedAt
        : null;

    public long? UpdatesChanged => Row.Run.UpdatesChanged ?? Other?.UpdatesChanged;

    private SyncRun? Of(SyncSource source) => Row.Run.Source == source ? Row.Run : Other?.Source == source ? Other : null;
}

/// <summary>What the list of a server's synchronizations shows; it lives in the address.</summary>
public sealed record ServerSyncsAddress
{
    /// <summary>The spans that one click offers; 0 = everything that is kept.</summary>
    public static IReadOnlyList<(int Days, string Name)> Offered { get; } = [(7, "7 days"), (30, "30 days"), (90, "90 days"), (0, "All")];

    public int Days { get; init; } = 30;

    public SyncResult? Result { get; init; }

    /// <summary>From 1.</summary>
    public int Page { get; init; } = 1;

    /// <summary>What cannot be read falls back to the default, so that an old link still opens.</summary>
    public static ServerSyncsAddress Of(IReadOnlyDictionary<string, StringValues> fields)
    {
        return new()
        {
            Days = Number("days") is { } days && Offered.Any(offered => offered.Days == days) ? days : 30,
            Result = Enum.TryParse<SyncResult>(fields.GetValueOrDefault("result"), ignoreCase: true, out var result) && Enum.IsDefined(result) ? result : null,
            Page = Math.Clamp(Number("page") ?? 1, 1, 1_000_000),
        };

        int? Number(string name) => int.TryParse(fields.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    public string ToUri(int serverId) => Links.With(
        Links.Server(serverId, "syncs"),
        ("days", Days == 30 ? null : Days.ToString(CultureInfo.InvariantCulture)),
        ("result", Result?.ToString().ToLowerInvariant()),
        ("page", Page == 1 ? null : Page.ToString(CultureInfo.InvariantCulture)));

    public PairedSyncQuery ToQuery(int serverId, DateTimeOffset now, int pageSize) => new()
    {
        ServerId = serverId,
        Result = Result,
        From = Days == 0 ? null : now.AddDays(-Days),
        Page = Page,
        PageSize = pageSize,
    };
}
