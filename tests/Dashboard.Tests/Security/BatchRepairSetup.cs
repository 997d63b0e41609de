using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.BatchRepairs;
using WsusDashboard.Dashboard.Features.Servers;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Accounts;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Dashboard.Tests.Security;

/// <summary>A dashboard with two servers, and the sessions of people who repair several at once.</summary>
public abstract class BatchRepairSetup : IAsyncLifetime
{
    private protected static readonly Grant FleetOperator = new(Role.Operator, SiteScope.WholeFleet);

    private readonly Dictionary<string, string> _people = [];

    private protected TempFolder Folder { get; } = new();

    private protected Channel<string> StartedRuns { get; } = Channel.CreateUnbounded<string>();

    private protected FakeAgent First { get; private set; } = null!;

    private protected FakeAgent Second { get; private set; } = null!;

    private protected TestDashboard Host { get; set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Host = await TestDashboard.StartAsync(Folder, options =>
        {
            options.SignIn.AttemptsPerMinute = 1000;
            options.RepairsAtOnce = 1;
        });
        First = await AgentAsync("a");
        Second = await AgentAsync("b");
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await First.DisposeAsync();
        await Second.DisposeAsync();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static async Task<RepairBatch> PlannedAsync(BatchRepairService repairs, IReadOnlyList<int> servers)
    {
        var planned = await repairs.PlanAsync(servers, "full-repair", null, TestContext.Current.CancellationToken);
        Assert.True(planned.IsSuccess, planned.Failure?.Message);
        var batch = await UntilAsync(repairs, planned.Value.Id, known => !known.IsPlanning);
        Assert.True(batch.Startable == servers.Count, string.Join("; ", batch.Servers.Select(server => $"{server.ServerName} {server.State}: {server.Message}")));
        return batch;
    }

    private protected static Task<RepairBatch> EndedAsync(BatchRepairService repairs, string batch) => UntilAsync(repairs, batch, known => known.HasEnded);

    private protected static Task<RepairBatch> UntilAsync(BatchRepairService repairs, string batch, Func<RepairBatch, bool> condition) => UntilAsync(token => repairs.WatchAsync(batch, token), condition);

    private protected static async Task<RepairBatch> UntilAsync(Func<CancellationToken, IAsyncEnumerable<RepairBatch>> watch, Func<RepairBatch, bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Eventually.Limit);
        await foreach (var known in watch(limit.Token))
        {
            if (condition(known))
            {
                return known;
            }
        }

        throw new InvalidOperationException("The batch is not there any more.");
    }

    private protected Repair Started(RepairState state)
    {
        var id = $"run-{Guid.NewGuid():N}";
        Assert.True(StartedRuns.Writer.TryWrite(id));
        return Samples.Run(id, state);
    }

    private protected async Task<FakeAgent> AgentAsync(string fingerprint)
    {
        var agent = await FakeAgent.StartAsync();
        agent.Verbs.Plan = _ => Samples.Plan(fingerprint);
        agent.Verbs.Start = _ => Started(RepairState.Succeeded);
        return agent;
    }

    private protected async Task<IReadOnlyList<int>> AddServersAsync() => [await AddServerAsync(First.Address, "BRN-1", "BRN"), await AddServerAsync(Second.Address, "BRN-2", "BRN")];

    private protected async Task<int> AddServerAsync(string address, string name, string site)
    {
        await using var scope = Host.Services.CreateOwnScope();
        var added = await scope.ServiceProvider.GetRequiredService<ServerService>().AddAsync(new() { Name = name, Address = address, Site = site }, TestContext.Current.CancellationToken);
        Assert.True(added.IsSuccess, added.Failure?.Message);
        await Host.PairAsync(added.Value.Id);
        return added.Value.Id;
    }

    /// <summary>What a circuit of a person is to the services: a scope whose caller is that session.</summary>
    private protected async Task<AsyncServiceScope> CircuitAsync(Grant grant, string name = "operator", bool isKnown = false)
    {
        var session = $"session-{name}";
        if (isKnown)
        {
            await Host.Get<AccessCache>().ReloadAsync(TestContext.Current.CancellationToken);
            return Become(_people[name], session);
        }

        var person = _people[name] = await Host.AddPersonAsync(name, grant);
        await using (var own = Host.Services.CreateOwnScope())
        {
            var context = own.ServiceProvider.GetRequiredService<SecurityContext>();
            var now = TimeProvider.System.GetUtcNow().UtcDateTime;
            context.Sessions.Add(new() { Id = session, PersonId = person, CreatedAt = now, LastSeenAt = now });
            await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        await Host.Get<AccessCache>().ReloadAsync(TestContext.Current.CancellationToken);
        return Become(person, session);
    }

    private protected AsyncServiceScope Become(string person, string session)
    {
        var scope = Host.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<Caller>().Become(new(CallerKind.Session, person, session, "127.0.0.1"));
        return scope;
    }
}
