using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Dashboard.Features.BatchRepairs;

/// <summary>
/// Batches in the database. Every change names the state that it begins from, so of two who try the same, one succeeds, and a job that runs twice changes
/// nothing the second time. Threading: any thread; claims come one at a time.
/// </summary>
internal sealed class BatchRepairStore(IDbContextFactory<DashboardContext> contexts, TimeProvider timeProvider) : IDisposable
{
    private static readonly BatchServerState[] Open = [BatchServerState.Planning, BatchServerState.Waiting, BatchServerState.Running];

    /// <summary>The longest wait between a change and the page that shows it.</summary>
    private static readonly TimeSpan CollectFor = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _claiming = new(1);

    private event Action<string>? Changed;

    /// <summary>A new batch whose servers have no plan yet, or are left out. Null where there are too many that go on.</summary>
    public async Task<RepairBatch?> AddAsync(CallerIdentity owner, string? playbook, string? baseline, IReadOnlyList<BatchChoice> servers, int maximumOpen, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.RepairBatchServers.Where(row => Open.Contains(row.State)).Select(row => row.BatchId).Distinct().CountAsync(cancellationToken) >= maximumOpen)
        {
            return null;
        }

        var now = timeProvider.GetUtcNow().UtcDateTime;
        var batch = new RepairBatchEntity
        {
            Id = RandomNumberGenerator.GetHexString(32, lowercase: true),
            Owner = JsonSerializer.Serialize(owner, JsonColumn.Json),
            Playbook = playbook,
            Baseline = baseline,
            CreatedAt = now,
        };
        context.RepairBatches.Add(batch);
        context.RepairBatchServers.AddRange(servers.Select(server => new RepairBatchServerEntity
        {
            BatchId = batch.Id,
            ServerId = server.ServerId,
            Since = now,
            Playbook = server.Playbook,
            State = server.Playbook is null ? BatchServerState.LeftOut : BatchServerState.Planning,
            Message = server.WhyNot,
        }));
        await context.SaveChangesAsync(cancellationToken);
        return await FindAsync(batch.Id, cancellationToken);
    }

    public async Task<RepairBatch?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.RepairBatches.AsNoTracking().FirstOrDefaultAsync(batch => batch.Id == id, cancellationToken) is not { } batch)
        {
            return null;
        }

        var rows = await context.RepairBatchServers.AsNoTracking()
            .Where(row => row.BatchId == id)
            .Join(context.Servers, row => row.ServerId, server => server.Id, (row, server) => new { Row = row, server.Name, server.Site })
            .ToListAsync(cancellationToken);
        return new()
        {
            Id = batch.Id,
            Playbook = batch.Playbook,
            Baseline = batch.Baseline,
            IsStarted = batch.StartedAt is not null,
            Owner = JsonColumn.Read(batch.Owner, CallerIdentity.Nobody),
            Servers = [.. rows
                .Select(entry => new RepairBatchServer(entry.Row.ServerId, entry.Name, entry.Site, entry.Row.State, entry.Row.Since.ToOffset(), entry.Row.Playbook, ReadPlan(entry.Row), entry.Row.Message, entry.Row.RepairId))
                .OrderBy(server => server.Site, StringComparer.Ordinal)
                .ThenBy(server => server.ServerName, StringComparer.Ordinal)],
        };
    }

    /// <summary>The batch now, and after its changes (the latest wins, at most ten a second), until the reader goes.</summary>
    public async IAsyncEnumerable<RepairBatch> WatchAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        Changed += Take;
        try
        {
            while (await FindAsync(id, cancellationToken) is { } batch)
            {
                yield return batch;
                await signal.Reader.ReadAsync(cancellationToken);
                await Task.Delay(CollectFor, timeProvider, cancellationToken);
            }
        }
        finally
        {
            Changed -= Take;
        }

        void Take(string changed)
        {
            if (changed == id)
            {
                signal.Writer.TryWrite(true);
            }
        }
    }

    /// <summary>Servers for which a batch has something to do.</summary>
    public async Task<IReadOnlyList<int>> FindOpenServersAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.RepairBatchServers.Where(row => Open.Contains(row.State)).Select(row => row.ServerId).Distinct().ToListAsync(cancellationToken);
    }

    /// <summary>The job looked: each open one has been in its state for a minute more.</summary>
    public async Task CountLookAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await context.RepairBatchServers.Where(row => Open.Contains(row.State)).ExecuteUpdateAsync(update => update.SetProperty(row => row.Looks, row => row.Looks + 1), cancellationToken);
    }

    /// <summary>The servers of a batch that wait.</summary>
    public async Task<IReadOnlyList<int>> FindWaitingAsync(string batchId, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.RepairBatchServers.Where(row => row.BatchId == batchId && row.State == BatchServerState.Waiting).Select(row => row.ServerId).Order().ToListAsync(cancellationToken);
    }

    /// <summary>What the batches of one server have to do there.</summary>
    public async Task<IReadOnlyList<OpenRepair>> FindOpenAsync(int serverId, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.RepairBatchServers.AsNoTracking()
            .Where(row => row.ServerId == serverId && Open.Contains(row.State))
            .Join(context.RepairBatches, row => row.BatchId, batch => batch.Id, (row, batch) => new { Row = row, Batch = batch })
            .Join(context.Servers, entry => entry.Row.ServerId, server => server.Id, (entry, server) => new { entry.Row, entry.Batch, server.Site })
            .OrderBy(entry => entry.Batch.CreatedAt)
            .ToListAsync(cancellationToken);
        return rows.ConvertAll(entry => new OpenRepair(
            entry.Row.BatchId, serverId, entry.Site, JsonColumn.Read(entry.Batch.Owner, CallerIdentity.Nobody), entry.Row.Playbook!, entry.Batch.Baseline, new(entry.Batch.Reason, entry.Batch.Ticket),
            entry.Row.State, entry.Row.Looks, ReadPlan(entry.Row), entry.Row.RepairId));
    }

    /// <summary>True for the one who may begin it. The servers that can be repaired wait from then on.</summary>
    public async Task<bool> TryStartAsync(string id, Purpose purpose, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var now = timeProvider.GetUtcNow().UtcDateTime;
        if (await context.RepairBatches.Where(batch => batch.Id == id && batch.StartedAt == null)
            .ExecuteUpdateAsync(update => update.SetProperty(batch => batch.StartedAt, now).SetProperty(batch => batch.Reason, purpose.Reason).SetProperty(batch => batch.Ticket, purpose.Ticket), cancellationToken) == 0)
        {
            return false;
        }

        await context.RepairBatchServers.Where(row => row.BatchId == id && row.State == BatchServerState.Planned)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.State, BatchServerState.Waiting).SetProperty(row => row.Since, now).SetProperty(row => row.Looks, 0), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Changed?.Invoke(id);
        return true;
    }

    /// <summary>Servers whose repair was not asked for yet stay as they are; those that run go on.</summary>
    public async Task CancelAsync(string id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var now = timeProvider.GetUtcNow().UtcDateTime;
        await context.RepairBatchServers.Where(row => row.BatchId == id && row.State == BatchServerState.Waiting)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.State, BatchServerState.Stopped).SetProperty(row => row.Since, now).SetProperty(row => row.Looks, 0), cancellationToken);
        Changed?.Invoke(id);
    }

    /// <summary>
    /// Puts a server that waits at its turn, where fewer than so many of its batch are. False where there is no room, or it does not wait any more.
    /// </summary>
    /// <param name="repair">The server.</param>
    /// <param name="atOnce">The most of one batch.</param>
    /// <param name="notWith">Servers that must not be at their turn in any batch meanwhile.</param>
    /// <param name="after">Servers that come first, where they wait in the same batch.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<bool> TryClaimAsync(OpenRepair repair, int atOnce, IReadOnlyList<int> notWith, IReadOnlyList<int> after, CancellationToken cancellationToken)
    {
        await _claiming.WaitAsync(cancellationToken);
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            return await context.RepairBatchServers.CountAsync(row => row.BatchId == repair.BatchId && row.State == BatchServerState.Running, cancellationToken) < atOnce
                && !await context.RepairBatchServers.AnyAsync(row => row.State == BatchServerState.Running && notWith.Contains(row.ServerId), cancellationToken)
                && !await context.RepairBatchServers.AnyAsync(row => row.BatchId == repair.BatchId && row.State == BatchServerState.Waiting && after.Contains(row.ServerId), cancellationToken)
                && await TryChangeAsync(repair, BatchServerState.Waiting, BatchServerState.Running, "", null, cancellationToken);
        }
        finally
        {
            _claiming.Release();
        }
    }

    /// <summary>False where the server is not in this state any more.</summary>
    public async Task<bool> TryChangeAsync(OpenRepair repair, BatchServerState from, BatchServerState to, string message, Plan? plan, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var now = timeProvider.GetUtcNow().UtcDateTime;
        var json = plan is null ? null : JsonSerializer.Serialize(plan, JsonColumn.Json);
        var changed = await context.RepairBatchServers.Where(row => row.BatchId == repair.BatchId && row.ServerId == repair.ServerId && row.State == from)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.State, to).SetProperty(row => row.Since, now).SetProperty(row => row.Looks, 0).SetProperty(row => row.Message, message).SetProperty(row => row.Plan, row => json ?? row.Plan), cancellationToken);
        Changed?.Invoke(repair.BatchId);
        return changed == 1;
    }

    /// <summary>Says why a server waits.</summary>
    public async Task ExplainAsync(OpenRepair repair, string message, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.RepairBatchServers
            .Where(row => row.BatchId == repair.BatchId && row.ServerId == repair.ServerId && row.State == BatchServerState.Waiting && row.Message != message)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.Message, message), cancellationToken) > 0)
        {
            Changed?.Invoke(repair.BatchId);
        }
    }

    /// <summary>Its start was answered.</summary>
    public async Task SetRepairIdAsync(OpenRepair repair, string repairId, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await context.RepairBatchServers.Where(row => row.BatchId == repair.BatchId && row.ServerId == repair.ServerId && row.State == BatchServerState.Running)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.RepairId, repairId), cancellationToken);
        Changed?.Invoke(repair.BatchId);
    }

    public void Dispose() => _claiming.Dispose();

    private static Plan? ReadPlan(RepairBatchServerEntity row) => row.Plan is null ? null : JsonColumn.Read<Plan?>(row.Plan, null);
}

/// <summary>What a new batch does with one server.</summary>
/// <param name="ServerId">The server.</param>
/// <param name="Playbook">What it is repaired with; null = it is left out.</param>
/// <param name="WhyNot">Why it is left out, for a person; empty where it is not.</param>
internal sealed record BatchChoice(int ServerId, string? Playbook, string WhyNot);

/// <summary>What a batch has to do at one server.</summary>
/// <param name="BatchId">Its batch.</param>
/// <param name="ServerId">The server.</param>
/// <param name="Site">Its site.</param>
/// <param name="Owner">In whose name.</param>
/// <param name="Playbook">Id of the playbook.</param>
/// <param name="Baseline">Null = the server's own.</param>
/// <param name="Purpose">Why it was started.</param>
/// <param name="State">Planning, Waiting or Running.</param>
/// <param name="Looks">Minutes that it was found in this state.</param>
/// <param name="Plan">What is started; null while it is planned.</param>
/// <param name="RepairId">Null until the start was answered.</param>
internal sealed record OpenRepair(string BatchId, int ServerId, string Site, CallerIdentity Owner, string Playbook, string? Baseline, Purpose Purpose, BatchServerState State, int Looks, Plan? Plan, string? RepairId);
