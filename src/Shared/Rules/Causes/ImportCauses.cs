using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Errors;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Shared.Rules.Causes;

/// <summary>Causes 26, 27 and 30: what is imported.</summary>
internal static class ImportCauses
{
    private const int LicenseTermsState = 6708;

    public static IReadOnlyList<CauseRule> All { get; } =
    [
        new()
        {
            Number = 26, Id = FindingIds.LicenseTermsPending, Precedence = 116, Name = "Licence terms can't be downloaded", Source = Sources.Troubleshooting,
            Meaning = "The sync itself completed, but some licence terms couldn't be downloaded (state 6708), so the updates that need them are missing.",
            Because = "licence terms can't be downloaded",
            Helps = "Let the server download the .txt files (firewall, proxy), then run \"wsusutil reset\".",
            LookNext = "Look for the .txt files in SoftwareDistribution.log: which address do they fail from?",
            Signs = [new("STATMSG: ID=6708", "The site reports licence terms as pending"), new(@"EULA.*\.txt|\.txt.*EULA", "Licence terms couldn't be downloaded", Weight.Supports)],
            Look = Pending,
        },
        new()
        {
            Number = 27, Id = FindingIds.DriverImport, Precedence = 134, Name = "Surface driver import fails", Source = "Microsoft, troubleshooting WSUS import and sync issues",
            Meaning = "The site imports Surface drivers from the Microsoft Update Catalog, and that import fails. The rest of the sync isn't affected.",
            Because = "the Surface driver import fails",
            Helps = "Allow TLS 1.2 for the import, or turn off synchronizing Surface drivers.",
            LookNext = "Check the error behind \"ImportUpdateFromCatalogSite failed\" in wsyncmgr.log.",
            Signs = [new("ImportUpdateFromCatalogSite failed", "The import from the catalog failed")],
        },
        new()
        {
            Number = 30, Id = FindingIds.ArithmeticOverflow, Precedence = 135, Name = "Arithmetic error in WSUS", Source = "github.com/MicrosoftDocs/sql-docs, issue 7237",
            Meaning = "WSUS answers with an arithmetic overflow: an error of its own that no setting fixes.",
            Because = "WSUS itself fails with an arithmetic error",
            Helps = "Report it to Microsoft with the error text. The cause isn't publicly known.",
            LookNext = "Read ApiRemoting30's whole response in SoftwareDistribution.log.",
            Signs = [new("(?:overflow|underflow) in the arithmetic operation|arithmetic overflow", "An arithmetic error")],
        },
    ];

    private static IEnumerable<WeightedEvidence> Pending(SyncRunAnalysis reading)
    {
        if (reading.OwnUpdatePoint is { LastSyncState: LicenseTermsState } point && !(point.LastSyncStateAt < reading.Start))
        {
            yield return EvidenceFinder.Of($"Sync state of {point.ServerName}", ErrorNumbers.DescribeState(point.LastSyncState), "WMI, SMS_SUPSyncStatus", point.LastSyncStateAt, Weight.Names);
        }

        if (reading.LinesDuringRun(LogNames.SyncManager).Any(line => line.Text.Contains("ID=6702", StringComparison.Ordinal)))
        {
            yield return EvidenceFinder.Of("State afterwards", "done", "wsyncmgr.log", reading.End, Weight.SpeaksAgainst);
        }
    }
}
