using WsusDashboard.Shared.Errors;

namespace WsusDashboard.Shared.Tests.Errors;

public sealed class FailureSignTextTests
{
    [Theory]
    [InlineData("THE REMOTE NAME", "the remote name")]
    [InlineData("n’a pas pu être", "n'a pas pu être")]
    [InlineData("n´a pas pu", "n'a pas pu")]
    [InlineData("« SUSDB » ‘a’ “b” „c“", "\" susdb \" 'a' \"b\" \"c\"")]
    [InlineData("distant\u00A0: x\u202F!", "distant : x !")]
    [InlineData("one\r\n\t two", "one two")]
    [InlineData("SSL‑Kanal – gut", "ssl-kanal - gut")]
    [InlineData("８００７２ＥＥ７　（４０７）", "80072ee7 (407)")]
    [InlineData("ｻｰﾊﾞｰ", "サーバー")]
    [InlineData("aufgelo\u0308st", "aufgelöst")]
    [InlineData("BAĞLANTI İSTEĞİ", "bağlanti isteği")]
    [InlineData("bağlantı isteği", "bağlanti isteği")]
    [InlineData("i\u0307stek", "istek")]
    [InlineData("ver\u00ADweigert\u200B", "verweigert")]
    [InlineData("Wait…", "wait...")]
    public void Normalize_Form_IsTheOneThatIsCompared(string text, string expected) => Assert.Equal(expected, FailureSignText.Normalize(text, FailureSigns.LongestText));

    [Fact]
    public void Normalize_HalfACharacter_IsReplaced() => Assert.Equal("a\uFFFDb", FailureSignText.Normalize("a\uD83Db", FailureSigns.LongestText));

    [Theory]
    [InlineData("tr-TR")]
    [InlineData("de-DE")]
    [InlineData("ja-JP")]
    public void Normalize_InAnyCulture_IsTheSame(string culture)
    {
        var before = Thread.CurrentThread.CurrentCulture;
        try
        {
            Thread.CurrentThread.CurrentCulture = new(culture);

            Assert.Equal("istek iptal", FailureSignText.Normalize("ISTEK İPTAL", FailureSigns.LongestText));
        }
        finally
        {
            Thread.CurrentThread.CurrentCulture = before;
        }
    }
}
