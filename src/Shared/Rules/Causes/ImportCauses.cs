using WsusDashboard.Shared.Contract;
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
            Number = 26, Id = FindingIds.LicenseTermsPending, Precedence = 116, Name = "Licence terms cannot be downloaded", Source = Sources.Troubleshooting,
            Meaning = "The synchronization itself is complete; the texts of licence terms could not be downloaded (state 6708), so the updates that need them stay away.",
            Because = "licence terms cannot be downloaded",
            Helps = "Let the server download the .txt files (firewall, proxy), then run \"wsusutil reset\".",
            LookNext = "The .txt files in SoftwareDistribution.log: from which address they fail.",
            Signs = [new("STATMSG: ID=6708", "The site reports licence terms as pending"), new(@"EULA.*\.txt|\.txt.*EULA", "The text of licence terms could not be loaded", Weight.Supports)],
            Look = Pending,
        },
        new()
        {
            Number = 27, Id = FindingIds.DriverImport, Precedence = 134, Name = "Import of Surface drivers fails", Source = "Microsoft, troubleshooting WSUS import and sync issues",
            Meaning = "The site imports Surface drivers from the Microsoft Update Catalogue, and that import fails; the rest of the synchronization is not concerned.",
            Because = "the import of Surface drivers fails",
            Helps = "Allow TLS 1.2 for the import, or turn off the synchronization of Surface drivers.",
            LookNext = "The error behind \"ImportUpdateFromCatalogSite failed\" in wsyncmgr.log.",
            Signs = [new("ImportUpdateFromCatalogSite failed", "The import from the catalogue failed")],
        },
        new()
        {
            Number = 30, Id = FindingIds.ArithmeticOverflow, Precedence = 135, Name = "Arithmetic error in WSUS", Source = "github.com/MicrosoftDocs/sql-docs, issue 7237",
            Meaning = "WSUS answers with an overflow in an arithmetic operation: a fault of its own that no setting changes.",
            Because = "WSUS itself fails with an arithmetic error",
            Helps = "Report it to Microsoft with the text of the error; the cause is not public.",
            LookNext = "The whole answer of ApiRemoting30 in SoftwareDistribution.log.",
            Signs = [new("(?:overflow|underflow) in the arithmetic operation|arithmetic overflow", "An arithmetic error")],
        },
    ];

    private static IEnumerable<WeightedEvidence> Pending(SyncRunAnalysis reading)
    {
        if (reading.OwnUpdatePoint is { LastSyncState: LicenseTermsState } point && !(point.LastSyncStateAt < reading.Start))
        {
            yield return EvidenceFinder.Of($"Synchronization state of {point.ServerName}", ErrorNumbers.DescribeState(point.LastSyncState), "WMI, SMS_SUPSyncStatus", point.LastSyncStateAt, Weight.Names);
        }

        if (reading.LinesDuringRun(LogNames.SyncManager).Any(line => line.Text.Contains("ID=6702", StringComparison.Ordinal)))
        {
            yield return EvidenceFinder.Of("State after it", "done", "wsyncmgr.log", reading.End, Weight.SpeaksAgainst);
        }
    }
}
