using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Data;

public sealed class MigrationTests : IDisposable
{
    private readonly TestDatabase _database = new();

    [Fact]
    public void Migrations_MatchTheModel()
    {
        using var context = _database.CreateDbContext();

        Assert.False(context.Database.HasPendingModelChanges());
    }

    [Fact]
    public async Task DayCounts_OfARange_AreReadFromTheIndexAlone()
    {
        await using var context = _database.CreateDbContext();
        var sql = context.SyncRuns.Where(run => run.IsCounted && run.StartedQuarter >= 10 && run.StartedQuarter < 20)
            .GroupBy(run => new { run.Result, Day = run.StartedQuarter / 96 })
            .Select(group => new { group.Key.Day, group.Key.Result, Count = group.Count(run => run.Result != SyncResult.Unknown) })
            .ToQueryString();

        Assert.Contains("SEARCH s USING COVERING INDEX IX_SyncRuns_StartedQuarter", await ExplainAsync(context, sql), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RepairTimes_OfARange_SearchTheRange()
    {
        await using var context = _database.CreateDbContext();
        var sql = context.SyncRuns.Where(run => run.IsCounted && run.StartedQuarter >= 10 && run.StartedQuarter < 20)
            .OrderBy(run => run.ServerId + 0)
            .ThenBy(run => run.StartedAt)
            .Select(run => new { run.ServerId, run.StartedAt })
            .ToQueryString();

        Assert.Contains("SEARCH s USING INDEX IX_SyncRuns_StartedQuarter", await ExplainAsync(context, sql), StringComparison.Ordinal);
    }

    public void Dispose() => _database.Dispose();

    private static async Task<string> ExplainAsync(Dashboard.Data.DashboardContext context, string sql)
    {
        await context.Database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var command = ((SqliteConnection)context.Database.GetDbConnection()).CreateCommand();
#pragma warning disable CA2100 // The text is what EF Core made of the query above.
        command.CommandText = $"EXPLAIN QUERY PLAN {sql}";
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var steps = new List<string>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            steps.Add(reader.GetString(3));
        }

        return string.Join(Environment.NewLine, steps);
    }
}
