using WsusDashboard.Dashboard.Alerts.Deciding;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Playbooks;

namespace WsusDashboard.Dashboard.Alerts;

/// <summary>Adds to messages what they mean, what helps and where it's shown: as the rules say it of a server that has it now.</summary>
internal sealed class AlertExplanations(LiveFleet live, AlertAddresses addresses)
{
    public AlertDecision Complete(AlertDecision decision) => decision.Orders.Count == 0 ? decision : decision with { Orders = Complete(decision.Orders) };

    private List<AlertOrder> Complete(IReadOnlyList<AlertOrder> orders)
    {
        var servers = live.GetAll().GroupBy(server => server.Name, StringComparer.Ordinal).ToDictionary(same => same.Key, same => same.First(), StringComparer.Ordinal);
        return [.. orders.Select(order => order with { Message = Complete(order.Message, servers) })];
    }

    private AlertMessage Complete(AlertMessage message, Dictionary<string, LiveServer> servers)
    {
        var link = addresses.Of(message.ProblemIds is [var only] ? Links.Problem(only) : Links.ProblemsOfCause(message.CauseId));
        foreach (var name in message.Servers)
        {
            var assessment = servers.GetValueOrDefault(name)?.Assessment;
            var finding = assessment?.Findings.FirstOrDefault(one => one.Id == message.CauseId);
            var cause = assessment?.Causes.FirstOrDefault(one => one.Id == message.CauseId);
            if (finding is not null || cause is not null)
            {
                var playbook = finding?.Playbook ?? cause?.Playbook;
                return message with
                {
                    Link = link,
                    Explanation = finding?.Explanation ?? cause!.Explanation,
                    Fix = playbook is not null ? $"Repair it: {PlaybookCatalog.Find(playbook)?.Name ?? playbook}." : finding?.NextStep ?? cause?.Helps ?? "",
                };
            }
        }

        return message with { Link = link };
    }
}
