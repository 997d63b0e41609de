using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using WsusDashboard.Dashboard.Alerts.Deciding;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security.Web;
using WsusDashboard.Shared.Playbooks;

namespace WsusDashboard.Dashboard.Alerts;

/// <summary>Adds to messages what they mean, what helps and where it's shown: as the rules say it of a server that has it now.</summary>
internal sealed class AlertExplanations(LiveFleet live, IServiceProvider services, DashboardOptions options)
{
    public AlertDecision Complete(AlertDecision decision) => decision.Orders.Count == 0 ? decision : decision with { Orders = Complete(decision.Orders) };

    /// <summary>The address of a page, as people open it; empty before this dashboard listens.</summary>
    public string AddressOf(string path)
    {
        var bound = services.GetService<IServer>()?.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();
        var own = options.PublicAddress.Length > 0 ? options.PublicAddress : bound is null ? "" : services.GetService<OwnAddress>()?.For(bound) ?? bound;
        return own.Length == 0 ? "" : own.TrimEnd('/') + path;
    }

    private List<AlertOrder> Complete(IReadOnlyList<AlertOrder> orders)
    {
        var servers = live.GetAll().GroupBy(server => server.Name, StringComparer.Ordinal).ToDictionary(same => same.Key, same => same.First(), StringComparer.Ordinal);
        return [.. orders.Select(order => order with { Message = Complete(order.Message, servers) })];
    }

    private AlertMessage Complete(AlertMessage message, Dictionary<string, LiveServer> servers)
    {
        var link = AddressOf(message.ProblemIds is [var only] ? Links.Problem(only) : Links.ProblemsOfCause(message.CauseId));
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
