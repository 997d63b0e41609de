using WsusDashboard.Shared.Errors;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules.Causes;

/// <summary>Cause 21: whom WSUS lets in. 401 says that it doesn't know the account or its rights; 403 says that this request isn't allowed, for one of several reasons.</summary>
internal static class AccessCauses
{
    private const string Administration = "ApiRemoting30";

    private static readonly TextSign Forbidden = new(FailureSign.Http403, "WSUS answered 403", Weight.Hint, SignPlace.OwnWsus);

    public static IReadOnlyList<CauseRule> All { get; } =
    [
        new()
        {
            Number = 21, Id = FindingIds.SyncAccessDenied, Precedence = 114, Name = "WSUS refuses the account", Source = Sources.Troubleshooting,
            Meaning = "WSUS refuses the account that asks for the sync: its password has expired, or it isn't among WSUS's administrators.",
            Because = "WSUS refuses the account that asks",
            Helps = "Fix the software update point's connection account, or add it (without one, the site server's computer account) to WSUS Administrators on the WSUS server.",
            LookNext = "Check the software update point's connection account and its password, and that Administrators and that account may use /ApiRemoting30.",
            ErrorCodes = [401, 0x80190191, 0x80244017],
            Signs =
            [
                Forbidden,
                new(FailureSign.Http401, "The account was refused (401)", place: SignPlace.OwnWsus),
                new(["principal permission", "8013150A"], "The account isn't among WSUS's administrators"),
                new(["Logon failure", .. "0123456789ABCDEF".Select(digit => new Phrase($"0x8007052{digit}"))], "The account was refused", Weight.Strong, SignPlace.SiteToWsus) { Signs = FailureSign.AccessDenied },
            ],
            Look = Rights,
        },
        new()
        {
            Number = 21, Id = FindingIds.AddressRefused, Precedence = 139, Name = "WSUS refuses the site server's address", Source = "Microsoft, HTTP status codes in IIS (403.6, 403.8)",
            Meaning = "The WSUS site in IIS accepts requests only from listed addresses or names, and the site server's isn't one of them.",
            Because = "the WSUS site in IIS refuses the site server's address",
            Helps = "Add the site server to the WSUS site's IP address restrictions in IIS, or remove them.",
            LookNext = "Check \"IP Address and Domain Restrictions\" of the WSUS site and of ApiRemoting30 in IIS Manager.",
            Signs =
            [
                new([Phrase.Word("403.6"), Phrase.Word("403.8"), Phrase.Word("403.503")], "IIS refused the address", Weight.Names, SignPlace.OwnWsus),
                new([Phrase.InOrder("ApiRemoting30", " 403 6 ", " 403 8 ", " 403 503 ")], "IIS refused the address (403.6)", Weight.Names, SignPlace.WebServer),
            ],
            Look = Addresses,
        },
    ];

    /// <summary>WSUS's directory of the administration service asks for TLS, and the site came without it: IIS answers 403.4, which the site's logs cut to 403.</summary>
    public static IEnumerable<WeightedEvidence> TlsRequired(SyncRunAnalysis reading)
    {
        var isForbidden = reading.Run.ErrorCode is 403 || reading.LoggedStatements.Any(Forbidden.IsIn);
        if (!isForbidden)
        {
            yield break;
        }

        var asksWithoutTls = reading.Lines.FirstOrDefault(line => line.Text.Contains("useSSL: False", StringComparison.OrdinalIgnoreCase));
        if (RequiresTls(reading))
        {
            yield return EvidenceFinder.Of($"Directory {Administration}", "requires TLS", "IIS", reading.File.Snapshot!.Iis.ReadAt, Weight.Strong);
        }

        var usesTls = reading.Site?.Settings?.UsesTls ?? (asksWithoutTls is null ? null : false);
        if (usesTls is not true)
        {
            yield return EvidenceFinder.Of(reading.LoggedStatements.FirstOrDefault(Forbidden.IsIn) ?? reading.LoggedStatements[0], "WSUS answered 403, as it does where it requires TLS", Weight.Supports);
        }

        if (asksWithoutTls is not null)
        {
            yield return EvidenceFinder.Of(asksWithoutTls, "The site connects without TLS", Weight.Supports);
        }
    }

    private static bool RequiresTls(SyncRunAnalysis reading) =>
        reading.File.Snapshot?.Iis.Value?.WsusDirectories.Any(directory => directory.RequiresTls && string.Equals(directory.Name, Administration, StringComparison.OrdinalIgnoreCase)) == true;

    /// <summary>A 403 speaks for rights only where TLS and addresses are known not to be the reason.</summary>
    private static IEnumerable<WeightedEvidence> Rights(SyncRunAnalysis reading)
    {
        if (reading.LoggedStatements.FirstOrDefault(Forbidden.IsIn) is not { } forbidden)
        {
            yield break;
        }

        var directories = reading.File.Snapshot?.Iis.Value?.WsusDirectories ?? [];
        var isTlsKnown = directories.Count > 0 || reading.Wsus is { Port: > 0, UsesTls: false };
        var isOther = directories.Any(directory => directory.RequiresTls || directory.RefusesUnlistedAddresses);
        if (!isOther)
        {
            yield return EvidenceFinder.Of(forbidden, isTlsKnown ? "403, and WSUS doesn't require TLS" : "403, and whether WSUS requires TLS isn't known", isTlsKnown ? Weight.Strong : Weight.Supports);
        }
    }

    private static IEnumerable<WeightedEvidence> Addresses(SyncRunAnalysis reading)
    {
        if (reading.LoggedStatements.Any(Forbidden.IsIn) && reading.File.Snapshot?.Iis.Value?.WsusDirectories.FirstOrDefault(directory => directory.RefusesUnlistedAddresses) is { } directory)
        {
            yield return EvidenceFinder.Of($"Directory {directory.Name}", "accepts listed addresses only", "IIS", reading.File.Snapshot.Iis.ReadAt, Weight.Strong);
        }
    }
}
