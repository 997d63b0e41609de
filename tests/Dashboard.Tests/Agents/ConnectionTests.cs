using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using WsusDashboard.Dashboard.Agents;
using WsusDashboard.Dashboard.Agents.Border;
using WsusDashboard.Dashboard.Agents.Identity;
using WsusDashboard.Dashboard.Agents.Outbound;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Contract.Border;

namespace WsusDashboard.Dashboard.Tests.Agents;

public sealed class ConnectionTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TestDatabase _database = new();
    private readonly HubIdentity _hub;
    private readonly AgentQuarantines _quarantines;
    private readonly AgentConnections _connections;

    public ConnectionTests()
    {
        _hub = new(new() { DataDirectory = _folder.Path }, TimeProvider.System);
        _quarantines = new(_database, TimeProvider.System, NullLogger<AgentQuarantines>.Instance, SoleOwnership.Instance);
        _connections = new(new(), _hub, new OutboundAgents(TimeProvider.System), new ContractBorder(TimeProvider.System), _quarantines, TimeProvider.System);
    }

    [Fact]
    public async Task Test_AgentAnswers_AllStepsAreOk()
    {
        await using var agent = await FakeAgent.StartAsync();

        var test = await TestAsync(agent.Address);

        Assert.True(test.IsOk);
        Assert.Equal("BRN-WSUS02", test.Agent!.ComputerName);
        Assert.Equal([ConnectionStepKind.Name, ConnectionStepKind.Connect, ConnectionStepKind.Protocol, ConnectionStepKind.Version], test.Steps.Select(step => step.Kind));
    }

    [Fact]
    public async Task Test_NameIsNotKnown_FailsAtTheName()
    {
        var test = await TestAsync("https://no-such-host.invalid:5101");

        Assert.Equal([ConnectionStepState.Failed, ConnectionStepState.NotReached, ConnectionStepState.NotReached, ConnectionStepState.NotReached], test.Steps.Select(step => step.State));
        Assert.Contains("no-such-host.invalid", test.Steps[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Test_NothingListens_FailsAtTheConnection()
    {
        // A bound socket that does not listen refuses, and nobody else can listen in its place.
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        var test = await TestAsync($"https://{silent.LocalEndPoint}");

        Assert.Equal(ConnectionStepState.Failed, test.Steps[1].State);
        Assert.NotEqual("", test.Steps[1].Message);
    }

    [Fact]
    public async Task Test_AnotherServerListens_FailsAtTheProtocol()
    {
        using var folder = new TempFolder();
        await using var other = await TestDashboard.StartAsync(folder);

        var test = await TestAsync($"https://{other.Http.BaseAddress!.Authority}");

        Assert.Equal([ConnectionStepState.Ok, ConnectionStepState.Ok, ConnectionStepState.Failed, ConnectionStepState.NotReached], test.Steps.Select(step => step.State));
    }

    [Fact]
    public async Task Test_OldAgent_FailsAtTheVersion()
    {
        await using var agent = await FakeAgent.StartAsync();
        agent.Verbs.Info = () => Samples.Agent(protocolVersion: 0);

        var test = await TestAsync(agent.Address);

        Assert.Equal(ConnectionStepState.Failed, test.Steps[3].State);
        Assert.NotEqual("", test.Steps[3].Message);
        Assert.Null(test.Agent);
    }

    [Fact]
    public void ToFailure_FieldViolations_BecomeFieldErrors()
    {
        var details = new Google.Rpc.Status
        {
            Code = (int)StatusCode.InvalidArgument,
            Details = { Any.Pack(new Google.Rpc.BadRequest { FieldViolations = { new Google.Rpc.BadRequest.Types.FieldViolation { Field = "playbook", Description = "allowed are …" } } }) },
        };
        var exception = new RpcException(new Status(StatusCode.InvalidArgument, "wrong"), new Metadata { { "grpc-status-details-bin", details.ToByteArray() } });

        var invalid = Assert.IsType<Invalid>(AgentFailures.ToFailure(exception, "a", isChange: true));

        Assert.Equal(new FieldError("playbook", "allowed are …"), Assert.Single(invalid.Errors));
    }

    [Fact]
    public void ToFailure_AnswerLostAfterACommand_SaysThatTheOutcomeIsNotKnown()
    {
        var exception = new RpcException(new Status(StatusCode.DeadlineExceeded, ""));

        var changing = Assert.IsType<TimedOut>(AgentFailures.ToFailure(exception, "BRN", isChange: true));
        var reading = Assert.IsType<TimedOut>(AgentFailures.ToFailure(exception, "BRN", isChange: false));

        AssertText.Tells(changing.Message, "BRN");
        AssertText.Tells(reading.Message, "BRN");
        Assert.NotEqual(changing.Message, reading.Message);
    }

    public void Dispose()
    {
        _connections.Dispose();
        _quarantines.Dispose();
        _hub.Dispose();
        _database.Dispose();
        _folder.Dispose();
    }

    private Task<ConnectionTest> TestAsync(string address) =>
        new ConnectionTester(_connections, new(), TimeProvider.System).TestAsync(new Uri(address), TestContext.Current.CancellationToken);
}
