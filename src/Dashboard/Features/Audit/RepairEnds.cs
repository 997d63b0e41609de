using System.Threading.Channels;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Shared.Remediation;

namespace WsusDashboard.Dashboard.Features.Audit;

/// <summary>
/// Puts the end of every repair into the audit: how it ended, and which settings are other than before. Whoever asked for it is named, also where it was
/// somebody on the server. Threading: the history tells, one loop writes.
/// </summary>
internal sealed class RepairEnds(HistoryWriter history, AuditLog log) : BackgroundService
{
    private const int Capacity = 1_000;

    private readonly Channel<EndedRun> _ended = Channel.CreateBounded<EndedRun>(new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        history.RunsEnded += Take;
        await base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        history.RunsEnded -= Take;
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var ended in _ended.Reader.ReadAllAsync(stoppingToken))
            {
                await WriteAsync(ended);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            while (_ended.Reader.TryRead(out var last))
            {
                await WriteAsync(last);
            }
        }
    }

    private void Take(IReadOnlyList<EndedRun> ended)
    {
        foreach (var run in ended)
        {
            _ended.Writer.TryWrite(run);
        }
    }

    private Task WriteAsync(EndedRun ended)
    {
        var run = ended.Run;
        var changes = run.Steps.Any(step => step is { Kind: StepKind.ApplySettings or StepKind.RestoreSettings, State: StepState.Done }) ? run.Changes : [];
        return log.WriteAsync(run.RequestedBy, CallerIdentity.Dashboard with { From = $"agent of {run.ComputerName}" }, new()
        {
            What = "remediation.end",
            ServerId = ended.ServerId,
            ServerName = ended.ServerName,
            Site = ended.Site,
            Detail = new Purpose(run.Reason, run.Ticket).Describe($"{(run.UndoOf.Length > 0 ? $"undo of {run.UndoOf}" : $"{run.Playbook} {run.Baseline}".Trim())}, run {run.Id}"),
            Before = SettingWords.Before(changes),
            After = SettingWords.After(changes),
            Outcome = OutcomeOf(run),
            Ticket = new Purpose(run.Reason, run.Ticket).Ticket,
        });
    }

    private static string OutcomeOf(RemediationRun run)
    {
        var state = run.State switch
        {
            RunState.Succeeded => "succeeded",
            RunState.Failed => "failed",
            RunState.Cancelled => "stopped",
            _ => "its end is not known: the agent does not know this repair any more",
        };
        var why = run.Verification?.Sentence is { Length: > 0 } sentence ? sentence
            : run.State == RunState.Failed ? run.Steps.FirstOrDefault(step => step.State == StepState.Failed)?.Message ?? ""
            : run.Approval?.Decision ?? "";
        return why.Length > 0 ? $"{state}: {why}" : state;
    }
}

/// <summary>Settings as the audit writes them.</summary>
internal static class SettingWords
{
    public static string Before(IReadOnlyList<SettingChange> changes) => Describe(changes, change => change.Before);

    public static string After(IReadOnlyList<SettingChange> changes) => Describe(changes, change => change.After);

    private static string Describe(IReadOnlyList<SettingChange> changes, Func<SettingChange, string> value) =>
        string.Join(", ", changes.Select(change => $"{change.Setting} {value(change)}"));
}
