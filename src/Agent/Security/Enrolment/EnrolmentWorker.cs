using System.Security.Cryptography;
using System.Text.Json;
using WsusDashboard.Agent.Security.Outbound;
using WsusDashboard.Agent.Security.Pairing;
using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Security.Enrolment;

/// <summary>Carries out the order that an unattended installation left: registers this agent with its hub, trusts that hub, forgets the token.</summary>
internal sealed partial class EnrolmentWorker(
    EnrolmentClient client, HubTrust trust, AgentIdentity identity, AgentSelf self, AgentOptions options, IHostApplicationLifetime lifetime, TimeProvider timeProvider, ILogger<EnrolmentWorker> logger)
    : BackgroundService
{
    private static readonly Backoff Pauses = new(TimeSpan.FromMinutes(5));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (ReadOrder() is not { } order)
            {
                return;
            }

            // The hub looks whether this agent answers before it takes it.
            await UntilStartedAsync(stoppingToken);
            for (var attempt = 0; !await TryAsync(order, stoppingToken); attempt++)
            {
                await Task.Delay(Pauses.Next(attempt + 1), timeProvider, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The order stays for the next start.
        }
    }

    private async Task UntilStartedAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
    }

    private EnrolmentFile? ReadOrder()
    {
        try
        {
            return EnrolmentFile.TryRead(self.DataDirectory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Log.OrderNotRead(logger, exception.Message);
            return null;
        }
    }

    /// <summary>True where nothing is left to try.</summary>
    private async Task<bool> TryAsync(EnrolmentFile order, CancellationToken stoppingToken)
    {
        if (!EnrolmentToken.TryParse(order.Token, out var token) || !Uri.TryCreate(order.Hub, UriKind.Absolute, out var hub) || hub.Scheme != Uri.UriSchemeHttps)
        {
            return GiveUp(order, $"the hub or token in {EnrolmentFile.FileName} can't be used; the hub must be an address that starts with https://, the token the one that the dashboard's page shows.");
        }

        if (!options.Hub.IsOutbound && self.Port == 0)
        {
            return GiveUp(order, "Agent:Hub:Connect is inbound and Agent:Listen is no, so neither side could connect to the other. Set Agent:Listen to yes, or Agent:Hub:Connect to outbound, and restart the agent.");
        }

        try
        {
            var answer = await client.SendAsync(hub, token, CreateRequest(token), stoppingToken);
            if (answer.HubId.Length == 0)
            {
                return !answer.MayRetry ? GiveUp(order, answer.Message) : Wait(order, answer.Message);
            }

            trust.Trust(new HubName(answer.HubId, answer.HubName), token.HubPin, $"enrolment token {token.Id}", "enrol", options.Hub.IsOutbound ? [hub] : []);
            EnrolmentFile.Delete(self.DataDirectory);
            Log.Enrolled(logger, answer.HubName, answer.Message);
            return true;
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested
            && exception is HttpRequestException or OperationCanceledException or IOException or JsonException or NotSupportedException or CryptographicException or CommandException or OutboundException)
        {
            return Wait(order, exception is OperationCanceledException ? "the dashboard didn't answer in time." : exception.InnerException?.Message ?? exception.Message);
        }
    }

    private EnrolmentRequest CreateRequest(EnrolmentToken token)
    {
        var agent = identity.Create();
        string[] hosts = [agent.FullyQualifiedName, agent.ComputerName];
        return new(token.Id, token.Secret, agent.AgentId, agent.ComputerName, agent.AgentVersion, options.Hub.IsOutbound ? 0 : self.Port, [.. hosts.Where(host => host.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase)]);
    }

    private bool Wait(EnrolmentFile order, string why)
    {
        Log.NotYet(logger, order.Hub, why);
        return false;
    }

    private bool GiveUp(EnrolmentFile order, string why)
    {
        trust.WriteRefusedEnrolment(order.Hub, why);
        EnrolmentFile.Delete(self.DataDirectory);
        Log.GivenUp(logger, order.Hub, why);
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "This agent is registered with {Hub}: {Message}")]
        public static partial void Enrolled(ILogger logger, string hub, string message);

        [LoggerMessage(2, LogLevel.Warning, "The enrolment with {Hub} failed; trying again: {Reason}")]
        public static partial void NotYet(ILogger logger, string hub, string reason);

        [LoggerMessage(3, LogLevel.Error, "The enrolment with {Hub} failed for good, and its file was deleted: {Reason} Restart the agent and pair this server with \"WsusDashboard.Agent pair\", or install with another token.")]
        public static partial void GivenUp(ILogger logger, string hub, string reason);

        [LoggerMessage(4, LogLevel.Error, "The enrolment file can't be read: {Reason}")]
        public static partial void OrderNotRead(ILogger logger, string reason);
    }
}
