using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Posture.Verdicts;

/// <summary>What a server's posture is: facts, a table and a moment in, findings out. Pure.</summary>
public static class PostureRules
{
    /// <summary>More than a server can have; what comes after is left out, and it's the least that matters.</summary>
    public const int MostFindings = 100;

    /// <summary>A reading that is older says nothing about today.</summary>
    private static readonly TimeSpan StaleAfter = TimeSpan.FromDays(1);

    /// <summary>Judges with the table of this build, or takes the agent's verdicts where its table is newer.</summary>
    public static PostureAssessment Assess(Snapshot snapshot, DateTimeOffset now) => Assess(snapshot, PostureTable.ReadOfRelease(now), now);

    /// <param name="snapshot">All that is known of the server.</param>
    /// <param name="own">The table of whoever asks.</param>
    /// <param name="now">UTC.</param>
    public static PostureAssessment Assess(Snapshot snapshot, PostureTableReading own, DateTimeOffset now)
    {
        var section = snapshot.Posture;
        if (section.Value is not { } facts)
        {
            var why = section.Status switch
            {
                SectionStatus.Pending => "the agent hasn't read it yet, or is too old to read it",
                _ => section.Error ?? "the agent couldn't read it",
            };
            return new()
            {
                Findings = [PostureContext.CannotSay(PostureFindingIds.NotRead, PostureKind.Unknown, "Posture not read", why, "Update the agent, or look at what its \"doctor\" says.")],
                Table = InForce(own),
                IsTableStale = own.Table?.IsStale(now) ?? true,
            };
        }

        var isFromAgent = IsNewer(facts.Table, own.Table, now);
        var context = new PostureContext(snapshot, facts, own.Table, now);
        IEnumerable<PostureFinding> findings =
        [
            .. isFromAgent ? facts.Findings.Where(IsOfTable) : TableVerdicts(facts, snapshot, own, now),
            .. TableFile(facts.Table),
            .. TlsRules.Assess(context),
            .. CertificateRules.Assess(context),
            .. ExposureRules.Assess(context),
            .. UupRules.Assess(context),
            .. Products(facts.Products),
            .. Stale(section, now),
        ];
        return new()
        {
            Findings = [.. findings.OrderByDescending(finding => finding.Severity)
                .ThenBy(finding => finding.Answer is PostureAnswer.CannotSay)
                .ThenBy(finding => finding.Kind is PostureKind.CompromiseSign ? 0 : (int)finding.Kind)
                .ThenByDescending(finding => finding.IsExploited).ThenByDescending(finding => finding.AllowsRemoteCode).ThenByDescending(finding => finding.Score ?? 0)
                .ThenBy(finding => finding.Id, StringComparer.Ordinal)
                .DistinctBy(finding => finding.Id)
                .Take(MostFindings)],
            Table = isFromAgent ? facts.Table : InForce(own),
            IsFromAgent = isFromAgent,
            IsTableStale = isFromAgent ? now - facts.Table.AsOf > PostureTable.StaleAfter : own.Table?.IsStale(now) ?? true,
        };
    }

    /// <summary>What the facts say with this table of vulnerabilities and ends of support: what an agent sends of its own.</summary>
    public static IEnumerable<PostureFinding> TableVerdicts(PostureState facts, Snapshot snapshot, PostureTableReading own, DateTimeOffset now)
    {
        var context = new PostureContext(snapshot, facts, own.Table, now);
        return Table(own, now).Concat(BuildRules.Assess(context)).Concat(SupportRules.Assess(context)).Take(MostFindings);
    }

    /// <summary>When the support of each product of a server ends, soonest first, by the table of this build; what the table doesn't know is left out.</summary>
    public static IReadOnlyList<SupportEnd> Calendar(Snapshot snapshot, DateTimeOffset now) =>
        snapshot.Posture.Value is { } facts ? SupportRules.Calendar(new PostureContext(snapshot, facts, PostureTable.ReadOfRelease(now).Table, now)) : [];

    /// <summary>The table of a reading as it is told to others.</summary>
    public static TableInForce InForce(PostureTableReading reading) => reading.Table is { } table
        ? new() { AsOf = table.AsOf, Sha256 = table.Sha256 }
        : new() { Sha256 = reading.Sha256, Problem = reading.Mistakes.Count > 0 ? reading.Mistakes[0] : "" };

    /// <summary>True where the agent's table is usable and dated after the dashboard's. A date in the future is never trusted.</summary>
    private static bool IsNewer(TableInForce agent, PostureTable? own, DateTimeOffset now) =>
        agent.AsOf is { } asOf && !PostureTable.IsFromFuture(asOf, now) && (own is null || asOf > own.AsOf);

    /// <summary>What needs a table.</summary>
    private static bool IsOfTable(PostureFinding finding) => finding.Kind is PostureKind.Vulnerability or PostureKind.EndOfLife && finding.Id is not PostureFindingIds.TableFileUnusable;

    private static IEnumerable<PostureFinding> Table(PostureTableReading own, DateTimeOffset now) => own.Table is null
        ? [PostureContext.CannotSay(PostureFindingIds.TableUnusable, PostureKind.Vulnerability, "No usable table", own.Mistakes.Count > 0 ? own.Mistakes[0] : "there is none",
            $"Check this computer's clock, which says {PostureContext.Day(now)}, and install a newer release, or renew the table on the server: agent posture --table FILE.")]
        : [];

    private static IEnumerable<PostureFinding> TableFile(TableInForce agent) => agent is { Problem.Length: > 0, AsOf: not null }
        ? [PostureContext.CannotSay(PostureFindingIds.TableFileUnusable, PostureKind.Vulnerability, "Renewed table not used", agent.Problem,
            "The table of the release counts. Renew the agent's again: agent posture --table FILE.", PostureSeverity.Information)]
        : [];

    private static IEnumerable<PostureFinding> Products(ProductsPart products) => products.Problem.Length > 0
        ? [PostureContext.CannotSay(PostureFindingIds.ProductsUnread, PostureKind.EndOfLife, "Versions not read", products.Problem, "Look the versions of SQL Server and Configuration Manager up on the server.", PostureSeverity.Information)]
        : [];

    private static IEnumerable<PostureFinding> Stale(Section<PostureState> section, DateTimeOffset now) => section.ReadAt is { } at && now - at > StaleAfter
        ? [PostureContext.CannotSay(PostureFindingIds.Stale, PostureKind.Unknown, "Posture is old", $"it was last read on {PostureContext.Day(at)}", "Find out why the agent doesn't answer, or doesn't read.")]
        : [];
}
