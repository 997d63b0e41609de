using WsusDashboard.Shared;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>How WSUS answers this dashboard, from one asking to the next: since when, what is usual, what is different. Pure.</summary>
internal static class OutsideAnswers
{
    /// <param name="before">What was known; null before the first asking.</param>
    /// <param name="asked">What was answered now; an endpoint that was not asked is not there.</param>
    /// <param name="interval">Time between two askings.</param>
    /// <param name="now">UTC time of this one.</param>
    /// <returns>What is known now, and the changes of state since before.</returns>
    public static (Section<ClientState> Section, IReadOnlyList<StateChange> Changes) Follow(Section<ClientState>? before, IReadOnlyList<EndpointState> asked, TimeSpan interval, DateTimeOffset now)
    {
        var known = before?.Value ?? new ClientState();
        var section = new Section<ClientState>
        {
            Name = SectionNames.Client,
            Revision = (before?.Revision ?? 0) + 1,
            Status = SectionStatus.Ok,
            ReadAt = now,
            AttemptedAt = now,
            Interval = interval,
            Value = new ClientState { Endpoints = [.. asked.Select(state => Follow(known.Find(state.Endpoint), state, now))] },
        };

        return (section, [.. asked
            .Select(state => (Before: known.Find(state.Endpoint), Now: state))
            .Where(pair => pair.Before is not null && pair.Before.State != pair.Now.State)
            .Select(pair => new StateChange(StateSubjects.Outside(pair.Now.Endpoint), pair.Before!.State, pair.Now.State, pair.Now.Answer?.Describe() ?? ""))]);
    }

    private static EndpointState Follow(EndpointState? before, EndpointState state, DateTimeOffset now)
    {
        var followed = state with
        {
            Since = before?.State == state.State ? before.Since : now,
            Usual = state.BetterThan(before?.Usual ?? AnswerClass.NotAsked),
        };

        return followed with { FailingSince = followed.IsFailing ? before?.FailingSince ?? now : null };
    }
}
