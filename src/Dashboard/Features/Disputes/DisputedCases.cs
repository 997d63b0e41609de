using System.Globalization;
using WsusDashboard.Dashboard.Features.Causes;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Features.Disputes;

/// <summary>Makes what is kept of a disputed run. Pure.</summary>
internal static class DisputedCases
{
    private const int MostCauses = 10;
    private const int MostEvidence = 60;
    private const int MostLines = 60;

    public static DisputedCase Of(SyncRunExplanation explanation, IEnumerable<LiveServer> fleet)
    {
        var names = NamesOf(fleet);
        return new()
        {
            Source = explanation.Row.Run.Source,
            Result = explanation.Row.Run.Result,
            ErrorNumbers = [.. Numbers(explanation)],
            Causes = [.. explanation.Causes.Take(MostCauses).Select(cause => new DisputedRank(cause.Id, cause.Confidence))],
            Evidence = [.. explanation.Causes.Take(MostCauses).SelectMany(cause => cause.Evidence.Select(evidence => new DisputedEvidence(IdOf(evidence, names), cause.Id, evidence.Speaks))).Distinct().Take(MostEvidence)],
            Lines = [.. explanation.Lines.TakeLast(MostLines).Select(line => new DisputedLine(EvidencePlace.Openable(line.Log) ?? AnonymousLine.Of(line.Log, names), AnonymousLine.Of(line.Text, names), line.GoodRuns)).Distinct()],
            GoodRunsRead = explanation.GoodRunsRead,
        };
    }

    /// <summary>Names that are one word: of several words none is a name by itself, and a word like "wsus" in one of them tells nothing.</summary>
    public static IReadOnlySet<string> NamesOf(IEnumerable<LiveServer> fleet) => fleet
        .SelectMany(server => new[] { server.Name, server.Site, server.Snapshot?.Agent.ComputerName ?? "", server.Snapshot?.ConfigMgr.Value?.SiteCode ?? "", server.Snapshot?.Wsus.Value?.ProxyName.Split('.', ':')[0] ?? "" })
        .Where(name => name.Length > 0 && name.All(char.IsLetterOrDigit))
        .Select(name => name.ToLowerInvariant())
        .ToHashSet();

    private static IEnumerable<string> Numbers(SyncRunExplanation explanation)
    {
        var codes = new[] { explanation.Row.Run.ErrorCode, explanation.OtherView?.ErrorCode ?? 0 }.Where(code => code != 0)
            .Select(code => code is > 0 and < 1000 ? code.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"0x{unchecked((uint)code):X8}"));
        return codes.Concat(explanation.Decoded.Select(known => known.Number.ToString())).Distinct(StringComparer.OrdinalIgnoreCase);
    }

    private static string IdOf(Evidence evidence, IReadOnlySet<string> names) => $"{AnonymousLine.ToId(evidence.What, names)}.{AnonymousLine.ToId(evidence.ReadFrom, names)}";
}
