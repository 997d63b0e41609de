using WsusDashboard.Shared.Errors;
using WsusDashboard.Shared.Rules.Causes;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Shared.Tests.Causes;

/// <summary>The same error in another language has the same cause: each message of the table of languages, as WSUS would write it into its history.</summary>
public sealed class LanguageCauseTests
{
    private static readonly IReadOnlyList<(string Language, string Text, string Cause)> Rows =
    [
        .. FailureSignMessages.All
            .Select(message => (message.Language, Text: message.Sign is FailureSign.None ? message.Words.TrimEnd(' ', '(', ':') + ": (407)" : message.Words, Cause: CauseOf(message.Sign)))
            .Where(message => message.Cause.Length > 0),
    ];

    public static IEnumerable<TheoryDataRow<string, string, string>> Messages => Rows.Select(row => new TheoryDataRow<string, string, string>(row.Language, row.Text, row.Cause));

    [Theory]
    [MemberData(nameof(Messages))]
    public void Rank_MessageOfAnyLanguage_NamesTheCauseOfItsSign(string language, string text, string cause) =>
        Assert.Equal((language, cause), (language, CauseEngine.Rank(new Story().Failed($"UssCommunicationError: WebException: {text}").Close())[0].Id));

    [Fact]
    public void Messages_CoverThirteenLanguages() => Assert.Equal(13, Rows.Select(row => row.Language).Distinct().Count());

    private static string CauseOf(FailureSign sign) => sign switch
    {
        FailureSign.None or FailureSign.Http407 => FindingIds.ProxyRefused,
        FailureSign.NameResolution or FailureSign.ConnectionRefused or FailureSign.Unreachable => FindingIds.SourceUnreachable,
        FailureSign.Untrusted => FindingIds.SecureChannelFailed,
        FailureSign.NoCommonTls => FindingIds.Tls12Missing,
        FailureSign.DiskFull => FindingIds.DiskFull,
        FailureSign.Database | FailureSign.DiskFull => FindingIds.DatabaseFull,
        _ => "",
    };
}
