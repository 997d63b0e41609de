using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.Audit;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Rules.Findings;
using static WsusDashboard.Dashboard.Tests.Problems.ProblemSamples;

namespace WsusDashboard.Dashboard.Tests.Problems;

/// <summary>The lives of problems in the audit: each moment once.</summary>
public sealed class ProblemAuditorTests : IAsyncDisposable
{
    private readonly ProblemHarness _harness = new(DatabaseKind.Sqlite);
    private readonly AuditLog _log;

    public ProblemAuditorTests() => _log = _harness.Database.CreateAuditLog(_harness.Time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WriteDue_LifeOfAProblem_IsAnEntryForEachMomentBesideRepairs()
    {
        await LiveAsync();

        await WriteAsync(isSure: true);
        await WriteAsync(isSure: true);

        var entries = await EntriesAsync();
        Assert.Equal(["problem.open", "problem.still-there", "problem.resolve"], entries.Select(entry => entry.What));
        Assert.All(entries, entry => Assert.Equal((1, "SRV-01", "BRN", "dashboard"), (entry.ServerId, entry.ServerName, entry.Site, entry.Who)));
        Assert.Equal("critical", entries[0].Outcome);
        Assert.True((await _harness.Database.CreateAuditVerification().VerifyAsync(Token)).IsIntact);
    }

    [Fact]
    public async Task WriteDue_KilledBetweenTheAuditAndTheRow_TellsNothingTwice()
    {
        await LiveAsync();
        await WriteAsync(isSure: true);
        await _harness.Database.ReadAsync(context => context.ProblemEvents.ExecuteUpdateAsync(update => update.SetProperty(moment => moment.AuditDue, 1), Token));

        await WriteAsync(isSure: false);

        // Repairs have entries of their own; here the rows say that all are due.
        Assert.Equal(3, (await EntriesAsync()).Count(entry => entry.What is "problem.open" or "problem.still-there" or "problem.resolve"));
        Assert.Equal(0, await _harness.Database.ReadAsync(context => context.ProblemEvents.CountAsync(moment => moment.AuditDue == 1, Token)));
    }

    [Fact]
    public async Task WriteDue_SomebodyWroteWhatReadsLikeAMark_TellsTheMomentAllTheSame()
    {
        await LiveAsync();
        var moment = await _harness.Database.ReadAsync(context => context.ProblemEvents.OrderBy(row => row.Id).Select(row => row.Id).FirstAsync(Token));
        foreach (var (who, identity) in new[] { ("anna", new CallerIdentity(CallerKind.Session, "1", "s", "")), ("dashboard", new CallerIdentity(CallerKind.Session, "2", "s", "")), ("preset token", new CallerIdentity(CallerKind.Token, "", "preset", "")) })
        {
            await _log.WriteAsync(who, identity, new() { What = "problem.comment", Detail = $"look here, moment {moment}", Outcome = "done" });
        }

        await WriteAsync(isSure: false);

        Assert.Single(await EntriesAsync(), entry => entry.What == "problem.open");
    }

    [Fact]
    public async Task WriteDue_AcknowledgementThatEndedByItself_IsAnEntryOfTheDashboard()
    {
        await _harness.AddServersAsync(1);
        await _harness.LookForAsync(2, now => Server(1, now, Finding(FindingIds.SmsExecutiveStopped, since: Clock.Start)));
        var id = Assert.Single(await _harness.ProblemsAsync()).Id;
        var now = _harness.Now.UtcDateTime;
        await _harness.Database.WriteAsync(context => context.ProblemTriages.Add(new() { ProblemId = id, Site = "BRN", Revision = 1, AcknowledgedAt = now, AcknowledgedUntil = now.AddHours(1), AcknowledgedBy = "anna" }));
        await _harness.Triages.ReadAsync(Token);
        _harness.Time.Advance(TimeSpan.FromHours(1));
        await _harness.ExpireAsync();

        await WriteAsync(isSure: true);

        var entry = Assert.Single(await EntriesAsync(), entry => entry.What == "problem.acknowledgement-end");
        Assert.Equal(("dashboard", "expired", "BRN"), (entry.Who, entry.After, entry.Site));
    }

    [Fact]
    public async Task WriteDue_AuditThatCannotBeWritten_StaysDue()
    {
        await LiveAsync();
        _harness.Database.ConnectionSuffix = "Mode=ReadOnly";

        await Assert.ThrowsAnyAsync<Exception>(() => WriteAsync(isSure: true));

        _harness.Database.ConnectionSuffix = "";
        Assert.Empty(await EntriesAsync());
        await WriteAsync(isSure: false);
        Assert.Equal(3, (await EntriesAsync()).Count);
    }

    public async ValueTask DisposeAsync()
    {
        _log.Dispose();
        await _harness.DisposeAsync();
    }

    private async Task LiveAsync()
    {
        await _harness.AddServersAsync(1);
        await _harness.LookForAsync(2, now => Server(1, now, Finding(FindingIds.SmsExecutiveStopped, since: Clock.Start, playbook: "restart-services")));
        await _harness.LookForAsync(1, now => Server(1, now, Finding(FindingIds.SmsExecutiveStopped, playbook: "restart-services")).Repairing("run-1", now));
        await _harness.LookForAsync(1, now => Server(1, now, Finding(FindingIds.SmsExecutiveStopped, playbook: "restart-services")));
        await _harness.LookForAsync(12, now => Server(1, now));
    }

    private async Task WriteAsync(bool isSure)
    {
        var turn = new OpeningTurn(_harness.Database.Provider);
        var backoff = new Backoff(TimeSpan.FromSeconds(1), () => 0);
        using var opening = new DatabaseInitializer(_harness.Database, _harness.Database, new StorageHealth(_harness.Database.Provider, _harness.Time), turn, _harness.Database.Provider, backoff, _harness.Time, NullLogger<DatabaseInitializer>.Instance);
        using var auditor = new ProblemAuditor(_harness.Tracker, _log, _harness.Database, _harness.Database, opening, backoff, _harness.Time, NullLogger<ProblemAuditor>.Instance);
        await auditor.WriteDueAsync(isSure, Token);
    }

    private async Task<List<AuditEntry>> EntriesAsync()
    {
        await using var context = _harness.Database.CreateSecurityContext();
        return await context.AuditEntries.AsNoTracking().OrderBy(entry => entry.Sequence).ToListAsync(Token);
    }
}
