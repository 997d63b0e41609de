using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Alerts.Channels;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.SavedViews;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Descriptions;

/// <summary>Saved views and the end of a tag over REST.</summary>
public abstract class SavedViewApiTests(DatabaseKind kind) : DescriptionApiSetup(kind)
{
    [Fact]
    public async Task Views_OwnAndShared_EachSeesItsOwnAndThoseOfAll()
    {
        using var anna = await ClientAsync("anna", Role.Viewer, "BRN");
        using var bert = await ClientAsync("bert", Role.Viewer, "ZRH");

        var (status, own) = await SendAsync(HttpMethod.Post, "views", new { name = " Mine ", query = "?sort=name&health=critical&page=7" }, client: anna.Http);
        var (second, shared) = await SendAsync(HttpMethod.Post, "views", new { name = "Ring 1", query = "tag=Ring 1", shared = true });

        Assert.Equal((201, 201), (status, second));
        Assert.Equal(("Mine", "health=critical&sort=name", false, true), (Text(own, "name"), Text(own, "query"), own.GetProperty("isShared").GetBoolean(), own.GetProperty("mayChange").GetBoolean()));
        Assert.Equal([Id(own), Id(shared)], await IdsAsync("views", anna.Http));
        Assert.Equal([Id(shared)], await IdsAsync("views", bert.Http));
        Assert.Equal(404, (await SendAsync(HttpMethod.Get, $"views/{Id(own)}", client: bert.Http)).Status);
        Assert.Equal(404, (await SendAsync(HttpMethod.Delete, $"views/{Id(own)}", client: bert.Http)).Status);
        Assert.Equal(["view.add", "view.add"], (await AuditAsync("view.add")).Select(entry => entry.What));
    }

    [Fact]
    public async Task Shared_ByThoseWhoManageNotTheWholeFleet_IsRefused()
    {
        using var admin = await ClientAsync("admin", Role.Admin, "BRN");
        using var viewer = await ClientAsync("viewer", Role.Viewer);
        var shared = Id((await SendAsync(HttpMethod.Post, "views", new { name = "All", query = "", shared = true })).Body);
        foreach (var client in new[] { admin.Http, viewer.Http })
        {
            Assert.Equal(403, (await SendAsync(HttpMethod.Post, "views", new { name = "x", query = "", shared = true }, client: client)).Status);
            Assert.Equal(403, (await SendAsync(HttpMethod.Patch, $"views/{shared}", new { name = "x" }, client: client)).Status);
            Assert.Equal(403, (await SendAsync(HttpMethod.Patch, $"views/{shared}", new { shared = false }, client: client)).Status);
            Assert.Equal(403, (await SendAsync(HttpMethod.Delete, $"views/{shared}", client: client)).Status);
            var own = Id((await SendAsync(HttpMethod.Post, "views", new { name = "own", query = "" }, client: client)).Body);
            Assert.Equal(403, (await SendAsync(HttpMethod.Patch, $"views/{own}", new { shared = true }, client: client)).Status);
            Assert.Equal(204, (await SendAsync(HttpMethod.Delete, $"views/{own}", client: client)).Status);
        }

        Assert.Equal([shared], await IdsAsync("views"));
    }

    [Fact]
    public async Task Change_NameQueryAndRevision_TheSecondIsTold()
    {
        var (_, view) = await SendAsync(HttpMethod.Post, "views", new { name = "A", query = "", shared = true });
        await SendAsync(HttpMethod.Post, "views", new { name = "B", query = "", shared = true });

        Assert.Equal(409, (await SendAsync(HttpMethod.Post, "views", new { name = "b", query = "", shared = true })).Status);
        Assert.Equal(409, (await SendAsync(HttpMethod.Patch, $"views/{Id(view)}", new { name = "b" })).Status);
        var (status, changed) = await SendAsync(HttpMethod.Patch, $"views/{Id(view)}", new { name = "C", query = "site=BRN" }, Text(view, "revision"));
        Assert.Equal((200, "C", "site=BRN"), (status, Text(changed, "name"), Text(changed, "query")));
        Assert.Equal(409, (await SendAsync(HttpMethod.Patch, $"views/{Id(view)}", new { name = "D" }, Text(view, "revision"))).Status);
    }

    [Theory]
    [InlineData("""{"query":""}""", "name")]
    [InlineData("""{"name":"  ","query":"","shared":true}""", "name")]
    [InlineData("""{"name":"a","query":"colour=red","shared":true}""", "query")]
    [InlineData("""{"name":"a","query":"health=purple","shared":true}""", "query")]
    [InlineData("""{"name":"a","query":"a\u0000b","shared":true}""", "query")]
    [InlineData("""{"name":"a","query":""}""", "shared")]
    public async Task Add_WithWrongInput_IsRefusedByName(string body, string field)
    {
        // The token of the options is nobody's, so it can't have a view of its own.
        var (status, answer) = await SendAsync(HttpMethod.Post, "views", JsonSerializer.Deserialize<JsonElement>(body));

        Assert.Equal(400, status);
        Assert.True(answer.GetProperty("errors").TryGetProperty(field, out _), answer.GetRawText());
        Assert.Equal(0, await Dashboard.ReadAsync(context => context.SavedViews.CountAsync(Token)));
    }

    [Fact]
    public async Task Add_MoreThanAPersonMayHave_IsRefused()
    {
        using var anna = await ClientAsync("anna", Role.Viewer);
        for (var number = 0; number < SavedViewService.MaximumOwn; number++)
        {
            Assert.Equal(201, (await SendAsync(HttpMethod.Post, "views", new { name = $"View {number}", query = "" }, client: anna.Http)).Status);
        }

        Assert.Equal(400, (await SendAsync(HttpMethod.Post, "views", new { name = "One more", query = "" }, client: anna.Http)).Status);
        Assert.Equal(201, (await SendAsync(HttpMethod.Post, "views", new { name = "One more", query = "", shared = true })).Status);
    }

    [Fact]
    public async Task DeleteTag_SaysWhereItWasUsed_AndViewsThatNameItSaySo()
    {
        using var anna = await ClientAsync("anna", Role.Viewer);
        using var site = await ClientAsync("site", Role.Admin, "BRN");
        await DescribeAsync(Brn, new { tags = new[] { "Ring 1", "other" } });
        await DescribeAsync(Zrh, new { tags = new[] { "ring 1" } });
        var shared = Id((await SendAsync(HttpMethod.Post, "views", new { name = "R1", query = "tag=RING%201", shared = true })).Body);
        await SendAsync(HttpMethod.Post, "views", new { name = "her own", query = "tag=Ring%201&site=BRN" }, client: anna.Http);
        await SendAsync(HttpMethod.Post, "views", new { name = "search", query = "search=tag%3DRing%201" }, client: anna.Http);
        var channel = Id((await SendAsync(HttpMethod.Post, "alerts/channels", new { kind = "webhook", name = "tickets", address = "https://tickets.example/hook", key = WebhookChannel.MakeKey() })).Body);
        var route = Id((await SendAsync(HttpMethod.Post, "alerts/routes", new { name = "first ring", tags = new[] { "RING 1" }, channels = new[] { channel } })).Body);
        Assert.Equal(403, (await SendAsync(HttpMethod.Delete, "tags/Ring%201", client: site.Http)).Status);
        Assert.Equal(403, (await SendAsync(HttpMethod.Get, "tags/Ring%201", client: site.Http)).Status);

        var before = await GetAsync("tags/RING%201");
        var (status, deletion) = await SendAsync(HttpMethod.Delete, "tags/RING%201");

        Assert.Equal((200, "Ring 1"), (status, Text(deletion, "tag")));
        foreach (var answer in new[] { before, deletion })
        {
            var uses = answer.GetProperty("uses").EnumerateArray().ToDictionary(use => Text(use, "kind")!);
            Assert.Equal([Brn, Zrh], uses["server"].GetProperty("items").EnumerateArray().Select(Id));
            Assert.Equal((2, 2), (uses["server"].GetProperty("total").GetInt32(), uses["view"].GetProperty("total").GetInt32()));
            Assert.Equal([route], uses["route"].GetProperty("items").EnumerateArray().Select(Id));
            Assert.Equal([shared], uses["view"].GetProperty("items").EnumerateArray().Select(Id));
            Assert.DoesNotContain("her own", answer.GetRawText(), StringComparison.Ordinal);
        }

        Assert.Equal(["other"], Dashboard.Live.Find(Brn)!.Description.Tags);
        Assert.Empty(Dashboard.Live.Find(Zrh)!.Description.Tags);
        Assert.Equal(["other"], (await GetAsync("tags")).GetProperty("items").EnumerateArray().Select(tag => Text(tag, "tag")));
        var views = (await GetAsync("views", anna.Http)).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(["Ring 1", null, "Ring 1"], views.Select(view => view.GetProperty("deletedTag") is { ValueKind: JsonValueKind.Object } tag ? Text(tag, "tag") : null));
        Assert.Equal(404, (await SendAsync(HttpMethod.Delete, "tags/Ring%201")).Status);
        Assert.Equal("Ring 1", Assert.Single(await AuditAsync("tag.delete")).Detail);

        // A tag that is there again was not deleted.
        await DescribeAsync(Zrh, new { tags = new[] { "Ring 1" } }, Text(await GetAsync(string.Create(CultureInfo.InvariantCulture, $"servers/{Zrh}/description")), "revision"));
        Assert.All((await GetAsync("views", anna.Http)).GetProperty("items").EnumerateArray(), view => Assert.Equal(JsonValueKind.Null, view.GetProperty("deletedTag").ValueKind));
    }

    private static int Id(JsonElement element) => element.GetProperty("id").GetInt32();
}

public sealed class SavedViewApiOnSqliteTests() : SavedViewApiTests(DatabaseKind.Sqlite);

public sealed class SavedViewApiOnPostgreSqlTests() : SavedViewApiTests(DatabaseKind.PostgreSql);
