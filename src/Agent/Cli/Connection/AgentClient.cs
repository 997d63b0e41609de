using Grpc.Core;
using Grpc.Net.Client;
using WsusDashboard.Agent.Cli.Terminal;
using WsusDashboard.Agent.Security.Local;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Snapshots;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Cli.Connection;

/// <summary>The agent that runs on this server, asked over its own contract and its local channel; each call has a deadline.</summary>
internal sealed class AgentClient : IDisposable
{
    private static readonly TimeSpan ShortCall = TimeSpan.FromSeconds(15);

    /// <summary>A plan reads the server first, a start does so once more.</summary>
    private static readonly TimeSpan PlanningCall = TimeSpan.FromSeconds(60);

    /// <summary>What is approved begins in the call: a service may take minutes to stop.</summary>
    private static readonly TimeSpan DecidingCall = TimeSpan.FromMinutes(10);

    /// <summary>An examination ends by itself after a minute; another one may be before it.</summary>
    private static readonly TimeSpan ExaminingCall = TimeSpan.FromSeconds(130);

    private readonly GrpcChannel _channel;
    private readonly Wire.Agent.AgentClient _client;
    private readonly Wire.LocalTrust.LocalTrustClient _trust;
    private readonly string _dataDirectory;

    /// <param name="dataDirectory">The data folder of the agent that is meant.</param>
    public AgentClient(string dataDirectory)
    {
        _dataDirectory = dataDirectory;
        _channel = GrpcChannel.ForAddress(LocalChannel.Address, new GrpcChannelOptions
        {
            MaxReceiveMessageSize = ContractLimits.MaximumMessageBytes,
            HttpHandler = LocalChannel.CreateHandler(dataDirectory),
            DisposeHttpClient = true,
        });
        _client = new Wire.Agent.AgentClient(_channel);
        _trust = new Wire.LocalTrust.LocalTrustClient(_channel);
    }

    public Task<Wire.Snapshot> GetSnapshotAsync(CancellationToken cancellationToken) =>
        CallAsync(ShortCall, options => _client.GetSnapshotAsync(new Wire.GetSnapshotRequest(), options), cancellationToken);

    public Task<Wire.ListSyncRunsResponse> ListSyncRunsAsync(int pageSize, CancellationToken cancellationToken) =>
        CallAsync(ShortCall, options => _client.ListSyncRunsAsync(new Wire.ListSyncRunsRequest { PageSize = pageSize }, options), cancellationToken);

    /// <summary>The newest events that the agent keeps, oldest first.</summary>
    /// <param name="agent">What a snapshot said of the agent: events up to its last one are read.</param>
    /// <param name="most">So many of them.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public Task<IReadOnlyList<Wire.AgentEvent>> ReadEventsAsync(AgentInfo agent, int most, CancellationToken cancellationToken) => AskAsync<IReadOnlyList<Wire.AgentEvent>>(
        ShortCall,
        async options =>
        {
            List<Wire.AgentEvent> events = [];
            if (agent.LastSequence == 0)
            {
                return events;
            }

            using var watch = _client.Watch(new Wire.WatchRequest { AfterSequence = Math.Max(0, agent.LastSequence - most), SequenceEpoch = agent.SequenceEpoch }, options);
            await foreach (var message in watch.ResponseStream.ReadAllAsync(options.CancellationToken))
            {
                if (message.Event is { } item)
                {
                    events.Add(item);
                }

                // A heartbeat comes after all events that there are.
                if (message.Event?.Sequence >= agent.LastSequence || message.Heartbeat is not null)
                {
                    break;
                }
            }

            return events;
        },
        cancellationToken);

    public Task<Wire.Plan> PlanAsync(string playbook, string baseline, bool includeRisky, CancellationToken cancellationToken) => CallAsync(
        PlanningCall, options => _client.PlanRepairAsync(new Wire.PlanRepairRequest { Playbook = playbook, Baseline = baseline, IncludeRisky = includeRisky }, options), cancellationToken);

    public Task<Wire.Repair> StartAsync(Wire.StartRepairRequest request, CancellationToken cancellationToken) =>
        CallAsync(PlanningCall, options => _client.StartRepairAsync(request, options), cancellationToken);

    public Task<Wire.Repair> GetAsync(string id, CancellationToken cancellationToken) =>
        CallAsync(ShortCall, options => _client.GetRepairAsync(new Wire.GetRepairRequest { Id = id }, options), cancellationToken);

    public Task<Wire.Repair> CancelAsync(string id, string person, CancellationToken cancellationToken) => CallAsync(
        ShortCall, options => _client.CancelRepairAsync(new Wire.CancelRepairRequest { Id = id, Context = new Wire.CommandContext { Person = person } }, options), cancellationToken);

    public Task<Wire.Repair> UndoAsync(Wire.UndoRepairRequest request, CancellationToken cancellationToken) =>
        CallAsync(PlanningCall, options => _client.UndoRepairAsync(request, options), cancellationToken);

    public Task<Wire.Repair> KeepAsync(Wire.KeepSettingsRequest request, CancellationToken cancellationToken) =>
        CallAsync(ShortCall, options => _client.KeepSettingsAsync(request, options), cancellationToken);

    public Task<Wire.OpenPairingResponse> OpenPairingAsync(CancellationToken cancellationToken) =>
        CallAsync(ShortCall, options => _trust.OpenPairingAsync(new Wire.OpenPairingRequest(), options), cancellationToken);

    public Task<Wire.TrustState> GetTrustAsync(CancellationToken cancellationToken) =>
        CallAsync(ShortCall, options => _trust.GetTrustAsync(new Wire.GetTrustRequest(), options), cancellationToken);

    public async Task<Wire.TrustedHub> UnpairHubAsync(string hub, CancellationToken cancellationToken) =>
        (await CallAsync(ShortCall, options => _trust.UnpairHubAsync(new Wire.UnpairHubRequest { Hub = hub }, options), cancellationToken)).Hub;

    public Task<Wire.RotateKeyResponse> RotateKeyAsync(CancellationToken cancellationToken) =>
        CallAsync(ShortCall, options => _trust.RotateKeyAsync(new Wire.RotateKeyRequest(), options), cancellationToken);

    public Task<Wire.ListApprovalsResponse> ListApprovalsAsync(CancellationToken cancellationToken) =>
        CallAsync(ShortCall, options => _trust.ListApprovalsAsync(new Wire.ListApprovalsRequest(), options), cancellationToken);

    public Task<Wire.DecideApprovalResponse> DecideApprovalAsync(string id, bool approve, string person, CancellationToken cancellationToken) =>
        CallAsync(DecidingCall, options => _trust.DecideApprovalAsync(new Wire.DecideApprovalRequest { Id = id, Approve = approve, Person = person }, options), cancellationToken);

    public Task<Wire.ExamineResponse> ExamineAsync(bool forReport, CancellationToken cancellationToken) =>
        CallAsync(ExaminingCall, options => _trust.ExamineAsync(new Wire.ExamineRequest { ForReport = forReport }, options), cancellationToken);

    public void Dispose() => _channel.Dispose();

    private Task<T> CallAsync<T>(TimeSpan limit, Func<CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellationToken) => AskAsync(
        limit,
        async options =>
        {
            using var asked = call(options);
            return await asked.ResponseAsync;
        },
        cancellationToken);

    private async Task<T> AskAsync<T>(TimeSpan limit, Func<CallOptions, Task<T>> ask, CancellationToken cancellationToken)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timer.CancelAfter(limit);
        try
        {
            return await ask(new CallOptions(cancellationToken: timer.Token));
        }
        catch (RpcException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (RpcException exception) when (timer.IsCancellationRequested)
        {
            throw new AgentSilentException($"The agent with the data folder {_dataDirectory} didn't answer within {limit.TotalSeconds:0} s. Nothing else is affected. Try again, or see the agent's log.", isAbsent: false, exception);
        }
        catch (RpcException exception) when (ChannelFailure(exception) is { IsAbsent: true } absent)
        {
            throw new AgentSilentException(
                $"{absent.Message} Start it with \"{CommandConsole.ProgramName} run\" or start the service {AgentOptions.ServiceName}. If it uses another folder, add --data.", isAbsent: true, exception);
        }
        catch (RpcException exception) when (ChannelFailure(exception) is { } failure)
        {
            throw new CliFailure(failure.Message, exception);
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.Unavailable && exception.Status.DebugException is HttpRequestException or IOException)
        {
            // An agent that answers "unavailable" says why; a connection that broke has an exception instead.
            throw new AgentSilentException($"The connection to the agent with the data folder {_dataDirectory} broke. Try again, or see the agent's log.", isAbsent: false, exception);
        }
        catch (RpcException exception)
        {
            throw new CliFailure(exception.Status.Detail, exception);
        }
    }

    private static LocalChannelException? ChannelFailure(RpcException exception)
    {
        for (var inner = exception.Status.DebugException; inner is not null; inner = inner.InnerException)
        {
            if (inner is LocalChannelException failure)
            {
                return failure;
            }
        }

        return null;
    }
}
