using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.Problems;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Tests.Problems;

/// <summary>What people decide about problems over REST: who may, what of it others see, and what the second of two is told.</summary>
public abstract class ProblemTriageApiTests(DatabaseKind kind) : TriageApiSetup(kind)
{
    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task Acknowledge_ThenTakeBack_IsInTheProblemItsLifeAndTheAudit()
    {
        var id = await AddAsync(Brn);
        using var anna = await ClientAsync("anna", Role.Operator, "BRN");

        var (status, problem) = await SendAsync(anna.Http, HttpMethod.Put, $"{id}/acknowledgement", new { hours = 4, comment = "  the vendor knows  " });
        Assert.Equal(200, status);
        var acknowledgement = problem.GetProperty("acknowledgement");
        Assert.Equal("the vendor knows", Text(acknowledgement, "comment"));
        Assert.StartsWith("anna", Text(acknowledgement, "by"), StringComparison.Ordinal);
        Assert.InRange(acknowledgement.GetProperty("until").GetDateTimeOffset(), Now.AddHours(3.9), Now.AddHours(4));
        Assert.NotEqual("0", Text(problem, "revision"));

        Assert.Equal(200, (await SendAsync(anna.Http, HttpMethod.Delete, $"{id}/acknowledgement")).Status);
        Assert.Equal(404, (await SendAsync(anna.Http, HttpMethod.Delete, $"{id}/acknowledgement")).Status);

        var seen = await GetAsync($"{id}");
        Assert.Equal((JsonValueKind.Null, "0"), (seen.GetProperty("acknowledgement").ValueKind, Text(seen, "revision")));
        var life = (await GetAsync($"{id}/life")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(["acknowledgementEnded", "acknowledged", "opened"], life.Select(moment => Text(moment, "kind")));
        Assert.Equal((TriageEndReasons.TakenBack, "the vendor knows"), (Text(life[0], "detail"), Text(life[1], "text")));
        var entries = await AuditAsync("problem.ack");
        Assert.Equal(["problem.acknowledge", "problem.acknowledgement-end"], entries.Select(entry => entry.What));
        Assert.All(entries, entry => Assert.Equal((Brn, "BRN", anna.PersonId), (entry.ServerId, entry.Site, entry.PersonId)));
        Assert.Contains("the vendor knows", entries[0].Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("acknowledgement", """{}""", "until")]
    [InlineData("acknowledgement", """{"hours":4,"untilItChanges":true}""", "until")]
    [InlineData("acknowledgement", """{"hours":0}""", "hours")]
    [InlineData("acknowledgement", """{"hours":8761}""", "hours")]
    [InlineData("acknowledgement", """{"until":"2001-01-01T00:00:00Z"}""", "until")]
    [InlineData("acknowledgement", """{"until":"2098-01-01T00:00:00Z"}""", "until")]
    [InlineData("acknowledgement", """{"hours":4,"comment":"a\u202eb"}""", "comment")]
    [InlineData("acknowledgement", """{"hours":4,"colour":"red"}""", "colour")]
    [InlineData("silence", """{"hours":4}""", "reason")]
    [InlineData("silence", """{"reason":"move"}""", "until")]
    [InlineData("silence", """{"hours":4,"reason":"  "}""", "reason")]
    [InlineData("assignment", """{}""", "person")]
    [InlineData("assignment", """{"person":"nobody-of-this-id"}""", "person")]
    [InlineData("assignment", """{"person":"me"}""", "person")]
    public async Task Decide_WithWrongInput_IsRefusedByName(string what, string body, string field)
    {
        var id = await AddAsync(Brn);
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(Format($"/api/v1/problems/{id}/{what}"), UriKind.Relative)) { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };

        // The token of the options is nobody's, so "me" is wrong, too.
        using var response = await Dashboard.Http.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.True((await response.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("errors").TryGetProperty(field, out _));
        Assert.Equal(0, await Dashboard.ReadAsync(context => context.ProblemTriages.CountAsync(Token)));
    }

    [Fact]
    public async Task Acknowledge_ViewerAndSomebodyOfAnotherSite_MayNotAndLearnNothing()
    {
        var id = await AddAsync(Brn);
        using var viewer = await ClientAsync("viewer", Role.Viewer, "BRN");
        using var stranger = await ClientAsync("stranger", Role.Admin, "ZRH");
        foreach (var (method, path) in new[] { (HttpMethod.Put, "acknowledgement"), (HttpMethod.Delete, "acknowledgement"), (HttpMethod.Put, "assignment"), (HttpMethod.Delete, "assignment"), (HttpMethod.Put, "silence"), (HttpMethod.Delete, "silence"), (HttpMethod.Post, "comments"), (HttpMethod.Get, "assignees") })
        {
            object? body = method == HttpMethod.Get || method == HttpMethod.Delete ? null
                : path switch { "acknowledgement" => new { hours = 1 }, "assignment" => new { person = "me" }, "silence" => new { hours = 1, reason = "x" }, _ => new { text = "x" } };

            Assert.Equal(403, (await SendAsync(viewer.Http, method, $"{id}/{path}", body)).Status);
            var (status, answer) = await SendAsync(stranger.Http, method, $"{id}/{path}", body);
            Assert.Equal(404, status);
            Assert.Equal(Text((await SendAsync(stranger.Http, method, $"{id + 1_000}/{path}", body)).Body, "detail")!.Replace(Format($"{id + 1_000}"), Format($"{id}"), StringComparison.Ordinal), Text(answer, "detail"));
        }

        Assert.Equal(404, (await SendAsync(stranger.Http, HttpMethod.Get, $"{id}/comments")).Status);
        Assert.Equal(200, (await SendAsync(viewer.Http, HttpMethod.Get, $"{id}/comments")).Status);
        Assert.Equal(0, await Dashboard.ReadAsync(context => context.ProblemTriages.CountAsync(Token)));
    }

    [Fact]
    public async Task Acknowledge_OneSiteOfAProblemOfTwo_CountsForThatSiteAlone()
    {
        var id = await AddAsync(Brn, Zrh);
        using var brn = await ClientAsync("brn", Role.Operator, "BRN");
        using var zrh = await ClientAsync("zrh", Role.Operator, "ZRH");
        Assert.Equal(200, (await SendAsync(brn.Http, HttpMethod.Put, $"{id}/acknowledgement", new { hours = 4, comment = "BRN-WSUS01 only" })).Status);

        var own = await GetAsync($"{id}", brn.Http);
        Assert.Equal((JsonValueKind.Object, false), (own.GetProperty("acknowledgement").ValueKind, own.GetProperty("isPartlyAcknowledged").GetBoolean()));
        var whole = await GetAsync($"{id}");
        Assert.Equal((JsonValueKind.Null, true), (whole.GetProperty("acknowledgement").ValueKind, whole.GetProperty("isPartlyAcknowledged").GetBoolean()));
        var other = await GetAsync($"{id}", zrh.Http);
        Assert.Equal((JsonValueKind.Null, false, "0"), (other.GetProperty("acknowledgement").ValueKind, other.GetProperty("isPartlyAcknowledged").GetBoolean(), Text(other, "revision")));
        Assert.DoesNotContain("BRN", (await GetAsync($"{id}/life", zrh.Http)).GetRawText(), StringComparison.Ordinal);

        Assert.Equal([id], await IdsAsync("?acknowledged=true", brn.Http));
        Assert.Equal([id], await IdsAsync("?acknowledged=false", zrh.Http));
        Assert.Equal([id], await IdsAsync("?acknowledged=false", Dashboard.Http));

        Assert.Equal(404, (await SendAsync(zrh.Http, HttpMethod.Delete, $"{id}/acknowledgement")).Status);
        Assert.Equal(200, (await SendAsync(zrh.Http, HttpMethod.Put, $"{id}/acknowledgement", new { untilItChanges = true })).Status);
        Assert.Equal([id], await IdsAsync("?acknowledged=true", Dashboard.Http));
    }

    [Fact]
    public async Task Acknowledge_TwoAtOnce_TheSecondIsTold()
    {
        var id = await AddAsync(Brn);
        using var anna = await ClientAsync("anna", Role.Operator, "BRN");
        using var bert = await ClientAsync("bert", Role.Operator, "BRN");
        var seen = Text(await GetAsync($"{id}", bert.Http), "revision")!;
        var (_, first) = await SendAsync(anna.Http, HttpMethod.Put, $"{id}/acknowledgement", new { hours = 4 }, ifMatch: seen);

        // With what was shown before, and without: both replace nothing.
        var (late, told) = await SendAsync(bert.Http, HttpMethod.Put, $"{id}/acknowledgement", new { hours = 8 }, ifMatch: seen);
        var (blind, _) = await SendAsync(bert.Http, HttpMethod.Put, $"{id}/acknowledgement", new { hours = 8 });

        Assert.Equal((409, 409), (late, blind));
        Assert.Contains("anna", Text(told, "detail"), StringComparison.Ordinal);
        Assert.Equal(Text(first, "revision"), Text(await GetAsync($"{id}"), "revision"));

        // Having seen it, it may be replaced.
        var (changed, again) = await SendAsync(bert.Http, HttpMethod.Put, $"{id}/acknowledgement", new { hours = 8 }, ifMatch: Text(first, "revision"));
        Assert.Equal(200, changed);
        Assert.StartsWith("bert", Text(again.GetProperty("acknowledgement"), "by"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Acknowledge_ManyAtTheSameMoment_OneIsStored()
    {
        var id = await AddAsync(Brn);

        var answers = await Task.WhenAll(Enumerable.Range(1, 8).Select(hours => SendAsync(Dashboard.Http, HttpMethod.Put, $"{id}/acknowledgement", new { hours }, ifMatch: "0")));

        Assert.Single(answers, answer => answer.Status == 200);
        Assert.Equal(7, answers.Count(answer => answer.Status == 409));
        Assert.Equal(1, await Dashboard.ReadAsync(context => context.ProblemEvents.CountAsync(moment => moment.Kind == ProblemEventKind.Acknowledged, Token)));
    }

    [Fact]
    public async Task Acknowledge_ResolvedProblem_IsRefused()
    {
        var id = await AddAsync(ProblemState.Resolved, Brn);

        Assert.Equal(409, (await SendAsync(Dashboard.Http, HttpMethod.Put, $"{id}/acknowledgement", new { hours = 1 })).Status);
        Assert.Equal(201, (await SendAsync(Dashboard.Http, HttpMethod.Post, $"{id}/comments", new { text = "it was the switch" })).Status);
    }

    [Fact]
    public async Task Assign_ToMeAndToOthers_IsShownAsTheirAccountsAreNow()
    {
        var (id, other) = (await AddAsync(Brn), await AddAsync(FindingIds.DiskFull, ProblemState.Open, Brn));
        using var anna = await ClientAsync("anna", Role.Operator, "BRN");
        using var bert = await ClientAsync("bert", Role.Operator, "BRN", "ZRH");
        using var zrh = await ClientAsync("zora", Role.Operator, "ZRH");

        Assert.Equal([anna.PersonId, bert.PersonId], (await GetAsync($"{id}/assignees", anna.Http)).GetProperty("items").EnumerateArray().Select(person => Text(person, "personId")));
        Assert.Equal(400, (await SendAsync(anna.Http, HttpMethod.Put, $"{id}/assignment", new { person = zrh.PersonId })).Status);
        Assert.Equal(200, (await SendAsync(anna.Http, HttpMethod.Put, $"{id}/assignment", new { person = "me" })).Status);
        Assert.Equal([id], await IdsAsync("?assignedTo=me", anna.Http));
        Assert.Empty(await IdsAsync("?assignedTo=me", bert.Http));
        Assert.Empty(await IdsAsync("?assignedTo=me", Dashboard.Http));
        Assert.Equal([id], await IdsAsync($"?assignedTo={anna.PersonId}", bert.Http));
        Assert.Equal([other], await IdsAsync("?assignedTo=nobody", bert.Http));
        Assert.Equal((anna.PersonId, "anna", "active"), await AssigneeAsync(id));

        await ChangePeopleAsync(async context => await context.Grants.Where(grant => grant.PersonId == anna.PersonId).ExecuteUpdateAsync(update => update.SetProperty(grant => grant.Site, "ZRH"), Token));
        Assert.Equal((anna.PersonId, "anna", "withoutAccess"), await AssigneeAsync(id));
        await ChangePeopleAsync(async context => await context.Users.Where(person => person.Id == anna.PersonId).ExecuteUpdateAsync(update => update.SetProperty(person => person.IsDisabled, true).SetProperty(person => person.DisplayName, "Anna B."), Token));
        Assert.Equal((anna.PersonId, "Anna B.", "disabled"), await AssigneeAsync(id));
        await ChangePeopleAsync(async context => await context.Users.Where(person => person.Id == anna.PersonId).ExecuteDeleteAsync(Token));
        Assert.Equal((anna.PersonId, "anna", "deleted"), await AssigneeAsync(id));

        Assert.Equal(200, (await SendAsync(bert.Http, HttpMethod.Delete, $"{id}/assignment")).Status);
        Assert.Equal(0, (await GetAsync($"{id}")).GetProperty("assignments").GetArrayLength());
        Assert.Equal(["problem.assign", "problem.unassign"], (await AuditAsync("problem.")).Select(entry => entry.What));
    }

    [Fact]
    public async Task Silence_IsShownAndAskedInOnePlace()
    {
        var id = await AddAsync(Brn);

        var (status, problem) = await SendAsync(Dashboard.Http, HttpMethod.Put, $"{id}/silence", new { until = Now.AddDays(2), reason = "moving the rack" });

        Assert.Equal((200, "moving the rack"), (status, Text(problem.GetProperty("silence"), "reason")));
        Assert.True(Dashboard.Get<ProblemTriages>().IsSilenced(id, ["BRN"], Now));
        Assert.False(Dashboard.Get<ProblemTriages>().IsSilenced(id, ["BRN"], Now.AddDays(3)));
        Assert.Equal(200, (await SendAsync(Dashboard.Http, HttpMethod.Delete, $"{id}/silence")).Status);
        Assert.False(Dashboard.Get<ProblemTriages>().IsSilenced(id, ["BRN"], Now));
    }

    [Fact]
    public async Task Get_HasTheRevisionAsEntityTag()
    {
        var id = await AddAsync(Brn);
        var (_, decided) = await SendAsync(Dashboard.Http, HttpMethod.Put, $"{id}/acknowledgement", new { hours = 4 });

        using var response = await Dashboard.Http.GetAsync(new Uri(Format($"/api/v1/problems/{id}"), UriKind.Relative), Token);

        Assert.Equal($"\"{Text(decided, "revision")}\"", response.Headers.ETag?.Tag);
    }

    [Fact]
    public async Task Decide_AboutMoreThanCanBeAtOnce_IsRefused()
    {
        await using var scope = Dashboard.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<Caller>().Become(CallerIdentity.Dashboard);
        var triage = scope.ServiceProvider.GetRequiredService<ProblemTriageService>();
        var known = await AddAsync(Brn);

        var tooMany = await triage.TakeBackAsync([.. Enumerable.Range(1, ProblemTriageService.MaximumProblems + 1).Select(id => new TriageTarget(id, null))], Token);
        var some = await triage.AcknowledgeAsync([new(known, "0"), new(known + 1_000, "0")], new(Hours: 1), "", Token);

        Assert.IsType<Kernel.Invalid>(tooMany.Failure);
        Assert.Equal(1, some.Value!.Changed);
        Assert.IsType<Kernel.NotFound>(Assert.Single(some.Value.Failures));
    }

    private async Task<(string? Id, string? Name, string? State)> AssigneeAsync(long id)
    {
        var assignment = Assert.Single((await GetAsync($"{id}")).GetProperty("assignments").EnumerateArray());
        return (Text(assignment, "personId"), Text(assignment, "name"), Text(assignment, "state"));
    }
}

public sealed class ProblemTriageApiOnSqliteTests() : ProblemTriageApiTests(DatabaseKind.Sqlite);

public sealed class ProblemTriageApiOnPostgreSqlTests() : ProblemTriageApiTests(DatabaseKind.PostgreSql);
