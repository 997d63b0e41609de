using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Agents.Outside;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Tests.Agents;

/// <summary>The dashboard asks WSUS itself: the servers that were paired, and nobody else, whatever an agent says.</summary>
public sealed class OutsideTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Of_Server_AsksTheEndpointsOfClientsByTheNameThatTheyUse()
    {
        var questions = OutsideQuestions.Of(Server(Samples.Client(Clock.Start, 8530)));

        Assert.Equal(ClientEndpoints.OfClients, questions.Select(question => question.Endpoint));
        Assert.All(questions, question => Assert.Equal(
            ($"http://brn-wsus02.corp.example:8530{ClientEndpoints.PathOf(question.Endpoint)}", "10.1.2.3"), (question.Address.ToString(), question.ConnectTo)));
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://10.9.9.9:22/ClientWebService/client.asmx?secret=1#x")]
    [InlineData("https://user:word@intranet.corp.example:8531/admin/delete")]
    public void Of_AgentThatNamesAnotherPlace_LeadsToItsOwnServerAndToTheKnownPathsAlone(string address)
    {
        var question = OutsideQuestions.Of(Server(Samples.Client(Clock.Start, change: state => state with { Address = address })))[0];

        Assert.Equal("10.1.2.3", question.ConnectTo);
        Assert.Equal((ClientEndpoints.PathOf(ClientEndpoint.ClientWebService), "", "", ""), (question.Address.AbsolutePath, question.Address.Query, question.Address.Fragment, question.Address.UserInfo));
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://10.1.2.3/client.asmx")]
    [InlineData("http://10.1.2.3:0/")]
    [InlineData("client.asmx")]
    [InlineData("")]
    public void Of_AddressThatIsNone_IsNotAsked(string address) =>
        Assert.Empty(OutsideQuestions.Of(Server(Samples.Client(Clock.Start, change: state => state with { Address = address }))));

    [Fact]
    public void Of_NameThatMeansThisComputer_IsReplacedByTheServers() =>
        Assert.Equal("10.1.2.3", OutsideQuestions.Of(Server(Samples.Client(Clock.Start, host: "localhost")))[0].Address.Host);

    [Fact]
    public void Of_AgentThatConnectsItself_HasNoQuestions() =>
        Assert.Empty(OutsideQuestions.Of(Server(Samples.Client(Clock.Start)) with { Address = $"outbound://{new string('a', 32)}" }));

    [Fact]
    public void Of_ServerThatMustNotBeAsked_HasNoQuestions()
    {
        var client = Samples.Client(Clock.Start);

        Assert.Empty(OutsideQuestions.Of(Server(client) with { Link = LinkStatus.NotStarted }));
        Assert.Empty(OutsideQuestions.Of(Server(client with { Status = SectionStatus.Unreadable })));
        Assert.Empty(OutsideQuestions.Of(Server(Samples.Client(Clock.Start, change: state => state with { Skipped = SkipReason.PoolIdle, Answer = null }))));
        Assert.Empty(OutsideQuestions.Of(Server(Samples.Client(Clock.Start, change: state => state with { Skipped = SkipReason.PoolStopped, Answer = null }))));
    }

    [Fact]
    public async Task AskAllAsync_WsusThatStopsAnswering_IsAChangeThatOutlivesARestart()
    {
        var hosts = new ConcurrentQueue<string>();
        await using var agent = await FakeAgent.StartAsync();
        int id;
        DateTimeOffset? since;
        await using (var dashboard = await StartAsync())
        {
            id = await dashboard.AddServerAsync(agent.Address);
            var wsus = await LoopbackServer.StartAsync(web => web.Run(context =>
            {
                hosts.Enqueue(context.Request.Host.Value ?? "");
                return Task.CompletedTask;
            }));
            (await agent.NextWatchAsync()).Send(Samples.Snapshot(TimeProvider.System.GetUtcNow()) with { Client = Samples.Client(TimeProvider.System.GetUtcNow(), wsus.Port) });
            await dashboard.UntilAsync(id, server => server.Snapshot?.Client.Value is not null && server.Link.State == LinkState.Up);

            await dashboard.Get<OutsideProber>().AskAllAsync(TimeSpan.Zero, Token);
            var before = (await dashboard.UntilAsync(id, server => server.Outside is not null)).Outside!;
            Assert.Equal(ClientEndpoints.OfClients, before.Value!.Endpoints.Select(endpoint => endpoint.Endpoint));
            Assert.All(before.Value.Endpoints, endpoint => Assert.Equal(AnswerClass.Answered, endpoint.Class));
            Assert.Equal([$"brn-wsus02.corp.example:{wsus.Port}"], hosts.Distinct());

            await wsus.DisposeAsync();
            await dashboard.Get<OutsideProber>().AskAllAsync(TimeSpan.Zero, Token);
            var after = (await dashboard.UntilAsync(id, server => server.Outside!.Value!.Endpoints.All(endpoint => endpoint.Class is AnswerClass.NoAnswer))).Outside!;
            since = after.Value!.Endpoints[0].Since;
            await Eventually.Async(() => dashboard.ReadAsync(context => context.StateChanges.CountAsync(change => change.Subject.StartsWith("outside:"), Token)), count => count == 4);
        }

        await using var again = await StartAsync();
        var loaded = await again.UntilAsync(id, server => server.Outside is not null);
        Assert.Equal((since, AnswerClass.NoAnswer, AnswerClass.Answered), (loaded.Outside!.Value!.Endpoints[0].Since, loaded.Outside.Value.Endpoints[0].Class, loaded.Outside.Value.Endpoints[0].Usual));
    }

    private Task<TestDashboard> StartAsync() => TestDashboard.StartAsync(_folder, options => options.Probe.IntervalMinutes = 60);

    private static LiveServer Server(Section<ClientState> client) => new()
    {
        Id = 1,
        Name = "BRN-WSUS02",
        Site = "BRN",
        Address = "https://10.1.2.3:5101",
        Baseline = "guide",
        Status = new(),
        Link = new(LinkState.Up, Clock.Start, null, 0, Clock.Start),
        Snapshot = Samples.Snapshot(Clock.Start) with { Client = client },
    };
}
