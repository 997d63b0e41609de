using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Live;

namespace WsusDashboard.Dashboard.Problems;

/// <summary>
/// Makes the board of problems once for all pages whose people may see and do the same. Threading: one lock guards the boards that are kept; a board is immutable.
/// </summary>
internal sealed class ProblemBoards(ProblemTracker tracker, ProblemTriages triages, LiveFleet live, Assignees assignees, AcceptedFindingsCache accepted, TimeProvider timeProvider)
{
    /// <summary>What changes without a problem or a decision that changes (a server's policy) may be this old.</summary>
    private static readonly TimeSpan LongestAge = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<(SiteScope View, SiteScope Operate), KeptBoard> _boards = [];

    /// <param name="view">Servers that may be seen.</param>
    /// <param name="operate">Servers that may be repaired.</param>
    public ProblemBoard Get(SiteScope view, SiteScope operate)
    {
        lock (_lock)
        {
            var (problems, version) = (tracker.Problems, triages.Version);
            if (_boards.GetValueOrDefault((view, operate)) is { } known && ReferenceEquals(known.Problems, problems) && ReferenceEquals(known.Triages, version) && IsFresh(known))
            {
                return known.Board;
            }

            foreach (var (old, _) in _boards.Where(entry => !IsFresh(entry.Value)).ToList())
            {
                _boards.Remove(old);
            }

            var board = Make(problems, view, operate);
            _boards[(view, operate)] = new(board, problems, version, timeProvider.GetTimestamp());
            return board;
        }
    }

    private bool IsFresh(KeptBoard board) => timeProvider.GetElapsedTime(board.At) < LongestAge;

    private ProblemBoard Make(ProblemSet problems, SiteScope view, SiteScope operate)
    {
        var now = timeProvider.GetUtcNow();
        var members = problems.ByProblem();
        List<OpenProblem> open = [];
        foreach (var header in problems.Headers)
        {
            List<OpenCourse> courses = [];
            foreach (var course in members[header.Id].Select(member => member.Course).Where(course => course.IsOpen))
            {
                if (live.Find(course.ServerId) is { } server && view.Permits(server.Site))
                {
                    courses.Add(new(course, server, operate.Permits(server.Site), IsAccepted(course, server, now)));
                }
            }

            if (courses.Count > 0)
            {
                // A cause on a server that may not be seen isn't named.
                var isNamed = header.RootServerId is not { } root || (live.Find(root) is { } upstream && view.Permits(upstream.Site));
                open.Add(new(
                    header.Id,
                    isNamed ? header.CauseId : courses[0].Course.CauseId,
                    isNamed ? header.Title : courses[0].Course.Title,
                    courses,
                    VisibleTriage.Of(triages.Of(header.Id), [.. courses.Select(course => course.Server.Site).Distinct(StringComparer.Ordinal)], now, assignees.AsTheyAre)));
            }
        }

        return ProblemBoard.Of(open);
    }

    /// <summary>Who accepted a finding about the posture has seen it: it needs nobody until that ends.</summary>
    private bool IsAccepted(ProblemCourse course, LiveServer server, DateTimeOffset now) =>
        PostureCauses.IsOne(course.CauseId)
        && LivePosture.FindJudged(server)?.Findings.FirstOrDefault(finding => finding.Id == course.CauseId) is { } finding
        && accepted.Current.Find(server.Id, finding, now) is not null;

    private sealed record KeptBoard(ProblemBoard Board, ProblemSet Problems, object Triages, long At);
}
