using System.Text.Json;
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

    [Theory]
    [InlineData("removed")]
    [InlineData("without a proof")]
    [InlineData("with an anchor's proof")]
    [InlineData("no JSON")]
    public async Task Verify_EndCutOffAndTheHeadWithIt_IsFound(string head)
    {
        await WriteAsync(5);
        await using var context = _database.CreateSecurityContext();
        await context.Database.ExecuteSqlRawAsync("DROP TRIGGER AuditEntries_NoDelete; DELETE FROM AuditEntries WHERE Sequence > 3;", TestContext.Current.CancellationToken);
        var hash = await context.AuditEntries.Where(entry => entry.Sequence == 3).Select(entry => entry.Hash).SingleAsync(TestContext.Current.CancellationToken);
        File.Delete(_database.Options.AuditHeadPath);
        if (head != "removed")
        {
            var proof = head == "with an anchor's proof" ? _database.CreateAuditChain().ProofOf(3, hash) : [];
            await File.WriteAllBytesAsync(_database.Options.AuditHeadPath, head == "no JSON" ? "entry 3"u8.ToArray() : Head(3, hash, proof), TestContext.Current.CancellationToken);
        }

        var verdict = await VerifyAsync();

        Assert.Equal((false, 3, 4), (verdict.IsIntact, verdict.Checked, verdict.FirstBroken));
    }

    [Fact]
    public async Task Verify_NothingWasWrittenYet_IsIntact()
    {
        var verdict = await VerifyAsync();

        Assert.Equal((true, 0), (verdict.IsIntact, verdict.Checked));
    }

    public void Dispose()
    {
        _audit.Dispose();
        _database.Dispose();
    }

    private static byte[] Head(long sequence, byte[] hash, byte[] proof) =>
        JsonSerializer.SerializeToUtf8Bytes(new { Sequence = sequence, Hash = Convert.ToHexString(hash), Proof = Convert.ToHexString(proof) });

    private async Task WriteAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await _audit.WriteAsync("dashboard", CallerIdentity.Dashboard, new() { What = "test", Detail = $"{i}", Outcome = "refused" });
        }
    }

    private Task<AuditVerdict> VerifyAsync() => _database.CreateAuditVerification().VerifyAsync(TestContext.Current.CancellationToken);
}
