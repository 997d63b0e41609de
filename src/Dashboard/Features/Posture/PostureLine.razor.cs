using Microsoft.AspNetCore.Components;
using WsusDashboard.Dashboard.Problems;

namespace WsusDashboard.Dashboard.Features.Posture;

/// <summary>The fleet's posture in one sentence, from memory; looked at again every minute.</summary>
public sealed partial class PostureLine : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _gone = new();
    private PostureSummary? _summary;

    [Inject]
    private PostureService Posture { get; set; } = null!;

    [Inject]
    private AcceptedFindingsCache Accepted { get; set; } = null!;

    [Inject]
    private TimeProvider TimeProvider { get; set; } = null!;

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    protected override void OnInitialized() => _summary = Posture.Summarize(Accepted.Current);

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }

        var token = _gone.Token;
        while (true)
        {
            await Task.Delay(LookEvery, TimeProvider, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            if (token.IsCancellationRequested)
            {
                return;
            }

            if (Posture.Summarize(Accepted.Current) is var summary && summary != _summary)
            {
                _summary = summary;
                StateHasChanged();
            }
        }
    }
}
