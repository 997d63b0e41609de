using System.Globalization;
using System.Net.Http.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Security;

/// <summary>A command is in the audit before it is sent, and again with what came of it; whatever happens in between, it isn't lost.</summary>
public sealed class AuditIntentTests : IAsyncLifetime
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
        (await _agent.NextWatchAsync()).Send(Samples.Snapshot(TimeProvider.System.GetUtcNow()));
        await _dashboard.UntilAsync(_server, server => server.Snapshot is not null);
    }

    public async ValueTask DisposeAsync()
    {
        await _dashboard.DisposeAsync();
        await _agent.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Command_CarriedOut_IsTwoEntriesAndTheSecondRefersToTheFirst()
    {
        var order = new List<string>();
        _agent.Verbs.Start = request =>
        {
            order.Add(Entries().Single(entry => entry.What.StartsWith(AuditIntent.Prefix, StringComparison.Ordinal)).What);
            order.Add($"key {request.Context.IdempotencyKey}");
            return Samples.Run();
        };

        var (status, _, _) = await StartRepairAsync("patch night");

        Assert.Equal(202, status);
        var intent = Assert.Single(Entries(), entry => entry.What == "intent.repair.start");
        var outcome = Assert.Single(Entries(), entry => entry.What == "repair.start");
        Assert.Equal(["intent.repair.start", intent.After], order);
        Assert.Equal(intent.Sequence, AuditIntent.ReferenceOf(outcome.Detail));
        Assert.Equal((intent.Who, intent.ServerId, intent.Detail), (outcome.Who, outcome.ServerId, AuditIntent.WithoutReference(outcome.Detail)));
        Assert.Equal("full-repair guide", Purpose.Split(AuditIntent.WithoutReference(outcome.Detail)).Subject);
        Assert.True(await IsIntactAsync());
    }

    [Fact]
    public async Task Command_WhoseIntentCannotBeWritten_IsNotSentAndSaysSo()
    {
        var sent = 0;
        _agent.Verbs.Start = _ =>
        {
            sent++;
            return Samples.Run();
        };

        int status;
        string? detail;
        await using (await LockAsync())
        {
            (status, var body, _) = await StartRepairAsync();
            detail = body.GetProperty("detail").GetString();
        }

        Assert.Equal((503, 0), (status, sent));
        AssertText.Tells(detail!, "BRN-WSUS02", "audit");
        Assert.Equal(StorageProblem.Locked, _dashboard.Get<StorageHealth>().Current.Problem);
        Assert.Equal(202, (await StartRepairAsync()).Status);
        Assert.Equal(1, sent);
    }

    [Theory]
    [InlineData("/api/v1/servers/{0}/pairing", "server.unpair")]
    [InlineData("/api/v1/servers/{0}/pairing", "server.pair")]
    public async Task Trust_WhoseIntentCannotBeWritten_StaysAsItIs(string path, string what)
    {
        var address = new Uri(TestDashboard.Path(path, _server), UriKind.Relative);
        await using (await LockAsync())
        {
            using var answer = what == "server.unpair" ? await _dashboard.Http.DeleteAsync(address, Token) : await _dashboard.Http.PostAsJsonAsync(address, new { pairingCode = "7K3M-Q9ZC-0R5T-HW2X" }, Token);
            Assert.Equal(503, (int)answer.StatusCode);
        }

        Assert.NotNull(await _dashboard.ReadAsync(context => context.Servers.Select(server => server.AgentPin).SingleAsync(Token)));
        using var unpaired = await _dashboard.Http.DeleteAsync(address, Token);
        Assert.True(unpaired.IsSuccessStatusCode);
        var outcome = Assert.Single(Entries(), entry => entry.What == "server.unpair");
        Assert.Equal(Assert.Single(Entries(), entry => entry.What == "intent.server.unpair").Sequence, AuditIntent.ReferenceOf(outcome.Detail));
    }

    [Fact]
    public async Task Outcome_ThatCannotBeStored_IsOwedAndStoredWithTheNextEntry()
    {
        SqliteConnection? held = null;
        _agent.Verbs.Start = _ =>
        {
            held = Lock();
            return Samples.Run();
        };

        var (status, _, _) = await StartRepairAsync();
        var before = Entries().Where(entry => entry.What == "repair.start").ToList();
        await held!.DisposeAsync();
        Assert.True(await _dashboard.Get<AuditLog>().WriteOwedAsync());

        Assert.Equal(202, status);
        Assert.Empty(before);
        var intent = Assert.Single(Entries(), entry => entry.What == "intent.repair.start");
        var outcome = Assert.Single(Entries(), entry => entry.What == "repair.start");
        Assert.Equal((intent.Sequence, "repair run-1"), (AuditIntent.ReferenceOf(outcome.Detail), outcome.Outcome));
        Assert.True(await IsIntactAsync());
    }

    [Fact]
    public async Task Command_WhoseAskerGoesAway_HasAnOutcomeAllTheSame()
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Token);
        _agent.Verbs.Start = _ =>
        {
            gone.Cancel();
            Assert.True(SpinWait.SpinUntil(() => Entries().Any(entry => entry.What == "repair.start"), Eventually.Limit));
            return Samples.Run();
        };
        await using var scope = _dashboard.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<Dashboard.Security.Callers.Caller>().Become(CallerIdentity.Dashboard);
        var repairs = scope.ServiceProvider.GetRequiredService<Dashboard.Features.Repairs.RepairService>();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => repairs.StartAsync(_server, Samples.Plan(), Purpose.None, gone.Token));

        var outcome = Assert.Single(Entries(), entry => entry.What == "repair.start");
        Assert.NotNull(AuditIntent.ReferenceOf(outcome.Detail));
        Assert.StartsWith("unknown", outcome.Outcome, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("repair.start", "full-repair guide", "found", "repair run-7, as the agent's journal says")]
    [InlineData("repair.start", "pool-only", "found", "unknown")]
    [InlineData("repair.start", "full-repair guide", "of somebody else", "unknown")]
    [InlineData("repair.cancel", "run-7", "found", "not carried out, as the agent's journal says")]
    [InlineData("repair.cancel", "run-7", "cancelled", "done, as the agent's journal says")]
    [InlineData("service.stop", "W3SVC", "found", "unknown")]
    public async Task Intent_WithoutAnOutcomeAfterARestart_IsClosedByTheAgentsJournalOrAsUnknownAndOnlyOnce(string what, string subject, string journal, string expected)
    {
        var run = Samples.Run("run-7") with { RequestedBy = journal == "of somebody else" ? "erik" : "anna", Ticket = "CHG-7", CancelRequested = journal == "cancelled" };
        _agent.Verbs.Get = _ => run;
        var intent = await _dashboard.Get<AuditLog>().WriteIntentAsync("anna", new(CallerKind.Session, "id-of-anna", "s", "10.0.0.7"), new()
        {
            What = what,
            ServerId = _server,
            ServerName = "BRN-WSUS02",
            Site = "BRN",
            Detail = new Purpose("patch night", "CHG-7").Describe(subject),
            Ticket = "CHG-7",
            Outcome = "",
        }, "key-1");

        for (var start = 1; start <= 2; start++)
        {
            await RestartAsync();
            var outcome = (await Eventually.Async(() => Task.FromResult(Entries().Where(entry => entry.What == what).ToList()), found => found.Count > 0)).Single();

            Assert.StartsWith(expected, outcome.Outcome, StringComparison.Ordinal);
            Assert.Equal((intent.Value, "anna", "id-of-anna", "10.0.0.7", "CHG-7"), (AuditIntent.ReferenceOf(outcome.Detail)!.Value, outcome.Who, outcome.PersonId, outcome.From, outcome.Ticket));
        }

        Assert.True(await IsIntactAsync());
    }

    [Fact]
    public async Task Reason_ThatLooksLikeAReference_ClosesNoIntent()
    {
        var intent = await _dashboard.Get<AuditLog>().WriteIntentAsync("anna", CallerIdentity.Dashboard, new() { What = "service.stop", ServerId = _server, ServerName = "BRN-WSUS02", Detail = "W3SVC", Outcome = "" }, "key-1");
        await _dashboard.Get<AuditLog>().WriteAsync("erik", CallerIdentity.Dashboard, new() { What = "service.stop", ServerId = _server, Detail = string.Create(CultureInfo.InvariantCulture, $"W3SVC · reason: x, intent {intent.Value}"), Outcome = "refused" });

        await RestartAsync();

        await Eventually.TrueAsync(() => Entries().Any(entry => entry.Who == "anna" && AuditIntent.ReferenceOf(entry.Detail) == intent.Value));
        Assert.Null(AuditIntent.ReferenceOf(Entries().Single(entry => entry.Who == "erik").Detail));
    }

    private async Task RestartAsync()
    {
        await _dashboard.DisposeAsync();
        _dashboard = await TestDashboard.StartAsync(_folder);
        (await _agent.NextWatchAsync()).Send(Samples.Snapshot(TimeProvider.System.GetUtcNow()));
    }

    private Task<(int Status, System.Text.Json.JsonElement Body, string? Location)> StartRepairAsync(string reason = "") =>
        _dashboard.PostAsync(TestDashboard.Path("/api/v1/servers/{0}/repairs", _server), new { playbook = "full-repair", reason });

    private Task<SqliteConnection> LockAsync() => Task.FromResult(Lock());

    /// <summary>Another program that holds the database for writing.</summary>
    private SqliteConnection Lock()
    {
        var connection = new SqliteConnection($"Data Source={_folder.File("dashboard.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE;";
        command.ExecuteNonQuery();
        return connection;
    }

    private List<AuditEntry> Entries()
    {
        using var context = _dashboard.Get<IDbContextFactory<SecurityContext>>().CreateDbContext();
        return [.. context.AuditEntries.AsNoTracking().OrderBy(entry => entry.Sequence)];
    }

    private async Task<bool> IsIntactAsync() => (await _dashboard.Get<AuditVerification>().VerifyAsync(Token)).IsIntact;
}
