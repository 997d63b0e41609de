using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Tests.Text;

public sealed class PhraseTests
{
    [Theory]
    [InlineData("Drivers", true)]
    [InlineData("all DRIVERS, and", true)]
    [InlineData("(drivers)", true)]
    [InlineData("drivers-and-more", true)]
    [InlineData("AllDrivers but Drivers too", true)]
    [InlineData("AllDrivers", false)]
    [InlineData("Driversets", false)]
    [InlineData("Drivers_x", false)]
    [InlineData("_Drivers", false)]
    [InlineData("Drivers2", false)]
    [InlineData("2Drivers", false)]
    [InlineData("éDrivers", false)]
    [InlineData("Driversß", false)]
    [InlineData("яDrivers", false)]
    [InlineData("Drivers漢", false)]
    [InlineData("Drivers\u0301", false)]
    [InlineData("Drivers\u200D", false)]
    [InlineData("Drivers\u00A0", true)]
    [InlineData("Driver", false)]
    [InlineData("", false)]
    public void IsIn_Word_StandsAlone(string text, bool expected) => Assert.Equal(expected, Phrase.Word("Drivers").IsIn(text));

    [Theory]
    [InlineData("fe2.example.com", true)]
    [InlineData("https://fe2.example", true)]
    [InlineData("safe2.example", false)]
    public void IsIn_BeginsWord_LooksAtTheBeginningOnly(string text, bool expected) => Assert.Equal(expected, new Phrase("fe2.example") { BeginsWord = true }.IsIn(text));

    [Theory]
    [InlineData("Resync failed: why", true)]
    [InlineData("Sync failed", true)]
    [InlineData("Sync failedly", false)]
    public void IsIn_EndsWord_LooksAtTheEndOnly(string text, bool expected) => Assert.Equal(expected, new Phrase("Sync failed") { EndsWord = true }.IsIn(text));

    [Theory]
    [InlineData("SqlException: Timeout expired", true)]
    [InlineData("sqlexceptionTIMEOUT EXPIRED", true)]
    [InlineData("SqlException: time-out expired", true)]
    [InlineData("SqlException\nSqlException: timeout expired", true)]
    [InlineData("Timeout expired: SqlException", false)]
    [InlineData("SqlException\ntimeout expired", false)]
    [InlineData("SqlException: timeout", false)]
    public void IsIn_InOrder_StandBehindOneAnotherOnOneLine(string text, bool expected) => Assert.Equal(expected, Phrase.InOrder("SqlException", "timeout expired", "time-out expired").IsIn(text));

    [Theory]
    [InlineData(0, true)]
    [InlineData(5, true)]
    [InlineData(6, false)]
    public void IsIn_Within_CountsWhatStandsBetween(int between, bool expected) =>
        Assert.Equal(expected, new Phrase("certificate ") { Then = ["is expired"], Within = 5 }.IsIn($"the certificate {new string('x', between)}is expired"));

    [Fact]
    public void IsIn_WithinOfALaterPlace_IsFound() => Assert.True(new Phrase("a ") { Then = ["b"], Within = 2 }.IsIn("a xxxxxxxx a xxb"));

    [Theory]
    [InlineData("nothing", false)]
    [InlineData("A DEADLOCK victim", true)]
    [InlineData("SUSDB", true)]
    [InlineData("SUSDBs", false)]
    [InlineData("SUSDBs and SUSDB", true)]
    public void IsInSet_AnyPhrase_IsEnough(string text, bool expected) => Assert.Equal(expected, new PhraseSet("deadlock", Phrase.Word("SUSDB")).IsIn(text));

    /// <summary>Texts come from other machines: one made of beginnings without an end must not be read again from each of them.</summary>
    [Fact]
    public void IsIn_BeginningsWithoutEnd_TakesTimeInProportion()
    {
        var phrase = Phrase.InOrder("aa", "b");
        var text = new string('a', 4_000_000);

        Assert.False(phrase.IsIn(text));
    }
}
