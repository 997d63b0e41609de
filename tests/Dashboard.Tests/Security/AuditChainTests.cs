using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Security;

public sealed class AuditChainTests : IDisposable
{
    private readonly TestDatabase _database = new();
    private readonly AuditLog _audit;

    public AuditChainTests() => _audit = _database.CreateAuditLog(new FakeTimeProvider(Clock.Start));

    [Fact]
    public async Task Verify_EntriesAsWritten_IsIntact()
    {
        await WriteAsync(5);

        var verdict = await VerifyAsync();

        Assert.True(verdict.IsIntact, verdict.Sentence);
        Assert.Equal(5, verdict.Checked);
    }

    [Theory]
    [InlineData("UPDATE AuditEntries SET Outcome = 'done' WHERE Sequence = 3")]
    [InlineData("DELETE FROM AuditEntries WHERE Sequence = 3")]
    [InlineData("DELETE FROM AuditEntries WHERE Sequence >= 3")]
    public async Task Entry_ChangedOrDeletedInTheDatabase_IsRefusedByItAndFoundWhereItWasForced(string attack)
    {
        await WriteAsync(5);
        await using var context = _database.CreateSecurityContext();

        await Assert.ThrowsAsync<Microsoft.Data.Sqlite.SqliteException>(() => context.Database.ExecuteSqlRawAsync(attack, TestContext.Current.CancellationToken));
        await context.Database.ExecuteSqlRawAsync("DROP TRIGGER AuditEntries_NoUpdate; DROP TRIGGER AuditEntries_NoDelete;", TestContext.Current.CancellationToken);
        await context.Database.ExecuteSqlRawAsync(attack, TestContext.Current.CancellationToken);
        var verdict = await VerifyAsync();

        Assert.False(verdict.IsIntact);
        Assert.Equal(3, verdict.FirstBroken);
        Assert.Equal(3, verdict.FirstBroken);
    }

    [Fact]
    public async Task Anchor_MadeWithoutTheKeyFile_IsFound()
    {
        await WriteAsync(5);
        await using var context = _database.CreateSecurityContext();
        var hash = await context.AuditEntries.Where(entry => entry.Sequence == 3).Select(entry => entry.Hash).SingleAsync(TestContext.Current.CancellationToken);
        context.AuditAnchors.Add(new() { Sequence = 3, Hash = hash, Proof = new byte[32] });
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        await context.AuditEntries.Where(entry => entry.Sequence <= 3).ExecuteDeleteAsync(TestContext.Current.CancellationToken);

        var verdict = await VerifyAsync();

        Assert.Equal((false, 0, 3), (verdict.IsIntact, verdict.Checked, verdict.FirstBroken));
    }

    public void Dispose()
    {
        _audit.Dispose();
        _database.Dispose();
    }

    private async Task WriteAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await _audit.WriteAsync("dashboard", CallerIdentity.Dashboard, new() { What = "test", Detail = $"{i}", Outcome = "refused" });
        }
    }

    private Task<AuditVerdict> VerifyAsync() => _database.CreateAuditVerification().VerifyAsync(TestContext.Current.CancellationToken);
}
