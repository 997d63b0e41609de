using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using WsusDashboard.Shared.Posture;

namespace WsusDashboard.Shared.Tests.Posture;

/// <summary>The table of the release, and what a table may not be.</summary>
public sealed class PostureTableTests
{
    private static readonly DateTimeOffset Now = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly PostureTable Table = PostureTable.OfRelease!;

    /// <summary>First fixed revisions as the CVE records list them, written down a second time by product; 0 = not in the record.</summary>
    public static TheoryData<string, string, int[]> Records => new()
    {
        // 2012, 2012 R2, 2016, 2019, 2022, 23H2, 2025
        { "CVE-2023-32056", "2023-07-11", [0, 0, 0, 4645, 1850, 0, 0] },
        { "CVE-2023-35317", "2023-07-11", [24374, 21075, 6085, 4645, 1850, 0, 0] },
        { "CVE-2025-59287", "2025-10-14", [25728, 22826, 8524, 7922, 4297, 1916, 6905] },
        { "CVE-2026-20856", "2026-01-13", [25868, 22968, 8783, 8276, 4648, 2092, 32230] },
        { "CVE-2026-26154", "2026-04-14", [26026, 23132, 9060, 8644, 5020, 2274, 32690] },
        { "CVE-2026-26174", "2026-04-14", [26026, 23132, 9060, 8644, 5020, 2274, 32690] },
        { "CVE-2026-50328", "2026-07-14", [26226, 23291, 9339, 9020, 5386, 0, 33158] },
        { "CVE-2026-105009", "2026-10-13", [26434, 23470, 9612, 9376, 5761, -1, 33650] },
    };

    private static readonly string[] Servers = ["windows-server-2012", "windows-server-2012-r2", "windows-server-2016", "windows-server-2019", "windows-server-2022", "windows-server-23h2", "windows-server-2025"];

    [Fact]
    public void OfRelease_IsReadWithoutAMistake()
    {
        var reading = PostureTable.ReadOfRelease(Now);

        Assert.Empty(reading.Mistakes);
        Assert.Equal(new DateTimeOffset(2026, 11, 29, 0, 0, 0, TimeSpan.Zero), reading.Table!.AsOf);
        Assert.Equal(64, reading.Table.Sha256.Length);
        Assert.Equal(Records.Count, reading.Table.Vulnerabilities.Count);
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void OfRelease_EachVulnerability_HasTheRevisionsOfItsRecord(string cve, string published, int[] revisions)
    {
        var vulnerability = Table.Vulnerabilities.Single(item => item.Cve == cve);

        Assert.Equal(published, vulnerability.Published.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        Assert.Equal(revisions, Servers.Select(server => vulnerability.Find(server) switch { null => 0, { Revision: null } => -1, var fix => fix.Revision!.Value }));
    }

    [Fact]
    public void OfRelease_EveryRow_HasSourceDateAndWords()
    {
        Assert.All(Table.Products, product =>
        {
            Assert.NotEmpty(product.Source);
            Assert.InRange(product.Ends.Year, 2020, 2040);
            Assert.NotEmpty(product.Name);
        });
        Assert.All(Table.Vulnerabilities, vulnerability =>
        {
            Assert.NotEmpty(vulnerability.Source);
            Assert.NotEmpty(vulnerability.Allows);
            Assert.NotEmpty(vulnerability.LowersRisk);
            Assert.NotEmpty(vulnerability.Fixes);
            Assert.InRange(vulnerability.Published, new DateTimeOffset(2023, 1, 1, 0, 0, 0, TimeSpan.Zero), Table.AsOf);
        });
        Assert.Equal(7, Table.Products.Count(product => product.Kind is ProductKind.Windows));
    }

    [Fact]
    public void OfRelease_TheWorst_IsTheExploitedOneWithItsPartialFixes()
    {
        var worst = Table.Vulnerabilities.Single(vulnerability => vulnerability.IsExploited);

        Assert.Equal(("CVE-2025-59287", 9.8, true, true), (worst.Cve, worst.Score, worst.AllowsRemoteCode, worst.NeedsRole));
        Assert.Equal([25722, 22824, 8519, 7919, 4294, 1913, 6899], worst.Fixes.Select(fix => fix.PartialFrom!.Value));
        Assert.Equal(["KB5070887", "KB5070886", "KB5070882", "KB5070883", "KB5070884", "KB5070879", "KB5070881"], worst.Fixes.Select(fix => fix.Update));
        Assert.Equal(Certainty.FromMemory, worst.Find("windows-server-2012")!.UpdateCertainty);
    }

    [Fact]
    public void OfRelease_WhatWasInferredOrIsNotKnown_IsMarkedSo()
    {
        var last = Table.Vulnerabilities.Single(vulnerability => vulnerability.Cve == "CVE-2026-105009");

        Assert.Equal([Certainty.Sourced, Certainty.Sourced, Certainty.Sourced, Certainty.Inferred, Certainty.Inferred, Certainty.Unknown, Certainty.Inferred], last.Fixes.Select(fix => fix.Certainty));
        Assert.Equal(Certainty.Unknown, Table.Find(ProductKind.Windows, 26100)!.Certainty);
        Assert.Null(last.Score);
    }

    [Theory]
    [InlineData(ProductKind.Windows, 14393, "2027-01-12")]
    [InlineData(ProductKind.Windows, 9200, "2023-10-10")]
    [InlineData(ProductKind.Windows, 17763, "2029-01-09")]
    [InlineData(ProductKind.Windows, 20348, "2031-10-14")]
    [InlineData(ProductKind.SqlServer, 13, "2026-07-14")]
    [InlineData(ProductKind.SqlServer, 15, "2030-01-08")]
    [InlineData(ProductKind.ConfigurationManager, 9128, "2025-10-22")]
    [InlineData(ProductKind.ConfigurationManager, 9146, "2027-11-05")]
    public void Find_AProduct_HasItsLastDay(ProductKind kind, int number, string day) =>
        Assert.Equal(day, Table.Find(kind, number)!.Ends.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    [Fact]
    public void Read_TheBytesOfTheRelease_GiveTheSameTableWithOrWithoutAByteOrderMark()
    {
        var bytes = Bytes(Document());

        Assert.Equal(Table.Vulnerabilities.Count, PostureTable.Read(bytes, Now).Table!.Vulnerabilities.Count);
        Assert.Empty(PostureTable.Read([.. Encoding.UTF8.Preamble, .. bytes], Now).Mistakes);
    }

    [Fact]
    public void Read_ATableFromTheFuture_IsRefused()
    {
        var bytes = Bytes(Document());

        Assert.NotNull(PostureTable.Read(bytes, Table.AsOf.AddDays(-1)).Table);
        var reading = PostureTable.Read(bytes, Table.AsOf.AddDays(-1).AddSeconds(-1));
        Assert.Null(reading.Table);
        Assert.Contains("2026-11-29", Assert.Single(reading.Mistakes), StringComparison.Ordinal);
        Assert.Null(PostureTable.ReadOfRelease(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero)).Table);
    }

    [Theory]
    [InlineData(59, false)]
    [InlineData(60, false)]
    [InlineData(61, true)]
    public void IsStale_AfterSixtyDays(int days, bool expected) => Assert.Equal(expected, Table.IsStale(Table.AsOf.AddDays(days)));

    [Fact]
    public void Read_AListThatIsMissing_IsNamedAsMissing()
    {
        var reading = PostureTable.Read("""{"asOf":"2026-11-29","vulnerabilities":[]}"""u8.ToArray(), Now);

        Assert.Null(reading.Table);
        Assert.StartsWith("products is missing", Assert.Single(reading.Mistakes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"asOf\":\"\\ud800\",\"products\":[],\"vulnerabilities\":[]}")]
    [InlineData("\0\0\0")]
    [InlineData("{\"asOf\":[[[[[[[[[[1]]]]]]]]]]}")]
    public void Read_Damaged_IsRefusedWithASentence(string text)
    {
        var reading = PostureTable.Read(Encoding.UTF8.GetBytes(text), Now);

        Assert.Null(reading.Table);
        Assert.NotEmpty(reading.Mistakes);
        Assert.Equal(64, reading.Sha256.Length);
    }

    [Fact]
    public void Read_TooLarge_IsRefusedBeforeItIsLookedAt() =>
        Assert.Single(PostureTable.Read(new byte[PostureTableReader.LargestBytes + 1], Now).Mistakes);

    [Fact]
    public void Read_ManyMistakes_AreAllNamed()
    {
        var document = Document();
        document["asOf"] = "29.11.2026";
        document["products"]![0]!["ends"] = "soon";
        document["products"]![1]!["source"] = "";
        document["vulnerabilities"]![2]!["score"] = 11;

        var reading = PostureTable.Read(Bytes(document), Now);

        Assert.Null(reading.Table);
        Assert.Contains(reading.Mistakes, mistake => mistake.StartsWith("asOf ", StringComparison.Ordinal));
        Assert.Contains(reading.Mistakes, mistake => mistake.StartsWith("products[0].ends ", StringComparison.Ordinal));
        Assert.Contains(reading.Mistakes, mistake => mistake.StartsWith("products[1].source ", StringComparison.Ordinal));
        Assert.Contains(reading.Mistakes, mistake => mistake.StartsWith("vulnerabilities[2].score ", StringComparison.Ordinal));
    }

    public static TheoryData<string, string> Mistakes => new()
    {
        { "products[0].id", "\"Windows Server\"" },
        { "products[0].id", "\"windows-server-2016\"" },
        { "products[0].number", "14393" },
        { "products[0].number", "0" },
        { "products[0].number", "1.5" },
        { "products[0].kind", "\"linux\"" },
        { "products[0].mark", "\"Z\"" },
        { "products[0].mark", "null" },
        { "products[0].extendedUntil", "\"2020-01-01\"" },
        { "products[0].color", "\"red\"" },
        { "products[6].hotpatchUpdates", "[\"5070893\"]" },
        { "products[0].name", "\"a\\u001bb\"" },
        { "vulnerabilities[0].cve", "\"CVE-2023\"" },
        { "vulnerabilities[0].cve", "\"CVE-2023-35317\"" },
        { "vulnerabilities[0].published", "\"2026-11-30\"" },
        { "vulnerabilities[0].published", "\"2025-12-30\"" },
        { "vulnerabilities[0].exploited", "\"no\"" },
        { "vulnerabilities[0].fixes", "[]" },
        { "vulnerabilities[0].fixes[0].product", "\"windows-server-2030\"" },
        { "vulnerabilities[0].fixes[0].product", "\"sql-server-2019\"" },
        { "vulnerabilities[3].fixes[0].revision", "25727" },
        { "vulnerabilities[2].fixes[0].partialFrom", "25728" },
        { "vulnerabilities[2].fixes[0].revision", "null" },
        { "vulnerabilities[2].fixes[0].update", "\"KB\"" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Read_OneMistake_IsRefused(string path, string value)
    {
        var document = Document();
        Set(document, path, JsonNode.Parse(value));

        var reading = PostureTable.Read(Bytes(document), Now);

        Assert.Null(reading.Table);
        Assert.NotEmpty(reading.Mistakes);
    }

    [Fact]
    public void Read_AFieldTwice_IsRefused()
    {
        var text = Encoding.UTF8.GetString(Bytes(Document())).Replace("\"asOf\":", "\"asOf\":\"2026-01-01\",\"asOf\":", StringComparison.Ordinal);

        Assert.Null(PostureTable.Read(Encoding.UTF8.GetBytes(text), Now).Table);
    }

    private static JsonNode Document()
    {
        using var stream = typeof(PostureTable).Assembly.GetManifestResourceStream("posture-table.json")!;
        return JsonNode.Parse(stream)!;
    }

    private static byte[] Bytes(JsonNode document) => Encoding.UTF8.GetBytes(document.ToJsonString());

    /// <summary>A path such as "products[0].id".</summary>
    private static void Set(JsonNode root, string path, JsonNode? value)
    {
        var parts = path.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Split('.');
        var parent = parts[..^1].Aggregate(root, (node, part) => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? node[index]! : node[part]!);
        parent[parts[^1]] = value;
    }
}
