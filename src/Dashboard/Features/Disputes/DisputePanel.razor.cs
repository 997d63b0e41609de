using Microsoft.AspNetCore.Components;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Features.Disputes;

/// <summary>What people say about the cause of one run. It reads for itself, so that any page that names a cause can hold it.</summary>
public sealed partial class DisputePanel : IDisposable
{
    private const string UnknownCause = FindingIds.UnknownCause;

    private readonly CancellationTokenSource _gone = new();
    private IReadOnlyList<CauseDispute> _disputes = [];
    private (int ServerId, string RunId) _read;
    private string? _problem;
    private string? _actual = "";
    private string? _comment = "";
    private bool _isOpen;
    private bool _isBusy;

    [Inject]
    private CauseDisputeService Disputes { get; set; } = null!;

    [Inject]
    private Caller Caller { get; set; } = null!;

    [Inject]
    private Viewer Viewer { get; set; } = null!;

    [Parameter, EditorRequired]
    public int ServerId { get; set; }

    [Parameter, EditorRequired]
    public string Site { get; set; } = "";

    [Parameter, EditorRequired]
    public string RunId { get; set; } = "";

    /// <summary>Id of the cause that the page names.</summary>
    [Parameter, EditorRequired]
    public string CauseId { get; set; } = "";

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        if (_read != (ServerId, RunId))
        {
            _read = (ServerId, RunId);
            Close();
            await ReadAsync();
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            _disputes = await Disputes.GetOfRunAsync(ServerId, RunId, _gone.Token);
        }
        catch (Exception exception) when (StorageFault.Of(exception) != StorageProblem.None)
        {
            // What is live on the page goes on without it; the banner says that the database can't be used.
        }
        catch (OperationCanceledException)
        {
            // The page has gone.
        }
    }

    private static string NameOf(string? cause) => string.IsNullOrEmpty(cause) ? "I don't know" : DisputeLabels.Cause(cause);

    private void Close() => (_isOpen, _actual, _comment, _problem) = (false, "", "", null);

    private Task SaveAsync() => DoAsync(async () =>
    {
        var saved = await Disputes.AddAsync(ServerId, RunId, new(CauseId, string.IsNullOrEmpty(_actual) ? null : _actual, _comment ?? ""), _gone.Token);
        if (saved.IsSuccess)
        {
            Close();
        }

        return saved.Failure?.Message;
    });

    private Task UndoAsync(CauseDispute dispute) => DoAsync(async () => (await Disputes.RemoveAsync(dispute.Id, _gone.Token)).Failure?.Message);

    private async Task DoAsync(Func<Task<string?>> change)
    {
        if (_isBusy)
        {
            return;
        }

        _isBusy = true;
        try
        {
            _problem = await change();
            await ReadAsync();
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            // The page has gone.
        }
        finally
        {
            _isBusy = false;
        }
    }
}
