using WsusDashboard.Dashboard.Alerts;
using WsusDashboard.Dashboard.Features.Problems;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Security.Callers;

namespace WsusDashboard.Dashboard.Features.Alerts;

/// <summary>What someone chose on the page of a link.</summary>
public sealed class AlertActionInput
{
    public const string Acknowledge = "acknowledge";
    public const string Silence = "silence";

    /// <summary>One of these two; anything else acknowledges.</summary>
    public string Action { get; set; } = "";
}

/// <summary>Carries out a link: it may acknowledge, or silence for an hour.</summary>
internal static class AlertActions
{
    /// <summary>The answer for a person. Failures: NotFound (not valid, used, over), Conflict (meanwhile resolved).</summary>
    public static async Task<Outcome<string>> ActAsync(IServiceProvider services, AlertLinks links, string? code, bool silences, CancellationToken cancellationToken)
    {
        var used = await links.UseAsync(code, cancellationToken);
        if (!used.IsSuccess)
        {
            return used.Failure;
        }

        var words = $"By a link in a message to {used.Value.ChannelName}";
        await using var scope = services.CreateOwnScope();
        var triage = scope.ServiceProvider.GetRequiredService<ProblemTriageService>();
        List<TriageTarget> targets = [.. used.Value.Alert.ProblemIds.Select(id => new TriageTarget(id, null))];
        var outcome = silences
            ? await triage.SilenceAsync(targets, new(Hours: 1), words, cancellationToken)
            : await triage.AcknowledgeAsync(targets, new(UntilItChanges: true), words, cancellationToken);
        await scope.ServiceProvider.GetRequiredService<AuditTrail>().WriteAsync(new AuditNote
        {
            What = silences ? "alert.link.silence" : "alert.link.acknowledge",
            Detail = $"{used.Value.Alert.Subject}: {used.Value.Alert.Title}; {words.ToLowerInvariant()}",
            Outcome = outcome.Failure?.Message ?? "done",
        });
        return outcome.Failure is { } failure ? failure : silences ? "Silenced for an hour." : "Acknowledged. Nobody is reminded of it until it changes.";
    }
}
