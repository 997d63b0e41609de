using System.Text;
using WsusDashboard.PowerShell.Client;

namespace WsusDashboard.PowerShell.Tests;

/// <summary>JSON as it's read without System.Text.Json.</summary>
public sealed class JsonValueTests
{
    [Fact]
    public void Read_ValuesOfEachType_AreAsWritten()
    {
        var value = Read("""{"text":"a \"b\" \u00fc ☃","empty":"","none":null,"yes":true,"no":false,"whole":-42,"large":9007199254740993,"part":9.75,"list":[1,"x",null],"nothing":[],"in":{"ner":"deep"}}""");

        Assert.Equal(("a \"b\" ü ☃", "", "", null), (value["text"].Text, value["empty"].Text, value["none"].Text, value["none"].OptionalText));
        Assert.Equal((true, false, false), (value["yes"].IsTrue, value["no"].IsTrue, value["none"].IsTrue));
        Assert.Equal((-42L, 9_007_199_254_740_993L, 9.75, null), (value["whole"].Number, value["large"].Number, value["part"].Fraction, value["text"].Number));
        Assert.Equal(["1", "x", ""], value["list"].Texts());
        Assert.Empty(value["nothing"].Items);
        Assert.Equal(("deep", ""), (value["in"]["ner"].Text, value["in"]["missing"]["further"].Text));
    }

    [Theory]
    [InlineData("\"2026-11-30T08:00:00+00:00\"", 8)]
    [InlineData("\"2026-11-30T08:00:00Z\"", 8)]
    [InlineData("\"2026-11-30T08:00:00.1234567+02:00\"", 6)]
    public void Time_OfTheApi_IsThatMoment(string json, int hourUtc) => Assert.Equal(hourUtc, Read($"{{\"at\":{json}}}")["at"].Time!.Value.UtcDateTime.Hour);

    [Theory]
    [InlineData("\"00:02:00\"", 120)]
    [InlineData("\"1.00:00:01.5000000\"", 86_401.5)]
    public void Duration_OfTheApi_IsThatLong(string json, double seconds) => Assert.Equal(seconds, Read($"{{\"for\":{json}}}")["for"].Duration!.Value.TotalSeconds);

    [Fact]
    public void Members_WithNamesThatXmlDoesNotAllow_AreFound()
    {
        var value = Read("""{"a b":"1","$.x":"2","":"3","1st":"4","item":"5"}""");

        Assert.Equal(("1", "2", "3", "4", "5"), (value["a b"].Text, value["$.x"].Text, value[""].Text, value["1st"].Text, value["item"].Text));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{\"a\":}")]
    [InlineData("<html/>")]
    [InlineData("{\"a\":\"\\u12\"}")]
    public void Read_TextThatIsNoJson_IsAFormatException(string json) => Assert.Throws<FormatException>(() => Read(json));

    [Fact]
    public void Read_DeepNesting_IsRefused() => Assert.Throws<FormatException>(() => Read(new string('[', 100_000)));

    private static JsonValue Read(string json) => JsonValue.Read(Encoding.UTF8.GetBytes(json));
}
