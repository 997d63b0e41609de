using System.Net.NetworkInformation;
using System.Security.Cryptography;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Agents.Identity;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Dashboard.Agents.Outbound;

/// <summary>
/// Where agents that connect themselves find the dashboards of this database. Each dashboard says once a minute that its address is still so, and one that says nothing for an hour leaves the list. The dashboard
/// that owns the whole fleet's part writes the list; all read it, and sign it with the key that they share. Threading: one loop; any thread reads.
/// </summary>
internal sealed partial class HubAddresses(
    IDbContextFactory<DashboardContext> contexts,
    DatabaseInitializer opening,
    HubIdentity hub,
    DashboardInstance self,
    IOwnership ownership,
    Announcements announcements,
    DashboardOptions options,
    TimeProvider timeProvider,
    ILogger<HubAddresses> logger) : BackgroundService
{
    /// <summary>Long enough for a restart, an update, a computer that is moved; short enough that agents don't dial one that is gone for days.</summary>
    internal static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private const char Separator = '\n';

    private static readonly TimeSpan RenewEvery = TimeSpan.FromMinutes(1);

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private volatile SignedAddresses? _current;
    private long? _renewed;

    /// <summary>The list is another one. Handlers return at once.</summary>
    public event Action? Changed;

    /// <summary>This dashboard's own address for agents; empty where it has none.</summary>
    public string Own { get; } = OwnOf(options, ownership.IsShared);

    /// <summary>The list, signed with the key of now; null where there is none.</summary>
    public SignedAddresses? Current
    {
        get
        {
            var (known, key) = (_current, hub.Keys.Current);
            if (known is null || KeyPin.AreSame(KeyPin.Of(known.Key.Span), key.Pin))
            {
                return known;
            }

            var signed = Sign(known.Revision, known.Addresses, key);
            Interlocked.CompareExchange(ref _current, signed, known);
            return signed;
        }
    }

    /// <summary>What the options say, else, where several dashboards may share the fleet, this computer's full name and the port for agents.</summary>
    internal static string OwnOf(DashboardOptions options, bool isShared)
    {
        if (options.Agents.Address.Length > 0)
        {
            return options.Agents.Address;
        }

        var network = IPGlobalProperties.GetIPGlobalProperties();
        var name = network.DomainName.Length > 0 ? $"{network.HostName}.{network.DomainName}" : network.HostName;
        return isShared && options.EnrolmentPort != 0 && Uri.CheckHostName(name) == UriHostNameType.Dns
            ? HubAddress.Text(new UriBuilder(Uri.UriSchemeHttps, name, options.EnrolmentPort).Uri)
            : "";
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var listening = announcements.On(Topics.Addresses, _ => _wake.Writer.TryWrite(true));
        try
        {
            await opening.WhenOpened.WaitAsync(stoppingToken);
            while (true)
            {
                var ownsFleet = ownership.Owned.OwnsFleet;
                await LookAsync(ownsFleet, stoppingToken);
                await WaitAsync(ownsFleet, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The dashboard stops. Its address stays for a while: it may be back in a minute.
        }
    }

    private async Task LookAsync(bool ownsFleet, CancellationToken cancellationToken)
    {
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            if (Own.Length > 0 && (_renewed is not { } renewed || timeProvider.GetElapsedTime(renewed) >= RenewEvery))
            {
                await RenewAsync(context, cancellationToken);
                _renewed = timeProvider.GetTimestamp();
            }

            if (ownsFleet)
            {
                await WriteListAsync(context, cancellationToken);
            }

            await ReadListAsync(context, cancellationToken);
        }
        catch (OwnershipLostException)
        {
            // Another dashboard writes the list now.
        }
        catch (Exception exception) when (StorageFault.Of(exception) != StorageProblem.None || exception is DbUpdateException or IOException or UnauthorizedAccessException or CryptographicException)
        {
            Log.NotRead(logger, exception);
        }
    }

    private async Task RenewAsync(DashboardContext context, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow().UtcDateTime;
        var updated = await context.AgentAddresses.Where(address => address.Address == Own)
            .ExecuteUpdateAsync(update => update.SetProperty(address => address.SeenAt, now).SetProperty(address => address.Dashboard, self.Name), cancellationToken);
        if (updated == 0)
        {
            context.AgentAddresses.Add(new() { Address = Own, Dashboard = self.Name, AddedAt = now, SeenAt = now });
            await context.SaveChangesAsync(cancellationToken);
            context.ChangeTracker.Clear();
            announcements.Tell(Topics.Addresses, Announcements.Everything);
        }
    }

    private async Task WriteListAsync(DashboardContext context, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var dead = now.UtcDateTime - Lifetime;
        var alive = await context.AgentAddresses.AsNoTracking().Where(address => address.SeenAt >= dead).OrderBy(address => address.AddedAt).ThenBy(address => address.Address)
            .Select(address => address.Address).Take(OutboundProtocol.MaximumAddresses + 1).ToListAsync(cancellationToken);
        if (alive.Count > OutboundProtocol.MaximumAddresses)
        {
            Log.TooMany(logger, OutboundProtocol.MaximumAddresses);
            alive.RemoveAt(OutboundProtocol.MaximumAddresses);
        }

        var text = string.Join(Separator, alive);
        var known = await context.AgentAddressLists.AsNoTracking().FirstOrDefaultAsync(list => list.Id == AgentAddressListEntity.OnlyId, cancellationToken);
        if (known is null ? alive.Count == 0 : known.Addresses == text)
        {
            return;
        }

        // By the clock, where it is ahead: a database that was put back from a backup goes on beyond what agents know.
        var revision = Math.Max((known?.Revision ?? 0) + 1, now.ToUnixTimeSeconds());
        await ownership.WriteAsync(
            context,
            ownership.Owned.TermsOfFleet(),
            async token =>
            {
                await context.AgentAddresses.Where(address => address.SeenAt < dead).ExecuteDeleteAsync(token);
                if (await context.AgentAddressLists.ExecuteUpdateAsync(update => update.SetProperty(list => list.Revision, revision).SetProperty(list => list.Addresses, text), token) == 0)
                {
                    context.AgentAddressLists.Add(new() { Id = AgentAddressListEntity.OnlyId, Revision = revision, Addresses = text });
                    await context.SaveChangesAsync(token);
                }
            },
            cancellationToken);
        announcements.Tell(Topics.Addresses, Announcements.Everything);
    }

    private async Task ReadListAsync(DashboardContext context, CancellationToken cancellationToken)
    {
        var stored = await context.AgentAddressLists.AsNoTracking().FirstOrDefaultAsync(list => list.Id == AgentAddressListEntity.OnlyId, cancellationToken);
        if (stored is not null && stored.Revision != _current?.Revision)
        {
            _current = Sign(stored.Revision, stored.Addresses.Split(Separator, StringSplitOptions.RemoveEmptyEntries), hub.Keys.Current);
            Changed?.Invoke();
        }
    }

    private SignedAddresses Sign(long revision, IReadOnlyList<string> addresses, IdentityKey key) => SignedAddresses.Create(hub.Id, revision, addresses, key);

    /// <summary>Until something is said, a minute is over, or the whole fleet's part came or went.</summary>
    private async Task WaitAsync(bool ownsFleet, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] waits =
        [
            _wake.Reader.ReadAsync(over.Token).AsTask(),
            ownership.WhenOwnedAsync(owned => owned.OwnsFleet != ownsFleet, over.Token),
            Task.Delay(RenewEvery, timeProvider, over.Token),
        ];
        await Task.WhenAny(waits);
        await over.CancelAsync();
        await Task.WhenAll(waits).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The dashboards' addresses for agents couldn't be read or written; trying again in a minute")]
        public static partial void NotRead(ILogger logger, Exception exception);

        [LoggerMessage(2, LogLevel.Warning, "More than {Maximum} dashboards have an address for agents; agents connect to the {Maximum} that have had theirs longest")]
        public static partial void TooMany(ILogger logger, int maximum);
    }
}
