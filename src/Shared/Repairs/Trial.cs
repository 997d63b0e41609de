using WsusDashboard.Shared.Probing;

namespace WsusDashboard.Shared.Repairs;

/// <summary>What a trial of new settings ended with.</summary>
public enum TrialVerdict
{
    /// <summary>Not decided: the settings are on trial, or not set yet.</summary>
    Open = 0,

    /// <summary>Clients get answers as good as before, or better.</summary>
    Passed = 1,

    /// <summary>They are worse, or the run could not go on: the saved settings are restored.</summary>
    Worse = 2,

    /// <summary>Nothing answered before and nothing answers now: the settings stay, and nobody knows whether they help.</summary>
    NotProven = 3,

    /// <summary>A person keeps them, whatever clients get.</summary>
    Kept = 4,
}

/// <summary>The trial of a run that changes settings: what clients got before, what they get with the new ones, and what follows from it.</summary>
public sealed record Trial
{
    /// <summary>In the order of <see cref="ClientEndpoints.All"/>; empty where WSUS could not be asked.</summary>
    public IReadOnlyList<EndpointTrial> Endpoints { get; init; } = [];

    public TrialVerdict Verdict { get; init; }

    /// <summary>Why, in a sentence for a person; empty while it is open.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Before the settings were set, clients got something from some endpoint.</summary>
    public bool WasAnswering => Endpoints.Any(endpoint => endpoint.WasAnswering);

    public bool IsAnswering => Endpoints.Any(endpoint => endpoint.IsAnswering);
}

/// <summary>How one endpoint answered before and since, each from several answers.</summary>
public sealed record EndpointTrial
{
    public required ClientEndpoint Endpoint { get; init; }

    /// <summary>The class of the answer in the middle, from best to worst; NotAsked where there was none.</summary>
    public AnswerClass Before { get; init; }

    /// <summary>Such an answer in a word or two: "200", "503".</summary>
    public string WordsBefore { get; init; } = "";

    /// <summary>Median; null where nobody answered.</summary>
    public TimeSpan? MedianBefore { get; init; }

    public AnswerClass After { get; init; }

    public string WordsAfter { get; init; } = "";

    public TimeSpan? MedianAfter { get; init; }

    public bool WasAnswering => ClientEndpoints.IsGood(Endpoint, Before);

    public bool IsAnswering => ClientEndpoints.IsGood(Endpoint, After);
}

/// <summary>A person keeps new settings whatever their trial says.</summary>
/// <param name="By">Who.</param>
/// <param name="Reason">Why, as given.</param>
/// <param name="At">UTC.</param>
public sealed record KeepDecision(string By, string Reason, DateTimeOffset At);
