namespace WsusDashboard.Benchmarks.Footprint;

/// <summary>How long and how often is measured.</summary>
/// <param name="Rounds">Fresh starts of every program; the table shows medians.</param>
/// <param name="Settle">Seconds after the start that do not count.</param>
/// <param name="Seconds">Seconds that are measured.</param>
/// <param name="Only">Part of a name; empty = all.</param>
internal sealed record FootprintOptions(int Rounds, int Settle, int Seconds, string Only);
