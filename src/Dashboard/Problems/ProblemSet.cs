using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Collections;

namespace WsusDashboard.Dashboard.Problems;

/// <summary>What a problem is, beside the servers that have it. Immutable.</summary>
internal sealed record ProblemHeader(long Id, ProblemKind Kind, string CauseId, string Title, string Subject, string GroupKey, int? RootServerId)
{
    /// <summary>A server's own.</summary>
    public bool IsOwn => GroupKey.Length == 0;
}

/// <summary>A problem on one server.</summary>
internal sealed record ProblemMember(long ProblemId, ProblemCourse Course);

/// <summary>
/// The problems that still may change, as the rows have them: open ones, suspected ones, and those that were resolved so lately that they may be reopened.
/// Threading: one writer, which changes a copy and puts it in place of this when the rows are stored; what is in it is immutable.
/// </summary>
internal sealed class ProblemSet
{
    private readonly Dictionary<long, ProblemHeader> _headers;
    private readonly Dictionary<int, IReadOnlyList<ProblemMember>> _members;

    public ProblemSet()
        : this([], [])
    {
    }

    private ProblemSet(Dictionary<long, ProblemHeader> headers, Dictionary<int, IReadOnlyList<ProblemMember>> members) => (_headers, _members) = (headers, members);

    public IEnumerable<ProblemHeader> Headers => _headers.Values;

    public IEnumerable<int> Servers => _members.Keys;

    public ProblemSet Copy() => new(new(_headers), new(_members));

    public ProblemHeader? Find(long problemId) => _headers.GetValueOrDefault(problemId);

    public IReadOnlyList<ProblemMember> MembersOf(int serverId) => _members.GetValueOrDefault(serverId, []);

    /// <summary>The servers of a problem, by their ids.</summary>
    public IReadOnlyList<ProblemMember> MembersOf(ProblemHeader problem) =>
        [.. _members.Values.SelectMany(members => members).Where(member => member.ProblemId == problem.Id).OrderBy(member => member.Course.ServerId)];

    /// <summary>The servers of all problems.</summary>
    public ILookup<long, ProblemMember> ByProblem() => _members.Values.SelectMany(members => members).ToLookup(member => member.ProblemId);

    /// <summary>The problem that servers of a group are under now; null where there is none.</summary>
    public ProblemHeader? FindGroup(string key) => _headers.Values.FirstOrDefault(header => header.GroupKey == key);

    /// <summary>What a server's row and page show: the most severe first, then the oldest; what is about its posture never stands before what is about its syncs.</summary>
    public ValueList<ServerProblem> ToLive(int serverId, DateTimeOffset now) =>
    [
        .. MembersOf(serverId)
            .Where(member => member.Course.IsOpen && _headers.ContainsKey(member.ProblemId))
            .OrderBy(member => PostureCauses.IsOne(member.Course.CauseId))
            .ThenByDescending(member => member.Course.Severity)
            .ThenBy(member => member.Course.Since)
            .ThenBy(member => member.Course.CauseId, StringComparer.Ordinal)
            .Select(member => member.Course.ToLive(member.ProblemId, _headers[member.ProblemId].Kind, now)),
    ];

    public void Put(ProblemHeader header) => _headers[header.Id] = header;

    public void Remove(long problemId) => _headers.Remove(problemId);

    /// <summary>Puts a course in place of another one of the same server, or adds it, or takes it away.</summary>
    public void Replace(ProblemMember? before, ProblemMember? after)
    {
        var serverId = (before ?? after)!.Course.ServerId;
        List<ProblemMember> members = [.. MembersOf(serverId).Where(member => member != before)];
        if (after is not null)
        {
            members.Add(after);
        }

        if (members.Count == 0)
        {
            _members.Remove(serverId);
        }
        else
        {
            _members[serverId] = members;
        }
    }

    public void RemoveServer(int serverId)
    {
        _members.Remove(serverId);
        RemoveUnused();
    }

    /// <summary>Forgets what cannot be reopened any more; the rows stay.</summary>
    public void Forget(DateTimeOffset now)
    {
        foreach (var (serverId, members) in _members.Where(entry => entry.Value.Any(member => member.Course.IsPast(now))).ToList())
        {
            foreach (var member in members.Where(member => member.Course.IsPast(now)))
            {
                Replace(member, null);
            }
        }

        RemoveUnused();
    }

    private void RemoveUnused()
    {
        var used = _members.Values.SelectMany(members => members).Select(member => member.ProblemId).ToHashSet();
        foreach (var id in _headers.Keys.Where(id => !used.Contains(id)).ToList())
        {
            _headers.Remove(id);
        }
    }
}
