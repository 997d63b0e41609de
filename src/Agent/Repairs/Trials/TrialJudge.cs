using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Repairs.Trials;

/// <summary>
/// Whether clients get answers as good as before: of each endpoint that answered before the class may not be worse, and its median not longer than the
/// larger of twice the one before and five seconds. What did not answer before cannot become worse. Pure.
/// </summary>
internal static class TrialJudge
{
    /// <summary>No client gives up for a wait below this.</summary>
    private static readonly TimeSpan ShortWait = TimeSpan.FromSeconds(5);

    private const double AllowedFactor = 2;

    /// <summary>What is known before the settings are set.</summary>
    public static Trial Begin(IReadOnlyList<EndpointSeries> before) => new()
    {
        Endpoints =
        [
            .. before.Select(series => new EndpointTrial { Endpoint = series.Endpoint, Before = series.Class, WordsBefore = series.Words, MedianBefore = series.Median }),
        ],
    };

    /// <summary>The same trial with what is answered now.</summary>
    public static Trial Compare(Trial trial, IReadOnlyList<EndpointSeries> now) => trial with
    {
        Endpoints =
        [
            .. ClientEndpoints.All
                .Select(endpoint => (Before: trial.Endpoints.FirstOrDefault(known => known.Endpoint == endpoint), Now: now.FirstOrDefault(series => series.Endpoint == endpoint), Endpoint: endpoint))
                .Where(pair => pair.Before is not null || pair.Now is not null)
                .Select(pair => (pair.Before ?? new EndpointTrial { Endpoint = pair.Endpoint }) with
                {
                    After = pair.Now?.Class ?? AnswerClass.NotAsked,
                    WordsAfter = pair.Now?.Words ?? "",
                    MedianAfter = pair.Now?.Median,
                }),
        ],
    };

    /// <summary>Decides, where it can be decided.</summary>
    /// <param name="trial">Compared.</param>
    /// <param name="isFull">As many answers as it takes.</param>
    /// <param name="sign">Something that ends the trial early, in a sentence; null where nothing does.</param>
    /// <param name="isOver">The time is up.</param>
    /// <returns>Null while it goes on.</returns>
    public static Trial? Decide(Trial trial, bool isFull, string? sign, bool isOver)
    {
        var worse = trial.Endpoints.Select(WorseThanBefore).OfType<string>().ToList();
        if (sign is null && worse.Count == 0 && trial.IsAnswering && (isFull || isOver))
        {
            return trial with { Verdict = TrialVerdict.Passed, Reason = $"Clients get answers as good as before: {Describe(trial)}." };
        }

        if (sign is null && !isOver)
        {
            return null;
        }

        return trial.WasAnswering
            ? trial with { Verdict = TrialVerdict.Worse, Reason = $"With the new settings, clients get worse answers than before: {sign ?? string.Join("; ", worse)}." }
            : trial with { Verdict = TrialVerdict.NotProven, Reason = $"WSUS didn't answer clients before, and {(trial.IsAnswering ? "it isn't certain that it does now" : "it doesn't now")}{(sign is null ? "" : $" ({sign})")}. The new settings stay, but aren't proven yet." };
    }

    /// <summary>Null where it is as good as before.</summary>
    public static string? WorseThanBefore(EndpointTrial trial)
    {
        if (!trial.WasAnswering)
        {
            return null;
        }

        if (trial.After > trial.Before || trial.After is AnswerClass.NotAsked)
        {
            return $"{trial.Endpoint} returns {(trial.WordsAfter.Length > 0 ? trial.WordsAfter : "nothing")} (before: {trial.WordsBefore})";
        }

        return trial.MedianAfter is { } now && now > Allowed(trial.MedianBefore)
            ? $"{trial.Endpoint} takes {Wording.Duration(now)} (before: {Wording.Duration(trial.MedianBefore ?? TimeSpan.Zero)})"
            : null;
    }

    public static string Describe(Trial trial) => string.Join(", ", trial.Endpoints.Select(endpoint =>
        $"{endpoint.Endpoint} {endpoint.WordsAfter}{(endpoint.MedianAfter is { } median ? $" after {Wording.Duration(median)}" : "")}"));

    private static TimeSpan Allowed(TimeSpan? before) => before * AllowedFactor is { } twice && twice > ShortWait ? twice : ShortWait;
}
