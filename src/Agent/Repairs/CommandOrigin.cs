namespace WsusDashboard.Agent.Repairs;

/// <summary>Where a command comes from, as far as whoever carries it out must know.</summary>
/// <param name="Hub">Id of the hub; empty for somebody on the server.</param>
/// <param name="Key">Its idempotency key; null where it has none.</param>
/// <param name="Begin">Called once, after all that could refuse it and right before anything is changed; where it throws, nothing is.</param>
internal sealed record CommandOrigin(string Hub, CommandKey? Key, Action Begin)
{
    public bool IsLocal => Hub.Length == 0;
}
