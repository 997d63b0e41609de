using System.Text;
using WsusDashboard.Shared.Errors;

namespace WsusDashboard.Shared.Tests.Errors;

/// <summary>A peer may send anything: nothing throws, and no more is read than the longest text.</summary>
/// <remarks>
/// Why the time is bounded: the text is cut before anything else looks at it; normalizing makes at most eighteen characters of one and cuts again; the words of all languages are found by one
/// search that goes on behind its last find, and at each find only words with the same first characters are compared; a number or a name is looked at once, with 80 characters around it at most.
/// </remarks>
public sealed class FailureSignHostileTextTests
{
    private const int Megabyte = 1024 * 1024;
    private const string Message = "The remote name could not be resolved";

    public static TheoryData<string, string> Fillings => new()
    {
        { "a Turkish letter", "ı" },
        { "half a character", "\uD83D" },
        { "the other half", "\uDE00" },
        { "the halves the wrong way round", "\uDE00\uD83D" },
        { "one character that becomes eighteen", "\uFDFA" },
        { "marks upon marks", "\u0301\u0323" },
        { "no character at all", "\uFFFF\uFFFE" },
        { "what nobody sees", "\u200B\u202E\u0000" },
        { "spaces", " \u00A0\u3000" },
        { "starts of messages", "The remote name could not be resolve" },
        { "starts of starts", "ththththe remote name could" },
        { "digits", "4" },
        { "hexadecimal digits", "80072EE" },
        { "numbers", "503 " },
        { "numbers in brackets", "WebException: (5" },
        { "HTTP without a status", "http " },
        { "markers without a number", "error:" },
        { "minus signs", "-" },
        { "GUIDs", "80072EE7-1234-4ABC-9DEF-0123456789AB " },
    };

    [Theory]
    [MemberData(nameof(Fillings))]
    public void Of_AMegabyteOfAnything_IsNone(string what, string filling)
    {
        var text = new StringBuilder().Insert(0, filling, Megabyte / filling.Length).ToString();

        Assert.True(FailureSigns.Of(text) is FailureSign.None, what);
    }

    [Theory]
    [MemberData(nameof(Fillings))]
    public void Of_MessageBeforeAMegabyteOfAnything_IsStillRead(string what, string filling)
    {
        var text = new StringBuilder(Message).Append("; ").Insert(Message.Length + 2, filling, Megabyte / filling.Length).ToString();

        Assert.True(FailureSigns.Of(text) is FailureSign.NameResolution, what);
    }

    [Fact]
    public void Of_MessageAtTheEndOfTheLongestText_IsReadAndBehindItNot()
    {
        var fits = new string('x', FailureSigns.LongestText - Message.Length - 1) + " " + Message;

        Assert.Equal(FailureSign.NameResolution, FailureSigns.Of(fits));
        Assert.Equal(FailureSign.None, FailureSigns.Of("xx" + fits));
    }

    [Theory]
    [InlineData(0x00000000)]
    [InlineData(0x00010000)]
    public void Of_EveryCharacter_DoesNotThrow(int plane)
    {
        for (var block = plane; block < plane + 0x10000; block += 1_000)
        {
            var text = new StringBuilder(Message + " ");
            for (var code = block; code < Math.Min(block + 1_000, plane + 0x10000); code++)
            {
                text.Append(code < 0x10000 ? ((char)code).ToString() : char.ConvertFromUtf32(code));
            }

            Assert.Equal(FailureSign.NameResolution, FailureSigns.Of(text.ToString()));
        }
    }

    [Fact]
    public void Normalize_CharacterThatBecomesMany_IsCutToTheSameLength() =>
        Assert.Equal(FailureSigns.LongestText, FailureSignText.Normalize(new string('\uFDFA', FailureSigns.LongestText), FailureSigns.LongestText).Length);
}
