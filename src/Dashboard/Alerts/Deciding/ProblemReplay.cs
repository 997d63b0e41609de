using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Live;

namespace WsusDashboard.Dashboard.Alerts.Deciding;

/// <summary>The problems of a time that is over, moment by moment, from their stored lives. Threading: one reader.</summary>
internal sealed class ProblemReplay
{
    private readonly Dictionary<long, ProblemEntity> _problems;
    private readonly Dictionary<int, LiveServer> _servers;
    private readonly IReadOnlyList<ProblemEventEntity> _events;
    private readonly Dictionary<(long ProblemId, int ServerId), AlertMember> _open = [];
    private readonly Dictionary<(long ProblemId, string Site), string> _acknowledged = [];
    private readonly HashSet<(long ProblemId, string Site)> _silenced = [];
    private int _next;

    /// <param name="problems">Those of the moments.</param>
    /// <param name="events">Moments of their lives, in any order.</param>
    /// <param name="servers">The servers of now: sites and tags of then aren't kept.</param>
    public ProblemReplay(IEnumerable<ProblemEntity> problems, IEnumerable<ProblemEventEntity> events, IEnumerable<LiveServer> servers)
    {
        _problems = problems.ToDictionary(problem => problem.Id);
        _servers = servers.ToDictionary(server => server.Id);
        _events = [.. events.Where(moment => _servers.ContainsKey(moment.ServerId) && _problems.ContainsKey(moment.ProblemId)).OrderBy(moment => moment.At).ThenBy(moment => moment.Id)];
    }

    /// <summary>UTC; when something happens next; null where nothing does any more.</summary>
    public DateTimeOffset? NextAt => _next < _events.Count ? _events[_next].At.ToOffset() : null;

    /// <summary>The problems as they were at this moment; moments only go forward.</summary>
    public IReadOnlyList<AlertProblem> At(DateTimeOffset at)
    {
        for (; NextAt <= at; _next++)
        {
            Apply(_events[_next]);
        }

        return [.. _open.GroupBy(entry => entry.Key.ProblemId).Select(same => ToProblem(_problems[same.Key], [.. same.Select(entry => WithTriage(same.Key, entry.Value))]))];
    }

    /// <summary>The moments at which those that are open become old enough to be told.</summary>
    public IEnumerable<DateTimeOffset> ReadyTimes => _open.Select(entry => entry.Value.OpenedAt + AlertTimings.LeastDuration(CauseOf(_problems[entry.Key.ProblemId], entry.Value)));

    private static string CauseOf(ProblemEntity problem, AlertMember member) => problem.GroupKey.Length > 0 ? problem.CauseId : member.CauseId;

    private static AlertProblem ToProblem(ProblemEntity problem, IReadOnlyList<AlertMember> members) =>
        new(problem.Id, problem.Kind, CauseOf(problem, members[0]), problem.Title, problem.Subject, problem.GroupKey, members);

    private AlertMember WithTriage(long problemId, AlertMember member) => member with
    {
        IsAcknowledged = _acknowledged.ContainsKey((problemId, member.Site)),
        AcknowledgedBy = _acknowledged.GetValueOrDefault((problemId, member.Site), ""),
        IsSilenced = _silenced.Contains((problemId, member.Site)),
    };

    private void Apply(ProblemEventEntity moment)
    {
        var (key, server) = ((moment.ProblemId, moment.ServerId), _servers[moment.ServerId]);
        var place = (moment.ProblemId, server.Site);
        switch (moment.Kind)
        {
            case ProblemEventKind.Opened or ProblemEventKind.Reopened:
                _open[key] = new()
                {
                    ServerId = server.Id,
                    ServerName = server.Name,
                    Site = server.Site,
                    Tags = server.Description.Tags,
                    CauseId = moment.CauseId,
                    Severity = moment.Severity,
                    Since = moment.At.ToOffset(),
                    OpenedAt = moment.At.ToOffset(),
                };
                break;
            case ProblemEventKind.Worsened or ProblemEventKind.Named when _open.TryGetValue(key, out var member):
                _open[key] = member with { Severity = moment.Severity, CauseId = moment.CauseId };
                break;
            case ProblemEventKind.Flapping when _open.TryGetValue(key, out var flapping):
                _open[key] = flapping with { IsFlapping = true };
                break;
            case ProblemEventKind.Resolved or ProblemEventKind.Merged:
                _open.Remove(key);
                break;
            case ProblemEventKind.Acknowledged:
                _acknowledged[place] = moment.Who;
                break;
            case ProblemEventKind.AcknowledgementEnded:
                _acknowledged.Remove(place);
                break;
            case ProblemEventKind.Silenced:
                _silenced.Add(place);
                break;
            case ProblemEventKind.SilenceEnded:
                _silenced.Remove(place);
                break;
            default:
                break;
        }
    }
}
