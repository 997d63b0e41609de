using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Shared.Hierarchy;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Alerts.Deciding;

/// <summary>
/// Problems that are told as one: a server's own by cause and site, those that several servers have for one reason by that reason. What is silenced, in
/// maintenance, too young or follows from something else doesn't count for a new message, but it's there: nothing is called resolved because of it.
/// </summary>
internal sealed class AlertGroup
{
    private readonly List<AlertMember> _all = [];
    private readonly List<AlertMember> _active = [];
    private readonly HashSet<long> _problems = [];

    private AlertGroup(string key, AlertProblem problem) => (Key, CauseId, Title, SharedSubject) = (key, problem.CauseId, problem.Title, problem.Subject);

    public string Key { get; }

    public string CauseId { get; }

    public string Title { get; }

    /// <summary>Empty for servers that have it each for itself.</summary>
    private string SharedSubject { get; }

    public IReadOnlyCollection<long> Problems => _problems;

    /// <summary>Those that count; in the order in which they got it.</summary>
    public IReadOnlyList<AlertMember> Active => _active;

    public bool IsActive => _active.Count > 0;

    public Severity Severity { get; private set; }

    /// <summary>UTC; when the first of those that count could be told.</summary>
    public DateTimeOffset ReadyAt { get; private set; }

    /// <summary>UTC; when the newest of those that count got it.</summary>
    public DateTimeOffset Newest { get; private set; }

    public IReadOnlyList<string> Sites { get; private set; } = [];

    public IReadOnlyList<string> Tags { get; private set; } = [];

    public IReadOnlyList<string> Causes { get; private set; } = [];

    public bool IsAcknowledged { get; private set; }

    /// <summary>For a person: a server, a number of servers, or what they have in common.</summary>
    public string Subject => SharedSubject.Length > 0 ? SharedSubject
        : _active.Select(member => member.ServerId).Distinct().Count() is > 1 and var count ? FormattableString.Invariant($"{count} servers{(Sites is [{ Length: > 0 } site] ? $" in {site}" : "")}")
        : _active[0].ServerName;

    /// <summary>The groups of all problems that are there now.</summary>
    public static Dictionary<string, AlertGroup> Of(IReadOnlyCollection<AlertProblem> problems, IReadOnlyCollection<MaintenanceWindow> windows, DateTimeOffset now)
    {
        var quietSites = problems.SelectMany(problem => problem.Members).Select(member => member.Site).Distinct(StringComparer.Ordinal).ToDictionary(site => site, site => windows.Any(window => window.Covers(site) && window.FindAt(now) is not null), StringComparer.Ordinal);
        var roots = Roots.Of(problems);
        var groups = new Dictionary<string, AlertGroup>(StringComparer.Ordinal);
        foreach (var problem in problems)
        {
            foreach (var member in problem.Members)
            {
                var key = problem.GroupKey.Length > 0 ? $"{problem.CauseId}|{problem.GroupKey}" : $"{problem.CauseId}|site:{member.Site}";
                if (!groups.TryGetValue(key, out var group))
                {
                    groups.Add(key, group = new(key, problem));
                }

                group._problems.Add(problem.Id);
                group._all.Add(member);
                if (!member.IsSilenced && !quietSites[member.Site] && ReadyAtOf(problem, member) <= now && !roots.Explain(problem, member))
                {
                    group._active.Add(member);
                }
            }
        }

        foreach (var group in groups.Values)
        {
            group.Complete();
        }

        return groups;
    }

    private static DateTimeOffset ReadyAtOf(AlertProblem problem, AlertMember member) => member.OpenedAt + AlertTimings.LeastDuration(problem.CauseId);

    private void Complete()
    {
        _active.Sort((one, other) => one.OpenedAt.CompareTo(other.OpenedAt) is not 0 and var byTime ? byTime : one.ServerId.CompareTo(other.ServerId));
        if (!IsActive)
        {
            return;
        }

        Severity = _active.Max(member => member.Severity);
        ReadyAt = _active.Min(member => member.OpenedAt) + AlertTimings.LeastDuration(CauseId);
        Newest = _active[^1].OpenedAt;
        Sites = [.. _active.Select(member => member.Site).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        Tags = [.. _active.SelectMany(member => member.Tags).Distinct(StringComparer.Ordinal)];
        Causes = [.. _active.Select(member => member.CauseId).Append(CauseId).Distinct(StringComparer.Ordinal)];
        IsAcknowledged = _active.TrueForAll(member => member.IsAcknowledged);
    }

    /// <summary>What explains others that are open at the same time: a server behind a lost link can't be told anything about; replicas wait for the server above.</summary>
    private sealed class Roots
    {
        private readonly Dictionary<int, long> _silent = [];
        private readonly Dictionary<int, long> _below = [];
        private readonly HashSet<long> _outages = [];

        public static Roots Of(IReadOnlyCollection<AlertProblem> problems)
        {
            var roots = new Roots();
            foreach (var problem in problems)
            {
                foreach (var member in problem.Kind == ProblemKind.Segment || problem.CauseId == FindingIds.AgentUnreachable ? problem.Members : [])
                {
                    roots._silent[member.ServerId] = problem.Id;
                }

                foreach (var member in problem.Kind is ProblemKind.Upstream ? problem.Members : [])
                {
                    roots._below[member.ServerId] = problem.Id;
                }

                if (problem.Kind is ProblemKind.Outage)
                {
                    roots._outages.Add(problem.Id);
                }
            }

            return roots;
        }

        public bool Explain(AlertProblem problem, AlertMember member) =>
            (_silent.TryGetValue(member.ServerId, out var silent) && silent != problem.Id)
            || (HierarchyTree.IsInherited(problem.CauseId) && _below.TryGetValue(member.ServerId, out var below) && below != problem.Id)
            || (problem.CauseId == FindingIds.SourceUnreachable && _outages.Count > 0 && !_outages.Contains(problem.Id));
    }
}
