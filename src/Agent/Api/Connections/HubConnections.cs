namespace WsusDashboard.Agent.Api.Connections;

/// <summary>How many connections each paired hub has: a hub may be ten dashboards, each with one, and needs no more.</summary>
/// <remarks>Safe for use from several threads.</remarks>
internal sealed class HubConnections
{
    public const int Maximum = 12;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>Counts a connection until it is left; false where the hub has the most it may have.</summary>
    public bool TryEnter(string hubId)
    {
        lock (_gate)
        {
            var count = _counts.GetValueOrDefault(hubId);
            if (count >= Maximum)
            {
                return false;
            }

            _counts[hubId] = count + 1;
            return true;
        }
    }

    public void Leave(string hubId)
    {
        lock (_gate)
        {
            if (_counts[hubId] == 1)
            {
                _counts.Remove(hubId);
            }
            else
            {
                _counts[hubId]--;
            }
        }
    }
}
