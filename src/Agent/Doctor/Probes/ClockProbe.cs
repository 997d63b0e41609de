using System.Globalization;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Doctor.Probes;

/// <summary>The clock, against what else tells a time: the agent's own files, the answer of WSUS, the service that keeps it right.</summary>
internal sealed class ClockProbe(AgentOptions options, IServiceControl services, WsusRegistry wsus, HttpMessageHandler handler, TimeProvider timeProvider)
{
    private const string TimeService = "W32Time";

    /// <summary>Kerberos refuses at five minutes; a log that is two minutes off already misleads.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    public Probe Create() => new(ProbeAreas.Windows, "clock", TryAsync);

    private async Task<ProbeOutcome> TryAsync(CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        List<string> said = [$"{now.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture)}, time zone {timeProvider.LocalTimeZone.Id}"];
        List<string> advice = [];
        if (NewestFileTime() is { } written && written - now > Tolerance)
        {
            said.Add($"the agent's files were written at {Wording.Time(written)}, which is in the future");
            advice.Add("The clock was set back, or was wrong before: new readings may look older than earlier ones.");
        }

        if (await ReadWsusTimeAsync(cancellationToken) is { } other)
        {
            var difference = (other - now).Duration();
            said.Add(difference > Tolerance ? $"WSUS says {Wording.Time(other)}" : "WSUS agrees");
            if (difference > Tolerance)
            {
                advice.Add("Set both clocks from the domain: Kerberos refuses a difference of five minutes or more, and sync times won't match.");
            }
        }

        if (await ReadTimeServiceAsync(cancellationToken) is { State: not ServiceState.NotInstalled } service)
        {
            said.Add($"{TimeService} is {service.State}");
            if (service.State != ServiceState.Running)
            {
                advice.Add($"Start the service {TimeService}: without it, nothing keeps this clock right.");
            }
        }

        var summary = string.Join("; ", said);
        return advice.Count == 0 ? ProbeOutcome.Works(summary) : ProbeOutcome.Attention(summary, string.Join(' ', advice));
    }

    private DateTimeOffset? NewestFileTime()
    {
        var folder = new DirectoryInfo(options.DataDirectory);
        var times = folder.Exists ? folder.EnumerateFiles("agent.db*").Select(file => new DateTimeOffset(file.LastWriteTimeUtc)).ToList() : [];
        return times.Count == 0 ? null : times.Max();
    }

    /// <summary>Any answer carries a Date, also a refusal; where none comes, another probe says why.</summary>
    private async Task<DateTimeOffset?> ReadWsusTimeAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerLimit);
        try
        {
            if (wsus.FindAddress() is not { } address)
            {
                return null;
            }

            using var client = new HttpClient(handler, disposeHandler: false);
            using var request = new HttpRequestMessage(HttpMethod.Head, address.Service);
            using var response = await client.SendAsync(request, limit.Token);
            return response.Headers.Date;
        }
        catch (Exception exception) when (exception is EdgeException or HttpRequestException or IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<ServiceStatus?> ReadTimeServiceAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await services.ReadAsync(TimeService, cancellationToken);
        }
        catch (EdgeException)
        {
            return null;
        }
    }
}
