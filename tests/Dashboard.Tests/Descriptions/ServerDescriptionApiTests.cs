using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Descriptions;

/// <summary>Tags, owner and notes of servers over REST: who may, what the second of two is told, what lists and filters show.</summary>
public abstract class ServerDescriptionApiTests(DatabaseKind kind) : DescriptionApiSetup(kind)
{
    [Fact]
    public async Task Change_Parts_TheyAreInTheLiveFleetTheListsAndTheAudit()
    {
        using var anna = await ClientAsync("anna", Role.Operator, "BRN");

        var (status, first) = await DescribeAsync(Brn, new { tags = new[] { "  Ring  1 ", "branch", "BRANCH" }, ownerPerson = "me", notes = " two\nlines " }, client: anna.Http);
        var (second, after) = await DescribeAsync(Brn, new { tags = new[] { "branch", "ring 2" } }, Text(first, "revision"), anna.Http);

        Assert.Equal((200, 200), (status, second));
        Assert.Equal(["branch", "Ring 1"], Texts(first, "tags"));
        Assert.Equal((anna.PersonId, "two\nlines"), (Text(first.GetProperty("owner"), "personId"), Text(first, "notes")));
        Assert.Equal(["branch", "ring 2"], Texts(after, "tags"));
        Assert.Equal(anna.PersonId, Text(after.GetProperty("owner"), "personId"));
        var live = Dashboard.Live.Find(Brn)!.Description;
        Assert.Equal(["branch", "ring 2"], live.Tags);
        Assert.Equal(anna.PersonId, live.Owner?.PersonId);
        Assert.Equal([Brn], await IdsAsync("servers?tag=RING%202"));
        Assert.Equal([Brn], await IdsAsync($"servers?owner={Uri.EscapeDataString(live.Owner!.Name)}"));
        Assert.Empty(await IdsAsync("servers?tag=ring%201"));
        var entries = await AuditAsync("server.describe");
        Assert.Equal(2, entries.Count);
        Assert.All(entries, entry => Assert.Equal((Brn, "BRN", anna.PersonId), (entry.ServerId, entry.Site, entry.PersonId)));
        Assert.Contains("Ring 1", entries[1].Before, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Change_WithoutTheRevisionThatIsThere_ReplacesNothing()
    {
        var (_, first) = await DescribeAsync(Brn, new { notes = "one" });

        Assert.Equal(409, (await DescribeAsync(Brn, new { notes = "two" })).Status);
        Assert.Equal(409, (await DescribeAsync(Brn, new { notes = "two" }, "0")).Status);
        Assert.Equal(200, (await DescribeAsync(Brn, new { owner = "Team Bern" })).Status);
        Assert.Equal(409, (await DescribeAsync(Brn, new { notes = "two" }, Text(first, "revision"))).Status);

        var shown = await GetAsync(Path(Brn));
        Assert.Equal(("one", "Team Bern"), (Text(shown, "notes"), Text(shown.GetProperty("owner"), "name")));
        var (status, emptied) = await DescribeAsync(Brn, new { owner = "", notes = "", tags = Array.Empty<string>() }, Text(shown, "revision"));
        Assert.Equal((200, JsonValueKind.Null, ""), (status, emptied.GetProperty("owner").ValueKind, Text(emptied, "notes")));
    }

    [Fact]
    public async Task Change_TwoServersGetTheSameNewTagAtOnce_BothHaveIt()
    {
        for (var number = 1; number <= 5; number++)
        {
            var tag = $"new {number}";
            var revisions = await Task.WhenAll(new[] { Brn, Zrh }.Select(async id => Text(await GetAsync(Path(id)), "revision")));

            var answers = await Task.WhenAll(DescribeAsync(Brn, new { tags = new[] { tag } }, revisions[0]), DescribeAsync(Zrh, new { tags = new[] { tag } }, revisions[1]));

            Assert.Equal([200, 200], answers.Select(answer => answer.Status));
            Assert.All(answers, answer => Assert.Equal([tag], Texts(answer.Body, "tags")));
        }
    }

    [Fact]
    public async Task Change_ManyAtOnce_OneIsStored()
    {
        var answers = await Task.WhenAll(Enumerable.Range(1, 8).Select(number => DescribeAsync(Brn, new { tags = new[] { $"tag {number}" } }, "0")));

        Assert.Equal([200, 409, 409, 409, 409, 409, 409, 409], answers.Select(answer => answer.Status).Order());
        var stored = answers.Single(answer => answer.Status == 200).Body;
        Assert.Equal(Texts(stored, "tags"), Texts(await GetAsync(Path(Brn)), "tags"));
    }

    [Theory]
    [InlineData("""{"tags":["a,b"]}""", "tags")]
    [InlineData("""{"tags":["-a"]}""", "tags")]
    [InlineData("""{"tags":[""]}""", "tags")]
    [InlineData("""{"tags":["a\u202eb"]}""", "tags")]
    [InlineData("""{"tags":["01234567890123456789012345678901234567890"]}""", "tags")]
    [InlineData("""{"tags":["1","2","3","4","5","6","7","8","9","10","11","12","13","14","15","16","17","18","19","20","21"]}""", "tags")]
    [InlineData("""{"owner":"a\u0000b"}""", "owner")]
    [InlineData("""{"owner":"a","ownerPerson":"me"}""", "owner")]
    [InlineData("""{"ownerPerson":"nobody-of-this-id"}""", "ownerPerson")]
    [InlineData("""{"ownerPerson":"me"}""", "ownerPerson")]
    [InlineData("""{"notes":"a\u202eb"}""", "notes")]
    [InlineData("""{"colour":"red"}""", "colour")]
    public async Task Change_WithWrongInput_IsRefusedByName(string body, string field)
    {
        var (status, answer) = await DescribeAsync(Brn, JsonSerializer.Deserialize<JsonElement>(body));

        Assert.Equal(400, status);
        Assert.True(answer.GetProperty("errors").TryGetProperty(field, out _), answer.GetRawText());
        Assert.Equal(0, await Dashboard.ReadAsync(context => context.ServerDescriptions.CountAsync(Token)));
    }

    [Fact]
    public async Task Change_ViewerAndSomebodyOfAnotherSite_MayNotAndLearnNothing()
    {
        using var viewer = await ClientAsync("viewer", Role.Viewer, "BRN");
        using var stranger = await ClientAsync("stranger", Role.Operator, "ZRH");
        await DescribeAsync(Brn, new { tags = new[] { "secret-of-brn" }, owner = "Team Bern" });

        Assert.Equal(403, (await DescribeAsync(Brn, new { notes = "x" }, client: viewer.Http)).Status);
        Assert.Equal(404, (await DescribeAsync(Brn, new { notes = "x" }, client: stranger.Http)).Status);
        Assert.Equal(404, (await SendAsync(HttpMethod.Get, Path(Brn), client: stranger.Http)).Status);
        Assert.Equal(200, (await SendAsync(HttpMethod.Get, Path(Brn), client: viewer.Http)).Status);
        Assert.DoesNotContain("secret-of-brn", (await GetAsync("tags", stranger.Http)).GetRawText(), StringComparison.Ordinal);
        Assert.Equal(1, (await GetAsync("tags", viewer.Http)).GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task OwnerPerson_WhoCannotSeeTheServer_IsRefused()
    {
        using var zrh = await ClientAsync("zrh", Role.Operator, "ZRH");

        Assert.Equal(400, (await DescribeAsync(Brn, new { ownerPerson = zrh.PersonId })).Status);
        Assert.Equal(200, (await DescribeAsync(Zrh, new { ownerPerson = zrh.PersonId })).Status);
    }

    [Fact]
    public async Task Tags_MoreThanTheFleetMayHave_AreRefused()
    {
        await using (var context = await Dashboard.Get<IDbContextFactory<DashboardContext>>().CreateDbContextAsync(Token))
        {
            context.Tags.AddRange(Enumerable.Range(1, 499).Select(number => new TagEntity { Key = $"t{number}", Name = $"T{number}" }));
            await context.SaveChangesAsync(Token);
        }

        Assert.Equal(200, (await DescribeAsync(Brn, new { tags = new[] { "T1", "t500" } })).Status);
        Assert.Equal(400, (await DescribeAsync(Zrh, new { tags = new[] { "t501" } })).Status);
        Assert.Equal(200, (await DescribeAsync(Zrh, new { tags = new[] { "t499" } })).Status);
    }

    [Fact]
    public async Task Server_IsRemoved_WhatWasSaidOfItGoesAndItsTagsStay()
    {
        await DescribeAsync(Brn, new { tags = new[] { "a" }, notes = "x" });

        await SendAsync(HttpMethod.Delete, string.Create(CultureInfo.InvariantCulture, $"servers/{Brn}"));

        Assert.Equal((0, 0, 1), await Dashboard.ReadAsync(async context => (await context.ServerDescriptions.CountAsync(Token), await context.ServerTags.CountAsync(Token), await context.Tags.CountAsync(Token))));
    }

    private static string Path(int server) => string.Create(CultureInfo.InvariantCulture, $"servers/{server}/description");
}

public sealed class ServerDescriptionApiOnSqliteTests() : ServerDescriptionApiTests(DatabaseKind.Sqlite);

public sealed class ServerDescriptionApiOnPostgreSqlTests() : ServerDescriptionApiTests(DatabaseKind.PostgreSql);
