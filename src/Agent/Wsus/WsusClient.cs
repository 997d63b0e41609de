using System.Globalization;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Wsus;

/// <summary>The administration service of WSUS (MS-WSUSAR, ApiRemoting30), spoken by hand: no Microsoft assembly for it works on .NET 10.</summary>
/// <remarks>Each call has a deadline and a bound on the answer; every failure is an <see cref="EdgeException"/> that says in which way. Threading: any thread.</remarks>
public sealed class WsusClient(WsusRegistry registry, WsusTransport transport, TimeProvider timeProvider)
{
    /// <summary>A server below that has not synchronized for so long counts as gone.</summary>
    private static readonly TimeSpan DownstreamLife = TimeSpan.FromDays(30);

    private volatile Uri? _answering;

    /// <summary>State, progress and schedule of the synchronization: four small calls.</summary>
    /// <exception cref="WsusNotInstalledException">There is no WSUS here.</exception>
    /// <exception cref="EdgeException">WSUS did not answer as it should.</exception>
    public async Task<SubscriptionReading> ReadStateAsync(CancellationToken cancellationToken)
    {
        var subscription = WsusReplyReader.Subscription(await CallAsync(WsusRequests.GetSubscription(), cancellationToken).ConfigureAwait(false));
        var state = WsusReplyReader.SubscriptionState(await CallAsync(WsusRequests.GetSubscriptionState(), cancellationToken).ConfigureAwait(false));
        var reading = subscription with { State = state };
        if (reading.IsSynchronizing)
        {
            reading = reading with { Progress = WsusReplyReader.Progress(await CallAsync(WsusRequests.GetServerSyncProgress(), cancellationToken).ConfigureAwait(false)) };
        }

        return reading.SynchronizesAutomatically
            ? reading with { NextSyncAt = WsusReplyReader.NextSynchronization(await CallAsync(WsusRequests.GetNextSynchronizationTime(), cancellationToken).ConfigureAwait(false)) }
            : reading;
    }

    /// <summary>Version, upstream, replica, proxy and the servers below: they change rarely.</summary>
    /// <exception cref="WsusNotInstalledException">There is no WSUS here.</exception>
    /// <exception cref="EdgeException">WSUS did not answer as it should.</exception>
    public async Task<WsusSetup> ReadSetupAsync(CancellationToken cancellationToken)
    {
        var setup = WsusReplyReader.Setup(await CallAsync(WsusRequests.GetConfiguration(), cancellationToken).ConfigureAwait(false));
        return setup with
        {
            Version = WsusReplyReader.Version(await CallAsync(WsusRequests.GetServerVersion(), cancellationToken).ConfigureAwait(false)),
            DownstreamServers = await ReadDownstreamServersAsync(cancellationToken).ConfigureAwait(false),
        };
    }

    /// <summary>What is selected for synchronization, and whether this server keeps the files of updates.</summary>
    /// <exception cref="WsusNotInstalledException">There is no WSUS here.</exception>
    /// <exception cref="EdgeException">WSUS did not answer as it should.</exception>
    public async Task<WsusSelection> ReadSelectionAsync(CancellationToken cancellationToken)
    {
        var selection = WsusReplyReader.Selection(await CallAsync(WsusRequests.GetConfiguration(), cancellationToken).ConfigureAwait(false));
        var classifications = WsusReplyReader.SelectedIds(await CallAsync(WsusRequests.GetSelectedClassifications(CultureInfo.GetCultureInfo("en-US")), cancellationToken).ConfigureAwait(false));
        return selection with
        {
            HasDrivers = !selection.ExcludesDrivers && classifications.Contains(WsusSelection.Drivers),
            HasUpgrades = classifications.Contains(WsusSelection.Upgrades),
            Languages = selection.AllLanguages ? [] : WsusReplyReader.EnabledLanguages(await CallAsync(WsusRequests.GetLanguages(), cancellationToken).ConfigureAwait(false)),
        };
    }

    /// <summary>Synchronizations that started at or after a time, oldest first; the newest may still be running.</summary>
    /// <exception cref="WsusNotInstalledException">There is no WSUS here.</exception>
    /// <exception cref="EdgeException">WSUS did not answer as it should.</exception>
    public async Task<IReadOnlyList<SyncRun>> ReadHistoryAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        // The end lies ahead of the clock, because the clock of WSUS's database may be.
        var until = timeProvider.GetUtcNow().AddDays(1);
        var reply = await CallAsync(WsusRequests.SearchEventHistory(since, until), cancellationToken).ConfigureAwait(false);
        return WsusHistoryRows.Pair(WsusReplyReader.Events(reply));
    }

    /// <summary>Counts of updates and computers: the one heavy call.</summary>
    /// <exception cref="WsusNotInstalledException">There is no WSUS here.</exception>
    /// <exception cref="EdgeException">WSUS did not answer as it should.</exception>
    public async Task<WsusCounts> ReadCountsAsync(CancellationToken cancellationToken) =>
        WsusReplyReader.Counts(await CallAsync(WsusRequests.GetUpdateServerStatus(CultureInfo.GetCultureInfo("en-US")), cancellationToken).ConfigureAwait(false));

    /// <summary>Asks WSUS to synchronize now; it begins a moment later, and only while WsusService runs.</summary>
    /// <exception cref="WsusNotInstalledException">There is no WSUS here.</exception>
    /// <exception cref="EdgeException">WSUS did not accept the request.</exception>
    public Task StartSyncAsync(CancellationToken cancellationToken) => CallAsync(WsusRequests.StartSubscriptionManually(), cancellationToken);

    /// <summary>Asks WSUS to end the synchronization that runs; it is then recorded as cancelled.</summary>
    /// <exception cref="WsusNotInstalledException">There is no WSUS here.</exception>
    /// <exception cref="EdgeException">WSUS did not accept the request.</exception>
    public Task StopSyncAsync(CancellationToken cancellationToken) => CallAsync(WsusRequests.StopSubscription(), cancellationToken);

    /// <summary>A WSUS that does not tell them, or tells them otherwise than is known, has told all the rest.</summary>
    private async Task<IReadOnlyList<string>> ReadDownstreamServersAsync(CancellationToken cancellationToken)
    {
        try
        {
            return WsusReplyReader.DownstreamServers(await CallAsync(WsusRequests.GetAllDownstreamServers(), cancellationToken).ConfigureAwait(false), timeProvider.GetUtcNow() - DownstreamLife);
        }
        catch (EdgeException)
        {
            return [];
        }
    }

    private async Task<WsusReply> CallAsync(WsusRequest request, CancellationToken cancellationToken)
    {
        if (registry.FindAddress() is not { } address)
        {
            throw new WsusNotInstalledException();
        }

        // The name that was last answered comes first.
        var (first, second) = address.OtherService is { } other && other == _answering ? (other, address.Service) : (address.Service, address.OtherService);
        try
        {
            return await transport.SendAsync(first, request, cancellationToken).ConfigureAwait(false);
        }
        catch (WsusSignInException exception) when (second is not null)
        {
            return await CallOtherAsync(second, request, exception, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<WsusReply> CallOtherAsync(Uri service, WsusRequest request, WsusSignInException refusal, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await transport.SendAsync(service, request, cancellationToken).ConfigureAwait(false);
            _answering = service;
            return reply;
        }
        catch (EdgeException exception) when (exception is not WsusSignInException)
        {
            throw new EdgeException(refusal.Failure, $"{refusal.Message} As {service.Host}: {exception.Message}", exception);
        }
    }
}

/// <summary>WSUS was asked for something on a server that has none.</summary>
public sealed class WsusNotInstalledException() : EdgeException(ReadFailure.NotFound, "WSUS isn't installed on this server.");
