using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using WsusDashboard.Dashboard.Agents.Border;
using WsusDashboard.Dashboard.Agents.Identity;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Telemetry;
using WsusDashboard.Shared.Text;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Dashboard.Agents;

/// <summary>A change that is asked of an agent.</summary>
/// <param name="What">As the audit names it, for example "service.stop".</param>
/// <param name="Subject">What it is about, for a person: a service's name, a playbook.</param>
/// <param name="Send">Sends it, with who asks and until when.</param>
/// <param name="Read">The answer in the words of the domain.</param>
internal sealed record AgentCommand<TWire, T>(string What, string Subject, Func<Wire.Agent.AgentClient, Wire.CommandContext, CallOptions, AsyncUnaryCall<TWire>> Send, Func<TWire, T> Read)
{
    /// <summary>Sent again with the same content it is carried out once; null makes a new one.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>What has to hold before it is sent, and is held until its answer is there.</summary>
    public Func<CancellationToken, Task<CommandPlace>> Enter { get; init; } = _ => Task.FromResult(CommandPlace.Free);

    /// <summary>What the audit says of an answer, beyond that it is done.</summary>
    public Func<T, AuditNote, AuditNote> Describe { get; init; } = (_, note) => note;
}

/// <summary>Leave to send a command.</summary>
/// <param name="Failure">Why it is not sent; null where it is.</param>
/// <param name="Held">What is let go when the answer is there.</param>
internal sealed record CommandPlace(Failure? Failure, IDisposable? Held) : IDisposable
{
    public static CommandPlace Free { get; } = new(null, null);

    public void Dispose() => Held?.Dispose();
}

/// <summary>
/// The one way from a caller to an agent. Whatever page, endpoint, job or service it comes through: the permission is asked here, the call has a deadline,
/// each expected failure is a value, and a change is written to the audit before it is sent, and again with what came of it. What the audit can't take isn't sent.
/// </summary>
/// <remarks>Any dashboard commands any agent, over a connection of its own; what comes of it reaches the history through the server's owner.</remarks>
internal sealed class AgentCommands(
    AgentConnections connections, FleetIngest ingest, LiveFleet live, AgentQuarantines quarantines, AuditTrail audit, HubIdentity hub, IOwnership ownership, AgentReaches reaches, Announcements announcements, LinkTiming timing)
{
    /// <summary>How long a command is meant. An agent takes it later too, as far as clocks may differ.</summary>
    private static readonly TimeSpan CommandLife = TimeSpan.FromMinutes(2);

    private static readonly Histogram<double> Duration = Instrumentation.CreateDuration("wsusdashboard.command.duration", "Duration of a command to an agent, until it answered; error.type where it wasn't carried out.");

    /// <summary>The server; NotFound where there is none or it may not be seen, Forbidden where it may be seen only.</summary>
    public Outcome<ServerIdentity> Find(int serverId, Permission permission)
    {
        var missing = $"There is no server {serverId}.";
        return ingest.FindIdentity(serverId) is not { } server ? new NotFound(missing)
            : audit.Caller.Refusal(permission, server.Site, missing) is { } refusal ? refusal
            : server;
    }

    /// <summary>A question: needs the permission to view, and changes nothing.</summary>
    public async Task<Outcome<T>> AskAsync<TWire, T>(int serverId, Func<Wire.Agent.AgentClient, ServerIdentity, CallOptions, AsyncUnaryCall<TWire>> ask, Func<TWire, T> read, CancellationToken cancellationToken)
    {
        var server = Find(serverId, Permission.View);
        return server.IsSuccess
            ? await CallAsync(server.Value, (client, options) => ask(client, server.Value, options), read, timing.Answer, isChange: false, cancellationToken)
            : server.Failure;
    }

    /// <summary>A change: needs the permission to operate. It has more time, and a lost answer says that the outcome is not known.</summary>
    public async Task<Outcome<T>> ChangeAsync<TWire, T>(int serverId, AgentCommand<TWire, T> command, Purpose purpose, CancellationToken cancellationToken)
    {
        var permitted = Find(serverId, Permission.Operate);
        if (!permitted.IsSuccess)
        {
            return permitted.Failure;
        }

        if (purpose.Check() is { Count: > 0 } errors)
        {
            return Invalid.Of(errors);
        }

        var server = permitted.Value;
        var note = new AuditNote
        {
            What = command.What,
            ServerId = server.Id,
            ServerName = server.Name,
            Site = server.Site,
            Detail = purpose.Describe(command.Subject),
            Ticket = purpose.Ticket,
            Outcome = "done",
        };
        using var place = await command.Enter(cancellationToken);
        var obstacle = place.Failure ?? Unconfirmed(server);
        obstacle ??= ObstacleOf(server);
        if (obstacle is not null)
        {
            await audit.WriteAsync(note with { Outcome = obstacle.Message });
            return obstacle;
        }

        // Before it is sent: an end in the middle of it must not leave a change that nobody asked for.
        var context = CreateContext(purpose, command.IdempotencyKey);
        var intent = await audit.WriteIntentAsync(note, context.IdempotencyKey);
        return intent.IsSuccess ? await SendAsync(server, command, context, note with { Intent = intent.Value }, purpose, cancellationToken) : intent.Failure;
    }

    /// <summary>A question whose answer comes piece by piece, until its end or until the reader goes. A failure is the last item.</summary>
    /// <param name="serverId">The server.</param>
    /// <param name="ask">Opens the stream.</param>
    /// <param name="read">One piece in the words of the domain.</param>
    /// <param name="limit">Its deadline; null = the reader's token alone.</param>
    /// <param name="cancellationToken">The reader goes.</param>
    public async IAsyncEnumerable<Outcome<T>> StreamAsync<TWire, T>(
        int serverId, Func<Wire.Agent.AgentClient, CallOptions, AsyncServerStreamingCall<TWire>> ask, Func<TWire, T> read, TimeSpan? limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var server = Find(serverId, Permission.View);
        if (!server.IsSuccess)
        {
            yield return server.Failure;
            yield break;
        }

        if (ObstacleOf(server.Value) is { } obstacle)
        {
            yield return obstacle;
            yield break;
        }

        var opened = await TryAsync(server.Value, () => Task.FromResult(ask(connections.Get(server.Value), Options(limit, cancellationToken))), isChange: false, cancellationToken);
        if (!opened.IsSuccess)
        {
            yield return opened.Failure;
            yield break;
        }

        using var call = opened.Value;
        Outcome<bool> next;
        while ((next = await TryAsync(server.Value, () => call.ResponseStream.MoveNext(cancellationToken), isChange: false, cancellationToken)) is not { IsSuccess: true, Value: false })
        {
            yield return next.IsSuccess ? read(call.ResponseStream.Current) : next.Failure;
            if (!next.IsSuccess)
            {
                yield break;
            }
        }
    }

    /// <summary>A dashboard that was frozen or cut off doesn't know what was decided meanwhile; null where it has heard from the database just now.</summary>
    private Unavailable? Unconfirmed(ServerIdentity server) => ownership.IsConfirmed ? null
        : new($"Nothing was sent to {server.Name}: this dashboard has no connection to its database, which it shares with others. Try again in a moment, or at another dashboard.");

    /// <summary>Null where the agent may be asked.</summary>
    private Refused? ObstacleOf(ServerIdentity server) => server.Trust is null ? AgentFailures.NotPaired(server.Name)
        : quarantines.Find(server.Id) is { } quarantine ? AgentFailures.InQuarantine(server.Name, quarantine.Reason)
        : null;

    private async Task<Outcome<T>> SendAsync<TWire, T>(ServerIdentity server, AgentCommand<TWire, T> command, Wire.CommandContext context, AuditNote note, Purpose purpose, CancellationToken cancellationToken)
    {
        using var span = Instrumentation.Spans.StartActivity("command", ActivityKind.Client);
        span?.SetTag("wsusdashboard.server.id", server.Id);
        var started = timing.Clock.GetTimestamp();
        Outcome<T> outcome;
        try
        {
            outcome = await CallAsync(server, (client, options) => command.Send(client, context, options), command.Read, timing.Command, isChange: true, cancellationToken);
        }
        catch
        {
            // Whoever asked has gone, or the answer could not be read; the command may have arrived.
            await audit.WriteAsync(note with { Outcome = $"unknown: the request ended before {server.Name} answered. Its agent's audit says whether the command arrived." });
            throw;
        }

        Duration.Record(timing.Clock.GetElapsedTime(started), outcome.Failure?.GetType().Name);
        if (!outcome.IsSuccess)
        {
            span?.SetStatus(ActivityStatusCode.Error, outcome.Failure.Message);
        }
        else if (PersonAction.IsVerb(command.What))
        {
            ingest.Take(server.Id, new PersonAction(timing.Clock.GetUtcNow(), audit.Caller.Name, command.What, command.Subject, purpose.Reason.Length > 0 ? purpose.Reason : purpose.Ticket));
        }

        await audit.WriteAsync(outcome.IsSuccess ? command.Describe(outcome.Value, note) : note with { Outcome = outcome.Failure.Message });
        if (outcome.IsSuccess && PersonAction.IsVerb(command.What))
        {
            // Its owner reads it in the audit, so not before it stands there.
            announcements.Tell(Topics.Actions, server.Id.ToString(CultureInfo.InvariantCulture));
        }

        return outcome;
    }

    private static CallOptions Options(TimeSpan? limit, CancellationToken cancellationToken) =>
        new(deadline: limit is { } span ? LinkTiming.Deadline(span) : null, cancellationToken: cancellationToken);

    private Wire.CommandContext CreateContext(Purpose purpose, string? idempotencyKey)
    {
        var now = timing.Clock.GetUtcNow();
        return new()
        {
            // A name that comes from elsewhere (a provider, Windows) may be longer or stranger than an agent takes.
            Person = PlainText.Cut(PlainText.Replace(audit.Caller.Name), ContractLimits.MaximumRequestedByLength),
            Hub = hub.Id,
            Reason = purpose.Reason,
            Ticket = purpose.Ticket,
            IdempotencyKey = idempotencyKey ?? Guid.NewGuid().ToString("N"),
            IssuedAt = Timestamp.FromDateTimeOffset(now),
            ExpiresAt = Timestamp.FromDateTimeOffset(now + CommandLife),
        };
    }

    private async Task<Outcome<T>> CallAsync<TWire, T>(
        ServerIdentity server, Func<Wire.Agent.AgentClient, CallOptions, AsyncUnaryCall<TWire>> call, Func<TWire, T> read, TimeSpan limit, bool isChange, CancellationToken cancellationToken)
    {
        if (ObstacleOf(server) is { } obstacle)
        {
            return obstacle;
        }

        return await TryAsync(
            server,
            async () =>
            {
                using var pending = call(connections.Get(server), Options(limit, cancellationToken));
                return read(await pending.ResponseAsync);
            },
            isChange,
            cancellationToken);
    }

    private async Task<Outcome<T>> TryAsync<T>(ServerIdentity server, Func<Task<T>> call, bool isChange, CancellationToken cancellationToken)
    {
        try
        {
            return await call();
        }
        catch (RpcException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (RpcException exception) when (LinkErrors.IsAbsent(exception) && reaches.AbsentSince(server.Id) is not null)
        {
            return await reaches.FindAsync(server.Id, cancellationToken) is { } absence
                ? AgentFailures.NotHere(server.Name, absence)
                : AgentFailures.ToFailure(exception, server.Name, isChange);
        }
        catch (RpcException exception)
        {
            return WithRepair(server.Id, AgentFailures.ToFailure(exception, server.Name, isChange));
        }
        catch (ObjectDisposedException)
        {
            return new Unreachable($"The connection to {server.Name} was just replaced. Nothing was started; try again.");
        }
    }

    /// <summary>A conflict names the repair that is in the way.</summary>
    private Failure WithRepair(int serverId, Failure failure) => failure is Conflict { RepairId: null } conflict && (ingest.Find(serverId)?.GetRunning() is [var run, ..] ? run.Id : live.Find(serverId)?.ActiveRepair?.RepairId) is { } id
        ? conflict with { RepairId = id, Message = conflict.Message.Contains(id, StringComparison.Ordinal) ? conflict.Message : $"{conflict.Message} Repair {id} is still running." }
        : failure;
}
