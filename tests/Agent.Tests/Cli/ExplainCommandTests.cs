using System.Text.Json;

namespace WsusDashboard.Agent.Tests.Cli;

public sealed class ExplainCommandTests
{
    [Theory]
    [InlineData("0x80244022")]
    [InlineData("-2145107934")]
    [InlineData("WU_E_PT_HTTP_STATUS_SERVICE_UNAVAIL")]
    [InlineData("Scan", "failed", "with", "error", "=", "-2145107934.")]
    public async Task Explain_KnownNumber_IsZeroAndTellsEveryForm(params string[] code)
    {
        var command = Command();

        Assert.Equal(0, await command.InvokeAsync(["explain", .. code]));

        Assert.All(["0x80244022", "-2145107934", "2149859362", "HTTP 503", "WU_E_PT_HTTP_STATUS_SERVICE_UNAVAIL", "https://"], part => Assert.Contains(part, command.Out, StringComparison.Ordinal));
        Assert.Equal("", command.Error);
    }

    [Fact]
    public async Task Explain_UnknownNumber_IsOneAndTellsTheFamilyOnly()
    {
        var command = Command();

        Assert.Equal(1, await command.InvokeAsync("explain", "0x8024ABCD"));

        Assert.Contains("Windows Update", command.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("Source:", command.Out, StringComparison.Ordinal);
        Assert.Equal("", command.Error);
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("0xZZ")]
    public async Task Explain_NoNumber_IsOneAndNamesTheTextAndWhatIsAllowed(string code)
    {
        var command = Command();

        Assert.Equal(1, await command.InvokeAsync("explain", code));

        Assert.Equal("", command.Out);
        Assert.Contains($"\"{code}\"", command.Error, StringComparison.Ordinal);
        Assert.Contains("0x80244022", command.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_VeryLongText_IsOne() => Assert.Equal(1, await Command().InvokeAsync("explain", new string('x', 100_000)));

    [Fact]
    public async Task Explain_WithoutACode_IsTwo() => Assert.Equal(2, await Command().InvokeAsync("explain"));

    [Theory]
    [InlineData("407", 1)]
    [InlineData("53", 2)]
    [InlineData("hello", 0)]
    public async Task Explain_Json_IsOneDocument(string code, int count)
    {
        var command = Command();

        await command.InvokeAsync("explain", code, "--json");

        using var document = JsonDocument.Parse(command.Out);
        Assert.Equal(count, document.RootElement.GetArrayLength());
        Assert.All(document.RootElement.EnumerateArray(), item => Assert.True(item.GetProperty("error").GetProperty("isKnown").GetBoolean()));
    }

    [Fact]
    public async Task Explain_NumberThatARuleGoesBy_NamesTheCause()
    {
        var command = Command();

        await command.InvokeAsync("explain", "407", "--json");

        using var document = JsonDocument.Parse(command.Out);
        Assert.NotEqual(0, document.RootElement[0].GetProperty("causes").GetArrayLength());
    }

    private static CommandRun Command() => new() { Time = TimeProvider.System };
}
