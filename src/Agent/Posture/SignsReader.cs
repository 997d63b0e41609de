using System.Globalization;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Posture;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Posture;

/// <summary>
/// Looks for published signs of an attack on WSUS (CVE-2025-59287): a shell that a process of WSUS started, and event 7053 with words of the attack. What was seen once is kept for 30 days,
/// because a shell is gone the next moment. Only names and the published words are kept: a command line may hold secrets.
/// </summary>
internal sealed class SignsReader(IWmi wmi, IEventLog eventLog, SignStore store, TimeProvider timeProvider)
{
    private const string Worker = "w3wp.exe";
    private const string Service = "WsusService.exe";
    private const string UsualPool = "WsusPool";
    private const int MostParents = 50;
    private const int MostSigns = 50;
    private const int EventsOfPage = 500;
    private const int MostPages = 20;
    private const int Failure = 7053;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly string[] Shells = ["cmd.exe", "powershell.exe", "pwsh.exe", "powershell_ise.exe"];
    private static readonly string[] CommandWords = ["whoami", "net user /domain", "ipconfig /all", "curl -k"];
    private static readonly string[] EventWords = ["System.InvalidCastException", "ObjectDataProvider", "Unable to cast object of type", "System.Windows.Media.Brush"];

    private DateTimeOffset? _eventsSince;
    private DateTimeOffset? _eventsUntil;

    /// <summary>What is known after a look; a source that refuses is named.</summary>
    public async Task<SignsPart> ReadAsync(Section<IisState> iis, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var (processes, problem) = await TryAsync(token => ReadProcessesAsync(iis.Value, token), "the processes", cancellationToken).ConfigureAwait(false);
        var (events, eventsProblem) = await TryAsync(token => ReadEventsAsync(now, token), "the event log", cancellationToken).ConfigureAwait(false);
        var kept = await store.AddAsync([.. processes, .. events], now, cancellationToken).ConfigureAwait(false);
        return new()
        {
            Signs = [.. kept.Take(MostSigns)],
            EventsSince = _eventsSince,
            EventsProblem = eventsProblem,
            ReadAt = problem.Length == 0 ? now : null,
            Problem = problem,
        };
    }

    private async Task<(IReadOnlyList<CompromiseSign> Signs, string Problem)> TryAsync(Func<CancellationToken, Task<IReadOnlyList<CompromiseSign>>> read, string what, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = timeProvider.CreateTimer(_ => limited.Cancel(), null, Patience, Timeout.InfiniteTimeSpan);
        try
        {
            return (await read(limited.Token).ConfigureAwait(false), "");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ([], string.Create(CultureInfo.InvariantCulture, $"Windows didn't list {what} within {Patience.TotalSeconds:0} s."));
        }
        catch (EdgeException exception)
        {
            return ([], exception.Message);
        }
    }

    private async Task<IReadOnlyList<CompromiseSign>> ReadProcessesAsync(IisState? iis, CancellationToken cancellationToken)
    {
        var rows = await wmi.QueryAsync(@"root\cimv2", $"SELECT ProcessId, Name, CommandLine, CreationDate FROM Win32_Process WHERE Name = '{Worker}' OR Name = '{Service}'", cancellationToken).ConfigureAwait(false);
        var poolName = iis?.WsusPoolName ?? UsualPool;
        var workers = (iis?.WsusPool?.Workers ?? []).Select(worker => (long)worker.ProcessId).ToHashSet();
        var parents = rows.Select(row => (Id: WmiValues.Number(row["ProcessId"]) ?? 0, Name: WmiValues.Text(row["Name"]), Command: WmiValues.Text(row["CommandLine"]), StartedAt: WmiValues.Time(row["CreationDate"])))
            .Where(process => process.Id > 0 && (Is(process.Name, Service) || workers.Contains(process.Id) || process.Command.Contains($"\"{poolName}\"", StringComparison.OrdinalIgnoreCase)))
            .Take(MostParents)
            .ToList();
        if (parents.Count == 0)
        {
            return [];
        }

        var condition = string.Join(" OR ", parents.Select(parent => string.Create(CultureInfo.InvariantCulture, $"ParentProcessId = {parent.Id}")));
        var children = await wmi.QueryAsync(@"root\cimv2", $"SELECT ParentProcessId, Name, CommandLine, CreationDate FROM Win32_Process WHERE {condition}", cancellationToken).ConfigureAwait(false);
        return
        [
            .. from child in children
               let name = WmiValues.Text(child["Name"])
               let startedAt = WmiValues.Time(child["CreationDate"])
               let parent = parents.FirstOrDefault(parent => parent.Id == WmiValues.Number(child["ParentProcessId"]))
               where parent.Name is not null && Shells.Contains(name, StringComparer.OrdinalIgnoreCase)

                   // Windows gives a number away again: a process that is older than its parent is somebody else's.
                   && !(startedAt < parent.StartedAt)
               select new CompromiseSign(CompromiseSignKind.ChildProcess, name.ToLowerInvariant(), Is(parent.Name, Worker) ? $"{Worker} ({poolName})" : Service, Words(WmiValues.Text(child["CommandLine"]), CommandWords), startedAt),
        ];
    }

    private async Task<IReadOnlyList<CompromiseSign>> ReadEventsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var since = _eventsUntil ?? now - SignStore.Kept;
        var signs = new List<CompromiseSign>();
        var after = 0L;
        for (var page = 0; page < MostPages; page++)
        {
            var answer = await eventLog.QueryAsync(new EventQuery(WindowsEvents.ApplicationLog, WindowsEvents.WsusProvider, [Failure], after, since, EventsOfPage), cancellationToken).ConfigureAwait(false);
            signs.AddRange(from item in answer.Events
                           let words = Words(item.Message, EventWords)
                           where item.EventId == Failure && words.Count > 0
                           select new CompromiseSign(CompromiseSignKind.EventText, item.EventId.ToString(CultureInfo.InvariantCulture), "", words, item.At));
            if (answer.Events.Count < EventsOfPage)
            {
                break;
            }

            after = answer.Events[^1].RecordId;
        }

        // Clocks are set back, and an event is written a moment after its time.
        _eventsSince ??= since;
        _eventsUntil = now.AddHours(-1);
        return signs;
    }

    private static Shared.Collections.ValueList<string> Words(string text, string[] published) => [.. published.Where(word => text.Contains(word, StringComparison.OrdinalIgnoreCase))];

    private static bool Is(string name, string other) => string.Equals(name, other, StringComparison.OrdinalIgnoreCase);
}
