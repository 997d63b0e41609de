using Microsoft.AspNetCore.Components;
using MudBlazor;
using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.Dashboards;

/// <summary>The dashboards that share the database, what each owns, and the button that drains one. It reads again by itself.</summary>
public sealed partial class ClusterPage
{
    private static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(2);

    private bool _isBusy;

    [Inject]
    private ClusterService Cluster { get; set; } = null!;

    [Inject]
    private Confirmation Confirmation { get; set; } = null!;

    [Inject]
    private ISnackbar Messages { get; set; } = null!;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    protected override async Task<ClusterStatus?> LoadAsync(CancellationToken cancellationToken) => (await Cluster.ReadAsync(cancellationToken)).Value;

    protected override async Task FollowAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(ReadEvery, Clock);
        while (View is not { IsShared: false } && await timer.WaitForNextTickAsync(cancellationToken))
        {
            await RefreshAsync();
        }
    }

    private static string StateOf(DashboardRow dashboard) => dashboard.State switch
    {
        DashboardState.Running => "running",
        DashboardState.Drained when dashboard.Partitions > 0 => "draining",
        DashboardState.Drained => "drained",
        DashboardState.Stopping => "stopping",
        DashboardState.Silent => "not answering",
        DashboardState.Stopped => "not running, drained",
        _ => throw new ArgumentOutOfRangeException(nameof(dashboard), dashboard.State, null),
    };

    private Task DrainAsync(DashboardRow dashboard) => AskAsync(
        new()
        {
            Title = $"Drain {dashboard.Name}?",
            Consequence = $"It hands its {Wording.Count(dashboard.Servers, "server")} to the other dashboards within seconds, and takes none until you end the draining, even if it's restarted. It still serves pages; running repairs continue. A balancer that checks /health/ready stops sending people to it.",
            Verb = $"Drain {dashboard.Name}",
        },
        () => Cluster.DrainAsync(dashboard.Id, CancellationToken.None));

    private Task EndDrainAsync(DashboardRow dashboard) => AskAsync(
        new() { Title = $"End the draining of {dashboard.Name}?", Consequence = "If it's running, it takes its share of the servers from the other dashboards within seconds.", Verb = $"End draining {dashboard.Name}" },
        () => Cluster.EndDrainAsync(dashboard.Id, CancellationToken.None));

    private async Task AskAsync(ConfirmRequest question, Func<Task<Outcome<Done>>> verb)
    {
        if (_isBusy || await Confirmation.AskAsync(question) is null)
        {
            return;
        }

        _isBusy = true;
        try
        {
            var outcome = await verb();
            Messages.Show(outcome.Failure?.Message ?? $"{question.Verb}: done.", !outcome.IsSuccess);
        }
        finally
        {
            _isBusy = false;
        }

        await RefreshAsync();
    }
}
