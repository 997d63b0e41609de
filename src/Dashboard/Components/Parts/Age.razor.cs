using Microsoft.AspNetCore.Components;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Components.Parts;

/// <summary>How long ago: relative, counting by itself, the absolute time in the viewer's zone and in UTC on hover; grey with a clock where it is stale.</summary>
public sealed partial class Age : IDisposable
{
    private string _text = "";
    private bool _listening;

    [Inject]
    private CircuitClock Clock { get; set; } = null!;

    [Inject]
    private Viewer Viewer { get; set; } = null!;

    [Parameter, EditorRequired]
    public DateTimeOffset? At { get; set; }

    /// <summary>True where what this time speaks of is older than it may be.</summary>
    [Parameter]
    public bool IsStale { get; set; }

    /// <summary>Said on hover where it is stale.</summary>
    [Parameter]
    public string? StaleReason { get; set; }

    /// <summary>Before the time: "since ", "read ".</summary>
    [Parameter]
    public string Prefix { get; set; } = "";

    /// <summary>Without "ago": the length alone, as in "since 4 min".</summary>
    [Parameter]
    public bool IsLength { get; set; }

    /// <summary>The largest unit only.</summary>
    [Parameter]
    public bool IsShort { get; set; }

    /// <summary>What stands there where no time is known.</summary>
    [Parameter]
    public string Missing { get; set; } = "never";

    [Parameter]
    public string Class { get; set; } = "";

    /// <summary>"just now", "20 s ago", "4 min ago", "6 d 4 h ago", "in 3 h".</summary>
    public static string Words(DateTimeOffset at, DateTimeOffset now, bool isLength, bool isShort)
    {
        var span = now - at;
        // A length is never negative: where it would be, the clock of a server is ahead of ours.
        if (span < TimeSpan.FromSeconds(-2) && !isLength)
        {
            return $"in {Wording.LargestUnit(-span)}";
        }

        if (span < TimeSpan.FromSeconds(10))
        {
            return !isLength ? "just now" : isShort ? "now" : "a moment";
        }

        var rounded = span < TimeSpan.FromMinutes(1) ? TimeSpan.FromSeconds(Math.Floor(span.TotalSeconds / 10) * 10)
            : span < TimeSpan.FromHours(1) ? TimeSpan.FromMinutes(Math.Floor(span.TotalMinutes))
            : span;
        var length = isShort ? Wording.LargestUnit(rounded) : Wording.Duration(rounded);
        return isLength ? length : $"{length} ago";
    }

    public void Dispose() => Clock.Forget(OnTick);

    protected override void OnParametersSet() => _text = At is { } at ? Words(at, Clock.Now, IsLength, IsShort) : "";

    protected override void OnAfterRender(bool firstRender)
    {
        if (!_listening)
        {
            _listening = true;
            Clock.Listen(OnTick);
        }
    }

    private string Hover(DateTimeOffset at) => IsStale && StaleReason is { Length: > 0 } ? $"{Viewer.Hover(at)}\n{StaleReason}" : Viewer.Hover(at);

    private void OnTick()
    {
        if (At is { } at && Words(at, Clock.Now, IsLength, IsShort) is var text && text != _text)
        {
            _ = InvokeAsync(() =>
            {
                _text = text;
                StateHasChanged();
            });
        }
    }
}
