using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Shared.Tests.Causes;

/// <summary>One case, and the cause that a specialist would name first. The labels follow configmgr.md (6b) and wsus.md, and were written before the rules.</summary>
/// <param name="Name">What happened, in a line.</param>
/// <param name="Label">One of <see cref="FindingIds"/>.</param>
/// <param name="Tell">Tells it.</param>
/// <param name="Also">A second cause that must be in the answer too; null where there is none.</param>
/// <param name="Without">The same case without the evidence that decides it; null where nothing can be taken away.</param>
internal sealed record LabelledCase(string Name, string Label, Func<Story, Story> Tell, string? Also = null, Func<Story, Story>? Without = null)
{
    public static IReadOnlyList<LabelledCase> All { get; } =
        [.. PoolCases.All, .. CapacityCases.All, .. ConnectionCases.All, .. WebServiceCases.All, .. CancellationCases.All, .. EventCases.All, .. HierarchyCases.All, .. EmptyCases.All];

    public SyncRunContext File => Tell(new Story()).Close();

    public SyncRunContext? FileWithout => Without?.Invoke(new Story()).Close();
}
