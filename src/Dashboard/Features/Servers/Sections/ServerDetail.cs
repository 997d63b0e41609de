using WsusDashboard.Dashboard.Agents;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Features.Servers.Sections;

/// <summary>All that the page of one server shows, but its history.</summary>
public sealed record ServerDetail
{
    public required ServerFacts Facts { get; init; }

    /// <summary>Its agent connects itself, and not to this dashboard; null where it can be commanded from here.</summary>
    public AgentAbsence? Absence { get; init; }

    /// <summary>Live state at the moment of the reading; follow it with LiveFleet.Subscribe.</summary>
    public required LiveServer Live { get; init; }

    /// <summary>The WSUS pool beside each baseline, the server's own baseline first; empty where the pool was never read.</summary>
    public IReadOnlyList<BaselineComparison> Comparisons { get; init; } = [];

    /// <summary>Beside the server's own baseline; null where the pool was never read.</summary>
    public BaselineComparison? OwnComparison => Comparisons.Count > 0 ? Comparisons[0] : null;

    public Snapshot? Snapshot => Live.Snapshot;

    public Assessment? Assessment => Live.Assessment;

    public LinkStatus Link => Live.Link;

    /// <summary>Every setting of the WSUS pool, those that differ first, then as IIS Manager groups them; empty where the pool was never read.</summary>
    /// <param name="comparison">Beside which baseline; null = none.</param>
    public IReadOnlyList<SettingRow> SettingsOf(BaselineComparison? comparison) => Snapshot?.Iis.Value?.WsusPool is not { Settings: var settings }
        ? []
        : [.. PoolSettingCatalog.All
            .Select(definition => new SettingRow(definition, definition.Read(settings), comparison?.Settings.FirstOrDefault(compared => compared.Setting == definition.Key)))
            .OrderByDescending(row => row.IsDrifted)
            .ThenBy(row => row.Definition.Group)];
}

/// <summary>One setting of the WSUS pool.</summary>
/// <param name="Definition">Which.</param>
/// <param name="Current">Invariant text of the value in force.</param>
/// <param name="Comparison">What a baseline says about it; null where it says nothing.</param>
public sealed record SettingRow(PoolSettingDefinition Definition, string Current, SettingComparison? Comparison)
{
    public bool IsDrifted => Comparison is { IsDrifted: true };
}

/// <summary>The pool of a server beside one baseline.</summary>
/// <param name="Baseline">Who recommends.</param>
/// <param name="Settings">One for each setting that the baseline speaks about.</param>
public sealed record BaselineComparison(Baseline Baseline, IReadOnlyList<SettingComparison> Settings)
{
    public int DriftCount => Settings.Count(setting => setting.IsDrifted);
}

/// <summary>What was entered about a server, and who its agent said it is.</summary>
public sealed record ServerFacts
{
    public required int Id { get; init; }

    public required string Name { get; init; }

    public required string Address { get; init; }

    public AgentConnection Connection => OutboundAddress.Is(Address) ? AgentConnection.Outbound : AgentConnection.Inbound;

    public required string Site { get; init; }

    /// <summary>Id of the baseline that the server is compared with.</summary>
    public required string Baseline { get; init; }

    /// <summary>Another text after each change of what a person entered.</summary>
    public string Revision { get; init; } = "";

    public DateTimeOffset AddedAt { get; init; }

    /// <summary>Pin of the paired agent's key; null = not paired.</summary>
    public string? AgentKey { get; init; }

    public DateTimeOffset? PairedAt { get; init; }

    /// <summary>Who paired it, or the enrolment token that it came with; empty while it is not paired.</summary>
    public string PairedBy { get; init; } = "";

    /// <summary>As the agent last said it; empty before its first answer. The same holds for the facts below.</summary>
    public string ComputerName { get; init; } = "";

    public string OperatingSystem { get; init; } = "";

    public string AgentVersion { get; init; } = "";

    public string WsusVersion { get; init; } = "";

    public IReadOnlyList<string> Roles { get; init; } = [];
}
