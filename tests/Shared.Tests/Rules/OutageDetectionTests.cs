using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Shared.Tests.Rules;

/// <summary>When it is Microsoft, and when it may be what the servers have in common. One attempt a word: server, site, proxy ("-" = none), minute, and a sign or "ok".</summary>
public sealed class OutageDetectionTests
{
    private static readonly DateTimeOffset Start = new(2026, 5, 4, 3, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("three servers, two sites, no proxies", "1 A - 0 TimedOut|2 A - 10 TimedOut|3 B - 20 TimedOut", "1,2,3")]
    [InlineData("two servers", "1 A - 0 TimedOut|3 B - 20 TimedOut", "")]
    [InlineData("one server three times", "1 A - 0 TimedOut|1 A - 10 TimedOut|1 B - 20 TimedOut", "")]
    [InlineData("one site, three proxies", "1 A p1 0 TimedOut|2 A p2 10 TimedOut|3 A p3 20 TimedOut", "")]
    [InlineData("two sites, one proxy", "1 A p 0 TimedOut|2 A p 10 TimedOut|3 B p 20 TimedOut", "")]
    [InlineData("two sites, one proxy in two spellings", "1 A Proxy 0 TimedOut|2 A proxy 10 TimedOut|3 B PROXY 20 TimedOut", "")]
    [InlineData("two sites, two proxies", "1 A p 0 TimedOut|2 A p 10 TimedOut|3 B q 20 TimedOut", "1,2,3")]
    [InlineData("two sites, a proxy and none", "1 A p 0 TimedOut|2 A p 10 TimedOut|3 B - 20 TimedOut", "1,2,3")]
    [InlineData("one site in two spellings", "1 a - 0 TimedOut|2 A - 10 TimedOut|3 A - 20 TimedOut", "")]
    [InlineData("59 minutes", "1 A - 0 TimedOut|2 A - 30 TimedOut|3 B - 59 TimedOut", "1,2,3")]
    [InlineData("60 minutes", "1 A - 0 TimedOut|2 A - 30 TimedOut|3 B - 60 TimedOut", "1,2,3")]
    [InlineData("61 minutes", "1 A - 0 TimedOut|2 A - 30 TimedOut|3 B - 61 TimedOut", "")]
    [InlineData("61 minutes, and a fourth within 60", "1 A - 0 TimedOut|2 A - 30 TimedOut|3 B - 61 TimedOut|4 A - 80 TimedOut", "2,3,4")]
    [InlineData("one success between", "1 A - 0 TimedOut|2 A - 10 TimedOut|9 C - 15 ok|3 B - 20 TimedOut", "")]
    [InlineData("one success at the very moment of the last", "1 A - 0 TimedOut|2 A - 10 TimedOut|9 C - 20 ok|3 B - 20 TimedOut", "")]
    [InlineData("a success before", "9 C - -1 ok|1 A - 0 TimedOut|2 A - 10 TimedOut|3 B - 20 TimedOut", "1,2,3")]
    [InlineData("a success after", "1 A - 0 TimedOut|2 A - 10 TimedOut|3 B - 20 TimedOut|9 C - 21 ok", "1,2,3")]
    [InlineData("the success of one that failed before", "1 A - 0 TimedOut|2 A - 10 TimedOut|1 A - 15 ok|3 B - 20 TimedOut", "")]
    [InlineData("different errors", "1 A - 0 TimedOut|2 A - 10 NameResolution|3 B - 20 TimedOut", "")]
    [InlineData("several signs, one in common", "1 A - 0 TimedOut,NameResolution|2 A - 10 NameResolution|3 B - 20 ConnectionReset,NameResolution", "1,2,3")]
    [InlineData("numbers, whatever their case", "1 A - 0 0x80072ee2|2 A - 10 0x80072EE2|3 B - 20 0x80072EE2", "1,2,3")]
    [InlineData("failures that say nothing", "1 A - 0 |2 A - 10 |3 B - 20 ", "")]
    [InlineData("later ones belong to it", "1 A - 0 TimedOut|2 A - 10 TimedOut|3 B - 20 TimedOut|4 C - 300 TimedOut", "1,2,3,4")]
    [InlineData("later ones after a success don't", "1 A - 0 TimedOut|2 A - 10 TimedOut|3 B - 20 TimedOut|9 C - 100 ok|4 C - 300 TimedOut", "1,2,3")]
    [InlineData("nobody", "", "")]
    public void FindAll_Attempts_SaysAnOutageOnlyWhereItIsOne(string what, string attempts, string servers)
    {
        Assert.NotEmpty(what);
        foreach (var order in new[] { Read(attempts), [.. Read(attempts).AsEnumerable().Reverse()] })
        {
            Assert.Equal(servers, string.Join(',', OutageDetection.FindAll(order).SelectMany(outage => outage.ServerIds).Distinct()));
        }
    }

    [Theory]
    [InlineData("UPSTREAM01.corp.example")]
    [InlineData("")]
    public void FindAll_ServersThatTakeUpdatesFromElsewhere_DoNotCount(string source)
    {
        var attempts = Read("1 A - 0 TimedOut|2 A - 10 TimedOut|3 B - 20 TimedOut");

        Assert.Empty(OutageDetection.FindAll(attempts.Select((attempt, index) => index == 2 ? attempt with { Source = source } : attempt)));

        // Nor does their success end one.
        var replica = attempts[0] with { ServerId = 9, Source = source, At = Start.AddMinutes(15), Result = SyncResult.Succeeded };
        Assert.Single(OutageDetection.FindAll([.. attempts, replica]));
    }

    [Theory]
    [InlineData("", 21, true)]
    [InlineData("", (24 * 60) + 20, true)]
    [InlineData("", (24 * 60) + 21, false)]
    [InlineData("|9 C - 25 ok", 26, false)]
    [InlineData("|4 C - 600 TimedOut", (24 * 60) + 500, true)]
    public void FindCurrent_Outage_GoesOnUntilSomeoneSucceedsOrForADay(string later, int minute, bool isCurrent)
    {
        var outages = OutageDetection.FindAll(Read("1 A - 0 TimedOut|2 A - 10 TimedOut|3 B - 20 TimedOut" + later));

        Assert.Equal(isCurrent, OutageDetection.FindCurrent(outages, Start.AddMinutes(minute)) is not null);
    }

    [Fact]
    public void FindAll_Outage_TellsSinceWhenHowManySitesAndWhenItEnded()
    {
        var outage = Assert.Single(OutageDetection.FindAll(Read("1 A - 0 TimedOut|2 A - 10 TimedOut|3 B - 20 TimedOut|9 C - 45 ok|9 C - 50 ok")));

        Assert.Equal(("TimedOut", Start, Start.AddMinutes(20), 2, Start.AddMinutes(45)), (outage.Sign, outage.Since, outage.LastAt, outage.SiteCount, outage.EndedAt));
        Assert.True(outage.Holds(3, Start.AddMinutes(20)));
        Assert.False(outage.Holds(9, Start.AddMinutes(20)));
        Assert.False(outage.Holds(3, Start.AddMinutes(120)));
    }

    [Fact]
    public void FindAll_FiveThousandServersThatFailForADay_IsQuick()
    {
        var attempts = Enumerable.Range(0, 80_000).Select(index => new SourceAttempt(index % 5_000, "A", "p", "Microsoft Update", Start.AddSeconds(index), SyncResult.Failed) { Signs = ["TimedOut"] }).ToList();
        Assert.Empty(OutageDetection.FindAll(attempts));

        // One server of another site in the end: now every hour is looked at.
        Assert.Single(OutageDetection.FindAll([.. attempts, attempts[^1] with { ServerId = 9_999, Site = "B", Proxy = "q" }]));
    }

    private static List<SourceAttempt> Read(string attempts) =>
    [
        .. attempts.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(attempt => attempt.Split(' ')).Select(part => new SourceAttempt(
            int.Parse(part[0], System.Globalization.CultureInfo.InvariantCulture),
            part[1],
            part[2] == "-" ? "" : part[2],
            "Microsoft Update",
            Start.AddMinutes(int.Parse(part[3], System.Globalization.CultureInfo.InvariantCulture)),
            part[4] == "ok" ? SyncResult.Succeeded : SyncResult.Failed)
        {
            Signs = part[4] is "ok" or "" ? [] : part[4].Split(','),
        }),
    ];
}
