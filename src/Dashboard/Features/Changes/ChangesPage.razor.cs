using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Callers;

namespace WsusDashboard.Dashboard.Features.Changes;

/// <summary>What changed, and when this person last marked it as seen.</summary>
/// <param name="LastLookAt">UTC; null = never.</param>
public sealed record ChangesView(ChangesSince Changes, DateTimeOffset? LastLookAt);

/// <summary>New failures, recoveries, changed settings and repairs since a person last looked.</summary>
public sealed partial class ChangesPage : LoadedPage<ChangesView>
{
    private const int FirstLookHours = 24;

    private static readonly (int Hours, string Name)[] Offered = [(24, "24 hours"), (168, "7 days")];

    private int? _hours;
    private bool _isMarking;

    [Inject]
    private ChangeQueries Queries { get; set; } = null!;

    [Inject]
    private Caller Caller { get; set; } = null!;

    [Inject]
    private TimeProvider TimeProvider { get; set; } = null!;

    [Inject]
    private Viewer Viewer { get; set; } = null!;

    /// <summary>A dashboard without sign-in has one reader.</summary>
    private string Reader => Caller.Identity.PersonId.Length > 0 ? Caller.Identity.PersonId : ChangeQueries.Everyone;

    protected override void OnInitialized() => Viewer.Changed += OnViewerChanged;

    protected override void OnDisposing() => Viewer.Changed -= OnViewerChanged;

    protected override void ReadAddress(string uri) =>
        _hours = int.TryParse(QueryHelpers.ParseQuery(new Uri(uri).Query).GetValueOrDefault("hours"), NumberStyles.None, CultureInfo.InvariantCulture, out var hours) && Offered.Any(offered => offered.Hours == hours) ? hours : null;

    protected override async Task<ChangesView?> LoadAsync(CancellationToken cancellationToken)
    {
        var lastLook = await Queries.GetLastLookAsync(Reader, cancellationToken);
        var now = TimeProvider.GetUtcNow();
        var since = _hours is { } hours ? now.AddHours(-hours) : lastLook ?? now.AddHours(-FirstLookHours);
        return new(await Queries.GetAsync(new HistoryFilter(), since, cancellationToken), lastLook);
    }

    private static string LinkTo(int hours) => Links.With(Links.Changes, ("hours", hours.ToString(CultureInfo.InvariantCulture)));

    private static string Words(DriftedSetting setting)
    {
        var key = setting.Setting[(setting.Setting.IndexOf('/', StringComparison.Ordinal) + 1)..];
        return $"{RepairLabels.Setting(key)}: {RepairLabels.Value(key, setting.From)} → {RepairLabels.Value(key, setting.To)}";
    }

    /// <summary>Seen is what stands on the page, not what came after it was read.</summary>
    private async Task MarkAsSeenAsync()
    {
        if (View is not { } view)
        {
            return;
        }

        _isMarking = true;
        try
        {
            await Queries.SetLastLookAsync(Reader, view.Changes.Until, Gone);
            if (_hours is null)
            {
                await ReloadAsync();
            }
            else
            {
                Navigation.NavigateTo(Links.Changes);
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            ReportLoadError(error);
        }
        finally
        {
            _isMarking = false;
        }
    }

    private void OnViewerChanged() => _ = InvokeAsync(RefreshAsync);
}
