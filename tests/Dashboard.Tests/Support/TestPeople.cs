using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Security.Accounts;
using WsusDashboard.Dashboard.Security.Callers;

namespace WsusDashboard.Dashboard.Tests.Support;

/// <summary>People of a test dashboard, and browsers without scripts that they sign in with.</summary>
internal static partial class TestPeople
{
    public const string Password = "four words nobody guesses";

    /// <summary>Makes an account; the value is its id.</summary>
    public static async Task<string> AddPersonAsync(this TestDashboard dashboard, string name, params Grant[] grants)
    {
        await using var scope = dashboard.Services.CreateOwnScope();
        var person = new Person { UserName = name, DisplayName = name };
        var made = await scope.ServiceProvider.GetRequiredService<UserManager<Person>>().CreateAsync(person, Password);
        Assert.True(made.Succeeded, string.Join(" ", made.Errors.Select(error => error.Description)));
        var context = scope.ServiceProvider.GetRequiredService<SecurityContext>();
        context.Grants.AddRange(GrantRows.ToRows(person.Id, grants));
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        await dashboard.Get<AccessCache>().ReloadAsync(TestContext.Current.CancellationToken);
        return person.Id;
    }

    /// <summary>An API token that allows all that its person may, or what the ceiling says.</summary>
    public static async Task<(string Text, string Id)> AddTokenAsync(this TestDashboard dashboard, string personId, Grant? ceiling = null, DateTime? expiresAt = null)
    {
        await using var scope = dashboard.Services.CreateOwnScope();
        var (text, id, hash) = ApiTokenText.Make();
        var context = scope.ServiceProvider.GetRequiredService<SecurityContext>();
        context.ApiTokens.Add(new()
        {
            Id = id,
            PersonId = personId,
            Name = "test",
            Hash = hash,
            Role = ceiling?.Role ?? Role.Admin,
            Sites = GrantRows.ToSites(ceiling?.Scope ?? SiteScope.WholeFleet),
            ExpiresAt = expiresAt ?? TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(1),
        });
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        await dashboard.Get<AccessCache>().ReloadAsync(TestContext.Current.CancellationToken);
        return (text, id);
    }

    /// <summary>A client that sends this token, or none.</summary>
    public static HttpClient Client(this TestDashboard dashboard, string? token)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = dashboard.Http.BaseAddress, Timeout = Eventually.Limit };
        client.DefaultRequestHeaders.Authorization = token is null ? null : new("Bearer", token);
        return client;
    }

    /// <summary>A browser: it keeps cookies and follows nothing by itself.</summary>
    public static HttpClient Browser(this TestDashboard dashboard, CookieContainer? cookies = null) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = cookies ?? new() }) { BaseAddress = dashboard.Http.BaseAddress, Timeout = Eventually.Limit };

    /// <summary>Fills in the form of the sign-in and sends it.</summary>
    public static async Task<(HttpResponseMessage Response, string Text)> SignInAsync(this HttpClient browser, string name, string password, string returnUrl = "/")
    {
        var path = $"/sign-in?returnUrl={Uri.EscapeDataString(returnUrl)}";
        var page = await browser.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["_handler"] = "sign-in",
            ["__RequestVerificationToken"] = AntiforgeryToken().Match(page).Groups[1].Value,
            ["Input.Name"] = name,
            ["Input.Password"] = password,
        });
        var response = await browser.PostAsync(new Uri(path, UriKind.Relative), form, TestContext.Current.CancellationToken);
        return (response, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"")]
    public static partial Regex AntiforgeryToken();
}
