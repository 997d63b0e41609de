using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Tests.Text;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("The pool stopped, \"again\".", true)]
    [InlineData("Zürich – 東京 – 🛠", true)]
    [InlineData("two\nlines", false)]
    [InlineData("a\ttab", false)]
    [InlineData("a bell\a", false)]
    [InlineData("\u001b[2J", false)]
    [InlineData("\u0085", false)]
    [InlineData("approve\u202Ecod.exe", false)]
    [InlineData("\u2066inner\u2069", false)]
    [InlineData("zero\u200Bwidth", false)]
    [InlineData("line\u2028separator", false)]
    [InlineData("tag\U000E0041", false)]
    public void IsPlain_OneLine_RefusesControlAndFormatCharacters(string text, bool expected)
    {
        Assert.Equal(expected, PlainText.IsPlain(text));
        Assert.True(PlainText.IsPlain(PlainText.Replace(text)));
        Assert.Equal(expected, ReferenceEquals(text, PlainText.Replace(text)));
    }

    /// <summary>Half of a pair, which no attribute can hold.</summary>
    [Fact]
    public void IsPlain_HalfACharacter_IsRefused() => IsPlain_OneLine_RefusesControlAndFormatCharacters($"half {(char)0xD800}", expected: false);

    [Fact]
    public void Replace_TextOfLines_KeepsItsLinesAndNothingElse()
    {
        const string hostile = "first\r\n\tsecond\u001b[31m\u202E third";

        Assert.Equal("first\r\n\tsecond\uFFFD[31m\uFFFD third", PlainText.Replace(hostile, mayBreak: true));
        Assert.Equal("first   second\uFFFD[31m\uFFFD third", PlainText.Replace(hostile));
    }

    [Theory]
    [InlineData("Zürich – 東京 – 🛠", "Zürich – 東京 – 🛠")]
    [InlineData("two\r\nlines\tand a tab", "two  lines and a tab")]
    [InlineData("a\u202Eb\u200Bc\uE000d", "a\uFFFDb\uFFFDc\uFFFDd")]
    [InlineData("\u3164\u2800\u115F\uFE0F", "\uFFFD\uFFFD\uFFFD\uFFFD")]
    [InlineData("no such character \uFFFF", "no such character \uFFFD")]
    public void ReplaceInvisible_Text_KeepsOnlyWhatIsSeen(string text, string expected)
    {
        Assert.Equal(expected, PlainText.ReplaceInvisible(text));
        Assert.All(text.EnumerateRunes(), rune => Assert.True(!PlainText.IsVisible(rune) || expected.Contains(rune.ToString(), StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("short", 5, "short")]
    [InlineData("longer", 5, "long…")]
    [InlineData("abc🛠", 5, "abc🛠")]
    [InlineData("abc🛠d", 5, "abc…")]
    public void Cut_LongerText_EndsWithAnEllipsisAndNoHalfCharacter(string text, int maximum, string expected) => Assert.Equal(expected, PlainText.Cut(text, maximum));
}
