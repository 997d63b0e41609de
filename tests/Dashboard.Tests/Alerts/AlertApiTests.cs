using System.Net.Http.Json;
using System.Text.Json;
using WsusDashboard.Dashboard.Alerts.Channels;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Tests.Problems;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Alerts;

public sealed class SqliteAlertApiTests() : AlertApiTests(DatabaseKind.Sqlite);

public sealed class PostgreSqlAlertApiTests() : AlertApiTests(DatabaseKind.PostgreSql);

public abstract class AlertApiTests(DatabaseKind kind) : TriageApiSetup(kind)
{
    [Fact]
    public async Task Channel_IsAddedChangedTestedAndRemoved_AndTellsNoSecret()
    {
        await using var receiver = await HttpReceiver.StartAsync();
        var key = WebhookChannel.MakeKey();
        var (status, added, tag) = await AskAsync(HttpMethod.Post, "channels", new { kind = "webhook", name = "tickets", address = $"{receiver.Address}/secret-path", key, allowsInnerAddresses = true });
        Assert.Equal(201, status);
        Assert.DoesNotContain("secret-path", added.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(key, added.ToString(), StringComparison.Ordinal);
        Assert.True(added.GetProperty("hasKey").GetBoolean());
        var id = added.GetProperty("id").GetInt32();

        var (tested, result, _) = await AskAsync(HttpMethod.Post, $"channels/{id}/test");
        Assert.Equal((200, true), (tested, result.GetProperty("isSent").GetBoolean()));
        Assert.Equal("/secret-path", Assert.Single(receiver.Requests).Path);

        Assert.Equal(409, (await AskAsync(HttpMethod.Patch, $"channels/{id}", new { name = "other" }, "\"1\"")).Status);
        var (changed, body, next) = await AskAsync(HttpMethod.Patch, $"channels/{id}", new { name = "other" }, tag);
        Assert.Equal((200, "other", true), (changed, Text(body, "name"), body.GetProperty("hasKey").GetBoolean()));
        Assert.NotEqual(tag, next);
        Assert.Equal(409, (await AskAsync(HttpMethod.Delete, $"channels/{id}", null, tag)).Status);
        Assert.Equal(204, (await AskAsync(HttpMethod.Delete, $"channels/{id}", null, next)).Status);
        Assert.Equal(404, (await AskAsync(HttpMethod.Get, $"channels/{id}")).Status);
        var audit = await AuditAsync("alert.channel");
        Assert.Equal(["alert.channel.add", "alert.channel.test", "alert.channel.change", "alert.channel.remove"], audit.Select(entry => entry.What));
        Assert.All(audit, entry => Assert.DoesNotContain("secret-path", $"{entry.Detail} {entry.Before} {entry.After}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Channel_SentElsewhere_DoesNotTakeItsKeyAlong()
    {
        var id = await AddChannelAsync("tickets");
        var (status, body, _) = await AskAsync(HttpMethod.Patch, $"channels/{id}", new { address = "https://elsewhere.example/" });
        Assert.Equal(400, status);
        Assert.True(body.GetProperty("errors").TryGetProperty("key", out _));
    }

    [Theory]
    [InlineData("""{"name":"x"}""", "kind")]
    [InlineData("""{"kind":"teams","name":""}""", "name")]
    [InlineData("""{"kind":"teams","name":"x","address":"nowhere"}""", "address")]
    [InlineData("""{"kind":"teams","name":"x","address":"http://plain.example/"}""", "address")]
    [InlineData("""{"kind":"carrierPigeon","name":"x"}""", "kind")]
    [InlineData("""{"kind":"mail","name":"x","host":"mail.example","from":"a@b.example","to":"a@b.example"}""", "to")]
    [InlineData("""{"kind":"mail","name":"x","host":"mail.example","from":"a@b.example","to":[]}""", "to")]
    [InlineData("""{"kind":"mail","name":"x","host":"mail.example","from":"a@b.example","to":["a@b.example"],"port":0}""", "port")]
    [InlineData("""{"kind":"slack","name":"x","address":"https://slack.example/","leaves":["opened"]}""", "leaves")]
    public async Task Channel_BadInput_NamesTheField(string json, string field)
    {
        var (status, body, _) = await AskAsync(HttpMethod.Post, "channels", JsonSerializer.Deserialize<JsonElement>(json));
        Assert.Equal(400, status);
        Assert.True(body.GetProperty("errors").TryGetProperty(field, out _), body.ToString());
    }

    [Theory]
    [InlineData("""{"name":"x","channels":[]}""", "channels")]
    [InlineData("""{"name":"x","channels":[4711]}""", "channels")]
    [InlineData("""{"name":"x","channels":[CHANNEL],"escalationMinutes":5}""", "escalationChannels")]
    [InlineData("""{"name":"x","channels":[CHANNEL],"escalationMinutes":-1}""", "escalationMinutes")]
    [InlineData("""{"name":"x","channels":[CHANNEL],"hourDays":["monday"],"hoursFrom":"25:00"}""", "hoursFrom")]
    [InlineData("""{"name":"x","channels":[CHANNEL],"hourDays":["monday"],"timeZone":"Mars/Olympus"}""", "timeZone")]
    [InlineData("""{"name":"x","channels":[CHANNEL],"sites":"BRN"}""", "sites")]
    [InlineData("""{"name":"x","channels":[CHANNEL],"leastSeverity":"bad"}""", "leastSeverity")]
    public async Task Route_BadInput_NamesTheField(string json, string field)
    {
        var id = await AddChannelAsync("tickets");
        var (status, body, _) = await AskAsync(HttpMethod.Post, "routes", JsonSerializer.Deserialize<JsonElement>(json.Replace("CHANNEL", Format($"{id}"), StringComparison.Ordinal)));
        Assert.Equal(400, status);
        Assert.True(body.GetProperty("errors").TryGetProperty(field, out _), body.ToString());
    }

    [Fact]
    public async Task Route_WithEverything_IsStoredAndChangedInPart()
    {
        var id = await AddChannelAsync("tickets");
        var (status, added, tag) = await AskAsync(HttpMethod.Post, "routes", new
        {
            name = "brn",
            sites = new[] { "BRN" },
            leastSeverity = "critical",
            hourDays = new[] { "monday", "friday" },
            hoursFrom = "08:00",
            hoursTo = "18:00",
            timeZone = "Europe/Berlin",
            channels = new[] { id },
            escalationMinutes = 30,
            escalationChannels = new[] { id },
            digestMinutes = 15,
            stops = true,
        });
        Assert.Equal(201, status);
        var (changed, body, _) = await AskAsync(HttpMethod.Patch, $"routes/{added.GetProperty("id").GetInt32()}", new { digestMinutes = 0, hourDays = Array.Empty<string>() }, tag);
        Assert.Equal(200, changed);
        Assert.Equal((0, 0, 30, "BRN"), (body.GetProperty("digestMinutes").GetInt32(), body.GetProperty("hourDays").GetArrayLength(), body.GetProperty("escalationMinutes").GetInt32(), body.GetProperty("sites")[0].GetString()));
        Assert.Equal(409, (await AskAsync(HttpMethod.Post, "routes", new { name = "brn", channels = new[] { id } })).Status);
    }

    [Theory]
    [InlineData("""{"name":"x","cycle":"weekly","minutes":60,"at":"22:00"}""", "days")]
    [InlineData("""{"name":"x","cycle":"monthly","minutes":60,"at":"22:00","days":["tuesday","friday"],"ordinal":2}""", "days")]
    [InlineData("""{"name":"x","cycle":"monthly","minutes":60,"at":"22:00","days":["tuesday"]}""", "ordinal")]
    [InlineData("""{"name":"x","cycle":"once","at":"22:00"}""", "minutes")]
    [InlineData("""{"name":"x","cycle":"once","minutes":60,"at":"10 pm"}""", "at")]
    [InlineData("""{"name":"x","cycle":"once","minutes":60,"at":"22:00","from":"0001-01-01"}""", "from")]
    [InlineData("""{"name":"x","cycle":"once","minutes":60,"at":"22:00","from":"2026-03-10","until":"2026-03-01"}""", "until")]
    public async Task Window_BadInput_NamesTheField(string json, string field)
    {
        var (status, body, _) = await AskAsync(HttpMethod.Post, "windows", JsonSerializer.Deserialize<JsonElement>(json));
        Assert.Equal(400, status);
        Assert.True(body.GetProperty("errors").TryGetProperty(field, out _), body.ToString());
    }

    [Fact]
    public async Task Window_AfterPatchTuesday_IsStored()
    {
        var (status, body, _) = await AskAsync(HttpMethod.Post, "windows", new { name = "patching", cycle = "monthly", ordinal = 2, days = new[] { "tuesday" }, daysAfter = 2, at = "22:00", minutes = 240, timeZone = "Europe/Berlin" });
        Assert.Equal((201, 2), (status, body.GetProperty("daysAfter").GetInt32()));
        Assert.Equal(DayOfWeek.Thursday, TimeZoneInfo.ConvertTimeBySystemTimeZoneId(body.GetProperty("nextFrom").GetDateTimeOffset(), "Europe/Berlin").DayOfWeek);
    }

    [Fact]
    public async Task Everything_AdminOfOneSiteOrViewer_IsRefused()
    {
        using var admin = await ClientAsync("anna", Role.Admin, "BRN");
        foreach (var path in new[] { "channels", "routes", "windows", "deliveries", "preview" })
        {
            using var response = await admin.Http.GetAsync(new Uri($"/api/v1/alerts/{path}", UriKind.Relative), Token);
            Assert.Equal(403, (int)response.StatusCode);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(32)]
    public async Task Preview_DaysThatAreNotAllowed_Is400(int days) => Assert.Equal(400, (await AskAsync(HttpMethod.Get, $"preview?days={days}")).Status);

    [Fact]
    public async Task Preview_EmptyWeek_IsEmpty() => Assert.Equal(0, (await AskAsync(HttpMethod.Get, "preview")).Body.GetProperty("total").GetInt32());

    private async Task<int> AddChannelAsync(string name)
    {
        var (status, body, _) = await AskAsync(HttpMethod.Post, "channels", new { kind = "webhook", name, address = "https://tickets.example/", key = WebhookChannel.MakeKey() });
        Assert.Equal(201, status);
        return body.GetProperty("id").GetInt32();
    }

    private async Task<(int Status, JsonElement Body, string? Tag)> AskAsync(HttpMethod method, string path, object? body = null, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(method, new Uri($"/api/v1/alerts/{path}", UriKind.Relative)) { Content = body is null ? null : JsonContent.Create(body) };
        if (ifMatch is not null)
        {
            request.Headers.IfMatch.Add(new(ifMatch));
        }

        using var response = await Dashboard.Http.SendAsync(request, Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        return ((int)response.StatusCode, text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text), response.Headers.ETag?.Tag);
    }
}
