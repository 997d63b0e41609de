namespace WsusDashboard.Benchmarks.History;

/// <summary>How much history is made.</summary>
/// <param name="Runs">Synchronizations of all servers, spread over <see cref="Days"/>.</param>
/// <param name="Servers">Servers, twenty a site.</param>
/// <param name="Days">Days of synchronizations.</param>
/// <param name="SampleDays">Days of samples, kept as the dashboard's own retention keeps them.</param>
/// <param name="Turns">Turns of each query; the table shows medians.</param>
/// <param name="Only">"sqlite", "postgresql" or empty for both.</param>
/// <param name="Prune">Whether, after the questions, thirty days are deleted while syncs are stored.</param>
internal sealed record HistoryOptions(int Runs, int Servers, int Days, int SampleDays, int Turns, string Only, bool Prune)
{
    /// <summary>The moment at which the made history ends.</summary>
    public static DateTime Now { get; } = new(2026, 11, 20, 9, 30, 0, DateTimeKind.Utc);
}
