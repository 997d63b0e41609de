using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Data.Entities;

/// <summary>One synchronization in the strip.</summary>
/// <param name="Result">How it ended.</param>
/// <param name="StartedAt">UTC.</param>
/// <param name="Duration">Null where no end is recorded.</param>
/// <param name="ErrorText">The beginning of the reason as its source gives it; empty where there is none.</param>
public sealed record StripCell(SyncResult Result, DateTimeOffset StartedAt, TimeSpan? Duration, string ErrorText)
{
    /// <summary>Every row of the fleet has fourteen of these texts.</summary>
    public const int MaximumErrorLength = 300;
}
