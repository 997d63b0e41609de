using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Snapshots;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Dashboard.Agents;

/// <summary>"Test connection": tries name, connection, protocol and version, and says which step fails and what helps.</summary>
internal sealed class ConnectionTester(AgentConnections connections, DashboardOptions options, TimeProvider timeProvider)
{
    public async Task<ConnectionTest> TestAsync(Uri address, CancellationToken cancellationToken)
    {
        var steps = new List<ConnectionStep>();
        AgentInfo? agent = null;
        _ = await TryAsync(ConnectionStepKind.Name, token => ResolveAsync(address, token))
            && await TryAsync(ConnectionStepKind.Connect, token => ConnectAsync(address, token))
            && await TryAsync(ConnectionStepKind.Protocol, AskAsync)
            && await TryAsync(ConnectionStepKind.Version, _ => Task.FromResult(agent is null ? "Shown once the server is paired." : CheckVersion(agent)));
        steps.AddRange(Enum.GetValues<ConnectionStepKind>().Skip(steps.Count).Select(kind => new ConnectionStep(kind, ConnectionStepState.NotReached, "Not reached.", TimeSpan.Zero)));
        return new(steps, steps.All(step => step.State == ConnectionStepState.Ok) ? agent : null);

        async Task<string> AskAsync(CancellationToken token)
        {
            agent = await AskWhoAsync(address, token);
            return agent is null
                ? "An agent answers over TLS. It isn't paired with this dashboard yet: run \"WsusDashboard.Agent pair\" on the server to get the code."
                : $"The agent on {agent.ComputerName} answers.";
        }

        async Task<bool> TryAsync(ConnectionStepKind kind, Func<CancellationToken, Task<string>> step)
        {
            var startedAt = timeProvider.GetTimestamp();
            var (state, message) = await RunAsync(kind, address, step, cancellationToken);
            steps.Add(new(kind, state, message, timeProvider.GetElapsedTime(startedAt)));
            return state == ConnectionStepState.Ok;
        }
    }

    private async Task<(ConnectionStepState State, string Message)> RunAsync(ConnectionStepKind kind, Uri address, Func<CancellationToken, Task<string>> step, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(options.Agents.ConnectTimeoutSeconds));
        try
        {
            return (ConnectionStepState.Ok, await step(deadline.Token));
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception exception)
        {
            return (ConnectionStepState.Failed, Explain(kind, address, exception));
        }
    }

    private static string Explain(ConnectionStepKind kind, Uri address, Exception exception) => kind switch
    {
        ConnectionStepKind.Name => $"{address.Host}: {LinkErrors.Describe(exception)}. Check the spelling, or use the full name.",
        ConnectionStepKind.Connect => $"{address.Authority}: {LinkErrors.Describe(exception)}. Check that the agent's service is running there, and check its port and the firewall.",
        ConnectionStepKind.Protocol => $"Something listens on {address.Authority}, but it doesn't answer like an agent ({LinkErrors.Describe(exception)}). Check the port.",
        ConnectionStepKind.Version => exception.Message,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private static async Task<string> ResolveAsync(Uri address, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(address.IdnHost, cancellationToken);
        return addresses.Length == 0
            ? throw new SocketException((int)SocketError.HostNotFound)
            : $"{address.Host} resolves to {string.Join(", ", addresses.Take(3).Select(entry => entry.ToString()))}.";
    }

    private static async Task<string> ConnectAsync(Uri address, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.IdnHost, address.Port, cancellationToken);
        return string.Create(CultureInfo.InvariantCulture, $"Port {address.Port} is open.");
    }

    /// <summary>Who answers; null where it is an agent that does not tell a stranger.</summary>
    private async Task<AgentInfo?> AskWhoAsync(Uri address, CancellationToken cancellationToken)
    {
        var agent = connections.OpenChannel(address.GetLeftPart(UriPartial.Authority));
        using var channel = agent.Channel;
        try
        {
            var info = await new Wire.Agent.AgentClient(agent.Calls).GetInfoAsync(new Wire.GetInfoRequest(), new CallOptions(cancellationToken: cancellationToken));
            return info.AgentId.Length > 0 ? info.ToDomain() : throw new InvalidOperationException("it doesn't identify itself");
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.Unauthenticated && exception.Status.Detail.Contains("pair", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }
    }

    private static string CheckVersion(AgentInfo agent) => agent.ProtocolVersion >= AgentInfo.CurrentProtocolVersion
        ? $"Agent {agent.AgentVersion}, protocol version {agent.ProtocolVersion}."
        : throw new InvalidOperationException($"The agent on {agent.ComputerName} speaks protocol version {agent.ProtocolVersion}, but this dashboard needs {AgentInfo.CurrentProtocolVersion}. Update the agent.");
}
