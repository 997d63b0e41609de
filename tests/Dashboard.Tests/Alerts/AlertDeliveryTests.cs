using Hangfire.InMemory;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Dashboard.Alerts;
using WsusDashboard.Dashboard.Alerts.Channels;
using WsusDashboard.Dashboard.Alerts.Deciding;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Jobs;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Keys;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Alerts;

public sealed class SqliteAlertDeliveryTests() : AlertDeliveryTests(DatabaseKind.Sqlite);

public sealed class PostgreSqlAlertDeliveryTests() : AlertDeliveryTests(DatabaseKind.PostgreSql);

public abstract class AlertDeliveryTests(DatabaseKind kind) : IDisposable
{
    private readonly TestDatabase _database = new(kind);
    private readonly FakeTimeProvider _time = new(Clock.Start);
    private readonly FakeChannel _channel = new(AlertChannelKind.Webhook);
    private readonly FakeChannel _people = new(AlertChannelKind.Teams);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ChannelVault Vault => new(KeyFile.Open(_database.Options));

    private AlertStore Store => new(_database, KeyFile.Open(_database.Options), SoleOwnership.Instance);

    private AlertDeliveryJob Job => new(_database, Vault, new ChannelSender([_channel, _people]), new AlertLinks(_database, KeyFile.Open(_database.Options), new AlertAddresses(new ServiceCollection().BuildServiceProvider(), _database.Options), _time), new JobQueue(new InMemoryStorage()), _time);

    public void Dispose()
    {
        _database.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Store_DecisionAfterDecision_KeepsEachAlertAndMessageOnce()
    {
        var channel = await AddChannelAsync();
        var bench = Bench(channel);
        bench.Open(1, 1);
        await RunAsync(bench, minutes: 10);
        bench.Resolve(1);
        await RunAsync(bench, minutes: 1);
        var alerts = await _database.ReadAsync(context => context.Alerts.AsNoTracking().ToListAsync(Token));
        Assert.Equal((AlertState.Ended, 2, 1), (Assert.Single(alerts).State, alerts[0].EventCount, alerts[0].Occurrence));
        Assert.Equal([(1, AlertEventKind.Opened), (2, AlertEventKind.Resolved)], (await DeliveriesAsync()).Select(row => (row.EventNumber, row.Event)));
    }

    [Fact]
    public async Task Store_DashboardIsKilledAfterAnyDecision_TheNextOneGoesOn()
    {
        var channel = await AddChannelAsync();
        var bench = Bench(channel);
        bench.Open(1, 1);
        for (var minute = 0; minute < 300; minute += 10)
        {
            // What was decided is known from the rows alone.
            bench = Bench(channel, bench.Problems, bench.Now, (await Store.ReadAsync(Token)).Alerts);
            await RunAsync(bench, minutes: 10);
        }

        Assert.Equal([AlertEventKind.Opened, AlertEventKind.Changed], (await DeliveriesAsync()).Select(row => row.Event));
    }

    [Fact]
    public async Task Run_TwiceAndByTwoDashboards_SendsEachMessageOnce()
    {
        var channel = await AddChannelAsync();
        await AddMessagesAsync(channel, 3);
        await Job.RunAsync(Subject(channel), Token);
        await Job.RunAsync(Subject(channel), Token);
        Assert.Equal([1, 2, 3], _channel.Sent.Select(message => message.Number));
        Assert.All(await DeliveriesAsync(), row => Assert.Equal((AlertDeliveryState.Sent, 1), (row.State, row.Attempts)));
    }

    [Fact]
    public async Task Run_OtherSideIsDown_KeepsTheOrderAndWaitsLongerEachTime()
    {
        var channel = await AddChannelAsync();
        await AddMessagesAsync(channel, 3);
        _channel.Answer = SendResult.Later("503");
        var waits = new List<double>();
        for (var attempt = 0; attempt < 4; attempt++)
        {
            await Job.RunAsync(Subject(channel), Token);
            var next = (await DeliveriesAsync()).Select(row => row.NextTryAt).Distinct().Single();
            waits.Add((next - _time.GetUtcNow().UtcDateTime).TotalSeconds);
            await Job.RunAsync(Subject(channel), Token);
            _time.SetUtcNow(new(next, TimeSpan.Zero));
        }

        Assert.Equal([30, 60, 300, 900], waits);
        Assert.Equal(4, _channel.Tries);
        _channel.Answer = SendResult.Sent("202");
        await Job.RunAsync(Subject(channel), Token);
        Assert.Equal([1, 2, 3], _channel.Sent.Select(message => message.Number));
    }

    [Fact]
    public async Task Run_RetryAfter_IsHeeded()
    {
        var channel = await AddChannelAsync();
        await AddMessagesAsync(channel, 1);
        _channel.Answer = SendResult.Later("429", TimeSpan.FromMinutes(20));
        await Job.RunAsync(Subject(channel), Token);
        Assert.Equal(Clock.Start.AddMinutes(20).UtcDateTime, (await DeliveriesAsync())[0].NextTryAt);
    }

    [Fact]
    public async Task Run_Refused_IsGivenUpAndTheNextIsSent()
    {
        var channel = await AddChannelAsync();
        await AddMessagesAsync(channel, 2);
        _channel.Answer = SendResult.Refused("400");
        await Job.RunAsync(Subject(channel), Token);
        Assert.All(await DeliveriesAsync(), row => Assert.Equal((AlertDeliveryState.GivenUp, "400"), (row.State, row.Outcome)));
        Assert.Equal(2, _channel.Tries);
    }

    [Fact]
    public async Task Run_ForDaysInVain_GivesUpByAge()
    {
        var channel = await AddChannelAsync();
        await AddMessagesAsync(channel, 1);
        _channel.Answer = SendResult.Later("503");
        _time.Advance(TimeSpan.FromHours(74));
        await Job.RunAsync(Subject(channel), Token);
        Assert.Equal(AlertDeliveryState.Waiting, (await DeliveriesAsync())[0].State);
        _time.Advance(TimeSpan.FromHours(2));
        await Job.RunAsync(Subject(channel), Token);
        Assert.Equal(AlertDeliveryState.GivenUp, (await DeliveriesAsync())[0].State);
    }

    [Fact]
    public async Task Run_ManyForPeople_AreOneMessage()
    {
        var channel = await AddChannelAsync(AlertChannelKind.Teams);
        await AddMessagesAsync(channel, AlertDeliveryJob.MostSingleMessages + 1);
        await Job.RunAsync(Subject(channel), Token);
        Assert.Equal((1, AlertDeliveryJob.MostSingleMessages + 1), (_people.Tries, _people.Sent.Count));
    }

    [Fact]
    public async Task Run_MessageToPeople_HasALinkThatIsStoredNowhere()
    {
        _database.Options.PublicAddress = "https://wsus.example";
        var channel = await AddChannelAsync(AlertChannelKind.Teams);
        await AddMessagesAsync(channel, 1);
        await Job.RunAsync(Subject(channel), Token);
        Assert.StartsWith("https://wsus.example/alerts/act?code=", Assert.Single(_people.Sent).ActionLink, StringComparison.Ordinal);
        Assert.DoesNotContain("act?code", (await DeliveriesAsync())[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Digest_IsOneMessageAtItsTime()
    {
        var channel = await AddChannelAsync(AlertChannelKind.Teams);
        var bench = Bench(channel, digestMinutes: 60);
        bench.Open(1, 1);
        bench.Open(2, 2, "ZRH");
        await RunAsync(bench, minutes: 5);
        _time.SetUtcNow(Clock.Start.AddMinutes(59));
        await Job.RunAsync(Subject(channel), Token);
        Assert.Equal(0, _people.Tries);
        _time.SetUtcNow(Clock.Start.AddMinutes(60));
        await Job.RunAsync(Subject(channel), Token);
        Assert.Equal((1, 2), (_people.Tries, _people.Sent.Count));
    }

    [Fact]
    public async Task Run_ChannelThatIsOffOrLeavesItOut_SendsNothing()
    {
        var off = await AddChannelAsync(change: row => row.IsEnabled = false);
        var quiet = await AddChannelAsync(AlertChannelKind.Teams, row => row.Settings = AlertRows.ToJson(new ChannelSettings { Leaves = [AlertEventKind.Changed] }));
        await AddMessagesAsync(off, 1);
        await AddMessagesAsync(quiet, 1, AlertEventKind.Changed);
        await Job.RunAsync(Subject(off), Token);
        await Job.RunAsync(Subject(quiet), Token);
        Assert.Equal(0, _channel.Tries + _people.Tries);
        Assert.All(await DeliveriesAsync(), row => Assert.Equal(AlertDeliveryState.LeftOut, row.State));
    }

    [Fact]
    public async Task Run_ChannelFailsForAnHour_OthersAreToldOnceAndOfItsEnd()
    {
        var (failing, other) = (await AddChannelAsync(), await AddChannelAsync(AlertChannelKind.Teams));
        await AddMessagesAsync(failing, 1);
        _channel.Answer = SendResult.Later("503");
        await Job.RunAsync(Subject(failing), Token);
        _time.Advance(TimeSpan.FromMinutes(59));
        await Job.RunAsync(Token);
        Assert.Single(await DeliveriesAsync());
        _time.Advance(TimeSpan.FromMinutes(2));
        await Job.RunAsync(Token);
        await Job.RunAsync(Token);
        await Job.RunAsync(Subject(other), Token);
        Assert.Equal([AlertReason.ChannelFails], _people.Sent.Select(message => message.Reason));
        _channel.Answer = SendResult.Sent("202");
        await Job.RunAsync(Subject(failing), Token);
        await Job.RunAsync(Token);
        await Job.RunAsync(Subject(other), Token);
        Assert.Equal([AlertReason.ChannelFails, AlertReason.Resolved], _people.Sent.Select(message => message.Reason));
        Assert.Single(_people.Sent.Select(message => (message.Key, message.Occurrence)).Distinct());
    }

    [Fact]
    public async Task Open_SecretsOfAnotherKey_AreNotReadAndNotThrown()
    {
        var channel = await AddChannelAsync();
        var row = await _database.ReadAsync(context => context.AlertChannels.AsNoTracking().SingleAsync(entity => entity.Id == channel, Token));
        Assert.Equal("https://example.com/hook", Vault.Open(row).Secrets.Address);
        Assert.DoesNotContain("example.com", System.Text.Encoding.UTF8.GetString(row.SealedSecret), StringComparison.Ordinal);
        row.SealedSecret[^1] ^= 1;
        Assert.Equal("", Vault.Open(row).Secrets.Address);
    }

    private static string Subject(int channel) => channel.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static AlertBench Bench(int channel, List<AlertProblem>? problems = null, DateTimeOffset? now = null, LatestAlerts? alerts = null, int digestMinutes = 0)
    {
        var bench = new AlertBench(alerts) { Routes = [AlertBench.Route(rule: new() { Channels = [channel], DigestMinutes = digestMinutes })], Now = now ?? Clock.Start };
        bench.Problems.AddRange(problems ?? []);
        return bench;
    }

    private async Task RunAsync(AlertBench bench, int minutes)
    {
        for (var minute = 0; minute < minutes; minute++)
        {
            bench.Now += TimeSpan.FromMinutes(1);
            var before = bench.Alerts;
            var decision = AlertDecisions.Of(new(bench.Now, bench.Problems, bench.Routes, bench.Windows, before));
            await Store.StoreAsync(decision, SoleOwnership.Instance.Owned.TermsOfFleet(), bench.Now, Token);
            bench.Take(decision);
        }
    }

    private async Task<int> AddChannelAsync(AlertChannelKind channelKind = AlertChannelKind.Webhook, Action<AlertChannelEntity>? change = null)
    {
        var row = new AlertChannelEntity { Kind = channelKind, Name = $"{channelKind}", IsEnabled = true, SealedSecret = Vault.Seal(new() { Address = "https://example.com/hook", Key = WebhookChannel.MakeKey() }) };
        change?.Invoke(row);
        await _database.WriteAsync(context => context.AlertChannels.Add(row));
        return row.Id;
    }

    private Task AddMessagesAsync(int channel, int count, AlertEventKind what = AlertEventKind.Opened) => _database.WriteAsync(context => context.AlertDeliveries.AddRange(Enumerable.Range(1, count).Select(number => new AlertDeliveryEntity
    {
        ChannelId = channel,
        AlertKey = "0123456789abcdef0123456789abcdef",
        Occurrence = 1,
        EventNumber = number,
        Event = what,
        CreatedAt = Clock.Start.UtcDateTime,
        NextTryAt = Clock.Start.UtcDateTime,
        Message = AlertRows.ToJson(HttpChannelTests.Message(what) with { Number = number }),
    })));

    private Task<List<AlertDeliveryEntity>> DeliveriesAsync() => _database.ReadAsync(context => context.AlertDeliveries.AsNoTracking().OrderBy(row => row.Id).ToListAsync(Token));

    /// <summary>Answers what the test says, and keeps what was sent.</summary>
    private sealed class FakeChannel(AlertChannelKind kind) : IAlertChannel
    {
        public AlertChannelKind Kind => kind;

        public SendResult Answer { get; set; } = SendResult.Sent("202");

        public int Tries { get; private set; }

        public List<AlertMessage> Sent { get; } = [];

        public IEnumerable<FieldError> Check(AlertChannel channel) => [];

        public Task<SendResult> SendAsync(AlertChannel channel, IReadOnlyList<AlertMessage> messages, CancellationToken cancellationToken)
        {
            Tries++;
            if (Answer.State == SendState.Sent)
            {
                Sent.AddRange(messages);
            }

            return Task.FromResult(Answer);
        }
    }
}
