using System.Collections.Concurrent;
using System.Security.Cryptography;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Shared.Remediation;

namespace WsusDashboard.Dashboard.Features.Remediation.Several;

/// <summary>Carries batches out, each server in a scope in which its owner asks: whoever loses the role meanwhile starts nothing more.</summary>
internal sealed partial class RepairBatches(IServiceScopeFactory scopes, DashboardOptions options, TimeProvider timeProvider, IHostApplicationLifetime lifetime, ILogger<RepairBatches> logger)
{
    private const int MaximumBatches = 200;
    private const int PlansAtOnce = 8;

    /// <summary>Longer than any repair may take; then its place is given to the next.</summary>
    private static readonly TimeSpan LongestRun = TimeSpan.FromHours(6);

    private readonly ConcurrentDictionary<string, (RepairBatch Batch, DateTimeOffset MadeAt)> _batches = new(StringComparer.Ordinal);

    public RepairBatch? Find(string id) => _batches.TryGetValue(id, out var known) ? known.Batch : null;

    /// <summary>Begins to ask for the plans. Null where too many batches go on.</summary>
    public RepairBatch? Begin(CallerIdentity owner, string playbook, string? baseline, IReadOnlyList<RepairBatchItem> items)
    {
        if (!MakeRoom())
        {
            return null;
        }

        var batch = new RepairBatch(RandomNumberGenerator.GetHexString(32, lowercase: true), owner, playbook, baseline, items);
        _batches[batch.Id] = (batch, timeProvider.GetUtcNow());
        _ = Task.Run(() => WorkAsync(batch, items, PlansAtOnce, PlanAsync));
        return batch;
    }

    public void Run(RepairBatch batch, Purpose purpose) =>
        _ = Task.Run(() => WorkAsync(batch, [.. batch.Items.Where(item => item.State == BatchItemState.Waiting)], options.RepairsAtOnce, (remediation, known, item, token) => RepairAsync(remediation, known, item, purpose, token)));

    private async Task WorkAsync(RepairBatch batch, IReadOnlyList<RepairBatchItem> items, int atOnce, Func<RemediationService, RepairBatch, RepairBatchItem, CancellationToken, Task> work)
    {
        try
        {
            await Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = lifetime.ApplicationStopping }, async (item, token) =>
            {
                await using var scope = scopes.CreateAsyncScope();
                scope.ServiceProvider.GetRequiredService<Caller>().Become(batch.Owner);
                try
                {
                    await work(scope.ServiceProvider.GetRequiredService<RemediationService>(), batch, item, token);
                }
                catch (Exception exception) when (exception is not OperationCanceledException || !token.IsCancellationRequested)
                {
                    // One server's mishap is not the others'.
                    Log.Failed(logger, exception, item.ServerName);
                    foreach (var state in new[] { BatchItemState.Planning, BatchItemState.Waiting, BatchItemState.Running })
                    {
                        batch.Change(item.ServerId, state, known => known with
                        {
                            State = state == BatchItemState.Planning ? BatchItemState.LeftOut : BatchItemState.Failed,
                            Message = $"WsusDashboard could not follow {item.ServerName}; a repair that had started goes on there. Its log holds the details.",
                        });
                    }
                }
            });
        }
        catch (OperationCanceledException)
        {
            // The dashboard stops.
        }
    }

    private async Task PlanAsync(RemediationService remediation, RepairBatch batch, RepairBatchItem item, CancellationToken cancellationToken)
    {
        var plan = await remediation.PlanAsync(item.ServerId, batch.Playbook, batch.Baseline, cancellationToken);
        batch.Planned(timeProvider.GetUtcNow());
        batch.Change(item.ServerId, BatchItemState.Planning, known => plan.IsSuccess
            ? known with { Plan = plan.Value, State = plan.Value.Refusal.Length == 0 ? BatchItemState.Planned : BatchItemState.LeftOut, Message = plan.Value.Refusal }
            : known with { State = BatchItemState.LeftOut, Message = plan.Failure.Message });
    }

    private static async Task RepairAsync(RemediationService remediation, RepairBatch batch, RepairBatchItem item, Purpose purpose, CancellationToken cancellationToken)
    {
        if (batch.IsStopRequested || !batch.Change(item.ServerId, BatchItemState.Waiting, known => known with { State = BatchItemState.Running }))
        {
            return;
        }

        var started = await remediation.StartAsync(item.ServerId, item.Plan!, purpose, cancellationToken);
        if (!started.IsSuccess)
        {
            batch.Change(item.ServerId, BatchItemState.Running, known => known with { State = BatchItemState.Failed, Message = started.Failure.Message });
            return;
        }

        batch.Change(item.ServerId, BatchItemState.Running, known => known with { RunId = started.Value.Id });
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LongestRun);
        RemediationRun? last = started.Value;
        await foreach (var detail in remediation.WatchAsync(started.Value.Id, limit.Token))
        {
            last = detail.Run;
        }

        batch.Change(item.ServerId, BatchItemState.Running, known => last.State == RunState.Succeeded
            ? known with { State = BatchItemState.Succeeded }
            : known with { State = BatchItemState.Failed, Message = last.IsFinal ? Components.Parts.StateLook.Of(last.State).Word : "It is not followed any more, because its person may not look at it now; it goes on there." });
    }

    /// <summary>Batches that ended, or were never started, go when there are many; the oldest first.</summary>
    private bool MakeRoom()
    {
        foreach (var (id, _) in _batches.Where(known => known.Value.Batch.HasEnded || !known.Value.Batch.IsStarted).OrderBy(known => known.Value.MadeAt).Take(Math.Max(0, _batches.Count - MaximumBatches + 1)).ToList())
        {
            _batches.TryRemove(id, out _);
        }

        return _batches.Count < MaximumBatches;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "A batch could not follow the repair of {Server}")]
        public static partial void Failed(ILogger logger, Exception error, string server);
    }
}
