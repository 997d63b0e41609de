using Microsoft.AspNetCore.Components;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.Fleet;

/// <summary>The top of the home page: how many servers need somebody, and the problems by cause. Only when the person last looked is read from the database, once.</summary>
public sealed partial class TriageBoard : IDisposable
{
    /// <summary>Groups that stand open: more push the servers off the screen.</summary>
    private const int Unfolded = 5;

    private static readonly TimeSpan FirstLook = TimeSpan.FromDays(1);

    private readonly CancellationTokenSource _gone = new();
    private ProblemBoard _board = ProblemBoard.Empty;
    private DateTimeOffset? _lastLook;
    private bool _isLookRead;

    [Inject]
    private VisibleProblems Problems { get; set; } = null!;

    [Inject]
    private ChangeQueries Changes { get; set; } = null!;

    [Inject]
    private Caller Caller { get; set; } = null!;

    [Inject]
    private Viewer Viewer { get; set; } = null!;

    [Inject]
    private TimeProvider TimeProvider { get; set; } = null!;

    /// <summary>Servers that the person may see.</summary>
    [Parameter, EditorRequired]
    public int TotalServers { get; set; }

    private DateTimeOffset Since => _lastLook ?? TimeProvider.GetUtcNow() - FirstLook;

    private int NewCount => _board.CountNew(Since);

    private List<CauseGroup> Needing => [.. _board.Groups.Where(group => group.NeedsSomebody)];

    private List<CauseGroup> Folded => [.. _board.Groups.Where(group => !group.NeedsSomebody)];

    private string FoldedWords
    {
        get
        {
            var acknowledged = _board.Groups.Count(group => group is { NeedsSomebody: false, IsAcknowledged: true });
            var waiting = Folded.Count - acknowledged;
            return string.Join(", ", new[] { acknowledged > 0 ? $"{Wording.Number(acknowledged)} acknowledged" : "", waiting > 0 ? $"{Wording.Number(waiting)} in repair or waiting for proof" : "" }.Where(part => part.Length > 0));
        }
    }

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    protected override void OnParametersSet() => Take();

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }

        var gone = _gone.Token;
        var looking = ReadLastLookAsync(gone);
        try
        {
            using var subscription = Problems.Subscribe();
            Take();
            StateHasChanged();
            await foreach (var _ in subscription.ReadAsync(gone))
            {
                Take();
                StateHasChanged();
            }
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // The page has gone.
        }

        await looking;
    }

    /// <summary>Not before the page is live: a database that can't be reached must not keep anyone from the board.</summary>
    private async Task ReadLastLookAsync(CancellationToken cancellationToken)
    {
        try
        {
            _lastLook = await Changes.GetLastLookAsync(Caller.Identity.PersonId.Length > 0 ? Caller.Identity.PersonId : ChangeQueries.Everyone, cancellationToken);
        }
        catch (Exception exception) when (StorageFault.Of(exception) != StorageProblem.None)
        {
            // The last day counts; the banner says that the database can't be used.
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }

        _isLookRead = true;
        StateHasChanged();
    }

    private void Take() => _board = Problems.GetBoard();
}
