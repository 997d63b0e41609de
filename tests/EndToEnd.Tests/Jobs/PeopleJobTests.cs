using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.People;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.EndToEnd.Tests.Jobs;

/// <summary>What people do with their accounts, in a browser: the invitation, passkeys, codes, the question before several servers, and a role that is taken away.</summary>
[Collection(DemoCollection.Name)]
public sealed partial class PeopleJobTests(DemoFixture demo, Chromium chromium)
{
    private const string Password = "four words nobody guesses";

    /// <summary>Passkeys belong to a name, not to an IP address.</summary>
    private Uri Address => new UriBuilder(demo.Address) { Host = "localhost" }.Uri;

    [Fact]
    public async Task Passkey_AddedSignsInConfirmsARepairOfTwoServersAndOnceRemovedIsRefused()
    {
        var page = await EnterAsync("otto", new(Role.Operator, SiteScope.WholeFleet));
        var cdp = await page.Context.NewCDPSessionAsync(page);
        await cdp.SendAsync("WebAuthn.enable");
        await cdp.SendAsync("WebAuthn.addVirtualAuthenticator", new() { ["options"] = new { protocol = "ctap2", transport = "internal", hasResidentKey = true, hasUserVerification = true, isUserVerified = true, automaticPresenceSimulation = true } });
        await OpenAsync(page, "/account");
        await page.GetByLabel("Name for the new passkey").FillAsync("laptop");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add passkey" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove laptop" }).WaitForAsync();
        await CheckAsync(page, "account-passkey");

        await SignOutAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).ClickAsync();
        await page.CircuitAsync();

        await RepairTwoAsync(page);

        await OpenAsync(page, "/account");
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove laptop" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Remove laptop" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Remove laptop" })).ToHaveCountAsync(0);
        await SignOutAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).ClickAsync();
        await page.Locator("[data-passkey-error]").WaitForAsync();
        await CheckAsync(page, "sign-in-refused");
    }

    [Fact]
    public async Task AuthenticatorApp_SetUp_AsksForItsCodeAtTheNextSignIn()
    {
        var page = await EnterAsync("tina", new(Role.Viewer, SiteScope.Of("BRN")));
        await OpenAsync(page, "/account");
        await page.GetByRole(AriaRole.Button, new() { Name = "Set up app" }).ClickAsync();
        var key = await page.Locator("code.key").InnerTextAsync();
        await CheckAsync(page, "account-app");
        await page.GetByLabel("Code", new() { Exact = true }).FillAsync(Code(key));
        await page.GetByRole(AriaRole.Button, new() { Name = "Turn on" }).ClickAsync();
        await page.Locator(".notice-good[role='status']").WaitForAsync();

        await SignOutAsync(page);
        await FillSignInAsync(page, "tina");
        await page.WaitForURLAsync("**/sign-in/code**");
        await page.GetByLabel("Code", new() { Exact = true }).FillAsync("no code");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.GetByText("This code is wrong").WaitForAsync();
        await CheckAsync(page, "sign-in-code");
        await page.GetByLabel("Code", new() { Exact = true }).FillAsync(Code(key));
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.CircuitAsync();
        await OpenAsync(page, "/");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Fleet" }).WaitForAsync();
        Assert.Equal(0, await page.GetByRole(AriaRole.Checkbox).CountAsync());
    }

    [Fact]
    public async Task Role_TakenAwayWhileTheFleetIsOpen_ButtonsVanishAndTheActionIsRefused()
    {
        var starved = demo.NameOf(Scenario.StarvedPool);
        using var rest = demo.Rest();
        var server = (await rest.ServerAsync(starved)).Text("id");
        var page = await EnterAsync("rolf", new(Role.Operator, SiteScope.WholeFleet));
        await OpenAsync(page, $"/?search={Uri.EscapeDataString(starved)}");
        var box = page.GetByRole(AriaRole.Checkbox, new() { Name = $"Select {starved}" });
        await box.WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = $"Repair {starved}" }).WaitForAsync();

        await SetRoleAsync("rolf", new(Role.Viewer, SiteScope.WholeFleet));

        await Assertions.Expect(box).ToHaveCountAsync(0);
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = $"Repair {starved}" })).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new() { Name = $"Plan for {starved}" }).WaitForAsync();
        var status = await page.EvaluateAsync<int>("async id => (await fetch(`/api/v1/servers/${id}/repairs`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{\"playbook\":\"sync-only\"}' })).status", server);
        Assert.Equal(403, status);
    }

    [Fact]
    public async Task FirstAdmin_ByTheLinkOfTheConsole_IsMadeInABrowser()
    {
        using var folder = new TempFolder();
        await using (var dashboard = ChildProcess.StartProduct("WsusDashboard.Dashboard", "--Dashboard:Port=0", "--Dashboard:EnrolmentPort=0", $"--Dashboard:DataDirectory={folder.Path}"))
        {
            var output = await Eventually.Async(() => Task.FromResult(dashboard.Output), text => FirstAdminLink().IsMatch(text));
            var page = await chromium.OpenAsync(null);
            await page.GotoAsync(FirstAdminLink().Match(output).Value);
            await page.GetByLabel("Name").FillAsync("root");
            await page.Locator("input[name='Input.Password']").FillAsync("password password");
            await page.Locator("input[name='Input.Repeat']").FillAsync("another one entirely");
            await page.Locator("button[type=submit]").ClickAsync();
            await page.Locator("input[name='Input.Repeat'][aria-invalid='true']").WaitForAsync();
            await CheckAsync(page, "first-admin");
            await page.Locator("input[name='Input.Password']").FillAsync(Password);
            await page.Locator("input[name='Input.Repeat']").FillAsync(Password);
            await page.Locator("button[type=submit]").ClickAsync();
            await page.Locator(".first-server").WaitForAsync();
            await CheckAsync(page, "first-day");
            await page.GotoAsync(FirstAdminLink().Match(output).Value);
            await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).WaitForAsync();
            await Assertions.Expect(page.Locator("input[type='password']")).ToHaveCountAsync(0);
        }
    }

    /// <summary>Invites a person and opens the invitation as that person does; ends on the fleet.</summary>
    private async Task<IPage> EnterAsync(string name, Grant grant)
    {
        string link;
        await using (var scope = demo.Services.CreateOwnScope())
        {
            var invited = await scope.ServiceProvider.GetRequiredService<PeopleService>().InviteAsync(name, [grant], TestContext.Current.CancellationToken);
            Assert.True(invited.IsSuccess, invited.Failure?.Message);
            link = invited.Value;
        }

        var page = await chromium.OpenAsync(null);
        await page.GotoAsync(new Uri(Address, link).ToString());
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).Or(page.GetByRole(AriaRole.Button, new() { Name = "sign in" })).First.WaitForAsync();
        await CheckAsync(page, "invitation");
        await page.Locator("input[name='Input.Password']").FillAsync(Password);
        await page.Locator("input[name='Input.Repeat']").FillAsync(Password);
        await page.Locator("button[type=submit]").ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Fleet" }).WaitForAsync();
        return page;
    }

    /// <summary>Two servers, chosen in the fleet by the keyboard, with a synchronization only: what the other tests look at stays as it is.</summary>
    private async Task RepairTwoAsync(IPage page)
    {
        await OpenAsync(page, "/?health=healthy");
        var boxes = page.Locator("tbody").GetByRole(AriaRole.Checkbox);
        await boxes.Nth(1).WaitForAsync();
        await boxes.Nth(0).FocusAsync();
        await page.Keyboard.PressAsync("Space");
        await boxes.Nth(1).FocusAsync();
        await page.Keyboard.PressAsync("Space");
        await CheckAsync(page, "fleet-chosen");
        await page.GetByRole(AriaRole.Link, new() { Name = "Repair 2 servers…" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Repair 2 servers?" }).WaitForAsync();
        await page.ChooseAsync("Repair", "Sync only");
        await page.GetByText("2 servers can be repaired").First.WaitForAsync();
        var start = page.GetByRole(AriaRole.Button, new() { Name = "Repair 2 servers" });
        await Assertions.Expect(start).ToBeDisabledAsync();
        await CheckAsync(page, "several");

        await page.GetByLabel("Your password").FillAsync("not my password");
        await page.GetByRole(AriaRole.Button, new() { Name = "Confirm", Exact = true }).ClickAsync();
        await page.Locator("#confirm-again-error").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Confirm with a passkey" }).ClickAsync();
        await page.Locator("p[role='status'] .tone-good").WaitForAsync();
        await start.ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Repair of 2 servers" }).WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Show the repair of" }).First.WaitForAsync();
        await CheckAsync(page, "several-running");
        await Assertions.Expect(page.GetByText("2 repaired, 0 running").First).ToBeVisibleAsync();
    }

    private async Task SetRoleAsync(string name, Grant grant)
    {
        await using var scope = demo.Services.CreateOwnScope();
        var people = scope.ServiceProvider.GetRequiredService<PeopleService>();
        var person = Assert.Single((await people.ListAsync(name, 1, TestContext.Current.CancellationToken)).Value!.Items);
        Assert.True((await people.SetGrantsAsync(person.Id, [grant], TestContext.Current.CancellationToken)).IsSuccess);
    }

    private async Task OpenAsync(IPage page, string path)
    {
        await page.GotoAsync(new Uri(Address, path).ToString());
        await page.CircuitAsync();
    }

    private async Task SignOutAsync(IPage page)
    {
        await OpenAsync(page, "/account");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" }).WaitForAsync();
    }

    private static async Task FillSignInAsync(IPage page, string name)
    {
        await page.GetByLabel("Name").FillAsync(name);
        await page.GetByLabel("Password").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
    }

    /// <summary>Readable by everyone in light and dark, and no wider than a phone; with WSUS_PICTURES set, pictures for a person.</summary>
    private static async Task CheckAsync(IPage page, string name)
    {
        var problems = new List<string>();
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await page.SetSchemeAsync(scheme);
            foreach (var (size, viewport) in new[] { ("laptop", Viewport.Laptop), ("phone", Viewport.Phone) })
            {
                await page.SetViewportSizeAsync(viewport.Width, viewport.Height);
                var violations = await page.FindViolationsAsync();
                problems.AddRange(violations.Select(violation => $"{name} {scheme} {size}: {violation.Id}: {violation.Help}; {string.Join(" | ", violation.Nodes.Take(3).Select(node => node.Html))}"));
                var overflow = await page.OverflowAsync();
                if (overflow > 0)
                {
                    problems.Add($"{name} is {overflow} pixels too wide for a {size}.");
                }

                if (Environment.GetEnvironmentVariable("WSUS_PICTURES") is { Length: > 0 } folder)
                {
                    await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}-{scheme}-{size}.png") });
                }
            }
        }

        await page.SetSchemeAsync(ColorScheme.Light);
        await page.SetViewportSizeAsync(Viewport.Laptop.Width, Viewport.Laptop.Height);
        Assert.Empty(problems);
    }

    /// <summary>The code that an authenticator app shows now (RFC 6238).</summary>
    private static string Code(string key)
    {
        var bits = string.Concat(key.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant().Select(character => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(character, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        var secret = Enumerable.Range(0, bits.Length / 8).Select(index => Convert.ToByte(bits.Substring(index * 8, 8), 2)).ToArray();
        var step = BitConverter.GetBytes(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 30);
        Array.Reverse(step);
#pragma warning disable CA5350 // The apps know no other.
        var hash = HMACSHA1.HashData(secret, step);
#pragma warning restore CA5350
        var offset = hash[^1] & 15;
        var number = ((hash[offset] & 127) << 24) | (hash[offset + 1] << 16) | (hash[offset + 2] << 8) | hash[offset + 3];
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"http://\S+/first-admin\?code=\S+")]
    private static partial Regex FirstAdminLink();
}
