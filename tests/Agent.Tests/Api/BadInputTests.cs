using System.Net;
using System.Text;
using System.Text.Json;
using Google.Rpc;
using Grpc.Core;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Tests.Api;

/// <summary>What is wrong is named with its field and what is allowed, and nothing is started.</summary>
public sealed class BadInputTests(AgentFixture fixture) : IClassFixture<AgentFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/v1/repairs:plan", """{"playbok":"full-repair"}""", "playbok", "allowed: playbook, baseline, includeRisky")]
    [InlineData("/v1/repairs:plan", """{"playbook":"all"}""", "playbook", "allowed: full-repair, pool-only, restart-services, start-wsus, start-sms-executive, restore-startup, sync-only")]
    [InlineData("/v1/repairs:plan", """{"playbook":"full-repair","baseline":"mine"}""", "baseline", "allowed: guide, microsoft, optimize-wsusserver")]
    [InlineData("/v1/repairs:plan", """{"playbook":7}""", "playbook", "allowed: text")]
    [InlineData("/v1/repairs:plan", """{"playbook":"full-repair","playbook":"pool-only"}""", "playbook", "allowed: once")]
    [InlineData("/v1/repairs:plan", """["full-repair"]""", "body", "isn't a JSON object")]
    [InlineData("/v1/repairs:plan", """{"playbook":""", "body", "isn't JSON")]
    [InlineData("/v1/repairs", """{"playbook":"full-repair","context":{"person":"me"}}""", "fingerprint", "64 hexadecimal digits")]
    [InlineData("/v1/repairs/abc:undo", "", "context", "who is asking")]
    [InlineData("/v1/repairs/abc:cancel", """{"id":"other","context":{"person":"me"}}""", "id", "allowed: context")]
    [InlineData("/v1/services/Spooler:restart", """{"context":{"person":"me"}}""", "name", "allowed: WsusService")]
    [InlineData("/v1/services/W3SVC:restart", """{"context":{"person":"me"},"verb":"stop"}""", "verb", "the path says restart")]
    [InlineData("/v1/sync:start", """{"context":{"person":true}}""", "person", "allowed: text")]
    [InlineData("/v1/sync:start", """{"context":{"person":"me","reason":"in order\u202E\u001b[2J"}}""", "context.reason", "without control and format characters")]
    [InlineData("/v1/sync:start", """{"context":{"person":"me","reason":"two\nlines"}}""", "context.reason", "without control and format characters")]
    [InlineData("/v1/sync:start", """{"context":{"person":"me\u200B"}}""", "context.person", "without control and format characters")]
    [InlineData("/v1/sync:start", """{"context":{"person":"me","ticket":"CHG\u0007"}}""", "context.ticket", "at most 100")]
    [InlineData("/v1/sync:start", """{"context":{"person":" "}}""", "context.person", "is missing")]
    [InlineData("/v1/sync:stop?force=true", """{"context":{"person":"me"}}""", "force", "allowed: none")]
    public async Task Post_WrongField_Is400WithTheFieldAndWhatIsAllowed(string path, string body, string field, string text)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await fixture.Agent.Http.PostAsync(new Uri(path, UriKind.Relative), content, Token);

        await AssertProblemAsync(response, HttpStatusCode.BadRequest, field, text);
    }

    [Theory]
    [InlineData("/v1/syncs?pageSize=501", "pageSize", "allowed: 0 to 500")]
    [InlineData("/v1/syncs?pageSize=-1", "pageSize", "allowed: 0 to 500")]
    [InlineData("/v1/syncs?pageSize=many", "pageSize", "allowed: a 32-bit whole number")]
    [InlineData("/v1/syncs?pageSize=1&pageSize=2", "pageSize", "allowed: once")]
    [InlineData("/v1/syncs?page=2", "page", "allowed: pageSize, pageToken, since")]
    [InlineData("/v1/syncs?pageToken=zzz", "pageToken", "leave it empty")]
    [InlineData("/v1/syncs?since=yesterday", "since", "allowed: a time")]
    [InlineData("/v1/logs/passwd", "name", "allowed: wsyncmgr, WCM, WSUSCtrl")]
    [InlineData("/v1/logs/..%2F..%2Fetc%2Fpasswd", "name", "allowed: wsyncmgr, WCM, WSUSCtrl")]
    [InlineData("/v1/logs/wsyncmgr?tailLines=2001", "tailLines", "allowed: 0 to 2000")]
    [InlineData("/v1/logs/wsyncmgr?follow=yes", "follow", "allowed: true or false")]
    [InlineData("/v1/watch?afterSequence=-1", "afterSequence", "allowed: 0 to")]
    [InlineData("/v1/info?verbose=1", "verbose", "allowed: none")]
    public async Task Get_WrongParameter_Is400WithTheFieldAndWhatIsAllowed(string path, string field, string text)
    {
        using var response = await fixture.Agent.Http.GetAsync(new Uri(path, UriKind.Relative), Token);

        await AssertProblemAsync(response, HttpStatusCode.BadRequest, field, text);
    }

    [Theory]
    [InlineData("person", 201)]
    [InlineData("reason", 501)]
    [InlineData("ticket", 101)]
    [InlineData("idempotencyKey", 101)]
    public async Task Post_TextBeyondTheContract_IsRefused(string field, int length)
    {
        var context = new Dictionary<string, string> { ["person"] = "me", [field] = new('x', length) };
        using var content = new StringContent(JsonSerializer.Serialize(new { context }), Encoding.UTF8, "application/json");
        using var response = await fixture.Agent.Http.PostAsync(new Uri("/v1/sync:start", UriKind.Relative), content, Token);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains($"at most {length - 1}", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_AnotherContentType_IsRefused()
    {
        using var content = new StringContent("playbook=full-repair", Encoding.UTF8, "application/x-www-form-urlencoded");
        using var response = await fixture.Agent.Http.PostAsync(new Uri("/v1/repairs:plan", UriKind.Relative), content, Token);

        await AssertProblemAsync(response, HttpStatusCode.BadRequest, "Content-Type", "allowed: application/json");
    }

    [Fact]
    public async Task Post_TooLarge_IsRefused()
    {
        using var content = new StringContent($$"""{"playbook":"{{new string('x', 100_000)}}"}""", Encoding.UTF8, "application/json");

        // Asks before it sends: the agent closes the connection without reading what is too large.
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/v1/repairs:plan", UriKind.Relative)) { Content = content, Headers = { ExpectContinue = true } };
        using var response = await fixture.Agent.Http.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("/v1/repairs/0123", HttpStatusCode.NotFound)]
    [InlineData("/v1/logs/wsyncmgr", HttpStatusCode.NotFound)]
    [InlineData("/v1/nothing", HttpStatusCode.NotFound)]
    public async Task Get_WhatIsNotThere_IsAProblemDocument(string path, HttpStatusCode status)
    {
        using var response = await fixture.Agent.Http.GetAsync(new Uri(path, UriKind.Relative), Token);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("Origin", "http://evil.example")]
    public async Task Get_FromAWebPage_IsRefused(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/info");
        request.Headers.Add(header, value);
        using var response = await fixture.Agent.Http.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Grpc_WrongFields_AreFieldViolations()
    {
        var exception = await Assert.ThrowsAsync<RpcException>(async () =>
            await fixture.Agent.Grpc.PlanRepairAsync(new Wire.PlanRepairRequest { Playbook = "all", Baseline = "mine" }, cancellationToken: Token));

        Assert.Equal(StatusCode.InvalidArgument, exception.StatusCode);
        var details = Google.Rpc.Status.Parser.ParseFrom(exception.Trailers.GetValueBytes("grpc-status-details-bin"));
        Assert.Equal(["playbook", "baseline"], details.Details.Single().Unpack<BadRequest>().FieldViolations.Select(violation => violation.Field));
    }

    [Fact]
    public async Task Grpc_UnknownRun_IsNotFound()
    {
        var exception = await Assert.ThrowsAsync<RpcException>(async () =>
            await fixture.Agent.Grpc.GetRepairAsync(new Wire.GetRepairRequest { Id = "0123" }, cancellationToken: Token));

        Assert.Equal(StatusCode.NotFound, exception.StatusCode);
    }

    private static async Task AssertProblemAsync(HttpResponseMessage response, HttpStatusCode status, string field, string text)
    {
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token));
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains(text, problem.RootElement.GetProperty("errors").GetProperty(field)[0].GetString(), StringComparison.Ordinal);
    }
}
