using WsusDashboard.Shared.Posture;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.Posture;

/// <summary>The fleet's posture in numbers and one sentence. Accepted findings don't count, except where that is said; what isn't known is never counted as good.</summary>
public sealed record PostureSummary
{
    /// <summary>Servers that are looked at.</summary>
    public required int Servers { get; init; }

    /// <summary>Servers with a known vulnerability.</summary>
    public int Vulnerable { get; init; }

    /// <summary>Servers of these that someone who reaches them can take over without signing in.</summary>
    public int OpenToTakeover { get; init; }

    /// <summary>Servers on which something matches a published sign of an attack.</summary>
    public int WithSigns { get; init; }

    /// <summary>Servers with any other critical finding.</summary>
    public int OtherwiseCritical { get; init; }

    /// <summary>Servers of which can't be said whether they have a known vulnerability.</summary>
    public int NotJudged { get; init; }

    /// <summary>Servers with at least one finding that can't be said.</summary>
    public int WithGaps { get; init; }

    /// <summary>Servers with no finding at all, of which everything could be said.</summary>
    public int Clear { get; init; }

    /// <summary>Servers that have known vulnerabilities, all of them accepted by someone.</summary>
    public int AcceptedVulnerable { get; init; }

    /// <summary>Findings that someone has accepted.</summary>
    public int Acknowledged { get; init; }

    /// <summary>The day of the dashboard's own table; null where it can't be used.</summary>
    public DateTimeOffset? TableDate { get; init; }

    /// <summary>SHA-256 of the dashboard's own table.</summary>
    public string TableSha256 { get; init; } = "";

    /// <summary>The dashboard's table is older than 60 days, or can't be used.</summary>
    public bool IsTableStale { get; init; }

    /// <summary>Why the dashboard's table can't be used; empty where it can.</summary>
    public string TableProblem { get; init; } = "";

    /// <summary>Servers that are judged with their agent's table, because that is newer.</summary>
    public int JudgedByAgents { get; init; }

    /// <summary>The worst first, then what isn't known.</summary>
    public string Sentence => string.Concat(Sentences());

    /// <summary>Somebody has to look.</summary>
    public bool IsUrgent => Vulnerable + WithSigns + OtherwiseCritical > 0;

    /// <param name="servers">The servers that are looked at.</param>
    /// <param name="table">The dashboard's own table.</param>
    /// <param name="now">UTC.</param>
    internal static PostureSummary Of(IReadOnlyList<JudgedServer> servers, PostureTableReading table, DateTimeOffset now)
    {
        var open = servers.Select(server => server.Rows.Where(row => row.Acknowledgement is null && row.Finding.Answer is not PostureAnswer.CannotSay).Select(row => row.Finding).ToList()).ToList();
        return new()
        {
            Servers = servers.Count,
            Vulnerable = open.Count(findings => findings.Exists(IsVulnerability)),
            OpenToTakeover = open.Count(findings => findings.Exists(finding => IsVulnerability(finding) && finding.AllowsRemoteCode)),
            WithSigns = open.Count(findings => findings.Exists(finding => finding.Kind is PostureKind.CompromiseSign)),
            OtherwiseCritical = open.Count(findings => findings.Exists(finding => finding.Severity is PostureSeverity.Critical && finding.Kind is not (PostureKind.CompromiseSign or PostureKind.Vulnerability))),
            NotJudged = servers.Count(server => server.Rows.Any(row => row.Finding is { Answer: PostureAnswer.CannotSay, Kind: PostureKind.Vulnerability or PostureKind.Unknown })),
            WithGaps = servers.Count(server => server.Rows.Any(row => row.Finding.Answer is PostureAnswer.CannotSay)),
            Clear = servers.Count(server => server.Rows.Count == 0),
            AcceptedVulnerable = servers.Where((server, index) => !open[index].Exists(IsVulnerability) && server.Rows.Any(row => row.Acknowledgement is not null && row.Finding.Answer is not PostureAnswer.CannotSay && IsVulnerability(row.Finding))).Count(),
            Acknowledged = servers.Sum(server => server.Rows.Count(row => row.Acknowledgement is not null)),
            TableDate = table.Table?.AsOf,
            TableSha256 = table.Sha256,
            IsTableStale = table.Table?.IsStale(now) ?? true,
            TableProblem = table.Table is null ? string.Join(" ", table.Mistakes) : "",
            JudgedByAgents = servers.Count(server => server.IsFromAgent),
        };

        static bool IsVulnerability(PostureFinding finding) => finding.Kind is PostureKind.Vulnerability;
    }

    private IEnumerable<string> Sentences()
    {
        if (Servers == 0)
        {
            yield return "There are no servers to judge.";
            yield break;
        }

        if (WithSigns > 0)
        {
            yield return $"{OfServers(WithSigns)} {(WithSigns == 1 ? "shows" : "show")} something that matches a published sign of an attack: look there first. ";
        }

        if (Vulnerable > 0)
        {
            yield return $"{OfServers(Vulnerable)} {(Vulnerable == 1 ? "has" : "have")} a known vulnerability{(OpenToTakeover > 0 ? $"; {Wording.Number(OpenToTakeover)} can be taken over without sign-in" : "")}.";
        }
        else if (NotJudged == Servers)
        {
            yield return $"Can't say whether {(Servers == 1 ? "this server has" : $"any of {Wording.Count(Servers, "server")} has")} a known vulnerability.";
        }
        else
        {
            yield return NotJudged > 0
                ? $"No open vulnerability on the {Wording.Count(Servers - NotJudged, "server")} that could be judged."
                : $"No open vulnerability on {Wording.Count(Servers, "server")}.";
        }

        if (AcceptedVulnerable > 0)
        {
            yield return $" On {Wording.Number(AcceptedVulnerable)}, someone has accepted one.";
        }

        if (NotJudged > 0 && NotJudged < Servers)
        {
            yield return $" Can't say for {Wording.Number(NotJudged)} more.";
        }

        if (OtherwiseCritical > 0)
        {
            yield return $" {OfServers(OtherwiseCritical)} {(OtherwiseCritical == 1 ? "has" : "have")} another critical finding.";
        }
    }

    private string OfServers(int count) => $"{Wording.Number(count)} of {Wording.Count(Servers, "server")}";
}

/// <summary>A server with all its findings.</summary>
internal sealed record JudgedServer(int Id, string Name, string Site, IReadOnlyList<PostureRow> Rows, bool IsFromAgent);
