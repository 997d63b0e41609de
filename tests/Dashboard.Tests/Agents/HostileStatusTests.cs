using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using WsusDashboard.Dashboard.Agents;
using WsusDashboard.Dashboard.Agents.Border;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Text;
using Status = Grpc.Core.Status;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Dashboard.Tests.Agents;

/// <summary>What an agent in foreign hands says when it refuses: a status and its details are texts of the other side, too.</summary>
public sealed class HostileStatusTests : IDisposable
{
    private const string DetailsTrailer = "grpc-status-details-bin";

    private static readonly string Detail = HostileAgent.Trickery + "\n" + new string('x', 3_000);

    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<StatusCode> Codes => [.. System.Enum.GetValues<StatusCode>().Where(code => code is not StatusCode.OK)];

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task Answer_FailureWithTrickery_IsPlainAndShort(StatusCode code)
    {
        await using var agent = await FakeAgent.StartAsync();
        await using var dashboard = await TestDashboard.StartAsync(_folder);
        agent.Verbs.Info = () => throw new RpcException(new Status(code, Detail), Mistakes(25));
        var channel = dashboard.Get<AgentConnections>().OpenChannel(agent.Address);
        using var connection = channel.Channel;

        var exception = await Assert.ThrowsAnyAsync<RpcException>(async () => await new Wire.Agent.AgentClient(channel.Calls).GetInfoAsync(new(), cancellationToken: Token));

        Assert.Equal(code, exception.StatusCode);
        AssertPlain(exception.Status.Detail, AgentStatus.MaximumDetail);
        var failure = AgentFailures.ToFailure(exception, "SRV-01", isChange: true);
        AssertPlain(failure.Message, AgentStatus.MaximumDetail + 200);
        AssertPlain(LinkErrors.Describe(exception), AgentStatus.MaximumDetail);
        if (failure is Invalid invalid)
        {
            Assert.Equal(AgentStatus.MaximumViolations, invalid.Errors.Count);
            Assert.All(invalid.Errors, error => AssertPlain(error.Field, AgentStatus.MaximumViolationText));
            Assert.All(invalid.Errors, error => AssertPlain(error.Message, AgentStatus.MaximumViolationText));
        }
    }

    [Fact]
    public async Task Watch_EndsWithTrickery_LinkAndSentenceArePlainAndShort()
    {
        await using var agent = await FakeAgent.StartAsync();
        await using var dashboard = await TestDashboard.StartAsync(_folder);
        var id = await dashboard.AddServerAsync(agent.Address);

        (await agent.NextWatchAsync()).End(new RpcException(new Status(StatusCode.Unavailable, Detail)));

        var server = await dashboard.UntilAsync(id, candidate => candidate.Link is { State: LinkState.Down, Error: not null });
        AssertPlain(server.Link.Error!, AgentStatus.MaximumDetail);
        AssertPlain(server.Status.Sentence, AgentStatus.MaximumDetail + 200);
    }

    [Fact]
    public async Task Answer_FailureLongerThanHeadersMayBe_IsAConnectionThatFailed()
    {
        await using var agent = await FakeAgent.StartAsync();
        await using var dashboard = await TestDashboard.StartAsync(_folder);
        agent.Verbs.Info = () => throw new RpcException(new Status(StatusCode.NotFound, new string('x', 50_000)));
        var channel = dashboard.Get<AgentConnections>().OpenChannel(agent.Address);
        using var connection = channel.Channel;

        var exception = await Assert.ThrowsAnyAsync<RpcException>(async () => await new Wire.Agent.AgentClient(channel.Calls).GetInfoAsync(new(), cancellationToken: Token));

        Assert.NotEqual(StatusCode.NotFound, exception.StatusCode);
        Assert.InRange(exception.Status.Detail.Length, 1, AgentStatus.MaximumDetail);
    }

    public void Dispose() => _folder.Dispose();

    private static Metadata Mistakes(int count)
    {
        var request = new BadRequest();
        request.FieldViolations.AddRange(Enumerable.Range(0, count).Select(_ => new BadRequest.Types.FieldViolation { Field = HostileAgent.Trickery, Description = HostileAgent.Trickery + new string('y', 520) }));
        return new() { { DetailsTrailer, new Google.Rpc.Status { Details = { Any.Pack(request) } }.ToByteArray() } };
    }

    private static void AssertPlain(string text, int maximumLength)
    {
        Assert.True(PlainText.IsPlain(text), text);
        Assert.InRange(text.Length, 1, maximumLength);
    }
}
