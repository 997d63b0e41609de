using WsusDashboard.Agent.Client;
using WsusDashboard.Agent.Windows;

namespace WsusDashboard.Agent.Repairs.Trials;

/// <summary>Asks WSUS several times as its clients do.</summary>
internal sealed class ClientMeasure(IServerAccess server, TimeProvider timeProvider)
{
    /// <summary>After so many rounds without one good answer, more would say the same.</summary>
    private const int RoundsInVain = 2;

    /// <summary>All endpoints, <see cref="AnswerWindow.Size"/> answers each; fewer where none of them answers, or the time is up.</summary>
    /// <param name="limit">For all of it.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    public async Task<IReadOnlyList<EndpointSeries>> MeasureAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var window = new AnswerWindow();
        var deadline = Deadline.After(limit, timeProvider);
        while (true)
        {
            await AskAsync(window, deadline, cancellationToken);
            if (window.IsFull || deadline.IsOver || (window.Count >= RoundsInVain && !window.Series().Any(series => series.IsGood)))
            {
                return window.Series();
            }

            await Task.Delay(StepTimes.QuestionPause, timeProvider, cancellationToken);
        }
    }

    /// <summary>One more answer of each. The pool has just been started, or is about to be: its worker is wanted.</summary>
    public async Task AskAsync(AnswerWindow window, Deadline deadline, CancellationToken cancellationToken)
    {
        var round = new ProbeRound { WakesIdlePools = true, Deadline = deadline.Left > TimeSpan.Zero && deadline.Left < ClientProbe.Patience ? deadline.Left : ClientProbe.Patience };
        try
        {
            window.Add(await server.AskClientsAsync(round, cancellationToken));
        }
        catch (EdgeException)
        {
            // Nobody can say what clients get; that is no answer either.
            window.Add(null);
        }
    }
}
