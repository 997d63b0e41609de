using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Api;

/// <summary>What the API answers, beside what its description promises: each property stands there, and has the type that it says.</summary>
public sealed class ContractTests : IAsyncLifetime
{
    private const int MostDeep = 40;

    private readonly TempFolder _folder = new();
    private readonly List<string> _mistakes = [];
    private TestDashboard _dashboard = null!;
    private FakeAgent _agent = null!;
    private JsonElement _document;
    private int _server;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _agent = await FakeAgent.StartAsync();
        _dashboard = await TestDashboard.StartAsync(_folder);
        _server = await _dashboard.AddServerAsync(_agent.Address);
        (await _agent.NextWatchAsync()).Send(Samples.Snapshot(TimeProvider.System.GetUtcNow()));
        await _dashboard.UntilAsync(_server, server => server.Snapshot is not null);
        await _dashboard.PostAsync("/api/v1/reports", new { });
        await _dashboard.PostAsync("/api/v1/enrolment/tokens", new { label = "x", site = "BRN", uses = 1, hours = 1 });
        _document = await _dashboard.Http.GetFromJsonAsync<JsonElement>(new Uri("/openapi/v1.json", UriKind.Relative), Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _dashboard.DisposeAsync();
        await _agent.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Get_EachRouteThatNeedsNothingElse_AnswersAsDescribed()
    {
        var looked = 0;
        foreach (var path in _document.GetProperty("paths").EnumerateObject())
        {
            if (!path.Value.TryGetProperty("get", out var operation) || !operation.GetProperty("responses").TryGetProperty("200", out var ok) || !ok.TryGetProperty("content", out var content) || !content.TryGetProperty("application/json", out var json) || !json.TryGetProperty("schema", out var schema))
            {
                continue;
            }

            var address = path.Name.Replace("/servers/{id}", $"/servers/{_server}", StringComparison.Ordinal).Replace("/reports/{id}", "/reports/1", StringComparison.Ordinal).Replace("/baselines/{id}", "/baselines/guide", StringComparison.Ordinal);
            if (address.Contains('{', StringComparison.Ordinal))
            {
                continue;
            }

            using var response = await _dashboard.Http.GetAsync(new Uri(address, UriKind.Relative), Token);
            if (response.StatusCode == HttpStatusCode.OK && response.Content.Headers.ContentType?.MediaType == "application/json")
            {
                Compare(address, await response.Content.ReadFromJsonAsync<JsonElement>(Token), schema, 0);
                looked++;
            }
        }

        Assert.True(looked > 20, $"Only {looked} answers were looked at.");
        Assert.Empty(_mistakes);
    }

    private void Compare(string place, JsonElement value, JsonElement schema, int depth)
    {
        schema = Resolve(schema);
        foreach (var choice in new[] { "oneOf", "anyOf" })
        {
            if (schema.TryGetProperty(choice, out var choices))
            {
                // "null, or this": what is there is compared with the part that isn't null.
                if (value.ValueKind != JsonValueKind.Null && choices.EnumerateArray().Select(Resolve).FirstOrDefault(part => !Types(part).SequenceEqual(["null"])) is { ValueKind: JsonValueKind.Object } part)
                {
                    Compare(place, value, part, depth + 1);
                }

                return;
            }
        }

        if (depth > MostDeep || (Types(schema) is { Count: > 0 } types && !types.Contains(TypeOf(value)) && !(TypeOf(value) == "integer" && types.Contains("number"))))
        {
            _mistakes.Add($"{place} is {TypeOf(value)}, described as {string.Join(" or ", Types(schema))}");
            return;
        }

        if (value.ValueKind == JsonValueKind.Object && schema.TryGetProperty("properties", out var properties))
        {
            foreach (var member in value.EnumerateObject())
            {
                if (properties.TryGetProperty(member.Name, out var described))
                {
                    Compare($"{place}/{member.Name}", member.Value, described, depth + 1);
                }
                else if (!schema.TryGetProperty("additionalProperties", out _))
                {
                    _mistakes.Add($"{place}/{member.Name} isn't described");
                }
            }
        }
        else if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out var items))
        {
            foreach (var item in value.EnumerateArray())
            {
                Compare($"{place}[]", item, items, depth + 1);
            }
        }
    }

    private JsonElement Resolve(JsonElement schema)
    {
        while (schema.TryGetProperty("$ref", out var reference))
        {
            schema = reference.GetString()!.Split('/').Skip(1).Aggregate(_document, (at, name) => at.ValueKind == JsonValueKind.Array ? at[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)] : at.GetProperty(name.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)));
        }

        return schema;
    }

    private static List<string> Types(JsonElement schema) => !schema.TryGetProperty("type", out var type) ? [] : type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(word => word.GetString()!)] : [type.GetString()!];

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Null => "null",
        _ => value.TryGetInt64(out _) ? "integer" : "number",
    };
}
