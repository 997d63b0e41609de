using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Data;

/// <summary>Writers of one SQLite file have their turn in the order they came, and give it back however they end.</summary>
public sealed class WriterTurnTests : IDisposable
{
    private readonly TestDatabase _database = new();
    private readonly DatabaseProvider _provider;

    public WriterTurnTests() => _provider = _database.Provider;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task BeginTransaction_AnotherWritesWithoutAPause_IsServedNext()
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var committed = 0;
        using var started = new SemaphoreSlim(0);
        var busy = Task.Run(
            async () =>
            {
                for (; !end.IsCancellationRequested; Interlocked.Increment(ref committed))
                {
                    await using var context = CreateContext();
                    context.Servers.Add(TestDatabase.NewServer($"BUSY-{committed}"));
                    await context.SaveChangesAsync(Token);
                    started.Release();
                }
            },
            Token);
        await started.WaitAsync(Token);

        for (var change = 0; change < 5; change++)
        {
            await using var context = CreateContext();
            await context.Servers.CountAsync(Token);
            var before = Volatile.Read(ref committed);
            await using var transaction = await context.Database.BeginTransactionAsync(Token);

            // One that had its turn and was not yet counted, and one that stood before.
            Assert.InRange(Volatile.Read(ref committed) - before, 0, 2);
        }

        await end.CancelAsync();
        await busy;
    }

    [Fact]
    public async Task BothContexts_OneIsWriting_TheOtherWaitsUntilItHasEnded()
    {
        await using var first = CreateContext();
        var transaction = await first.Database.BeginTransactionAsync(Token);
        await using var security = CreateSecurityContext();
        var second = security.Sessions.ExecuteDeleteAsync(Token);
        await using var third = CreateContext();
        third.Servers.Add(TestDatabase.NewServer("BRN-WSUS01"));
        var saved = third.SaveChangesAsync(Token);

        Assert.False(second.IsCompleted);
        Assert.False(saved.IsCompleted);
        await transaction.CommitAsync(Token);

        Assert.Equal(0, await second);
        Assert.Equal(1, await saved);
    }

    [Theory]
    [InlineData(Ending.RolledBack)]
    [InlineData(Ending.Disposed)]
    [InlineData(Ending.ContextDisposed)]
    [InlineData(Ending.StatementFailed)]
    [InlineData(Ending.SaveFailed)]
    [InlineData(Ending.LockedOutside)]
    public async Task Turn_WriterEndsOtherwise_IsGivenBack(Ending ending)
    {
        await EndAsync(ending);

        await using var context = CreateContext();
        context.Servers.Add(TestDatabase.NewServer("BRN-WSUS02"));
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
        deadline.CancelAfter(WriterTurns.LongestWait / 2);
        Assert.Equal(1, await context.SaveChangesAsync(deadline.Token));
    }

    public void Dispose() => _database.Dispose();

    private async Task EndAsync(Ending ending)
    {
        var context = CreateContext();
        await using var disposal = context;
        switch (ending)
        {
            case Ending.RolledBack:
                await (await context.Database.BeginTransactionAsync(Token)).RollbackAsync(Token);
                break;
            case Ending.Disposed:
                await (await context.Database.BeginTransactionAsync(Token)).DisposeAsync();
                break;
            case Ending.ContextDisposed:
                await context.Database.BeginTransactionAsync(Token);
                break;
            case Ending.StatementFailed:
                await Assert.ThrowsAsync<SqliteException>(() => context.Database.ExecuteSqlRawAsync("DELETE FROM NoSuchTable", Token));
                break;
            case Ending.SaveFailed:
                context.Servers.AddRange(TestDatabase.NewServer("TWICE"), TestDatabase.NewServer("TWICE"));
                await Assert.ThrowsAsync<DbUpdateException>(() => context.SaveChangesAsync(Token));
                break;
            default:
                using (_database.Lock())
                {
                    context.Database.SetCommandTimeout(1);
                    Assert.Equal(5, (await Assert.ThrowsAsync<SqliteException>(() => context.Servers.ExecuteDeleteAsync(Token))).SqliteErrorCode);
                }

                break;
        }
    }

    private DashboardContext CreateContext()
    {
        var builder = new DbContextOptionsBuilder<DashboardContext>();
        _provider.Configure(builder);
        return new(builder.Options);
    }

    private SecurityContext CreateSecurityContext()
    {
        var builder = new DbContextOptionsBuilder<SecurityContext>();
        _provider.Configure(builder, SecurityContext.MigrationsTable);
        return new(builder.Options);
    }

    public enum Ending
    {
        RolledBack,
        Disposed,
        ContextDisposed,
        StatementFailed,
        SaveFailed,
        LockedOutside,
    }
}
