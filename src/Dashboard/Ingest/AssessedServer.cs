using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>A repair, and when the agent last spoke about it (UTC).</summary>
internal sealed record KnownRun(Repair Run, DateTimeOffset ReadAt);

/// <summary>The cause that the rules named when a synchronization ended.</summary>
internal sealed record FoundCause(string RunId, string CauseId, string CauseTitle);

/// <summary>A server after an assessment.</summary>
internal sealed record AssessedServer(LiveServer Live, IReadOnlyList<FoundCause> Causes);
