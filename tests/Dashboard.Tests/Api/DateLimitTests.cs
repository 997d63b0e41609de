using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Host;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Api;

/// <summary>The first and the last day that there are, asked of every route: refused or clamped, never a fault.</summary>
public sealed partial class DateLimitTests : IAsyncLifetime
{
    private static readonly string[] Times = ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00-14:00", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59.9999999+14:00", "2000-01-01T00:00:00Z", "2199-12-31T23:59:59Z"];
    private static readonly string[] Days = ["0001-01-01", "0001-12-31", "9999-12-31", "2000-01-01", "2199-12-31"];

    private readonly TempFolder _folder = new();
    private TestDashboard _dashboard = null!;
    private int _server;

    public async ValueTask InitializeAsync()
    {
        _dashboard = await TestDashboard.StartAsync(_folder);
        _server = await _dashboard.AddServerAsync("https://127.0.0.1:9");
    }

    [Fact]
    public async Task Route_AskedForTheFirstAndTheLastDay_AnswersOrRefuses()
    {
        var asked = Routes().SelectMany(Addresses).ToList();

        Assert.True(asked.Count > 100, $"Only {asked.Count} questions with a date were found.");
        var (faults, answered) = await AskAsync(_dashboard.Http, asked);
        Assert.Empty(faults);
        Assert.InRange(answered, 1, asked.Count - 1);
    }

    [Fact]
    public async Task Page_OpenedWithTheFirstAndTheLastDay_Opens()
    {
        var pages = typeof(DashboardHost).Assembly.GetTypes().SelectMany(type => type.GetCustomAttributes(typeof(RouteAttribute), inherit: false).Cast<RouteAttribute>()).Select(route => Parameter().Replace(route.Template, "1"));
        var asked = pages.SelectMany(page => Days.Select(day => $"{page}?from={day}&to={day}&day={day}&since={day}&month={day}&release={day[..7]}&days=30")
            .Concat(Times.Select(time => $"{page}?from={Uri.EscapeDataString(time)}&to={Uri.EscapeDataString(time)}"))).ToList();

        await _dashboard.AddPersonAsync("admin", new Grant(Role.Admin, SiteScope.WholeFleet));
        using var browser = _dashboard.Browser();
        using var signedIn = (await browser.SignInAsync("admin", TestPeople.Password)).Response;
        var (faults, answered) = await AskAsync(browser, asked);
        Assert.Empty(faults);
        Assert.InRange(answered, asked.Count / 2, asked.Count);
    }

    [Theory]
    [InlineData(1999, false)]
    [InlineData(CalendarYears.First, true)]
    [InlineData(CalendarYears.Last, true)]
    [InlineData(2200, false)]
    public void Contain_YearOfTheCalendar_IsWithin(int year, bool expected)
    {
        Assert.Equal(expected, CalendarYears.Contain(new DateOnly(year, 6, 1)));
        Assert.Equal(expected, CalendarYears.Contain(new DateTimeOffset(year, 6, 1, 0, 0, 0, TimeSpan.Zero)));
    }

    public async ValueTask DisposeAsync()
    {
        await _dashboard.DisposeAsync();
        _folder.Dispose();
    }

    private IEnumerable<RouteEndpoint> Routes() => _dashboard.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.RoutePattern.RawText!.TrimStart('/').StartsWith(ApiPaths.Root.TrimStart('/'), StringComparison.Ordinal) && endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains("GET") == true);

    /// <summary>Each date of the route by itself, and all of them at once.</summary>
    private IEnumerable<string> Addresses(RouteEndpoint endpoint)
    {
        var path = "/" + Parameter().Replace(endpoint.RoutePattern.RawText!, found => found.Value.Contains("int", StringComparison.Ordinal) ? $"{_server}" : "x").TrimStart('/');
        var dates = endpoint.Metadata.GetOrderedMetadata<IParameterBindingMetadata>()
            .Select(parameter => (Name: char.ToLowerInvariant(parameter.Name[0]) + parameter.Name[1..], Type: Nullable.GetUnderlyingType(parameter.ParameterInfo.ParameterType) ?? parameter.ParameterInfo.ParameterType))
            .Where(parameter => parameter.Type == typeof(DateOnly) || parameter.Type == typeof(DateTimeOffset))
            .ToList();
        foreach (var (name, type) in dates)
        {
            foreach (var value in ValuesOf(type))
            {
                yield return $"{path}?{name}={Uri.EscapeDataString(value)}";
            }
        }

        for (var i = 0; dates.Count > 1 && i < Days.Length; i++)
        {
            yield return $"{path}?{string.Join('&', dates.Select(date => $"{date.Name}={Uri.EscapeDataString(ValuesOf(date.Type)[i])}"))}";
        }
    }

    private static string[] ValuesOf(Type type) => type == typeof(DateOnly) ? Days : Times;

    private static async Task<(List<string> Faults, int Answered)> AskAsync(HttpClient client, IEnumerable<string> addresses)
    {
        var (faults, answered) = (new List<string>(), 0);
        foreach (var address in addresses)
        {
            using var response = await client.GetAsync(new Uri(address, UriKind.Relative), TestContext.Current.CancellationToken);
            answered += response.IsSuccessStatusCode ? 1 : 0;
            if ((int)response.StatusCode >= 500)
            {
                faults.Add($"{address}: {(int)response.StatusCode}");
            }
        }

        return (faults, answered);
    }

    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.NonBacktracking)]
    private static partial Regex Parameter();
}
