using WsusDashboard.Shared.Rules.Causes;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Tests.Causes;

/// <summary>What is read beside pools, services and logs, and what it says in a case.</summary>
public sealed class ReadingEvidenceTests
{
    private static readonly InstalledUpdate DayBefore = new("KB5070884", Story.Start.AddDays(-3).Date);
    private static readonly InstalledUpdate WeekBefore = new("KB5066782", Story.Start.AddDays(-9).Date);
    private static readonly InstalledUpdate Since = new("KB5071000", Story.Start.AddDays(-1).Date);

    [Fact]
    public void Rank_FailuresBeganTwoDaysAgo_NamesTheUpdatesInstalledShortlyBeforeThem()
    {
        var installed = Installed(new Story().Failed("the request failed").Before("FFSSSS").Host(With(Since, DayBefore, WeekBefore)));

        Assert.Equal([DayBefore.Id], installed);
    }

    [Fact]
    public void Rank_NoGoodRunIsKnown_NamesNoUpdate() =>
        Assert.Empty(Installed(new Story().Failed("the request failed").Before("FFF").Host(With(Since, DayBefore, WeekBefore))));

    [Fact]
    public void Rank_LicenceTermsAreMissing_IsEvidenceAndNamesNothingByItself()
    {
        static DatabaseSize Missing(WsusState state, long files) => new() { ReadAt = Story.End.AddMinutes(10), LicenseFiles = 310, MissingLicenseFiles = files };

        var pending = CauseEngine.Rank(new Story().Failed("the request failed").Line("wsyncmgr", -1, "STATMSG: ID=6708 SEV=W").Wsus(state => state with { Database = Missing(state, 4) }).Close())[0];
        var alone = CauseEngine.Rank(new Story().Failed("the request failed").Wsus(state => state with { Database = Missing(state, 4) }).Close());
        var none = CauseEngine.Rank(new Story().Failed("the request failed").Line("wsyncmgr", -1, "STATMSG: ID=6708 SEV=W").Wsus(state => state with { Database = Missing(state, 0) }).Close())[0];

        Assert.Equal(FindingIds.LicenseTermsPending, pending.Id);
        Assert.Contains(pending.Evidence, evidence => evidence is { ReadFrom: "SUSDB", Value: "4 of 310", Speaks: EvidenceDirection.For });
        Assert.DoesNotContain(alone, cause => cause.Id == FindingIds.LicenseTermsPending);
        Assert.Contains(none.Evidence, evidence => evidence is { ReadFrom: "SUSDB", Value: "0 of 310", Speaks: EvidenceDirection.Against });
    }

    private static Func<HostState, HostState> With(params InstalledUpdate[] updates) => host => host with { InstalledUpdates = [.. updates], InstalledUpdatesReadAt = Story.End };

    private static List<string> Installed(Story story)
    {
        var unknown = CauseEngine.Rank(story.Close())[0];
        Assert.Equal(FindingIds.UnknownCause, unknown.Id);
        var values = unknown.Evidence.Where(evidence => evidence.ReadFrom == "Windows, installed updates").Select(evidence => evidence.Value);
        return [.. new[] { Since, DayBefore, WeekBefore }.Select(update => update.Id).Where(id => values.Any(value => value.Contains(id, StringComparison.Ordinal)))];
    }
}
