using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using WsusDashboard.Agent.Doctor.Probes.Connections;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Security.Access;
using WsusDashboard.Agent.Security.Policy;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Windows.Setup;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Doctor.Probes;

/// <summary>The agent itself: its folder, its file, its policy, its key, its service, its port.</summary>
internal sealed class AgentProbes(AgentOptions options, IServiceControl services, TimeProvider timeProvider)
{
    private const string ServiceName = AgentOptions.ServiceName;

    public IEnumerable<Probe> All() =>
    [
        new(ProbeAreas.Agent, "data folder", _ => Task.FromResult(ReadFolder())),
        new(ProbeAreas.Agent, "agent.db", _ => Task.FromResult(ReadStore())),
        new(ProbeAreas.Agent, LocalPolicy.FileName, _ => Task.FromResult(ReadPolicy())),
        new(ProbeAreas.Agent, "key", TryKeyAsync),
        new(ProbeAreas.Agent, "service", ReadServiceAsync),
        new(ProbeAreas.Agent, "port", TryPortAsync),
    ];

    private ProbeOutcome ReadFolder()
    {
        var folder = options.DataDirectory;
        if (!Directory.Exists(folder))
        {
            return ProbeOutcome.NotInstalled($"{folder} doesn't exist; the agent creates it when it first starts");
        }

        var grants = FolderAccess.Read(folder);
        var closed = FolderAccessCheck.Describe(grants);
        var mark = Path.Combine(folder, $"doctor-{Guid.NewGuid():N}.tmp");
        try
        {
            // The one thing that this command writes: nothing else tells whether this folder can be written.
            using var empty = new FileStream(mark, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            return ProbeOutcome.Refused(ReadFailure.AccessDenied, $"{folder} can't be written: {exception.Message}", ProbeAdvice.For(ProbeAreas.Agent, ReadFailure.AccessDenied));
        }

        var strangers = FolderAccessCheck.Strangers(grants);
        return strangers.Count == 0
            ? ProbeOutcome.Works($"{folder} can be written, and is {closed}", grants)
            : ProbeOutcome.Attention(
                $"{folder} can be written, but is open to {Wording.List([.. strangers])}",
                "Anyone who can read it has the agent's key, and anyone who can write there can change its policy. Give access to administrators and the service only, as \"install\" does.",
                grants);
    }

    private ProbeOutcome ReadStore()
    {
        var file = new FileInfo(Path.Combine(options.DataDirectory, StoreExcerpt.FileName));
        if (!file.Exists)
        {
            return ProbeOutcome.NotInstalled("not created yet; the agent creates it when it first starts");
        }

        try
        {
            var excerpt = StoreExcerpt.Read(options.DataDirectory);
            return ProbeOutcome.Works($"{Wording.Size(file.Length / 1024)}, {Wording.Count(excerpt.SyncRunCount, "sync", "syncs")} and {Wording.Count(excerpt.RepairCount, "repair", "repairs")} kept");
        }
        catch (SqliteException exception)
        {
            return ProbeOutcome.Refused(ReadFailure.Malformed, $"{file.FullName}: {exception.Message}", "Restart the agent: it sets a damaged file aside and starts a new one.");
        }
    }

    private ProbeOutcome ReadPolicy()
    {
        var policy = new LocalPolicy(options.DataDirectory, timeProvider).Read(null);
        var said = $"{policy.Policy.Mode} ({policy.Policy.Source})";

        // A policy that can't be used allows nothing.
        return policy.Policy.Problem.Length > 0
            ? ProbeOutcome.Attention(said, "Fix the file; until then the agent only monitors.")
            : ProbeOutcome.Works($"{said}; services {Wording.List([.. policy.Policy.AllowedServices])}; pools {Wording.List([.. policy.Policy.AllowedPools])}");
    }

    private async Task<ProbeOutcome> TryKeyAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(options.DataDirectory, IdentityKeys.FileName);
        if (!File.Exists(path))
        {
            return ProbeOutcome.NotInstalled("not created yet; the agent creates it when it first starts, if this system can store an ECDSA key");
        }

        try
        {
            using var key = IdentityKey.Read(path);
            var took = await KeyHandshake.TryAsync(key, timeProvider, cancellationToken);
            return ProbeOutcome.Works(string.Create(CultureInfo.InvariantCulture, $"{KeyPin.Shown(key.Pin)}; TLS with itself in {took.TotalMilliseconds:0} ms"));
        }
        catch (Exception exception) when (exception is AuthenticationException or CryptographicException or IOException or SocketException)
        {
            return ProbeOutcome.Refused(
                ReadFailure.Other,
                $"{exception.GetType().Name}: {exception.GetBaseException().Message}",
                "No dashboard can connect. If the file is damaged, restore it from a backup, or delete it, restart the agent and pair it again. Otherwise, add --report FILE and attach the file to a bug report.");
        }
    }

    private async Task<ProbeOutcome> ReadServiceAsync(CancellationToken cancellationToken)
    {
        var status = await services.ReadAsync(ServiceName, cancellationToken);
        return status.State switch
        {
            ServiceState.NotInstalled => ProbeOutcome.NotInstalled($"there is no service {ServiceName}"),
            ServiceState.Running => ProbeOutcome.Works($"{ServiceName} is running, {status.StartType}, as {status.Account}", status),
            _ => ProbeOutcome.Attention($"{ServiceName} is {status.State}, {status.StartType}", $"Start it with \"sc start {ServiceName}\"; the Application log says why it stopped.", status),
        };
    }

    private async Task<ProbeOutcome> TryPortAsync(CancellationToken cancellationToken)
    {
        if (!NetworkPort.IsNeeded(options))
        {
            return ProbeOutcome.NotInstalled("the agent listens on no port: it connects to its dashboard itself, or Agent:Listen is no");
        }

        var address = string.Create(CultureInfo.InvariantCulture, $"{options.ListenAddress}, port {options.Port}");
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(Reachable(options.ListenAddress), options.Port, cancellationToken);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return ProbeOutcome.NotInstalled($"no agent listens on {address}");
        }
        catch (SocketException exception)
        {
            return ProbeOutcome.Refused(ReadFailure.Unavailable, $"{address}: {exception.Message}", "Check that Agent:ListenAddress is one of this server's addresses.");
        }

        return await new AgentRecognition(options.DataDirectory, timeProvider).LookAsync(Reachable(options.ListenAddress), options.Port, cancellationToken) switch
        {
            PortAnswer.ThisAgent => ProbeOutcome.Works($"this agent listens on {address}"),
            PortAnswer.SomeAgent => ProbeOutcome.Works($"an agent listens on {address}; this account can't read which"),
            PortAnswer.OtherAgent => ProbeOutcome.Attention(
                $"an agent with another data folder listens on {address}", $"This agent uses {options.DataDirectory}. Stop the other one, or give one of them another Agent:Port."),
            _ => ProbeOutcome.Attention(
                $"something listens on {address}, but it isn't an agent", "\"netstat -abno\" shows which program it is. Stop it, or set another Agent:Port; until then the agent can't start."),
        };
    }

    private static string Reachable(string listenAddress) => listenAddress is "0.0.0.0" ? "127.0.0.1" : listenAddress is "::" ? "::1" : listenAddress;
}
