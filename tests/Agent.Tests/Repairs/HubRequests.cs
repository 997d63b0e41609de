using Google.Protobuf.WellKnownTypes;
using WsusDashboard.Agent.Commands;
using WsusDashboard.Agent.Repairs.Running;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Security.Pairing;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Agent.Tests.Repairs;

/// <summary>What hubs ask an agent: each with an id of its own, whose key may be in other hands.</summary>
internal static class HubRequests
{
    public static PairedHub Hub(char letter = 'a') => new() { Id = new string(letter, 32), Name = $"hub {letter}", Pin = $"pin {letter}", PairedAt = default, PairedFrom = "10.0.0.1" };

    /// <summary>Asks as a hub that is paired.</summary>
    public static Requester As(this AgentLife life, PairedHub hub, FakeServer server)
    {
        life.Get<PairedHubs>().Add(hub);
        return new(life.Get<CommandPipe>(), life.Get<RepairStarter>(), life.Get<RepairQueue>())
        {
            Caller = new(CallerKind.Hub, hub, hub.Pin, hub.PairedFrom),
            Context = () => new()
            {
                Person = "Mallory",
                Hub = hub.Id,
                Reason = "because",
                IdempotencyKey = Guid.NewGuid().ToString("N"),
                IssuedAt = Timestamp.FromDateTimeOffset(server.Time.GetUtcNow()),
                ExpiresAt = Timestamp.FromDateTimeOffset(server.Time.GetUtcNow().AddMinutes(2)),
            },
        };
    }

    /// <summary>Plans and starts a repair.</summary>
    public static async Task<Repair> BeginAsync(this Requester requester, string playbook = PlaybookCatalog.PoolOnlyId)
    {
        var request = AgentLife.Request(await requester.PlanAsync(playbook, "guide", TestContext.Current.CancellationToken));
        request.Context = null;
        return await requester.StartAsync(request, TestContext.Current.CancellationToken);
    }
}
