using System.Globalization;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.Problems;

/// <summary>Asks for an end, a comment, a reason or a person, and decides about one problem or about those of a group.</summary>
public sealed partial class TriageForm : IDisposable
{
    private const int ListedPeople = 200;

    private readonly CancellationTokenSource _gone = new();
    private IReadOnlyList<AssigneeJson> _people = [];
    private MudSelect<string>? _first;
    private DateTime? _at;
    private string? _end = "24";
    private string? _text = "";
    private string? _person = "";
    private string? _failure;
    private int _others;
    private bool _isBusy;

    [Inject]
    private ProblemTriageService Triage { get; set; } = null!;

    [Inject]
    private Caller Caller { get; set; } = null!;

    [Inject]
    private Viewer Viewer { get; set; } = null!;

    [Inject]
    private TimeProvider TimeProvider { get; set; } = null!;

    [Parameter, EditorRequired]
    public TriageAction Action { get; set; }

    /// <summary>The problems, as they are shown.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<TriageTarget> Targets { get; set; } = [];

    /// <summary>What it is about, for the button: "10 servers", "this problem".</summary>
    [Parameter, EditorRequired]
    public string Subject { get; set; } = "";

    /// <summary>The form has done its work; what there is to say of it, or null where nothing was done.</summary>
    [Parameter]
    public EventCallback<string?> OnClosed { get; set; }

    private IEnumerable<(string Value, string Name)> Offered =>
        [.. _people.All(person => person.PersonId != OwnId) && OwnId.Length > 0 ? [(OwnId, "me")] : Array.Empty<(string, string)>(), .. _people.Select(person => (person.PersonId, person.PersonId == OwnId ? "me" : person.Name))];

    private string OwnId => Caller.Identity.PersonId;

    private string Consequence => Action switch
    {
        TriageAction.Acknowledge => "It ends by itself if the problem gets worse, another server gets it, or it comes back. Everyone who can see the servers sees your name and comment.",
        TriageAction.Silence => "Nothing alerts for it until then. The problem stays on the pages.",
        _ => "",
    };

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        _at = TimeZoneInfo.ConvertTime(TimeProvider.GetUtcNow().AddDays(1), Viewer.Zone).Date.AddHours(18);
        if (Action != TriageAction.Assign || Targets.Count == 0)
        {
            return;
        }

        try
        {
            var people = await Triage.GetAssigneesAsync(Targets[0].ProblemId, 1, ListedPeople, _gone.Token);
            (_people, _failure) = (people.Value?.Items ?? [], people.Failure?.Message);
            _others = Math.Max(0, (people.Value?.Total ?? 0) - ListedPeople);
        }
        catch (Exception exception) when (Data.StorageFault.Of(exception) != Data.StorageProblem.None)
        {
            _failure = "The list of people can't be read right now. Try again later.";
        }

        _person = OwnId.Length > 0 ? OwnId : _people.Count > 0 ? _people[0].PersonId : "";
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender && _first is not null)
        {
            await _first.FocusAsync();
        }
    }

    private async Task SaveAsync()
    {
        if (_isBusy)
        {
            return;
        }

        _isBusy = true;
        try
        {
            var outcome = await DecideAsync();
            _failure = outcome.Failure?.Message;
            if (outcome.IsSuccess)
            {
                await OnClosed.InvokeAsync(Describe(outcome.Value));
            }
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            // The form has gone.
        }
        finally
        {
            _isBusy = false;
        }
    }

    private Task<Outcome<TriageResult>> DecideAsync() => Action switch
    {
        TriageAction.Acknowledge => Triage.AcknowledgeAsync(Targets, End(), _text ?? "", _gone.Token),
        TriageAction.Silence => Triage.SilenceAsync(Targets, End(), _text ?? "", _gone.Token),
        _ => Triage.AssignAsync(Targets, _person ?? "", _gone.Token),
    };

    /// <summary>What was done stays done when the form goes.</summary>
    private string Describe(TriageResult result)
    {
        var done = Action switch
        {
            TriageAction.Acknowledge => "acknowledged",
            TriageAction.Silence => "silenced",
            _ => $"assigned to {(_person == OwnId ? "you" : _people.FirstOrDefault(person => person.PersonId == _person)?.Name)}",
        };
        return $"{Wording.Count(result.Changed, "problem")} {done}.{(result.Failures.Count > 0 ? $" {Wording.Number(result.Failures.Count)} not: {result.Failures[0].Message}" : "")}";
    }

    private string NameOf(string? personId) => Offered.FirstOrDefault(offered => offered.Value == personId).Name ?? "";

    private string EndWord(string? end) => TriageLabels.EndsOf(Action).FirstOrDefault(known => known.Value == end).Word ?? "";

    private TriageEnd End() => _end switch
    {
        TriageLabels.UntilItChanges => new(UntilItChanges: true),
        TriageLabels.AtTime => new(Until: _at is { } at ? ToUtc(at) : null),
        _ => new(Hours: int.Parse(_end ?? "", CultureInfo.InvariantCulture)),
    };

    private DateTimeOffset ToUtc(DateTime local)
    {
        // The hour that a zone leaves out in spring is taken for the one after it.
        var time = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        return new(TimeZoneInfo.ConvertTimeToUtc(Viewer.Zone.IsInvalidTime(time) ? time.AddHours(1) : time, Viewer.Zone), TimeSpan.Zero);
    }
}
