using System.Globalization;
using System.Text;
using WsusDashboard.Shared.Errors;

namespace WsusDashboard.Shared.Tests.Errors;

/// <summary>The table of messages, and what its README says of it: UPDATE_LANGUAGE_TABLE=1 dotnet run --project tests/Shared.Tests -- -class "*LanguageTableTests" writes that.</summary>
public sealed class LanguageTableTests
{
    private const string Begin = "<!-- coverage: written by LanguageTableTests -->\n";
    private const string End = "<!-- /coverage -->";
    private const string HttpRow = "an HTTP status";

    /// <summary>A number or a name for each sign: what is left where a language has no words for it.</summary>
    private static readonly Dictionary<FailureSign, string> Numbers = new()
    {
        [FailureSign.NameResolution] = "0x80072EE7",
        [FailureSign.ConnectionRefused] = "0x8007274D",
        [FailureSign.ConnectionReset] = "0x80072EFE",
        [FailureSign.TimedOut] = "0x8007274C",
        [FailureSign.Unreachable] = "0x800706BA",
        [FailureSign.Untrusted] = "0x800B0109",
        [FailureSign.NoCommonTls] = "0x80090331",
        [FailureSign.SecureChannel] = "SecureChannelFailure",
        [FailureSign.DiskFull] = "0x80070070",
        [FailureSign.AccessDenied] = "0x80070005",
        [FailureSign.OutOfMemory] = "0x8007000E",
        [FailureSign.Database] = "0x80131904",
        [FailureSign.Http400] = "0x80190190",
        [FailureSign.Http401] = "0x80190191",
        [FailureSign.Http403] = "0x80190193",
        [FailureSign.Http404] = "0x80190194",
        [FailureSign.Http407] = "0x80190197",
        [FailureSign.Http408] = "0x80190198",
        [FailureSign.Http500] = "0x801901F4",
        [FailureSign.Http502] = "0x801901F6",
        [FailureSign.Http503] = "0x801901F7",
        [FailureSign.Http504] = "0x801901F8",
    };

    private static readonly string[] Languages = ["en", "de", "fr", "es", "it", "pt-BR", "nl", "pl", "ru", "tr", "ja", "zh-CN", "ko"];

    [Fact]
    public void All_Languages_AreThoseOfTheServersWeKnow() =>
        Assert.Equal(Languages.Order(StringComparer.Ordinal), FailureSignMessages.All.Select(message => message.Language).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void All_Message_HasAPublicAddressAndNoArgument() =>
        Assert.All(FailureSignMessages.All, message =>
        {
            Assert.True(new Uri(message.Source) is { Scheme: "https", IsLoopback: false }, $"{message.Language}: {message.Source}");
            Assert.False(message.Words.Any(character => character is '{' or '}' or '%' || char.IsAsciiDigit(character)), $"{message.Language}: {message.Words}");
        });

    [Fact]
    public void All_Message_IsFoundAmongOtherWordsAndGivesItsSigns() =>
        Assert.All(FailureSignMessages.All.Where(message => message.Sign is not FailureSign.None), message =>
            Assert.Equal(message.Sign, FailureSigns.Of($"x {message.Words} x") & message.Sign));

    [Fact]
    public void All_Message_GivesNoSignThatItsOwnDoesNotExplain() =>
        Assert.All(FailureSignMessages.All.Where(message => message.Sign is not FailureSign.None), message =>
            Assert.Equal(message.Sign, FailureSigns.Of($"x {message.Words} x")));

    [Fact]
    public void All_WordsBeforeAStatus_GiveIt() =>
        Assert.All(FailureSignMessages.All.Where(message => message.Sign is FailureSign.None), message =>
        {
            Assert.Equal(FailureSign.Http407, FailureSigns.Of($"{message.Words}: (407) x"));
            Assert.Equal(FailureSign.None, FailureSigns.Of(message.Words));
        });

    [Fact]
    public void All_MessageOfALanguage_StandsThereOnce() =>
        Assert.Empty(FailureSignMessages.All.GroupBy(message => (message.Language, FailureSignText.Normalize(message.Words, FailureSigns.LongestText))).Where(group => group.Count() > 1).Select(group => group.Key));

    [Fact]
    public void All_Sign_HasANumber() =>
        Assert.All(Enum.GetValues<FailureSign>().Where(sign => sign is not FailureSign.None), sign => Assert.Equal(sign, FailureSigns.Of(Numbers[sign]) & sign));

    [Fact]
    public void Coverage_InTheReadme_IsWhatTheTableHolds()
    {
        var path = Path.Combine(FindRoot(), "src/Shared/Errors/Languages/README.md");
        var readme = File.ReadAllText(path);
        var (begin, end) = (readme.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, readme.IndexOf(End, StringComparison.Ordinal));

        var table = Coverage();
        if (Environment.GetEnvironmentVariable("UPDATE_LANGUAGE_TABLE") is { Length: > 0 })
        {
            File.WriteAllText(path, readme[..begin] + table + readme[end..]);
        }
        else
        {
            Assert.Equal(table, readme[begin..end]);
        }
    }

    private static string Coverage()
    {
        var table = new StringBuilder("| sign |");
        table.AppendJoin(" |", Languages.Select(language => $" {language}")).Append(" |\n| --- |").Insert(table.Length, " --- |", Languages.Length).Append('\n');
        foreach (var sign in Enum.GetValues<FailureSign>().Where(sign => sign is not FailureSign.None && !sign.ToString().StartsWith("Http", StringComparison.Ordinal)))
        {
            Row(sign.ToString(), language => FailureSignMessages.All.Any(message => message.Language == language && message.Sign.HasFlag(sign)));
        }

        Row(HttpRow, language => FailureSignMessages.All.Any(message => message.Language == language && message.Sign is FailureSign.None));
        table.Append(CultureInfo.InvariantCulture, $"| messages |").AppendJoin(" |", Languages.Select(language => $" {FailureSignMessages.All.Count(message => message.Language == language)}")).Append(" |\n");

        return table.ToString();

        void Row(string name, Func<string, bool> hasWords) =>
            table.Append(CultureInfo.InvariantCulture, $"| {name} |").AppendJoin(" |", Languages.Select(language => hasWords(language) ? " words" : " number")).Append(" |\n");
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "WsusDashboard.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("WsusDashboard.sln is in no folder above the tests.");
        }

        return folder.FullName;
    }
}
