using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Ingest;

/// <summary>What somebody did to a server is the same after a restart: it is read from the audit then.</summary>
public sealed class PersonActionReaderTests : IDisposable
{
    private readonly TestDatabase _database = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("WsusPool", "for the patch day", "CHG-1234", "for the patch day")]
    [InlineData("WsusPool", "for the patch day", "", "for the patch day")]
    [InlineData("WsusPool", "", "CHG-1234", "CHG-1234")]
    [InlineData("WsusPool", "", "", "")]
    [InlineData("", "for the patch day", "", "for the patch day")]
    [InlineData("WsusPool", "see · reason: above", "", "see · reason: above")]
    public async Task Read_VerbWithAPurpose_HasItsSubjectAndWhy(string subject, string reason, string ticket, string why)
    {
        var purpose = new Purpose(reason, ticket);
        await _database.CreateAuditLog(new FakeTimeProvider(Clock.Start)).AppendAsync(
            [new() { At = Clock.Start.UtcDateTime, ServerId = 7, Who = "anna", What = "pool.recycle", Detail = purpose.Describe(subject), Ticket = purpose.Ticket, Outcome = "done" }]);

        var action = Assert.Single(await ReadAsync(null)).Action;

        Assert.Equal(("anna", "pool.recycle", subject, why), (action.Who, action.What, action.Subject, action.Reason));
    }

    [Fact]
    public async Task Read_MoreThanAskedFor_AreTheNewestOfTheServersInOrder()
    {
        var log = _database.CreateAuditLog(new FakeTimeProvider(Clock.Start));
        foreach (var (minute, server, what) in new[] { (0, 7, "pool.stop"), (1, 7, "pool.start"), (2, 8, "pool.recycle"), (3, 7, "service.start"), (4, 7, "server.edit") })
        {
            await log.AppendAsync([new() { At = Clock.Start.AddMinutes(minute).UtcDateTime, ServerId = server, Who = "anna", What = what, Outcome = "done" }]);
        }

        Assert.Equal(["pool.start", "service.start"], (await ReadAsync([7], most: 2)).Select(entry => entry.Action.What));
    }

    public void Dispose() => _database.Dispose();

    private Task<IReadOnlyList<ServerAction>> ReadAsync(IReadOnlyCollection<int>? servers, int most = 100) =>
        PersonActionReader.ReadAsync(_database, servers, Clock.Start.AddHours(-1).UtcDateTime, Clock.Start.AddHours(1).UtcDateTime, most, Token);
}
