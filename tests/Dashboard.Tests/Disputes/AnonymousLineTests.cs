using WsusDashboard.Dashboard.Features.Disputes;

namespace WsusDashboard.Dashboard.Tests.Disputes;

/// <summary>What is given away of a log line: known words and error numbers, and nothing else, whatever stands in it.</summary>
public sealed class AnonymousLineTests
{
    private static readonly HashSet<string> None = [];

    [Theory]
    [InlineData("System.Net.WebException: The request failed with HTTP status 407: Proxy Authentication Required", "system net webexception the request failed with http status 407 proxy authentication required")]
    [InlineData("Sync failed: UssCommunicationError: WebException 0x80072EFE", "sync failed usscommunicationerror webexception 0x80072efe")]
    [InlineData("Login failed for user 'CONTOSO\\anna.huber'.", "login failed for user *")]
    [InlineData("connect to https://wsus01.corp.example:8531 as svc-wsus@corp.example failed", "connect to https * as * wsus * failed")]
    [InlineData("10.20.30.40 fe80::1 S-1-5-21-1004336348-1177238915-682003330-512 C:\\Users\\huber\\x", "*")]
    [InlineData("401.403.503.200 407-503-401 503:404 HTTP status 503.", "* http status 503")]
    [InlineData("Größe Москва 東京 naïve", "*")]
    [InlineData("", "")]
    public void Of_Line_LeavesKnownWordsAndNumbersOnly(string line, string expected) => Assert.Equal(expected, AnonymousLine.Of(line, None));

    [Theory]
    [InlineData("BRN-WSUS02")]
    [InlineData("wsus01.bern.contoso.com")]
    [InlineData("CONTOSO")]
    [InlineData("Anna Müller")]
    [InlineData("huber")]
    [InlineData("BRN")]
    [InlineData("P01")]
    [InlineData("192.168.17.4")]
    [InlineData("3f2504e0-4f89-11d3-9a0c-0305e82c3301")]
    public void Of_NameInsideOfALine_NeverStandsThere(string name)
    {
        foreach (var line in new[] { $"Sync failed on {name}: timeout", $"SITE={name} SYS={name}", $"{name}\\{name}@{name}", $"'{name}'", name.ToLowerInvariant() })
        {
            var left = AnonymousLine.Of(line, None);

            Assert.All(left.Split(' ', StringSplitOptions.RemoveEmptyEntries), word => Assert.True(word == "*" || AnonymousLine.Knows(word), word));
            Assert.All(name.Split(['-', '.', ' ']).Where(part => !AnonymousLine.Knows(part.ToLowerInvariant())), part => Assert.DoesNotContain(part.ToLowerInvariant(), left.Split(' ')));
        }
    }

    [Fact]
    public void Of_NameThatIsAWordOfTheList_GoesWhereItIsGiven()
    {
        Assert.Equal("sync failed on server update", AnonymousLine.Of("Sync failed on server UPDATE", None));
        Assert.Equal("sync failed on server *", AnonymousLine.Of("Sync failed on server UPDATE", new HashSet<string> { "update" }));
    }

    [Fact]
    public void Of_LongLine_IsShort() => Assert.InRange(AnonymousLine.Of(string.Join(' ', Enumerable.Repeat("failed", 10_000)), None).Length, 390, 400);

    [Fact]
    public void ToId_SameKindOfEvidence_IsTheSameWhateverTheServer() =>
        Assert.Equal(AnonymousLine.ToId("State of pool on BRN-X1", None), AnonymousLine.ToId("State of pool on ZRH-X9", None));
}
