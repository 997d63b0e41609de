using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Doctor.Probes;

/// <summary>The service control manager, once for each service that a playbook may control.</summary>
internal sealed class ServiceProbes(IServiceControl services)
{
    public IEnumerable<Probe> All() => ServiceNames.Watched.Select(name => new Probe(ProbeAreas.Services, name, token => ReadAsync(name, token)));

    private async Task<ProbeOutcome> ReadAsync(string name, CancellationToken cancellationToken)
    {
        var status = await services.ReadAsync(name, cancellationToken);
        if (status.State == ServiceState.NotInstalled)
        {
            return ProbeOutcome.NotInstalled("no service with this name");
        }

        var dependents = await services.ReadRunningDependentsAsync(name, cancellationToken);
        var account = status.Account.Length == 0 ? "" : $", as {status.Account}";
        var depends = dependents.Count == 0 ? "" : $"; {Wording.List([.. dependents])} would be stopped with it";
        return ProbeOutcome.Works($"{status.State}, {status.StartType}{account}{depends}", status);
    }
}
