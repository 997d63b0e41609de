using System.Text.Json;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Tests.Api;

public sealed class OpenApiTests(AgentFixture fixture) : IClassFixture<AgentFixture>
{
    [Fact]
    public async Task Document_HasEachVerbOnce()
    {
        using var document = await ReadAsync();
        var operations = document.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject())
            .Select(operation => operation.Value.GetProperty("operationId").GetString()!)
            .ToList();

        Assert.Equal(operations.Count, operations.Distinct().Count());
        Assert.All(Wire.AgentReflection.Descriptor.Services.Single().Methods, method => Assert.Contains(method.Name, operations));
        Assert.Contains("ControlPool3", operations);
    }

    [Fact]
    public async Task Document_References_AllResolve()
    {
        using var document = await ReadAsync();
        var schemas = document.RootElement.GetProperty("components").GetProperty("schemas").EnumerateObject().Select(schema => "#/components/schemas/" + schema.Name).ToHashSet();

        Assert.All(References(document.RootElement), reference => Assert.Contains(reference, schemas));
    }

    [Fact]
    public async Task Document_Fields_CarryTheCommentsOfTheContract()
    {
        using var document = await ReadAsync();
        var schemas = document.RootElement.GetProperty("components").GetProperty("schemas");

        Assert.Equal("10..65535", schemas.GetProperty("PoolSettings").GetProperty("properties").GetProperty("queueLength").GetProperty("description").GetString());
        Assert.Equal("at least every 15 seconds", schemas.GetProperty("WatchMessage").GetProperty("properties").GetProperty("heartbeat").GetProperty("description").GetString());
        Assert.Equal(
            "Stops after the step that runs now.",
            document.RootElement.GetProperty("paths").GetProperty("/v1/remediations/{id}:cancel").GetProperty("post").GetProperty("summary").GetString());
    }

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property =>
            property.Name == "$ref" ? [property.Value.GetString()!] : References(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };

    private async Task<JsonDocument> ReadAsync() =>
        JsonDocument.Parse(await fixture.Agent.Http.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative), TestContext.Current.CancellationToken));
}
