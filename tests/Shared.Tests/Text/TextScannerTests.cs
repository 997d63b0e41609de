using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Tests.Text;

public sealed class TextScannerTests
{
    [Fact]
    public void Take_WhatStandsHere_GoesBehindIt()
    {
        var scanner = new TextScanner("Port: 8530, ok");

        Assert.False(scanner.Take("8530"));
        Assert.True(scanner.Take("port:"));
        Assert.True(scanner.TakeSpace());
        Assert.False(scanner.TakeSpace());
        Assert.True(scanner.TakeNumber(out var port));
        Assert.Equal(8530, port);
        Assert.Equal(", ok", scanner.Rest.ToString());
        Assert.Equal(10, scanner.Position);
    }

    [Fact]
    public void Take_OrdinalComparison_TellsCaseApart()
    {
        var scanner = new TextScanner("STATMSG: ID=6703", StringComparison.Ordinal);

        Assert.False(scanner.Take("statmsg"));
        Assert.True(scanner.Take("STATMSG"));
    }

    [Fact]
    public void Find_SeveralPlaces_GoesFromOneToTheNext()
    {
        var scanner = new TextScanner("id=1 ID=2");

        Assert.True(scanner.Find("ID="));
        Assert.True(scanner.TakeNumber(out var first));
        Assert.True(scanner.Find("ID="));
        Assert.True(scanner.TakeNumber(out var second));
        Assert.False(scanner.Find("ID="));
        Assert.Equal((1, 2), (first, second));
        Assert.True(scanner.Rest.IsEmpty);
    }

    [Theory]
    [InlineData("QueueFull", true)]
    [InlineData("MyQueueFull QueueFull", true)]
    [InlineData("MyQueueFull", false)]
    [InlineData("éQueueFull", false)]
    public void FindWord_InAWord_IsPassedOver(string text, bool expected) => Assert.Equal(expected, new TextScanner(text).FindWord("QueueFull"));

    [Theory]
    [InlineData("12x", true, 12)]
    [InlineData("007", true, 7)]
    [InlineData("9223372036854775807", true, long.MaxValue)]
    [InlineData("9223372036854775808", false, 0)]
    [InlineData("-1", false, 0)]
    [InlineData("x", false, 0)]
    [InlineData("", false, 0)]
    [InlineData("٣", false, 0)]
    public void TakeNumber_DigitsOnly_AreTaken(string text, bool expected, long number)
    {
        var scanner = new TextScanner(text);

        Assert.Equal((expected, number), (scanner.TakeNumber(out var found), found));
    }

    [Theory]
    [InlineData("one two", "one")]
    [InlineData("one\ttwo", "one")]
    [InlineData("one", "one")]
    [InlineData(" one", null)]
    [InlineData("", null)]
    public void TakeToken_UpToWhiteSpace_IsTaken(string text, string? expected)
    {
        var scanner = new TextScanner(text);

        Assert.Equal(expected, scanner.TakeToken(out var token) ? token.ToString() : null);
    }

    [Theory]
    [InlineData("ab", 1, false)]
    [InlineData("a b", 1, true)]
    [InlineData("a b", 2, true)]
    [InlineData("a", 1, true)]
    [InlineData("a_", 1, false)]
    [InlineData("a\u200C", 1, false)]
    [InlineData("..", 1, false)]
    public void IsAtBoundary_BetweenAWordAndSomethingElse_IsTrue(string text, int taken, bool expected)
    {
        var scanner = new TextScanner(text);
        Assert.True(scanner.Take(text[..taken]));

        Assert.Equal(expected, scanner.IsAtBoundary);
    }
}
