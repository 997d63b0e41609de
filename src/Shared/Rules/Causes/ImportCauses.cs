using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Errors;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Text;

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
            Meaning = "WSUS synced, but some licence terms weren't downloaded into its content folder, so the site can't take the updates that need them.",
            Because = "licence terms can't be downloaded",
            Helps = "Let the server download the .txt files (firewall, proxy, rights on the content folder), then run \"wsusutil reset\".",
            LookNext = "Look for the .txt files in SoftwareDistribution.log: which ones are missing, and which address do they fail from?",
            Signs =
            [
                new(["STATMSG: ID=6708"], "The site reports licence terms as pending"),
                new(["License Terms have not been completely downloaded", "LicenseAgreement.GetById", "due to pending EULA"], "An update's licence terms aren't there"),
                new([Phrase.InOrder("EULA", ".txt"), Phrase.InOrder(".txt", "EULA"), "LicenseAgreement file does not exist"], "Licence terms couldn't be downloaded", Weight.Supports),
            ],
            Look = Pending,
        },
        new()
        {
            Number = 24, Id = FindingIds.CategoryUnknown, Precedence = 138, Name = "Selected product unknown to WSUS", Source = Sources.Troubleshooting,
            Meaning = "The site has products or classifications selected that this WSUS no longer has, so it can't set up WSUS, and nothing syncs{categories}.",
            Because = "the site has a product selected that WSUS doesn't know",
            Helps = "Clear the products that WSUS doesn't know in the update point's properties (Products, Classifications), then start a sync. Select them again if WSUS then offers them.",
            LookNext = "Check the \"not found on WSUS\" lines in WCM.log: they name each product.",
            Signs =
            [
                new(["Subscription contains categories unknown to WSUS"], "The site selects categories that WSUS doesn't know") { IsDecisive = true },
                new(text => UnknownCategory.In(text) is not null, "WSUS doesn't have a selected category"),
            ],
            Look = Categories,
        },
        new()
        {
            Number = 38, Id = FindingIds.SiteDatabaseFailing, Precedence = 140, Name = "Site database refuses the updates", Source = "Microsoft, SQL Server messages 547, 1205 and 2627",
            Meaning = "WSUS has the updates, but the site's own database refuses to store them: a duplicate, a missing row, a deadlock or no space.",
            Because = "the site's database refuses the updates",
            Helps = "After a deadlock or a time-out, sync again outside busy hours. A duplicate or a missing row that comes back needs Microsoft support: never change rows of the site's database.",
            LookNext = "Read the line before \"Failed to sync some of the updates\" in wsyncmgr.log: it names the update and SQL Server's message.",
            Signs = [new(["[SQL Server]"], "The site's database answered with an error", Weight.Strong + Weight.Hint, SignPlace.SiteDatabase) { Shape = StatementPhrases.HasSqlState }],
        },
        new()
        {
            Number = 27, Id = FindingIds.DriverImport, Precedence = 134, Name = "Surface driver import fails", Source = "Microsoft, troubleshooting WSUS import and sync issues",
            Meaning = "The site imports Surface drivers from the Microsoft Update Catalog, and that import fails. The rest of the sync isn't affected.",
            Because = "the Surface driver import fails",
            Helps = "Allow TLS 1.2 for the import, or turn off synchronizing Surface drivers.",
            LookNext = "Check the error behind \"ImportUpdateFromCatalogSite failed\" in wsyncmgr.log.",
            Signs = [new(["ImportUpdateFromCatalogSite failed"], "The import from the catalog failed")],
        },
        new()
        {
            Number = 30, Id = FindingIds.ArithmeticOverflow, Precedence = 135, Name = "Arithmetic error in WSUS", Source = "github.com/MicrosoftDocs/sql-docs, issue 7237",
            Meaning = "WSUS answers with an arithmetic overflow: an error of its own that no setting fixes.",
            Because = "WSUS itself fails with an arithmetic error",
            Helps = "Report it to Microsoft with the error text. The cause isn't publicly known.",
            LookNext = "Read ApiRemoting30's whole response in SoftwareDistribution.log.",
            Signs = [new(["overflow in the arithmetic operation", "underflow in the arithmetic operation", "arithmetic overflow"], "An arithmetic error")],
        },
    ];

    private static IEnumerable<WeightedEvidence> Categories(SyncRunAnalysis reading)
    {
        if (reading.Site?.WsusConfiguration is { UnknownCategories: { Count: > 0 } unknown } configuration)
        {
            yield return EvidenceFinder.Of("Selected categories that WSUS doesn't know", Wording.List([.. unknown.Take(5)]), "WCM.log", configuration.At, Weight.Names);
        }
    }

    private static IEnumerable<WeightedEvidence> Pending(SyncRunAnalysis reading)
    {
        if (reading.OwnUpdatePoint is { LastSyncState: LicenseTermsState } point && !(point.LastSyncStateAt < reading.Start))
        {
            yield return EvidenceFinder.Of($"Sync state of {point.ServerName}", ErrorNumbers.DescribeState(point.LastSyncState), "WMI, SMS_SUPSyncStatus", point.LastSyncStateAt, Weight.Names);
        }

        if (reading.Wsus?.Database is { MissingLicenseFiles: { } missing } database)
        {
            var isSoon = missing == 0 && database.ReadAt >= reading.End;
            if (missing > 0 || isSoon)
            {
                yield return EvidenceFinder.Of("Files with licence terms that are missing", $"{Wording.Number(missing)} of {Wording.Number(database.LicenseFiles ?? missing)}", "SUSDB", database.ReadAt, isSoon ? Weight.SpeaksAgainst : Weight.Hint);
            }
        }

        if (reading.LinesDuringRun(LogNames.SyncManager).Any(line => line.Text.Contains("ID=6702", StringComparison.Ordinal)))
        {
            yield return EvidenceFinder.Of("State afterwards", "done", "wsyncmgr.log", reading.End, Weight.SpeaksAgainst);
        }
    }
}
