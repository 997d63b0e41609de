using Microsoft.AspNetCore.Components;
using WsusDashboard.Dashboard.Agents.Outbound;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Features.Enrolment;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;

namespace WsusDashboard.Dashboard.Features.FirstDay;

/// <summary>From no server to the first one: package, command, and a place where it appears. All on the renderer's thread.</summary>
public sealed partial class FirstServer : IDisposable
{
    private const int Uses = 10;
    private const int Hours = 24;

    /// <summary>More would be no first day.</summary>
    private const int MaximumShown = 5;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(3);

    private static readonly (InstallWay Way, string Name)[] Ways =
    [
        (InstallWay.ByHand, "By hand"),
        (InstallWay.ConfigMgr, "Configuration Manager"),
        (InstallWay.GroupPolicy, "Group policy"),
    ];

    private readonly CancellationTokenSource _gone = new();
    private Outcome<AgentPackage>? _package;
    private NewEnrolmentToken? _issued;
    private IReadOnlyList<AdmissionEntity> _waiting = [];
    private IReadOnlyList<LiveServer> _seen = [];
    private Failure? _failure;
    private InstallWay _way;
    private DateTimeOffset _since;
    private string? _hubAddress;
    private string? _site = "";
    private bool _isBusy;
    private bool _wasCopied;

    private enum InstallWay
    {
        ByHand = 0,
        ConfigMgr = 1,
        GroupPolicy = 2,
    }

    [Inject]
    private EnrolmentService Enrolment { get; set; } = null!;

    [Inject]
    private AgentPackages Packages { get; set; } = null!;

    [Inject]
    private HubAddresses Addresses { get; set; } = null!;

    [Inject]
    private VisibleServers Servers { get; set; } = null!;

    [Inject]
    private DashboardOptions Options { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private BrowserModule Browser { get; set; } = null!;

    [Inject]
    private Viewer Viewer { get; set; } = null!;

    [Inject]
    private TimeProvider TimeProvider { get; set; } = null!;

    private string WayText => _way switch
    {
        InstallWay.ConfigMgr => @"Distribute the unpacked folder as an application to C:\Program Files\WsusDashboard Agent, with this as its program, run as system. To detect it: the service WsusDashboardAgent exists.",
        InstallWay.GroupPolicy => @"Copy the unpacked folder to C:\Program Files\WsusDashboard Agent on each server, and run this as a start-up script. A second run changes nothing.",
        _ => "Copy the package to the server, and run this in a PowerShell window as administrator, in the folder it's in.",
    };

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        _since = TimeProvider.GetUtcNow();
        _hubAddress = InstallCommands.HubAddress(Options, Addresses.Own, new Uri(Navigation.BaseUri).Host);
        _package = await Packages.FindAsync(_gone.Token);
        _waiting = await Enrolment.ListWaitingAsync(_gone.Token);
        ShowServers();
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            _ = FollowAsync(_gone.Token);
        }
    }

    private string Command(string hubAddress, string token) => _way == InstallWay.ByHand ? InstallCommands.ByHand(hubAddress, token, _package?.Value?.FileName) : InstallCommands.Unattended(hubAddress, token);

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(LookEvery, TimeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                var waiting = await Enrolment.ListWaitingAsync(cancellationToken);
                await InvokeAsync(() =>
                {
                    _waiting = waiting;
                    ShowServers();
                    StateHasChanged();
                });
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The page has gone.
        }
        catch (Exception exception) when (StorageFault.Of(exception) != StorageProblem.None)
        {
            // The banner says so; what was shown stays, and the next visit looks again.
        }
    }

    private void ShowServers() => _seen = [.. Servers.GetAll().OrderBy(server => server.Id).Take(MaximumShown)];

    private async Task IssueAsync()
    {
        if (_isBusy)
        {
            return;
        }

        _isBusy = true;
        var issued = await Enrolment.IssueAsync("first servers", _site ?? "", Uses, Hours, admits: false, _gone.Token);
        (_issued, _failure, _isBusy) = (issued.Value, issued.Failure, false);
    }

    private async Task DecideAsync(AdmissionEntity server, bool admit)
    {
        if (_isBusy)
        {
            return;
        }

        _isBusy = true;
        _failure = (await Enrolment.DecideAsync(server.Id, admit, _gone.Token)).Failure;
        _waiting = await Enrolment.ListWaitingAsync(_gone.Token);
        ShowServers();
        _isBusy = false;
    }

    private async Task CopyAsync(string command) => _wasCopied = await Browser.InvokeAsync<bool>("copyText", command);
}
