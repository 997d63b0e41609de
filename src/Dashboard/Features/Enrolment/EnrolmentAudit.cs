using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Dashboard.Features.Enrolment;

/// <summary>What agents that register themselves leave in the audit. Who holds no token can knock as often as they like: refusals are bounded.</summary>
internal sealed class EnrolmentAudit(AuditLog log, RefusalRecords refusals)
{
    public Task TakenAsync(EnrolmentRequest request, string from, string site, string detail, string agentPin, string outcome) =>
        log.WriteAsync(Name(request), CallerIdentity.Nobody with { From = from }, new() { What = "enrolment.register", Site = site, Detail = detail, After = $"key {KeyPin.Shown(agentPin)}", Outcome = outcome });

    public void Refused(EnrolmentRequest request, string from, string why) =>
        refusals.Take(CallerIdentity.Nobody with { From = from }, Name(request), $"enrolment.register from {from}: {why}");

    private static string Name(EnrolmentRequest request) => $"agent of {request.ComputerName}";
}
