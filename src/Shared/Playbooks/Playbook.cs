using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Shared.Playbooks;

/// <summary>An ordered list of typed steps.</summary>
public sealed record Playbook
{
    /// <summary>Stable id, one of those in PlaybookCatalog.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Description { get; init; }

    /// <summary>True where a baseline is applied.</summary>
    public bool AppliesBaseline { get; init; }

    public required IReadOnlyList<PlaybookStep> Steps { get; init; }

    /// <summary>True where it changes settings of the pool or of services, not only what runs.</summary>
    public bool ChangesSettings => AppliesBaseline || Steps.Any(step => step.Kind is StepKind.SetStartType);
}

/// <summary>One typed step.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Target">The service it acts on; empty for the others.</param>
public sealed record PlaybookStep(StepKind Kind, string Target = "");
