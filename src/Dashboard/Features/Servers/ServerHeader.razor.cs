using System.Globalization;
using Microsoft.AspNetCore.Components;
using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Dashboard.Features.Servers.Sections;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Features.Servers;

/// <summary>Who the server is, and its health in one sentence.</summary>
public sealed partial class ServerHeader
{
    [Inject]
    private Caller Caller { get; set; } = null!;

    [Inject]
    private RepairSheetState Sheet { get; set; } = null!;

    [Inject]
    private QuarantineService Quarantine { get; set; } = null!;

    [Parameter, EditorRequired]
    public ServerDetail Detail { get; set; } = null!;

    /// <summary>Since when it is as the icon beside says.</summary>
    private DateTimeOffset? Since => Detail.Live.StateSince;

    private string Sentence => Detail.Assessment?.Sentence is { Length: > 0 } sentence ? sentence
        : Detail.Live.Status.Sentence is { Length: > 0 } known ? known
        : "Waiting for the agent's first report.";

    /// <summary>The worst problem that somebody may take up: its page is where that is done.</summary>
    private ServerProblem? OpenProblem => Detail.Live.Problems.FirstOrDefault(problem => problem.State is ProblemState.Open);

    private bool IsPlanOnly => IsMonitorOnly || !Caller.May(Permission.Operate, Detail.Facts.Site);

    private bool IsMonitorOnly => Detail.Snapshot?.Agent.Policy.Mode == PolicyMode.MonitorOnly;

    /// <summary>The head stays on one line of a laptop; the About tab has them all.</summary>
    private const int ShownTags = 3;

    /// <summary>Why it was not released; null where it was, or nobody asked.</summary>
    private string? _notReleased;

    private static string AddressOf(ServerProblem problem) => string.Create(CultureInfo.InvariantCulture, $"{Links.Problems}/{problem.Id}");

    private async Task ReleaseAsync() => _notReleased = (await Quarantine.ReleaseAsync(Detail.Facts.Id)).Failure?.Message;

    private StateDisplay LinkDisplay => Detail.Link.State switch
    {
        LinkState.Up => new StateDisplay("check", "Connected", Tone.Good),
        LinkState.Connecting => new StateDisplay("spin", "Connecting", Tone.Busy, true),
        LinkState.Down => new StateDisplay("none", "No answer", Tone.Bad),
        LinkState.NotPaired => new StateDisplay("warn", "Not paired", Tone.Bad),
        LinkState.Quarantined => StateDisplay.Quarantined,
        LinkState.KeyChanged => new StateDisplay("warn", "Key changed", Tone.Bad),
        _ => new StateDisplay("warn", "Not compatible", Tone.Bad),
    };
}
