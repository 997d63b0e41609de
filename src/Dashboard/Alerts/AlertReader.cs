using WsusDashboard.Dashboard.Alerts.Deciding;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Problems;

namespace WsusDashboard.Dashboard.Alerts;

/// <summary>The problems of this moment as the decision needs them, from memory, with what people decided about them.</summary>
internal sealed class AlertReader(ProblemTracker tracker, ProblemTriages triages, LiveFleet live)
{
    public IReadOnlyList<AlertProblem> Read(DateTimeOffset now)
    {
        var servers = live.GetAll().ToDictionary(server => server.Id);
        var problems = tracker.Problems;
        var read = new List<AlertProblem>();
        foreach (var courses in problems.ByProblem())
        {
            var open = courses.Where(member => member.Course.IsOpen && servers.ContainsKey(member.Course.ServerId)).ToList();
            if (open.Count > 0 && problems.Find(courses.Key) is { } header)
            {
                var bySite = triages.Of(header.Id).ToDictionary(triage => triage.Site, StringComparer.Ordinal);
                read.Add(new(header.Id, header.Kind, header.CauseId, header.Title, header.Subject, header.GroupKey, [.. open.Select(member => ToMember(member.Course, servers[member.Course.ServerId], bySite, now))]));
            }
        }

        return read;
    }

    private static AlertMember ToMember(ProblemCourse course, LiveServer server, Dictionary<string, ProblemTriage> triages, DateTimeOffset now)
    {
        var triage = triages.GetValueOrDefault(server.Site);
        var isAcknowledged = triage?.IsAcknowledgedAt(now) == true;

        // One that comes and goes while it stays open isn't new each time.
        var reopened = course.Reopenings.LastOrDefault(at => at <= course.StateSince);
        var opened = course.OpenedAt ?? course.StateSince;
        return new()
        {
            ServerId = server.Id,
            ServerName = server.Name,
            Site = server.Site,
            Tags = server.Description.Tags,
            CauseId = course.CauseId,
            Severity = course.Severity,
            Since = course.Since,
            OpenedAt = reopened > opened ? reopened : opened,
            IsFlapping = course.IsFlapping(now),
            IsAcknowledged = isAcknowledged,
            AcknowledgedBy = isAcknowledged ? triage!.Acknowledgement!.By : "",
            IsSilenced = triage?.IsSilencedAt(now) == true,
        };
    }
}
