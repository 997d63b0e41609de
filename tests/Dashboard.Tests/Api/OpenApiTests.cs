using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Host;
using WsusDashboard.Dashboard.Security.Web;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Api;

/// <summary>The OpenApi document beside what is mapped: routes by the routing, parameters and enums by reflection over the handlers.</summary>
public sealed partial class OpenApiTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private TestDashboard _dashboard = null!;
    private JsonElement _document;
    private IReadOnlyList<RouteEndpoint> _routes = [];

    public async ValueTask InitializeAsync()
    {
        _dashboard = await TestDashboard.StartAsync(_folder);
        _document = await _dashboard.Http.GetFromJsonAsync<JsonElement>(new Uri("/openapi/v1.json", UriKind.Relative), TestContext.Current.CancellationToken);
        _routes = [.. _dashboard.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(route => route.RoutePattern.RawText!.StartsWith("/api/v1/", StringComparison.Ordinal))];
    }

    [Fact]
    public void Route_OfTheApi_StandsThereWithASummary()
    {
        Assert.True(_routes.Count > 40, $"Only {_routes.Count} routes were found.");
        Assert.Empty(_routes.Where(route => Find(route) is not { } operation || !operation.TryGetProperty("summary", out var summary) || summary.GetString()!.Length < 10).Select(route => route.RoutePattern.RawText));
    }

    [Fact]
    public void Parameter_OfARoute_StandsThere()
    {
        foreach (var route in _routes)
        {
            var listed = Parameters(route).Select(parameter => $"{parameter.GetProperty("in").GetString()} {parameter.GetProperty("name").GetString()}").Order(StringComparer.Ordinal);
            var expected = Taken(route).Select(parameter => parameter.IsPath ? $"path {parameter.Name}" : $"query {parameter.Name}").Order(StringComparer.Ordinal);

            Assert.Equal(expected, listed);
        }
    }

    [Fact]
    public void EnumOfAParameter_ListsItsWords()
    {
        var count = 0;
        foreach (var route in _routes)
        {
            foreach (var parameter in Taken(route).Where(parameter => parameter.Type.IsEnum))
            {
                var schema = Resolve(Parameters(route).Single(listed => listed.GetProperty("name").GetString() == parameter.Name).GetProperty("schema"));
                Assert.Equal(Enum.GetNames(parameter.Type).Select(Camel), schema.GetProperty("enum").EnumerateArray().Where(word => word.ValueKind != JsonValueKind.Null).Select(word => word.GetString()));
                count++;
            }
        }

        Assert.True(count >= 5, $"Only {count} were found.");
    }

    [Fact]
    public void EnumOfABodyOrAnAnswer_ListsItsWords()
    {
        var enums = typeof(DashboardHost).Assembly.GetTypes().Concat(typeof(Shared.Rules.Findings.Health).Assembly.GetTypes()).Where(type => type.IsEnum).ToLookup(type => type.Name);
        var listed = _document.GetProperty("components").GetProperty("schemas").EnumerateObject().Where(schema => enums.Contains(schema.Name)).ToList();

        Assert.True(listed.Count > 10, $"Only {listed.Count} were found.");
        Assert.All(listed, schema => Assert.Contains(
            enums[schema.Name],
            type => Enum.GetNames(type).Select(Camel).SequenceEqual(schema.Value.GetProperty("enum").EnumerateArray().Where(word => word.ValueKind != JsonValueKind.Null).Select(word => word.GetString()!))));
    }

    [Theory]
    [InlineData("PlanJson", "playbook", "full-repair,pool-only,restart-services,start-wsus,start-sms-executive,restore-startup,sync-only")]
    [InlineData("AddServerJson", "baseline", "guide,microsoft,optimize-wsusserver")]
    public void WordsOfABody_AreListed(string schema, string property, string expected) =>
        Assert.Equal(expected, string.Join(',', _document.GetProperty("components").GetProperty("schemas").GetProperty(schema).GetProperty("properties").GetProperty(property).GetProperty("enum").EnumerateArray().Select(word => word.GetString())));

    [Fact]
    public void Body_OfARoute_StandsThereWithItsFields()
    {
        var bodies = _routes.Where(route => route.Metadata.GetMetadata<IAcceptsMetadata>() is not null).ToList();

        Assert.True(bodies.Count > 8, $"Only {bodies.Count} were found.");
        foreach (var route in bodies)
        {
            var accepts = route.Metadata.GetMetadata<IAcceptsMetadata>()!;
            var body = Find(route)!.Value.GetProperty("requestBody");
            var schema = Resolve(body.GetProperty("content").GetProperty("application/json").GetProperty("schema"));

            Assert.Equal(accepts.RequestType!.GetProperties().Select(property => Camel(property.Name)).Order(), schema.GetProperty("properties").EnumerateObject().Select(property => property.Name).Order());
            Assert.Equal(!accepts.IsOptional, body.TryGetProperty("required", out var required) && required.GetBoolean());
        }
    }

    [Fact]
    public void Security_OfARoute_IsDeclared()
    {
        var schemes = _document.GetProperty("components").GetProperty("securitySchemes");
        Assert.Equal(("http", "bearer"), (schemes.GetProperty("token").GetProperty("type").GetString(), schemes.GetProperty("token").GetProperty("scheme").GetString()));
        Assert.Equal(("apiKey", "cookie", "wsus-session"), (schemes.GetProperty("session").GetProperty("type").GetString(), schemes.GetProperty("session").GetProperty("in").GetString(), schemes.GetProperty("session").GetProperty("name").GetString()));
        foreach (var route in _routes)
        {
            var declared = Find(route)!.Value.TryGetProperty("security", out var security) ? security.EnumerateArray().SelectMany(entry => entry.EnumerateObject()).Select(entry => entry.Name).ToList() : [];

            string[] expected = route.Metadata.GetMetadata<NeedsAttribute>() is null ? [] : ["token", "session"];
            Assert.Equal(expected, declared);
            Assert.Equal(route.Metadata.GetMetadata<IAllowAnonymous>() is not null, declared.Count == 0);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _dashboard.DisposeAsync();
        _folder.Dispose();
    }

    private JsonElement? Find(RouteEndpoint route)
    {
        var path = Constraint().Replace(route.RoutePattern.RawText!.TrimEnd('/'), "}");
        var method = route.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Single();
        return _document.GetProperty("paths").EnumerateObject().Where(entry => entry.Name.TrimEnd('/') == path && entry.Value.TryGetProperty(method.ToLowerInvariant(), out _)).Select(entry => (JsonElement?)entry.Value.GetProperty(method.ToLowerInvariant())).SingleOrDefault();
    }

    private JsonElement.ArrayEnumerator Parameters(RouteEndpoint route) => Find(route)!.Value.TryGetProperty("parameters", out var parameters) ? parameters.EnumerateArray() : default;

    private JsonElement Resolve(JsonElement schema)
    {
        if (schema.TryGetProperty("oneOf", out var choices))
        {
            schema = choices.EnumerateArray().Single(choice => choice.TryGetProperty("$ref", out _));
        }

        return schema.TryGetProperty("$ref", out var reference) ? _document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]) : schema;
    }

    /// <summary>What a handler takes from the path and the query: its own simple parameters and the properties of its [AsParameters] records.</summary>
    private static IEnumerable<(string Name, Type Type, bool IsPath)> Taken(RouteEndpoint route) => route.Metadata.GetMetadata<MethodInfo>()!.GetParameters()
        .SelectMany(parameter => parameter.GetCustomAttribute<AsParametersAttribute>() is null
            ? [(parameter.Name!, parameter.ParameterType)]
            : parameter.ParameterType.GetProperties().Select(property => (property.Name, property.PropertyType)))
        .Select(taken => (Name: Camel(taken.Item1), Type: Nullable.GetUnderlyingType(taken.Item2) ?? taken.Item2))
        .Where(taken => taken.Type.IsEnum || taken.Type.IsPrimitive || taken.Type == typeof(string) || taken.Type == typeof(DateOnly) || taken.Type == typeof(DateTimeOffset))
        .Select(taken => (taken.Name, taken.Type, route.RoutePattern.GetParameter(taken.Name) is not null));

    private static string Camel(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);

    [GeneratedRegex(@":[^}]*\}", RegexOptions.NonBacktracking)]
    private static partial Regex Constraint();
}
