using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace WsusDashboard.EndToEnd.Tests.Jobs;

/// <summary>Eight o'clock, sixty sites: find what is new, repair a group, acknowledge another with a comment, assign a third, look at last night, print.</summary>
public sealed class EightOClockTests(EightOClock eight, Chromium chromium) : IClassFixture<EightOClock>, IClassFixture<Chromium>
{
    private const string Comment = "The network team knows <b>since seven</b>";

    private static readonly int[] Widths = [390, 683, 1024, 1366, 1920, 2560];

    private readonly List<string> _problems = [];
    private readonly List<string> _errors = [];

    [Theory(Explicit = true)]
    [InlineData(false)]
    [InlineData(true)]
    public Task Story_IsTold(bool withKeysAlone) => TellAsync(withKeysAlone, isWhole: false);

    /// <summary>At each stop of the story all widths, light and dark, forced colours, with and without motion. Minutes.</summary>
    [Theory(Explicit = true)]
    [InlineData(false)]
    [InlineData(true)]
    public Task Story_AtEveryWidthAndScheme_FitsAndIsReadable(bool withKeysAlone) => TellAsync(withKeysAlone, isWhole: true);

    private async Task TellAsync(bool withKeysAlone, bool isWhole)
    {
        using var rest = eight.Rest();
        var page = await eight.EnterAsync(chromium, _errors, movesFreely: isWhole && !withKeysAlone);
        var hand = new Hand(page, withKeysAlone);
        var causes = await ChooseAsync(rest);

        // What is new: the line on top says how many, and leads there.
        await Expect(page.Locator(".triage [data-cause]").First).ToBeVisibleAsync();
        Assert.True(int.Parse((await page.Locator(".triage").GetAttributeAsync("data-needing"))!, CultureInfo.InvariantCulture) > 0);
        await LookAsync(page, "fleet", isWhole);
        await hand.UseAsync(page.Locator(".triage .since a"));
        await Expect(page).ToHaveURLAsync(new Regex("/changes"));
        await LookAsync(page, "new", isWhole);
        await hand.GoToAsync("Fleet");

        // Repair a group: every plan stands there, and it starts once somebody has said that it's them.
        await hand.UseAsync((await GroupAsync(page, causes.Repaired)).Locator(".fix a.mud-button-root"));
        await Expect(page).ToHaveURLAsync(new Regex("/repairs/batch"));
        var password = page.GetByLabel("Your password");
        await LookAsync(page, "plan", isWhole, password);
        await hand.WriteAsync(password, EightOClock.Password);
        await hand.UseAsync(page.GetByRole(AriaRole.Button, new() { Name = "Confirm", Exact = true }));
        var start = page.Locator(".start .dialog-actions button");
        await Expect(start).ToBeEnabledAsync();
        await hand.UseAsync(start);
        await Expect(page.GetByRole(AriaRole.Heading, new() { NameRegex = new Regex("^Repair of ") })).ToBeVisibleAsync();
        await LookAsync(page, "repairing", isWhole);

        // Acknowledge another one, and say why.
        await hand.GoToAsync("Fleet");
        var known = await GroupAsync(page, causes.Acknowledged);
        await hand.UseAsync(known.Locator("button[aria-expanded]").First);
        await LookAsync(page, "acknowledging", isWhole, known.Locator("form"));
        await hand.WriteAsync(known.Locator("form textarea"), Comment);
        await hand.UseAsync(known.Locator("form button[type=submit]"));
        await Eventually.Async(() => rest.GetAsync("/api/v1/problems/groups?acknowledged=true"), groups => groups.GetProperty("items").EnumerateArray().Any(group => group.Text("causeId") == causes.Acknowledged));

        // Take a third one on.
        var taken = await GroupAsync(page, causes.Assigned);
        await hand.UseAsync(taken.Locator("button[aria-expanded]").Last);
        await hand.UseAsync(taken.Locator("form button[type=submit]"));
        await Expect(taken.Locator(".assigned")).ToContainTextAsync("you");
        await LookAsync(page, "assigned", isWhole);

        // Last night, and on paper.
        await hand.GoToAsync("Changes");
        await Expect(page).ToHaveURLAsync(new Regex("/changes"));
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
        await LookAsync(page, "last night", isWhole);
        _problems.AddRange(_errors);
        await PrintAsync(page);

        Assert.Empty(_problems);
    }

    /// <summary>Three causes that stand there now and that no other telling has touched: several servers that a repair cures, and two others.</summary>
    private static async Task<(string Repaired, string Acknowledged, string Assigned)> ChooseAsync(RestClient rest)
    {
        var groups = (await rest.GetAsync("/api/v1/problems/groups?acknowledged=false&pageSize=200")).GetProperty("items").EnumerateArray().Where(group => group.GetProperty("assignments").GetArrayLength() == 0).ToList();
        var repaired = groups.First(group => group.Number("repairableCount") > 1).Text("causeId");
        var others = groups.Select(group => group.Text("causeId")).Where(cause => cause != repaired).ToList();
        Assert.True(others.Count > 1, "There are too few problems for the story.");

        // From the end: the next telling finds a group to repair, too.
        return (repaired, others[^1], others[^2]);
    }

    /// <summary>A group of the board, unfolded where it lies below the first ones.</summary>
    private static async Task<ILocator> GroupAsync(IPage page, string cause)
    {
        var group = page.Locator($".triage [data-cause='{cause}']").First;
        await group.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await group.EvaluateAsync("element => element.closest('details')?.setAttribute('open', '')");
        return group;
    }

    /// <summary>Readable, and no wider than the window; the whole of it at every width and in every scheme.</summary>
    private async Task LookAsync(IPage page, string stop, bool isWhole, ILocator? ready = null)
    {
        await (ready ?? page.GetByRole(AriaRole.Heading, new() { Level = 1 }).First).WaitForAsync();
        await page.SettleAsync();
        _problems.AddRange(_errors.Select(error => $"{stop}: {error}"));
        foreach (var scheme in isWhole ? [ColorScheme.Light, ColorScheme.Dark] : new[] { ColorScheme.Light })
        {
            if (isWhole)
            {
                await page.SetSchemeAsync(scheme);
            }

            foreach (var width in isWhole ? Widths : [390])
            {
                await MeasureAsync(page, $"{stop}, {scheme}, {width}", width, isWhole && width is 390 or 2560);
            }
        }

        if (isWhole)
        {
            await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light, ForcedColors = ForcedColors.Active });
            foreach (var width in Widths)
            {
                await MeasureAsync(page, $"{stop}, forced colours, {width}", width, isRead: false);
            }

            _problems.AddRange((await page.EvaluateAsync<string[]>(PageTests.WithoutRing)).Select(element => $"{stop}, forced colours: no focus ring: {element}"));
            await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light, ForcedColors = ForcedColors.None });
        }

        await page.SetViewportSizeAsync(Viewport.Laptop.Width, Viewport.Laptop.Height);
        await page.SettleAsync();
        _problems.AddRange((await page.FindViolationsAsync()).Select(violation => $"{stop}: {violation.Id}: {violation.Nodes[0].Html}"));

        // What the measuring tools themselves put into the page is refused by its rules, and said there too.
        _errors.Clear();
    }

    private async Task MeasureAsync(IPage page, string where, int width, bool isRead)
    {
        await page.SetViewportSizeAsync(width, Viewport.Laptop.Height);
        await page.SettleAsync();
        if (await page.OverflowAsync() is > 0 and var tooWide)
        {
            _problems.Add($"{where}: {tooWide} pixels too wide: {await page.EvaluateAsync<string>(PageTests.Widest)}");
        }

        _problems.AddRange((await page.EvaluateAsync<string[]>(PageTests.Cut)).Select(element => $"{where}: cut off: {element}"));
        if (isRead)
        {
            _problems.AddRange((await page.FindViolationsAsync()).Select(violation => $"{where}: {violation.Id}: {violation.Nodes[0].Html}"));
        }
    }

    /// <summary>Paper has no bar, no buttons, and nothing that scrolls.</summary>
    private async Task PrintAsync(IPage page)
    {
        await page.EmulateMediaAsync(new() { Media = Media.Print });
        await Expect(page.Locator(".app-bar")).ToBeHiddenAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
        Assert.True(await page.OverflowAsync() <= 0);
        var pdf = await page.PdfAsync();
        Assert.True(pdf.Length > 10_000, $"The paper has {pdf.Length} bytes.");
        await page.EmulateMediaAsync(new() { Media = Media.Screen });
    }
}
