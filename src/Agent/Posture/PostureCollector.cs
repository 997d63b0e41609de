using System.Globalization;
using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Snapshots.Collecting;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Posture;
using WsusDashboard.Shared.Posture.Verdicts;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Posture;

/// <summary>Reads whether the server is safe, supported and ready: signs of an attack every five minutes, all else once an hour. A part that can't be read says so, is tried again after a quarter of an hour, and harms no other.</summary>
/// <remarks>Threading: one read at a time; the host sees to it.</remarks>
internal sealed class PostureCollector(
    WindowsPartReader windows, SitePartReader site, FirewallReader firewall, RoleReader role, SignsReader signs, UupReader uup, PostureTableFile tables, SnapshotStore snapshots, AgentOptions options, TimeProvider timeProvider) : ICollector
{
    private static readonly TimeSpan Often = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Slowly = TimeSpan.FromHours(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(15);

    /// <summary>Listing the rules of a firewall takes seconds.</summary>
    private static readonly TimeSpan FirewallInterval = TimeSpan.FromHours(6);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, DueTimer> _timers = [];
    private PostureState _state = new();
    private HashSet<int> _firewallPorts = [];

    public string SectionName => SectionNames.Posture;

    /// <summary>Until IIS was read, what is known of the site is nothing: then it is not waited for.</summary>
    public TimeSpan IdleInterval => snapshots.Current is var now && (now.Iis.Status is SectionStatus.Pending || IsSiteNew(now)) ? options.StateInterval : Often;

    /// <summary>A repair has nothing to learn from it.</summary>
    public TimeSpan? RepairInterval => Often;

    public TimeSpan Timeout => TimeSpan.FromMinutes(4);

    public async Task<Reading> CollectAsync(ReadDepth depth, CancellationToken cancellationToken)
    {
        var snapshot = snapshots.Current;
        var all = depth is ReadDepth.Everything;
        _state = _state with
        {
            Windows = await ReadAsync(_state.Windows, nameof(PostureState.Windows), Slowly, all, windows.ReadAsync, problem => new() { Problem = problem }, cancellationToken).ConfigureAwait(false),
            Protocols = await ReadAsync(_state.Protocols, nameof(PostureState.Protocols), Slowly, all, _ => Task.FromResult(windows.ReadProtocols()), problem => new() { Problem = problem }, cancellationToken).ConfigureAwait(false),
            Role = await ReadAsync(_state.Role, nameof(PostureState.Role), Slowly, all, _ => Task.FromResult(role.ReadRole()), problem => new() { Problem = problem }, cancellationToken).ConfigureAwait(false),
            Products = await ReadAsync(_state.Products, nameof(PostureState.Products), Slowly, all, _ => Task.FromResult(role.ReadProducts()), problem => new() { Problem = problem }, cancellationToken).ConfigureAwait(false),
            Site = await ReadAsync(_state.Site, nameof(PostureState.Site), Slowly, all || IsSiteNew(snapshot), token => site.ReadAsync(snapshot.Iis, token), problem => new() { Problem = problem }, cancellationToken).ConfigureAwait(false),
        };
        var ports = Ports(_state.Site);
        var areOthers = !ports.SetEquals(_firewallPorts);
        _firewallPorts = ports;
        _state = _state with
        {
            Firewall = await ReadAsync(_state.Firewall, nameof(PostureState.Firewall), FirewallInterval, all || areOthers, token => firewall.ReadAsync(ports, token), problem => new() { Problem = problem }, cancellationToken).ConfigureAwait(false),
            Uup = await ReadAsync(_state.Uup, nameof(PostureState.Uup), Slowly, all || (_state.Uup.ReadAt is null && _state.Site.Name.Length > 0), token => uup.ReadAsync(snapshot, token), problem => new() { Problem = problem }, cancellationToken).ConfigureAwait(false),
            Signs = _state.Role.IsInstalled is false ? new() { ReadAt = timeProvider.GetUtcNow() } : await signs.ReadAsync(snapshot.Iis, cancellationToken).ConfigureAwait(false),
        };
        var (reading, table) = await tables.ReadAsync(cancellationToken).ConfigureAwait(false);
        _state = _state with { Table = table };
        _state = _state with { Findings = [.. PostureRules.TableVerdicts(_state, snapshot, reading, timeProvider.GetUtcNow())] };

        // Nothing of it can be read on another system: that is one reason, not eight.
        return _state.Windows.Problem.Length > 0 && _state.Protocols.Problem.Length > 0 && _state.Role.Problem.Length > 0
            ? Reading.Unreadable(ReadFailure.Other, _state.Windows.Problem, _state)
            : Reading.Ok(_state);
    }

    private async Task<T> ReadAsync<T>(T last, string name, TimeSpan interval, bool isAwaited, Func<CancellationToken, Task<T>> read, Func<string, T> failed, CancellationToken cancellationToken)
        where T : IPosturePart
    {
        var timer = _timers.TryGetValue(name, out var known) ? known : _timers[name] = new DueTimer(timeProvider);
        if (!isAwaited && !timer.IsDue(HasFailed(last) ? AfterFailure : interval))
        {
            return last;
        }

        timer.Mark();
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var deadline = timeProvider.CreateTimer(_ => limited.Cancel(), null, Patience, System.Threading.Timeout.InfiniteTimeSpan);
        try
        {
            return await read(limited.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return failed(string.Create(CultureInfo.InvariantCulture, $"The read didn't finish within {Patience.TotalSeconds:0} s."));
        }
        catch (EdgeException exception)
        {
            return failed(exception.Message);
        }
    }

    /// <summary>Something of the part could not be read.</summary>
    private static bool HasFailed(IPosturePart part) => part.Problem.Length > 0 || part switch
    {
        WindowsPart windows => windows.RevisionProblem.Length > 0 || windows.UpdatesProblem.Length > 0,
        SitePart site => site.CertificateProblem.Length > 0,
        UupPart uup => uup.MimeProblem.Length > 0 || uup.SelectionProblem.Length > 0,
        _ => false,
    };

    /// <summary>The first reading of IIS, or a site of another name: what is said of it must not wait for an hour.</summary>
    private bool IsSiteNew(Snapshot snapshot) => snapshot.Iis.Value is { } iis && (iis.WsusSiteName ?? "") != _state.Site.Name;

    private static HashSet<int> Ports(SitePart site) => [.. site.Bindings.Select(binding => binding.Port)];
}
