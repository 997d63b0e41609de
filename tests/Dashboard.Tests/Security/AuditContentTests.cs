using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.Audit;
using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Dashboard.Features.Servers;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Tests.Security;

/// <summary>What the audit holds of each action: who, from where, what, before and after, outcome, ticket.</summary>
public sealed class AuditContentTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private FakeAgent _agent = null!;
    private TestDashboard _dashboard = null!;
    private int _server;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _agent = await FakeAgent.StartAsync();
        _dashboard = await TestDashboard.StartAsync(_folder);
        _server = await _dashboard.AddServerAsync(_agent.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await _dashboard.DisposeAsync();
        await _agent.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Repair_FromItsStartToItsEnd_IsTwoEntriesWithTicketAndSettings()
    {
        var change = new SettingChange { Setting = "queueLength", Before = "1000", After = "25000", Reason = "", Source = "" };
        var run = Samples.Run() with { Changes = [change], Ticket = "CHG-77", Reason = "patch night" };
        _agent.Verbs.Start = request =>
        {
            Assert.Equal(("CHG-77", "patch night"), (request.Context.Ticket, request.Context.Reason));
            return run;
        };
        var watch = await _agent.NextWatchAsync();
        watch.Send(Samples.Snapshot(TimeProvider.System.GetUtcNow()));

        var (status, _, _) = await _dashboard.PostAsync($"/api/v1/servers/{_server}/repairs", new { playbook = "full-repair", reason = "patch night", ticket = "CHG-77" });
        Assert.Equal(202, status);
        watch.Send(new Shared.AgentEvent { Sequence = 1, At = Clock.Start, Repair = run with { State = RepairState.Succeeded, Revision = 9, EndedAt = Clock.Start.AddMinutes(4), Verification = new Verification { Succeeded = true, Sentence = "The sync succeeded." }, Steps = [.. run.Steps.Select(step => step with { State = StepState.Done })] } });

        var start = await EntryAsync("repair.start");
        Assert.Equal(("CHG-77", "repair run-1", "queueLength 1000", "queueLength 25000"), (start.Ticket, start.Outcome, start.Before, start.After));
        Assert.Contains("reason: patch night", start.Detail, StringComparison.Ordinal);
        var end = await EntryAsync("repair.end");
        Assert.Equal(("tests", "agent of BRN-WSUS02", _server), (end.Who, end.From, end.ServerId));
        Assert.Equal(("CHG-77", "queueLength 1000", "queueLength 25000"), (end.Ticket, end.Before, end.After));
        AssertText.Tells(end.Outcome, "succeeded", "The sync succeeded.");
        Assert.Single(await EntriesAsync("repair.end"));
    }

    [Fact]
    public async Task Repair_WhoseEndTheDashboardHadNoTimeToWrite_IsMadeUpForAtItsNextStartAndOnlyOnce()
    {
        var run = Samples.Run() with { Ticket = "CHG-77" };
        _agent.Verbs.Start = _ => run;
        var watch = await _agent.NextWatchAsync();
        watch.Send(Samples.Snapshot(TimeProvider.System.GetUtcNow()));
        await _dashboard.PostAsync($"/api/v1/servers/{_server}/repairs", new { playbook = "full-repair", ticket = "CHG-77" });
        await EntryAsync("repair.start");

        // JsonColumn as ended, and then the power went.
        var ended = JsonSerializer.Serialize(run with { State = RepairState.Succeeded, Revision = 9, EndedAt = Clock.Start.AddMinutes(4) }, Dashboard.Data.JsonColumn.Json);
        await Eventually.Async(
            () => _dashboard.ReadAsync(context => context.Repairs.ExecuteUpdateAsync(update => update.SetProperty(stored => stored.State, RepairState.Succeeded).SetProperty(stored => stored.Revision, 9).SetProperty(stored => stored.Run, ended), Token)),
            changed => changed == 1);
        Assert.Empty(await EntriesAsync("repair.end"));

        for (var start = 1; start <= 2; start++)
        {
            await _dashboard.DisposeAsync();
            _dashboard = await TestDashboard.StartAsync(_folder);

            // One loop writes: what it writes now comes after what it made up for.
            var (id, now) = ($"later-{start}", TimeProvider.System.GetUtcNow());
            watch = await _agent.NextWatchAsync();
            watch.Send(Samples.Snapshot(now));
            watch.Send(new Shared.AgentEvent { Sequence = start, At = now, Repair = Samples.Run(id, RepairState.Succeeded) with { EndedAt = now } });
            var ends = await Eventually.Async(() => EntriesAsync("repair.end"), found => found.Any(entry => entry.Detail.Contains(id, StringComparison.Ordinal)));
            var end = Assert.Single(ends, entry => entry.Detail.Contains("repair run-1", StringComparison.Ordinal));
            Assert.Equal(("tests", "agent of BRN-WSUS02", _server, "CHG-77", "succeeded"), (end.Who, end.From, end.ServerId, end.Ticket, end.Outcome));
        }
    }

    [Fact]
    public async Task Repair_ThatWaitsForApproval_IsOpenUntilItIsRefusedOnTheServer()
    {
        var approval = new RepairApproval("ab12cd", Clock.Start, Clock.Start.AddHours(1), "");
        var run = Samples.Run(state: RepairState.WaitingForApproval) with { Approval = approval, EndedAt = null };
        _agent.Verbs.Start = _ => run;
        var watch = await _agent.NextWatchAsync();
        watch.Send(Samples.Snapshot(TimeProvider.System.GetUtcNow()));

        await _dashboard.PostAsync($"/api/v1/servers/{_server}/repairs", new { playbook = "full-repair" });
        var live = await _dashboard.UntilAsync(_server, server => server.ActiveRepair is not null);
        Assert.True(live.ActiveRepair!.IsWaiting);
        var ended = run with { State = RepairState.Cancelled, Revision = 2, EndedAt = Clock.Start, Approval = approval with { Decision = "Refused by root on the server." }, Steps = [.. run.Steps.Select(step => step with { State = StepState.NotRun })] };
        watch.Send(new Shared.AgentEvent { Sequence = 1, At = Clock.Start, Repair = ended });
        await _dashboard.UntilAsync(_server, server => server.ActiveRepair is null);

        Assert.Single(await EntriesAsync("repair.start"));
        var end = await EntryAsync("repair.end");
        AssertText.Tells(end.Outcome, "Refused by root on the server.");
        Assert.Equal("", end.After);
    }

    [Fact]
    public async Task Refusals_OfAnEndpointAndOfAService_AreWrittenOnceAMinute()
    {
        var viewer = await _dashboard.AddPersonAsync("viewer", new Grant(Role.Viewer, SiteScope.WholeFleet));
        var (token, _) = await _dashboard.AddTokenAsync(viewer);
        using var client = _dashboard.Client(token);
        for (var i = 0; i < 5; i++)
        {
            using var response = await client.DeleteAsync(new Uri($"/api/v1/servers/{_server}", UriKind.Relative), Token);
            Assert.Equal(403, (int)response.StatusCode);
        }

        await using (var scope = _dashboard.Services.CreateAsyncScope())
        {
            scope.ServiceProvider.GetRequiredService<Caller>().Become(new CallerIdentity(CallerKind.Token, viewer, await TokenIdAsync(viewer), "10.0.0.7"));
            Assert.IsType<Forbidden>((await scope.ServiceProvider.GetRequiredService<RepairService>().StartAsync(_server, Samples.Plan(), Purpose.None, Token)).Failure);
        }

        var entries = await Eventually.Async(() => EntriesAsync("access.refused"), found => found.Count >= 2);
        var endpoint = Assert.Single(entries, entry => entry.Detail.StartsWith("DELETE ", StringComparison.Ordinal));
        Assert.Equal(("viewer (token test)", "refused"), (endpoint.Who, endpoint.Outcome));
        Assert.Contains("needs ManageServers", endpoint.Detail, StringComparison.Ordinal);
        Assert.Contains(entries, entry => entry.Detail.StartsWith("Operate", StringComparison.Ordinal) && entry.From == "10.0.0.7");
    }

    [Fact]
    public async Task Settings_KeysAndTrust_AreWrittenWithBeforeAndAfter()
    {
        await using (var scope = _dashboard.Services.CreateOwnScope())
        {
            var edited = await scope.ServiceProvider.GetRequiredService<ServerService>().EditAsync(_server, new() { Name = "BRN-WSUS02", Address = _agent.Address, Site = "ZRH", Baseline = "microsoft" }, Token);
            Assert.True(edited.IsSuccess, edited.Failure?.Message);
        }

        using var rotated = await _dashboard.Http.PostAsync(new Uri("/api/v1/hub/key/rotation", UriKind.Relative), null, Token);
        using var unpaired = await _dashboard.Http.DeleteAsync(new Uri($"/api/v1/servers/{_server}/pairing", UriKind.Relative), Token);
        Assert.True(rotated.IsSuccessStatusCode && unpaired.IsSuccessStatusCode);

        var edit = await EntryAsync("server.edit");
        Assert.Contains("site BRN, baseline default", edit.Before, StringComparison.Ordinal);
        Assert.Contains("site ZRH, baseline microsoft", edit.After, StringComparison.Ordinal);
        var key = await EntryAsync("hub.rotate-key");
        Assert.NotEqual(key.Before, key.After);
        Assert.StartsWith("key ", (await EntryAsync("server.unpair")).Before, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_ByTicketServerAndPerson_FindsThoseOnlyAndExportsAllColumns()
    {
        var watch = await _agent.NextWatchAsync();
        watch.Send(Samples.Snapshot(TimeProvider.System.GetUtcNow()));
        await _dashboard.PostAsync($"/api/v1/servers/{_server}/repairs", new { playbook = "full-repair", ticket = "INC-1" });
        await _dashboard.PostAsync($"/api/v1/servers/{_server}/repairs", new { playbook = "full-repair", ticket = "INC-2" });

        // Each command is two entries: before it was sent, and what came of it.
        Assert.Equal(["INC-2", "INC-2"], await TicketsAsync("ticket=inc-2"));
        Assert.Equal(["INC-2"], await TicketsAsync("ticket=inc-2&what=repair"));
        Assert.Equal(["INC-2", "INC-2", "INC-1", "INC-1"], (await TicketsAsync("serverName=wsus02")).Where(ticket => ticket.Length > 0));
        Assert.Empty(await TicketsAsync("person=nobody-of-this-name"));
        var csv = await _dashboard.Http.GetStringAsync(new Uri("/api/v1/audit.csv?ticket=INC-1", UriKind.Relative), Token);
        var lines = csv.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.Equal(16, lines[0].Split(',').Length);
        var verdict = await _dashboard.Http.GetFromJsonAsync<JsonElement>(new Uri("/api/v1/audit/verification", UriKind.Relative), Token);
        Assert.True(verdict.GetProperty("isIntact").GetBoolean());
    }

    [Fact]
    public async Task Watch_PolicyChangesOnTheServer_IsShownWithoutAnotherWatch()
    {
        var watch = await _agent.NextWatchAsync();
        watch.Send(Samples.Snapshot(TimeProvider.System.GetUtcNow()));
        await _dashboard.UntilAsync(_server, server => server.Snapshot is not null);

        var waiting = new WaitingCommand("ab12cd", "control-pool", "ann", "head office", Clock.Start, Clock.Start.AddHours(1), "");
        watch.Send(Samples.Agent() with { Policy = new() { Mode = PolicyMode.Restart, AllowedPlaybooks = ["pool-only"], NeedsApprovalFor = ["pool"], Path = "C:\\policy.json", Closed = "not now", Allowances = [new(PacedCommand.Repair, 4, 4, 24, Clock.Start.AddHours(3))] }, Waiting = [waiting] });

        await _dashboard.UntilAsync(_server, server => server.Snapshot?.Agent.Policy.Mode == PolicyMode.Restart);
        var json = await _dashboard.Http.GetFromJsonAsync<JsonElement>(new Uri($"/api/v1/servers/{_server}", UriKind.Relative), Token);
        var policy = json.GetProperty("policy");
        Assert.Equal(("pool-only", "pool", "not now"), (policy.GetProperty("allowedPlaybooks")[0].GetString(), policy.GetProperty("needsApprovalFor")[0].GetString(), policy.GetProperty("closed").GetString()));
        var repairs = policy.GetProperty("allowances")[0];
        Assert.Equal(("repair", 4, 4, 24, Clock.Start.AddHours(3)), (repairs.GetProperty("kind").GetString(), repairs.GetProperty("limit").GetInt32(), repairs.GetProperty("used").GetInt32(), repairs.GetProperty("windowHours").GetInt32(), repairs.GetProperty("nextFreeAt").GetDateTimeOffset()));
        Assert.Equal("ab12cd", json.GetProperty("waitingForApproval")[0].GetProperty("id").GetString());
        Assert.False(_agent.HasWatch);
    }

    private async Task<string> TokenIdAsync(string personId)
    {
        await using var scope = _dashboard.Services.CreateOwnScope();
        return await scope.ServiceProvider.GetRequiredService<Dashboard.Data.Security.SecurityContext>().ApiTokens.Where(token => token.PersonId == personId).Select(token => token.Id).FirstAsync(Token);
    }

    private async Task<AuditRow> EntryAsync(string what) => (await Eventually.Async(() => EntriesAsync(what), found => found.Count > 0))[0];

    private async Task<IReadOnlyList<AuditRow>> EntriesAsync(string what)
    {
        await using var scope = _dashboard.Services.CreateOwnScope();
        return (await scope.ServiceProvider.GetRequiredService<AuditService>().GetPageAsync(new() { What = what, PageSize = 200 }, Token)).Items;
    }

    private async Task<IReadOnlyList<string>> TicketsAsync(string query)
    {
        var page = await _dashboard.Http.GetFromJsonAsync<JsonElement>(new Uri($"/api/v1/audit?{query}", UriKind.Relative), Token);
        return [.. page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("ticket").GetString()!)];
    }
}
