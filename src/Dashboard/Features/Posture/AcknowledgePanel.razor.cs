using System.Globalization;
using Microsoft.AspNetCore.Components;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.Posture;

/// <summary>The form in which someone accepts a finding until the end of a day of the viewer.</summary>
public sealed partial class AcknowledgePanel
{
    private const int OfferedDays = 30;

    private DateTime? _until;
    private string? _reason = "";
    private string? _failure;
    private string? _done;
    private bool _isOpen;
    private bool _isBusy;

    [Inject]
    private PostureAcknowledgements Acknowledgements { get; set; } = null!;

    [Inject]
    private Viewer Viewer { get; set; } = null!;

    [Inject]
    private TimeProvider TimeProvider { get; set; } = null!;

    [Parameter, EditorRequired]
    public string FindingId { get; set; } = "";

    [Parameter, EditorRequired]
    public string Title { get; set; } = "";

    /// <summary>One server; null = all that have it and that the caller may change.</summary>
    [Parameter]
    public int? ServerId { get; set; }

    /// <summary>Of all, those of this site.</summary>
    [Parameter]
    public string? Site { get; set; }

    /// <summary>How many that is, as the end of a sentence; empty for one server.</summary>
    [Parameter]
    public string Scope { get; set; } = "";

    [Parameter]
    public bool CanAct { get; set; }

    [Parameter]
    public EventCallback OnChanged { get; set; }

    private DateOnly Today => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(TimeProvider.GetUtcNow(), Viewer.Zone).DateTime);

    /// <summary>The end of this day is not more than a year ahead.</summary>
    private DateOnly Last => Today.AddDays(NewPostureAcknowledgement.MaximumDays - 1);

    /// <summary>The first moment of the day after, in a zone; the first one there is, where the clock jumps over midnight.</summary>
    internal static DateTimeOffset EndOf(DateOnly day, TimeZoneInfo zone)
    {
        var midnight = day.AddDays(1).ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(midnight))
        {
            midnight = midnight.AddMinutes(15);
        }

        return new(TimeZoneInfo.ConvertTimeToUtc(midnight, zone), TimeSpan.Zero);
    }

    private static DateTime Midnight(DateOnly day) => day.ToDateTime(TimeOnly.MinValue);

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private void Open() => (_isOpen, _until, _reason, _failure, _done) = (true, Midnight(Today.AddDays(OfferedDays)), "", null, null);

    private void Close() => (_isOpen, _failure) = (false, null);

    private async Task SaveAsync()
    {
        if (_isBusy)
        {
            return;
        }

        // A date field can hold any day: what is beyond the years of a calendar can't be counted with.
        if (_until is not { } chosen || DateOnly.FromDateTime(chosen) is var until && (until < Today || until > Last))
        {
            _failure = $"{(_until is { } day ? Day(DateOnly.FromDateTime(day)) : "No day")} isn't allowed. Allowed: {Day(Today)} to {Day(Last)}.";
            return;
        }

        _isBusy = true;
        var said = await Acknowledgements.AddAsync(FindingId, new(EndOf(DateOnly.FromDateTime(chosen), Viewer.Zone), _reason ?? ""), ServerId, Site, CancellationToken.None);
        _isBusy = false;
        _failure = said.Failure?.Message;
        if (said.IsSuccess)
        {
            Close();
            _done = $"Accepted on {Wording.Count(said.Value.Servers.Count, "server")}{(said.Value.LeftOut > 0 ? $"; {Wording.Number(said.Value.LeftOut)} left out, because you may only look at them" : "")}.";
            await OnChanged.InvokeAsync();
        }
    }
}
