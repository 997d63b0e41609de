using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using WsusDashboard.Agent.Repairs;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Security.Audit;
using WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Commands;

/// <summary>A command on its way through the pipe: what is asked for, and who asks.</summary>
internal sealed record AgentCommand(ICommandRequest Request, AgentCaller Caller)
{
    /// <summary>How long the key of somebody on the server is remembered: nothing there says until when it is meant.</summary>
    private static readonly TimeSpan LocalCommandLife = TimeSpan.FromDays(1);

    /// <summary>The method of the contract.</summary>
    public MethodDescriptor Method { get; } = AgentReflection.Descriptor.Services[0].Methods.First(method => method.InputType == ((IMessage)Request).Descriptor);

    /// <summary>A repair stands in the journal under its key: asked for again, the answer is the repair as it is then.</summary>
    public bool StartsRepair => Request is StartRepairRequest or UndoRepairRequest;

    /// <summary>What the audit keeps of it.</summary>
    public AgentAuditEntry Entry() => new()
    {
        Who = Request.Context?.Person ?? "",
        Hub = Caller.HubName,
        HubId = Caller.Hub?.Id ?? "",
        From = Caller.Kind == CallerKind.Local ? AgentCaller.Here : Caller.From,
        Verb = string.Concat(Method.Name.Select((letter, index) => char.IsUpper(letter) && index > 0 ? $"-{letter}" : $"{letter}")).ToLowerInvariant(),
        What = JsonFormatter.Default.Format(Content(null)),
        Reason = Request.Context?.Reason ?? "",
        Ticket = Request.Context?.Ticket ?? "",
        Outcome = "asked",
    };

    /// <summary>Its idempotency key; null where somebody on the server gave none.</summary>
    /// <param name="now">The agent's clock.</param>
    public CommandKey? Key(DateTimeOffset now)
    {
        var context = Request.Context;
        if (context.IdempotencyKey.Length == 0)
        {
            return null;
        }

        // The same content has the same hash, whenever it was sent.
        var content = Content(new CommandContext(context) { IssuedAt = null, ExpiresAt = null }).ToByteArray();
        return new(
            Caller.Hub?.Id ?? "",
            context.IdempotencyKey,
            Convert.ToHexStringLower(SHA256.HashData([.. Encoding.UTF8.GetBytes(Method.Name), 0, .. content])),
            Caller.Hub is null ? now + LocalCommandLife : context.ExpiresAt.ToDateTimeOffset() + CommandValidator.ClockTolerance);
    }

    private IMessage Content(CommandContext? context)
    {
        var content = (ICommandRequest)Method.InputType.Parser.ParseFrom(((IMessage)Request).ToByteArray());
        content.Context = context!;
        return (IMessage)content;
    }
}
