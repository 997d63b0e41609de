using System.Text.RegularExpressions;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using WsusDashboard.Agent.Remediation;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Security.Access;
using WsusDashboard.Agent.Security.Audit;
using WsusDashboard.Agent.Security.Commands;
using WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Api;

/// <summary>What every changing verb passes: its context is checked, it is carried out once, and the audit has it before it begins and when it has ended.</summary>
internal sealed partial class VerbInterceptor(CommandGuard guard, ApprovalDesk approvals, DirectCalls direct, SeenCommands seen, AgentAudit audit) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        if (request is not IVerbRequest verb)
        {
            return await continuation(request, context);
        }

        var caller = AgentCaller.Of(context.GetHttpContext());
        var method = context.Method[(context.Method.LastIndexOf('/') + 1)..];
        var entry = Describe(verb, method, caller);
        SeenCommand? before = null;
        try
        {
            guard.Check(verb.Context, caller);
            before = Begin(verb, method, caller);
            if (before is { } known && Repeat<TResponse>(known, verb) is { } answer)
            {
                return answer;
            }
        }
        catch (VerbException exception)
        {
            audit.TryWrite(entry with { Outcome = "refused", Detail = exception.Message });
            throw;
        }

        Take(verb);
        if (before?.Answer is not null)
        {
            // The journal knows this run: nothing happens but that it is answered again.
            return await continuation(request, context);
        }

        audit.Write(entry);
        return await CarryOutAsync(() => CarryOutOrWaitAsync(request, context, continuation, entry), verb, caller, entry);
    }

    /// <summary>Where the local policy needs an approval, a repair waits as a run, and anything else waits at the desk: its caller is told so as a refusal.</summary>
    private Task<TResponse> CarryOutOrWaitAsync<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation, AuditEntry entry)
        where TRequest : class
        where TResponse : class
    {
        var verb = (IVerbRequest)request;
        var caller = AgentCaller.Of(context.GetHttpContext());
        if (!approvals.IsNeeded(verb, caller))
        {
            return continuation(request, context);
        }

        var order = new ApprovalOrder(caller.Hub!.Id, entry);
        if (verb is IJournaledVerbRequest)
        {
            context.UserState[ApprovalOrder.Key] = order;
            return continuation(request, context);
        }

        var pending = approvals.Add(order, $"{entry.Verb} {entry.What}", _ => new ApprovalOutcomes((_, token) => CarryOutApprovedAsync(verb, entry, token), why => EndAsync(entry, why)));
        throw new VerbException(
            VerbFailure.Refused,
            $"Waiting for approval on the server: its local policy needs one. Run \"WsusDashboard.Agent approve {pending.Id}\" there before {Shared.Text.Wording.Time(pending.ExpiresAt)}; it is carried out then. Nothing was started yet.");
    }

    private async Task<string> CarryOutApprovedAsync(IVerbRequest verb, AuditEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            var sentence = await direct.CarryOutAsync(verb, cancellationToken);
            audit.TryWrite(entry with { Outcome = "done", Detail = sentence });
            return sentence;
        }
        catch (Exception exception) when (VerbErrors.Find(exception) is { } failure)
        {
            audit.TryWrite(entry with { Outcome = failure.Failure == VerbFailure.Unavailable ? "failed" : "refused", Detail = failure.Message });
            throw;
        }
    }

    private Task EndAsync(AuditEntry entry, string why)
    {
        audit.TryWrite(entry with { Outcome = "refused", Detail = why });
        return Task.CompletedTask;
    }

    private async Task<TResponse> CarryOutAsync<TResponse>(Func<Task<TResponse>> carryOut, IVerbRequest verb, AgentCaller caller, AuditEntry entry)
    {
        try
        {
            var response = await carryOut();
            Keep(caller, verb, (hub, key) => seen.Answer(hub, key, ((IMessage)response!).ToByteArray()));
            audit.TryWrite(entry with { Outcome = response is RemediationRun { State: RunState.WaitingForApproval } ? "waiting" : "done" });
            return response;
        }
        catch (Exception exception) when (VerbErrors.Find(exception) is { } failure)
        {
            Keep(caller, verb, (hub, key) => seen.Fail(hub, key, failure.Failure, failure.Message));
            audit.TryWrite(entry with { Outcome = failure.Failure == VerbFailure.Unavailable ? "failed" : "refused", Detail = failure.Message });
            throw;
        }
        catch (Exception exception)
        {
            audit.TryWrite(entry with { Outcome = "failed", Detail = exception is OperationCanceledException ? "The caller has gone, or the agent stops; what was begun goes on." : exception.Message });
            throw;
        }
    }

    private SeenCommand? Begin(IVerbRequest verb, string method, AgentCaller caller)
    {
        if (caller.Hub is not { } hub)
        {
            return null;
        }

        var content = CommandGuard.HashOf(method, (IMessage)verb);
        var known = seen.Begin(hub.Id, verb.Context.IdempotencyKey, content, CommandGuard.KeepUntil(verb.Context));
        return known is null || known.Content == content
            ? known
            : throw new VerbException(VerbFailure.Conflict, "The idempotency key was used before, for another request. Nothing was started; use a new key.");
    }

    /// <summary>The first answer again; null where the journal of repairs answers with the run as it is now.</summary>
    private static TResponse? Repeat<TResponse>(SeenCommand known, IVerbRequest verb)
        where TResponse : class
    {
        if (verb is IJournaledVerbRequest)
        {
            return null;
        }

        if (known.Failure is { } failure)
        {
            throw new VerbException(failure, known.Message);
        }

        if (known.Answer is null)
        {
            throw new VerbException(VerbFailure.Conflict, "This command was sent before and has not ended, or the agent ended in the middle of it. It is not begun again; look at the state of the server.");
        }

        var answer = Activator.CreateInstance<TResponse>();
        ((IMessage)answer).MergeFrom(known.Answer);
        return answer;
    }

    /// <summary>Behind this point it does not matter whether a hub asked or somebody on the server.</summary>
    private static void Take(IVerbRequest verb)
    {
        if (verb.Context is not { } context)
        {
            return;
        }

        verb.RequestedBy = context.Person;
        if (verb is IReasonedVerbRequest reasoned)
        {
            reasoned.Reason = context.Reason;
        }

        if (verb is IJournaledVerbRequest journaled)
        {
            journaled.IdempotencyKey = context.IdempotencyKey;
        }
    }

    private static void Keep(AgentCaller caller, IVerbRequest verb, Action<string, string> keep)
    {
        if (caller.Hub is { } hub)
        {
            keep(hub.Id, verb.Context.IdempotencyKey);
        }
    }

    private static AuditEntry Describe(IVerbRequest verb, string method, AgentCaller caller)
    {
        var content = (IVerbRequest)((IMessage)verb).Descriptor.Parser.ParseFrom(((IMessage)verb).ToByteArray());
        (content.Context, content.RequestedBy) = (null!, "");
        if (content is IReasonedVerbRequest reasoned)
        {
            reasoned.Reason = "";
        }

        return new AuditEntry
        {
            Who = verb.Context?.Person ?? verb.RequestedBy,
            Hub = caller.HubName,
            From = caller.Kind == CallerKind.Local ? LocalFacts.Here : caller.From,
            Verb = Words().Replace(method, "-$0").ToLowerInvariant(),
            What = JsonFormatter.Default.Format((IMessage)content),
            Reason = verb.Context?.Reason ?? (verb as IReasonedVerbRequest)?.Reason ?? "",
            Ticket = verb.Context?.Ticket ?? "",
            Outcome = "asked",
        };
    }

    /// <summary>"StartRemediation" is "start-remediation" in the audit, as commands are written.</summary>
    [GeneratedRegex("(?<=[a-z])[A-Z]")]
    private static partial Regex Words();
}
