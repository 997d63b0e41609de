namespace WsusDashboard.Agent.Security.Pairing;

/// <summary>The requests of hubs that go on now, so that they end when the trust does.</summary>
/// <remarks>Safe for use from several threads. Requests are ended outside of the lock.</remarks>
internal sealed class HubSessions
{
    /// <summary>Requests of one hub at a time: ten dashboards with a watch, two logs and some commands each.</summary>
    public const int Maximum = 64;

    private readonly Lock _gate = new();
    private readonly HashSet<Session> _open = [];

    /// <summary>Notes a request until it is disposed; null where the hub has the most it may have.</summary>
    public IDisposable? TryEnter(string hubId, Action end)
    {
        var session = new Session(this, hubId, end);
        lock (_gate)
        {
            if (_open.Count(open => open.HubId == hubId) >= Maximum)
            {
                return null;
            }

            _open.Add(session);
        }

        return session;
    }

    public int CountOf(string hubId)
    {
        lock (_gate)
        {
            return _open.Count(session => session.HubId == hubId);
        }
    }

    /// <summary>Ends all requests of a hub.</summary>
    /// <param name="hubId">Its id.</param>
    /// <param name="but">The request that asked for it and must still be answered.</param>
    public void Cut(string hubId, Action? but = null) => Cut(session => session.HubId == hubId && session.End != but);

    /// <summary>Ends the requests of all hubs, which then connect again.</summary>
    public void CutAll() => Cut(_ => true);

    private void Cut(Func<Session, bool> which)
    {
        List<Session> cut;
        lock (_gate)
        {
            cut = [.. _open.Where(which)];
        }

        cut.ForEach(session => session.End());
    }

    private sealed class Session(HubSessions sessions, string hubId, Action end) : IDisposable
    {
        public string HubId => hubId;

        public Action End => end;

        public void Dispose()
        {
            lock (sessions._gate)
            {
                sessions._open.Remove(this);
            }
        }
    }
}
