using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Problems;

/// <summary>What people write about problems, over REST.</summary>
public abstract class ProblemCommentApiTests(DatabaseKind kind) : TriageApiSetup(kind)
{
    [Fact]
    public async Task Comments_ArePagedTextAndDeletedByTheirAuthorOrAnAdminOnly()
    {
        var id = await AddAsync(Brn);
        using var anna = await ClientAsync("anna", Role.Operator, "BRN");
        using var bert = await ClientAsync("bert", Role.Operator, "BRN");
        using var admin = await ClientAsync("admin", Role.Admin, "BRN");
        const string hostile = "<script>alert(1)</script> =cmd|' /C calc'!A0 , moment 1";
        var (status, first) = await SendAsync(anna.Http, HttpMethod.Post, $"{id}/comments", new { text = hostile });
        Assert.Equal((201, hostile), (status, Text(first, "text")));
        Assert.Equal(201, (await SendAsync(bert.Http, HttpMethod.Post, $"{id}/comments", new { text = "second" })).Status);
        Assert.Equal(201, (await SendAsync(anna.Http, HttpMethod.Post, $"{id}/comments", new { text = "third" })).Status);

        var page = await GetAsync($"{id}/comments?pageSize=2&page=2", bert.Http);
        Assert.Equal((3, 2, hostile), (page.GetProperty("total").GetInt32(), page.GetProperty("page").GetInt32(), Text(Assert.Single(page.GetProperty("items").EnumerateArray()), "text")));
        Assert.Equal([false, true, false], (await GetAsync($"{id}/comments", bert.Http)).GetProperty("items").EnumerateArray().Select(comment => comment.GetProperty("isDeletable").GetBoolean()));
        var number = first.GetProperty("id").GetInt64();
        Assert.Equal(403, (await SendAsync(bert.Http, HttpMethod.Delete, $"{id}/comments/{number}")).Status);
        Assert.Equal(404, (await SendAsync(bert.Http, HttpMethod.Delete, $"{id + 1}/comments/{number}")).Status);
        Assert.Equal(204, (await SendAsync(anna.Http, HttpMethod.Delete, $"{id}/comments/{number}")).Status);
        Assert.Equal(404, (await SendAsync(anna.Http, HttpMethod.Delete, $"{id}/comments/{number}")).Status);
        Assert.Equal(204, (await SendAsync(admin.Http, HttpMethod.Delete, $"{id}/comments/{number + 1}")).Status);

        Assert.Equal(1, (await GetAsync($"{id}/comments")).GetProperty("total").GetInt32());
        Assert.Equal(["problem.comment", "problem.comment", "problem.comment", "problem.comment-delete", "problem.comment-delete"], (await AuditAsync("problem.")).Select(entry => entry.What));
        Assert.Equal(["commentDeleted", "commentDeleted", "commented", "commented", "commented", "opened"], (await GetAsync($"{id}/life")).GetProperty("items").EnumerateArray().Select(moment => Text(moment, "kind")));
        Assert.Equal(400, (await SendAsync(anna.Http, HttpMethod.Post, $"{id}/comments", new { text = new string('x', 1_001) })).Status);
        Assert.Equal(400, (await SendAsync(anna.Http, HttpMethod.Post, $"{id}/comments", new { text = " " })).Status);
    }

    [Fact]
    public async Task Comment_OfSomebodyOfOneSite_IsNotShownToTheOther()
    {
        var id = await AddAsync(Brn, Zrh);
        using var brn = await ClientAsync("brn", Role.Operator, "BRN");
        using var zrh = await ClientAsync("zrh", Role.Admin, "ZRH");
        var (_, secret) = await SendAsync(brn.Http, HttpMethod.Post, $"{id}/comments", new { text = "BRN-WSUS01 is in rack 7" });
        var (_, shared) = await SendAsync(Dashboard.Http, HttpMethod.Post, $"{id}/comments", new { text = "for all" });

        Assert.Equal(["for all"], (await GetAsync($"{id}/comments", zrh.Http)).GetProperty("items").EnumerateArray().Select(comment => Text(comment, "text")));
        Assert.Equal(["for all", "BRN-WSUS01 is in rack 7"], (await GetAsync($"{id}/comments", brn.Http)).GetProperty("items").EnumerateArray().Select(comment => Text(comment, "text")));
        Assert.Equal(404, (await SendAsync(zrh.Http, HttpMethod.Delete, $"{id}/comments/{secret.GetProperty("id").GetInt64()}")).Status);

        // An admin of one site alone doesn't take from the other what is for both.
        Assert.Equal(403, (await SendAsync(zrh.Http, HttpMethod.Delete, $"{id}/comments/{shared.GetProperty("id").GetInt64()}")).Status);
    }
}

public sealed class ProblemCommentApiOnSqliteTests() : ProblemCommentApiTests(DatabaseKind.Sqlite);

public sealed class ProblemCommentApiOnPostgreSqlTests() : ProblemCommentApiTests(DatabaseKind.PostgreSql);
