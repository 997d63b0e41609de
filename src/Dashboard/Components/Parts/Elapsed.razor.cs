using Microsoft.AspNetCore.Components;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Components.Parts;

/// <summary>A time that counts while something runs, and stands still when it has ended.</summary>
public sealed partial class Elapsed : IDisposable
{
    private string _text = "";
    private bool _listening;

    [Inject]
    private CircuitClock Clock { get; set; } = null!;

    [Parameter, EditorRequired]
    public DateTimeOffset? From { get; set; }

    [Parameter]
    public DateTimeOffset? To { get; set; }

    public void Dispose() => Clock.Forget(OnTick);

    protected override void OnParametersSet() => _text = Text();

    protected override void OnAfterRender(bool firstRender)
    {
        var shouldListen = From is not null && To is null;
        if (shouldListen != _listening)
        {
            _listening = shouldListen;
            if (shouldListen)
            {
                Clock.Listen(OnTick);
            }
            else
            {
                Clock.Forget(OnTick);
            }
        }
    }

    private string Text() => (From, To) switch
    {
        ({ } from, { } to) => Wording.Duration(to - from),
        ({ } from, null) => Wording.Elapsed(Clock.Now - from),
        _ => "",
    };

    private void OnTick()
    {
        var text = Text();
        if (text != _text)
        {
            _ = InvokeAsync(() =>
            {
                _text = text;
                StateHasChanged();
            });
        }
    }
}
