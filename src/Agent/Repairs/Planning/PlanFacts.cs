using System.Security.Cryptography;
using System.Text;
using WsusDashboard.Agent.Security.Policy;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Hierarchy;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Repairs.Planning;

/// <summary>
/// What a plan rests on, as named values in a fixed order; their SHA-256 is the plan's fingerprint. In it is what a person decided on
/// and what only a person changes: playbook, baseline and what is left out of it here, pool and its settings, which services exist, the
/// sites that stop, the policy.
/// Not in it is what changes by itself and does not change what the plan does: states of pool and services, workers, queues, syncs.
/// </summary>
internal sealed class PlanFacts
{
    private readonly List<KeyValuePair<string, string>> _facts = [];

    private PlanFacts()
    {
    }

    public string Fingerprint
    {
        get
        {
            var text = new StringBuilder("wsus-plan-1\n");
            foreach (var (name, value) in _facts)
            {
                // Lengths keep two different lists of facts from making the same text.
                text.Append(name.Length).Append(':').Append(name).Append('=').Append(value.Length).Append(':').Append(value).Append('\n');
            }

            return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
        }
    }

    public static PlanFacts Of(Playbook playbook, BoundedBaseline? baseline, Snapshot snapshot, PolicyInForce policy)
    {
        var facts = new PlanFacts();
        facts.AddDecision(playbook, baseline);
        facts.AddPool(snapshot.Iis);
        facts.AddServices(playbook, snapshot.Services);
        facts.Add("WSUS", Role(snapshot.Wsus.Status));
        facts.Add("Configuration Manager", Role(snapshot.ConfigMgr.Status));
        if (RemoteUpdatePoints.Of(snapshot) is { Count: > 0 } points)
        {
            facts.Add("update points on other servers", string.Join(", ", points.Order(StringComparer.OrdinalIgnoreCase)));
        }

        facts.Add("policy", $"{policy.Policy.Mode}, services {string.Join(", ", policy.Policy.AllowedServices)}, pools {string.Join(", ", policy.Policy.AllowedPools)}");
        return facts;
    }

    /// <summary>What differs, for a person: "queueLength of WsusPool: 1000 → 2000".</summary>
    public IReadOnlyList<string> DifferencesTo(PlanFacts later)
    {
        var before = _facts.ToDictionary(StringComparer.Ordinal);
        var after = later._facts.ToDictionary(StringComparer.Ordinal);
        return
        [
            .. before.Keys.Union(after.Keys, StringComparer.Ordinal)
                .Where(name => before.GetValueOrDefault(name) != after.GetValueOrDefault(name))
                .Select(name => $"{name}: {before.GetValueOrDefault(name) ?? "none"} → {after.GetValueOrDefault(name) ?? "none"}"),
        ];
    }

    private void AddDecision(Playbook playbook, BoundedBaseline? bounded)
    {
        Add("playbook", playbook.Id);
        Add($"steps of {playbook.Id}", string.Join(", ", playbook.Steps.Select(step => $"{step.Kind} {step.Target}".TrimEnd())));
        var baseline = bounded?.Baseline;
        Add("baseline", baseline?.Id ?? "none");
        foreach (var setting in baseline?.Settings ?? [])
        {
            Add($"{setting.Setting} in baseline {baseline!.Id}", $"{setting.Operator} {string.Join(" or ", setting.Values)}");
        }

        // Why the server may not bear them is not in it: numbers of updates change by themselves.
        foreach (var deviation in bounded?.Deviations ?? [])
        {
            Add($"risky setting {deviation.Setting}", deviation.IsIncluded ? "included" : "left out");
        }
    }

    private void AddPool(Section<IisState> section)
    {
        var readable = section.Status == SectionStatus.Ok;
        Add("IIS configuration", readable ? "readable" : "not readable");
        if (!readable || section.Value is not { } iis)
        {
            return;
        }

        Add("WSUS pool", iis.WsusPool?.Name ?? "none");
        Add("web sites", string.Join(", ", iis.SiteNames.Order(StringComparer.OrdinalIgnoreCase)));
        if (iis.WsusPool is { } pool)
        {
            foreach (var definition in PoolSettingCatalog.All)
            {
                Add($"{definition.Key} of {pool.Name}", definition.Read(pool.Settings));
            }
        }
    }

    private void AddServices(Playbook playbook, Section<ServicesState> section)
    {
        foreach (var name in playbook.Steps.Select(step => step.Target).Where(target => target.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            Add($"service {name}", section.Value?.Find(name) switch
            {
                null => "unknown",
                { State: ServiceState.NotInstalled } => "not installed",
                { StartType: ServiceStartType.Disabled } => "installed, disabled",
                _ => "installed",
            });
        }
    }

    // A role that cannot be read for a minute is still installed: only "not installed" makes another plan.
    private static string Role(SectionStatus status) => status == SectionStatus.NotInstalled ? "not installed" : "installed";

    private void Add(string name, string value) => _facts.Add(new(name, value));
}
