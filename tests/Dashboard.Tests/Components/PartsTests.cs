using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Utilities;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Components.Theme;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Features.Syncs;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Components;

public sealed class PartsTests
{
    private static readonly DateTimeOffset Now = PageHost.Start;

    [Theory]
    [InlineData(3, "just now")]
    [InlineData(27, "20 s ago")]
    [InlineData(260, "4 min ago")]
    [InlineData(7_800, "2 h 10 min ago")]
    [InlineData(532_800, "6 d 4 h ago")]
    [InlineData(-7_200, "in 2 h")]
    public void AgeWords_Span_InWordsOfAPerson(int seconds, string expected) =>
        Assert.Equal(expected, Age.Words(Now.AddSeconds(-seconds), Now, isLength: false, isShort: false));

    [Fact]
    public async Task Age_TimePasses_CountsByItself()
    {
        await using var host = await PageHost.StartAsync();
        var age = host.Render<Age>(parameters => parameters.Add(part => part.At, Now));
        Assert.Contains("just now", age.Markup, StringComparison.Ordinal);

        host.Time.Advance(TimeSpan.FromMinutes(4));

        age.WaitForAssertion(() => Assert.Contains("4 min ago", age.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Age_Stale_SaysSoInWords_AndUtcOnHover()
    {
        await using var host = await PageHost.StartAsync();
        host.Services.GetRequiredService<Viewer>().UseTimeZone("Europe/Zurich");

        var age = host.Render<Age>(parameters => parameters.Add(part => part.At, Now).Add(part => part.IsStale, true).Add(part => part.StaleReason, "The agent does not answer."));

        Assert.NotEmpty(age.Find("time.stale .visually-hidden").TextContent);
        Assert.Equal("2026-05-04 10:00:00 (Europe/Zurich) · 2026-05-04 08:00:00 UTC\nThe agent does not answer.", age.Find("time").GetAttribute("title"));
    }

    [Theory]
    [InlineData("Europe/Zurich", "Sync of 2026-05-04 10:00, valid until 2027-01-01 00:59:59.")]
    [InlineData("America/St_Johns", "Sync of 2026-05-04 05:30, valid until 2026-12-31 20:29:59.")]
    [InlineData(null, "Sync of 2026-05-04 08:00 UTC, valid until 2026-12-31 23:59:59 UTC.")]
    public void ViewerInText_UtcTimesOfASentence_AreThoseOfTheViewersZone(string? zone, string expected)
    {
        var viewer = new Viewer();
        viewer.UseTimeZone(zone);

        Assert.Equal(expected, viewer.InText("Sync of 2026-05-04 08:00 UTC, valid until 2026-12-31 23:59:59 UTC."));
    }

    [Theory]
    [InlineData("2026-13-40 08:00 UTC")]
    [InlineData("UTC 2026-05-04 08:00")]
    [InlineData("")]
    public void ViewerInText_WhatIsNoTime_StaysAsItIs(string text)
    {
        var viewer = new Viewer();
        viewer.UseTimeZone("Europe/Zurich");

        Assert.Equal(text, viewer.InText(text));
    }

    [Fact]
    public async Task Clock_LastListenerGoes_TimerStops()
    {
        await using var host = await PageHost.StartAsync();
        var clock = host.Services.GetRequiredService<CircuitClock>();
        var ticks = 0;
        void Count() => ticks++;
        clock.Listen(Count);
        host.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(2, ticks);

        clock.Forget(Count);
        host.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(2, ticks);
    }

    [Theory]
    [InlineData(true, false, "a moment")]
    [InlineData(true, true, "now")]
    [InlineData(false, false, "in 3 h")]
    public void Age_TimeThatLiesAhead_IsNeverALength(bool isLength, bool isShort, string expected) =>
        Assert.Equal(expected, Age.Words(Now.AddHours(3), Now, isLength, isShort));

    [Fact]
    public async Task SyncStrip_Results_AreToldInWords()
    {
        await using var host = await PageHost.StartAsync();
        StripCell[] cells = [new(SyncResult.Succeeded, Now, TimeSpan.FromMinutes(4), ""), new(SyncResult.Cancelled, Now, null, "<b>ended</b>"), new(SyncResult.Cancelled, Now, null, "")];

        var strip = host.Render<SyncStrip>(parameters => parameters.Add(part => part.Cells, cells));

        Assert.Equal("Last 3 syncs, oldest first: 2 cancelled, 1 succeeded", strip.Find("svg").GetAttribute("aria-label"));
        Assert.Contains("<b>ended</b>", strip.FindAll("title")[1].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void SyncsAddress_RoundTrip_KeepsEverything()
    {
        var address = new SyncsAddress { Days = 90, Site = "BRN", ServerId = 7, Result = SyncResult.Cancelled, Day = new DateOnly(2026, 5, 3), Page = 4 };

        Assert.Equal(address, SyncsAddress.FromUri($"http://localhost{address.ToUri()}"));
    }

    [Theory]
    [InlineData("?days=12&day=yesterday&result=9&page=-3&server=x")]
    [InlineData("?days=&site=")]
    public void SyncsAddress_CannotBeRead_FallsBackToTheDefault(string query) =>
        Assert.Equal(new SyncsAddress(), SyncsAddress.FromUri($"http://localhost/syncs{query}"));

    [Fact]
    public async Task Confirmation_AskedTwice_TheFirstIsAnsweredWithNo()
    {
        var confirmation = new Confirmation();
        var first = confirmation.AskAsync(new ConfirmRequest { Title = "One?", Consequence = "", Verb = "One" });
        var second = confirmation.AskAsync(new ConfirmRequest { Title = "Two?", Consequence = "", Verb = "Two" });

        confirmation.Answer(new ConfirmAnswer("CHG-1"));

        Assert.Null(await first);
        Assert.Equal("CHG-1", (await second)?.Reason);
    }

    [Fact]
    public void Theme_TextAndStates_AreReadableOnTheirSurfaces()
    {
        MudBlazor.Palette[] palettes = [DashboardTheme.LightPalette, DashboardTheme.DarkPalette];
        foreach (var palette in palettes)
        {
            foreach (var surface in new[] { palette.Surface, palette.Background, palette.BackgroundGray, palette.TableHover })
            {
                foreach (var text in new[] { palette.TextPrimary, palette.TextSecondary, palette.Primary, palette.Success, palette.Warning, palette.Error, palette.Info })
                {
                    Assert.True(Contrast(text, surface) >= 4.5, $"{text} on {surface} has a contrast of {Contrast(text, surface):0.00}");
                }
            }

            Assert.True(Contrast(palette.PrimaryContrastText, palette.Primary) >= 4.5);
            Assert.True(Contrast(palette.ErrorContrastText, palette.Error) >= 4.5);
        }
    }

    /// <summary>WCAG 2.2, relative luminance and contrast ratio.</summary>
    private static double Contrast(MudColor first, MudColor second)
    {
        var (light, dark) = (Math.Max(Luminance(first), Luminance(second)), Math.Min(Luminance(first), Luminance(second)));
        return (light + 0.05) / (dark + 0.05);
    }

    private static double Luminance(MudColor color) => (0.2126 * Linear(color.R)) + (0.7152 * Linear(color.G)) + (0.0722 * Linear(color.B));

    private static double Linear(byte channel)
    {
        var share = channel / 255.0;
        return share <= 0.04045 ? share / 12.92 : Math.Pow((share + 0.055) / 1.055, 2.4);
    }
}
