using Google.Protobuf;
using WsusDashboard.Agent.Repairs;
using WsusDashboard.Agent.Repairs.Running;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Security.Audit;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Repairs;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Commands;

/// <summary>
/// The one way of a command: check, once, approve, pace, audit, queue. Nothing else on this agent changes the server. What is refused on the way is only counted;
/// what begins stands in the audit before it does.
/// </summary>
internal sealed class CommandPipe(
    CommandValidator validator, IdempotencyKeys keys, CommandPace pace, AgentAudit audit, PendingApprovals approvals, RepairStarter repairs, RepairQueue queue, DirectCommands direct)
{
    /// <summary>Carries a command out, or lets it wait; a repair is answered as soon as it has begun.</summary>
    /// <exception cref="CommandException">It was not carried out; the message says why.</exception>
    public async Task<IMessage> SendAsync(Wire.ICommandRequest request, AgentCaller caller, CancellationToken cancellationToken)
    {
        var command = new AgentCommand(request, caller);
        var record = new CommandRecord(audit, command.Entry());
        CommandKey? key;
        try
        {
            validator.Check(command);
            key = keys.Begin(command, out var known);
            if (known is not null && Repeat(known, command) is { } answer)
            {
                return answer;
            }
        }
        catch (CommandException exception)
        {
            record.End("refused", exception.Message);
            throw;
        }

        var origin = new CommandOrigin(caller.Hub?.Id ?? "", key, () =>
        {
            pace.Take(command);
            record.Begin();
        });
        try
        {
            var answer = await CarryOutAsync(command, origin, cancellationToken);
            keys.Answer(command, key, answer);
            record.End(answer is Wire.Repair { State: Wire.RepairState.WaitingForApproval } ? "waiting" : "done");
            return answer;
        }
        catch (Exception exception) when (CommandFailures.Find(exception) is { } failure)
        {
            keys.Fail(command, key, failure);
            record.End(CommandFailures.Outcome(failure), failure.Message);
            throw;
        }
        catch (Exception exception)
        {
            record.End("failed", exception is OperationCanceledException ? "The caller disconnected, or the agent is stopping; what was started continues." : exception.Message);
            throw;
        }
    }

    /// <summary>The first answer again; null where a repair was asked for and never got as far as the journal, so that nothing of it has happened.</summary>
    private IMessage? Repeat(KnownCommand known, AgentCommand command) => known switch
    {
        { RepairId: { } repairId } => queue.Find(repairId).ToWire(),
        _ when command.StartsRepair => null,
        { Failure: { } failure } => throw new CommandException(failure, known.Message),
        { Answer: { } answer } => command.Method.OutputType.Parser.ParseFrom(answer),
        _ => throw new CommandException(CommandFailure.Conflict, "This command was already sent and hasn't finished, or the agent stopped in the middle of it. It wasn't started again; check the server's state."),
    };

    private async Task<IMessage> CarryOutAsync(AgentCommand command, CommandOrigin origin, CancellationToken cancellationToken)
    {
        switch (command.Request)
        {
            case Wire.CancelRepairRequest cancel:
                await approvals.WithdrawAsync(cancel.Id, cancel.Context.Person, command.Caller);
                return (await queue.CancelAsync(cancel.Id, origin, cancellationToken)).ToWire();
            case Wire.KeepSettingsRequest keep:
                return (await repairs.KeepAsync(keep, origin, cancellationToken)).ToWire();
        }

        var why = approvals.FindNeed(command);
        if (!command.StartsRepair)
        {
            return why is not null ? throw approvals.Add(command, why) : await direct.RunAsync(command.Request, origin, cancellationToken);
        }

        if (why is null)
        {
            return (await StartAsync(command.Request, origin, null, cancellationToken)).ToWire();
        }

        // Its place is taken before the journal is written: what is refused because too many wait leaves nothing there.
        using var place = approvals.Reserve(command);
        var waiting = await StartAsync(command.Request, origin, place.Approval, cancellationToken);
        place.Take(waiting);
        return waiting.ToWire();
    }

    private Task<Repair> StartAsync(Wire.ICommandRequest request, CommandOrigin origin, RepairApproval? approval, CancellationToken cancellationToken) => request is Wire.UndoRepairRequest undo
        ? repairs.UndoAsync(undo, origin, approval, cancellationToken)
        : repairs.StartAsync((Wire.StartRepairRequest)request, origin, approval, cancellationToken);
}
