using Grpc.Core;
using WsusDashboard.Dashboard.Agents.Border;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Dashboard.Agents;

/// <summary>
/// The link to one agent: connect, watch from the last stored event, and again after a wait. Silence for longer than the grace time makes it Down; until
/// then what was known stays. An agent that breaks the contract, or says more than it may, is not listened to for a time. Threading: one loop and one timer;
/// the lock orders what they say.
/// </summary>
internal sealed partial class AgentLink(
    ServerIdentity server,
    TrustedConnections connections,
    FleetIngest ingest,
    HistoryWriter writer,
    SampleWriter samples,
    AgentQuarantines quarantines,
    LinkTiming timing,
    ILogger<AgentLink> logger)
{
    /// <summary>What the library says of a message that is larger than this side takes.</summary>
    private const string TooLargeDetail = "exceeds the maximum configured message size";

    private static readonly TimeSpan ShortestStay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeastRest = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private ServerIdentity _server = server;
    private LinkStatus _status = LinkStatus.NotStarted;
    private ITimer? _grace;
    private string _epoch = "";
    private bool _isFirstOfWatch;
    private bool _isStoring;
    private bool _isTakingSamples;

    /// <summary>Runs until it is cancelled.</summary>
    /// <param name="firstDelay">The first contacts of many links are spread over some seconds.</param>
    /// <param name="cancellationToken">Ends the link.</param>
    public async Task RunAsync(TimeSpan firstDelay, CancellationToken cancellationToken)
    {
        await using var grace = timing.Clock.CreateTimer(_ => OnGraceOver(), null, firstDelay + timing.UnreachableAfter, Timeout.InfiniteTimeSpan);
        _grace = grace;
        Set(status => status with { Since = timing.Clock.GetUtcNow() });
        await Task.Delay(firstDelay, timing.Clock, cancellationToken);
        while (true)
        {
            var arrival = connections.NextArrival(_server.Id);
            var wait = await WatchOnceAsync(cancellationToken);
            await RestAsync(wait, arrival, cancellationToken);
        }
    }

    /// <summary>Waits, but not longer than until the agent has opened a connection: one that opens them over and over is asked no more often than once in <see cref="LeastRest"/>.</summary>
    private async Task RestAsync(TimeSpan wait, Task? arrival, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var rest = Task.Delay(wait, timing.Clock, over.Token);
        if (arrival is not null)
        {
            var least = Task.Delay(wait < LeastRest ? wait : LeastRest, timing.Clock, over.Token);
            await Task.WhenAny(rest, Task.WhenAll(arrival, least));
        }
        else
        {
            await rest;
        }

        await over.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>One Watch, to its end. The value is how long to wait before the next.</summary>
    private async Task<TimeSpan> WatchOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (quarantines.Find(_server.Id) is { } quarantine)
            {
                return Stay(quarantine);
            }

            await WatchAsync(cancellationToken);
            Lose("the agent ended the connection", isSilent: false);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (WatchAgainException)
        {
            return LinkTiming.WatchAgainDelay;
        }
        catch (BeyondLimitsException exception)
        {
            quarantines.Put(_server.Id, exception.Message);
        }
        catch (ContractBreachException)
        {
            // The border has said what it was.
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.ResourceExhausted && exception.Status.Detail.Contains(TooLargeDetail, StringComparison.Ordinal))
        {
            quarantines.Put(_server.Id, $"its agent sent a message of more than {ContractLimits.MaximumMessageBytes / 1024 / 1024} MB");
        }
        catch (IncompatibleAgentException exception)
        {
            Halt(LinkState.Incompatible, exception.Message);
        }
        catch (NotPairedException exception)
        {
            Halt(LinkState.NotPaired, exception.Message);
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.Unauthenticated)
        {
            Halt(LinkState.NotPaired, $"the agent no longer trusts this dashboard. {exception.Status.Detail}");
        }
        catch (Exception exception) when (LinkErrors.FindWrongKey(exception) is { } wrongKey)
        {
            Halt(LinkState.KeyChanged, wrongKey.Message);
        }
        catch (Exception exception)
        {
            Lose(LinkErrors.Describe(exception), isSilent: exception is TimeoutException);
            Log.Lost(logger, _server.Name, _server.Address, _status.Attempts, LinkErrors.Describe(exception));
        }

        return quarantines.Find(_server.Id) is { } begun ? Stay(begun) : timing.Backoff.Next(Math.Max(1, _status.Attempts));
    }

    /// <summary>Nothing is asked and nothing taken until its time is over; whoever ends it before begins the watch anew.</summary>
    private TimeSpan Stay(Quarantine quarantine)
    {
        connections.Close(_server.Id);
        Set(status => new(LinkState.Quarantined, quarantine.Since, quarantine.Reason, status.Attempts, status.LastMessageAt));
        var left = quarantine.Left(timing.Clock);
        return left > ShortestStay ? left : ShortestStay;
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        _server = await connections.SettleAsync(_server, cancellationToken);
        var client = connections.Get(_server);
        var cursor = writer.GetCursor(_server.Id);
        _isFirstOfWatch = true;
        _isStoring = true;
        _isTakingSamples = true;
        _epoch = cursor.Epoch;
        writer.TakeInterrupted(_server.Id);
        using var silence = new CancellationTokenSource(timing.Answer, timing.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        try
        {
            using var call = client.Watch(
                new Wire.WatchRequest { AfterSequence = cursor.Sequence, SequenceEpoch = cursor.Epoch, WithSamples = true, SamplesAfter = samples.GetLastMinute(_server.Id) },
                cancellationToken: either.Token);
            await foreach (var message in call.ResponseStream.ReadAllAsync(either.Token))
            {
                silence.CancelAfter(timing.Silence);
                Take(message, client, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or RpcException && silence.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("no answer in time", exception);
        }
    }

    private void Take(Wire.WatchMessage message, Wire.Agent.AgentClient client, CancellationToken cancellationToken)
    {
        Guard(message);
        switch (message.MessageCase)
        {
            case Wire.WatchMessage.MessageOneofCase.Snapshot:
                TakeSnapshot(message.Snapshot, client, cancellationToken);
                break;
            case Wire.WatchMessage.MessageOneofCase.Section:
                ingest.Take(_server.Id, message.Section);
                break;
            case Wire.WatchMessage.MessageOneofCase.Heartbeat:
                ingest.Take(_server.Id, message.Heartbeat);
                break;
            case Wire.WatchMessage.MessageOneofCase.Event:
                _isStoring = ingest.Take(_server.Id, _epoch, message.Event.ToDomain(), message.CalculateSize(), _isFirstOfWatch, _isStoring);
                _isFirstOfWatch = false;
                break;
            case Wire.WatchMessage.MessageOneofCase.Samples:
                _isTakingSamples = _isTakingSamples && samples.TryTake(_server.Id, [.. message.Samples.Samples_.Select(sample => sample.ToDomain())]);
                break;
            case Wire.WatchMessage.MessageOneofCase.Info:
                ingest.Take(_server.Id, message.Info);
                break;
            case Wire.WatchMessage.MessageOneofCase.None:
            default:
                // A newer agent says something that this build does not know.
                break;
        }

        SetUp();
        if (writer.TakeInterrupted(_server.Id) || (!_isStoring && writer.HasRoomFor(_server.Id)) || (!_isTakingSamples && samples.HasRoom))
        {
            throw new WatchAgainException();
        }
    }

    /// <exception cref="BeyondLimitsException">The answer to something else has put the agent into quarantine, or too many of its repairs are open.</exception>
    private void Guard(Wire.WatchMessage message)
    {
        if (quarantines.Find(_server.Id) is { } quarantine)
        {
            throw new BeyondLimitsException(quarantine.Reason);
        }

        if (message.Event?.Repair is { } run && ingest.Find(_server.Id)?.HasRoomFor(run.Id, run.State is Wire.RepairState.Running or Wire.RepairState.WaitingForApproval) == false)
        {
            throw new BeyondLimitsException($"its agent reports more than {ContractLimits.MaximumOpenRuns} open repairs");
        }
    }

    private void TakeSnapshot(Wire.Snapshot snapshot, Wire.Agent.AgentClient client, CancellationToken cancellationToken)
    {
        if (snapshot.Agent is null || snapshot.Agent.AgentId.Length == 0)
        {
            throw new IncompatibleAgentException("it answers but doesn't identify itself, so it isn't a WsusDashboard agent");
        }

        if (snapshot.Agent.ProtocolVersion < AgentInfo.CurrentProtocolVersion)
        {
            throw new IncompatibleAgentException($"its agent speaks protocol version {snapshot.Agent.ProtocolVersion}, but this dashboard needs {AgentInfo.CurrentProtocolVersion}: update the agent");
        }

        _epoch = snapshot.Agent.SequenceEpoch;
        ingest.Take(_server.Id, snapshot);
        if (_status.State != LinkState.Up)
        {
            Log.Up(logger, _server.Name, _server.Address);
            _ = AskAboutRunsAsync(client, cancellationToken);
        }
    }

    private void SetUp()
    {
        var now = timing.Clock.GetUtcNow();
        if (_status.State != LinkState.Up)
        {
            quarantines.Forget(_server.Id);
            _grace?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Set(_ => new(LinkState.Up, now, null, 0, now));
        }

        lock (_lock)
        {
            _status = _status with { LastMessageAt = now };
        }
    }

    /// <summary>A repair that went on while the link was down: its events say how, unless the agent lost its store meanwhile. One question settles it.</summary>
    private async Task AskAboutRunsAsync(Wire.Agent.AgentClient client, CancellationToken cancellationToken)
    {
        foreach (var run in ingest.Find(_server.Id)?.GetRunning() ?? [])
        {
            try
            {
                var answer = await client.GetRepairAsync(new() { Id = run.Id }, deadline: LinkTiming.Deadline(timing.Answer), cancellationToken: cancellationToken);
                ingest.Take(_server.Id, answer.ToDomain());
            }
            catch (RpcException exception) when (exception.StatusCode == StatusCode.NotFound)
            {
                ingest.Take(_server.Id, run with { State = RepairState.Unknown, EndedAt = timing.Clock.GetUtcNow() });
            }
            catch (Exception exception) when (exception is RpcException or OperationCanceledException or ObjectDisposedException)
            {
                Log.RunNotAsked(logger, _server.Name, run.Id, exception.Message);
            }
        }
    }

    /// <summary>It answers, or would, but nothing is asked of it as things are; the next attempt looks again.</summary>
    private void Halt(LinkState state, string error)
    {
        var now = timing.Clock.GetUtcNow();
        Set(status => new(state, status.State == state ? status.Since : now, error, status.Attempts + 1, status.LastMessageAt));
        Log.NotWatched(logger, _server.Name, error);
    }

    private void Lose(string error, bool isSilent)
    {
        var now = timing.Clock.GetUtcNow();
        var wasUp = _status.State == LinkState.Up;
        Set(status => status.State switch
        {
            // Nothing came over an open connection for three heartbeats: the grace time is long over.
            LinkState.Up when isSilent => new(LinkState.Down, status.LastMessageAt, error, 1, status.LastMessageAt),
            LinkState.Up => new(LinkState.Connecting, now, error, 1, status.LastMessageAt),
            LinkState.Incompatible or LinkState.NotPaired or LinkState.KeyChanged or LinkState.Quarantined => new(LinkState.Down, now, error, status.Attempts + 1, status.LastMessageAt),
            _ => status with { Error = error, Attempts = status.Attempts + 1 },
        });
        if (wasUp && !isSilent)
        {
            _grace?.Change(timing.UnreachableAfter, Timeout.InfiniteTimeSpan);
        }
    }

    private void OnGraceOver()
    {
        var now = timing.Clock.GetUtcNow();
        Set(status => status.State == LinkState.Connecting
            ? status with { State = LinkState.Down, Since = status.LastMessageAt ?? now, Error = status.Error ?? "no answer in time" }
            : status);
    }

    private void Set(Func<LinkStatus, LinkStatus> change)
    {
        lock (_lock)
        {
            _status = change(_status);
            ingest.SetLink(_server.Id, _status);
        }
    }

    private sealed class WatchAgainException : Exception;

    private sealed class BeyondLimitsException(string message) : Exception(message);

    private sealed class IncompatibleAgentException(string message) : Exception(message);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{ServerName} answers at {Address}")]
        public static partial void Up(ILogger logger, string serverName, string address);

        [LoggerMessage(2, LogLevel.Warning, "{ServerName} at {Address} isn't connected (attempt {Attempt}): {Reason}")]
        public static partial void Lost(ILogger logger, string serverName, string address, int attempt, string reason);

        [LoggerMessage(3, LogLevel.Warning, "{ServerName} can't be watched: {Reason}")]
        public static partial void NotWatched(ILogger logger, string serverName, string reason);

        [LoggerMessage(4, LogLevel.Warning, "{ServerName} didn't report the state of repair {RepairId}: {Reason}")]
        public static partial void RunNotAsked(ILogger logger, string serverName, string repairId, string reason);
    }
}
