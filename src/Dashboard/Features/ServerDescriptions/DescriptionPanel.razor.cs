using Microsoft.AspNetCore.Components;
using WsusDashboard.Dashboard.Features.Tags;
using WsusDashboard.Dashboard.Live;

namespace WsusDashboard.Dashboard.Features.ServerDescriptions;

/// <summary>Reads the description when it is shown and when somebody else changed it; what is being typed stays.</summary>
public sealed partial class DescriptionPanel : IDisposable
{
    private const string Nobody = "";
    private const string Other = "other";

    private static readonly string TagHelp = $"At most {TagRules.MaximumOfAServer}; each {TagRules.Allowed}.";

    private readonly CancellationTokenSource _gone = new();
    private ServerDescriptionJson? _shown;
    private IReadOnlyList<ServerOwner> _people = [];
    private (int ServerId, long Revision) _read = (0, -1);
    private string _tags = "";
    private string _owner = Nobody;
    private string _ownerName = "";
    private string _notes = "";
    private string? _problem;
    private bool _isEditing;
    private bool _isBusy;

    [Inject]
    private ServerDescriptionService Service { get; set; } = null!;

    [Parameter, EditorRequired]
    public int ServerId { get; set; }

    [Parameter, EditorRequired]
    public string Site { get; set; } = "";

    /// <summary>Of the description that the live fleet has: another number and it is read again.</summary>
    [Parameter, EditorRequired]
    public long Revision { get; set; }

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        if (_read == (ServerId, Revision) || _isEditing)
        {
            return;
        }

        _read = (ServerId, Revision);
        await ReadAsync();
    }

    private async Task ReadAsync()
    {
        try
        {
            var read = await Service.GetAsync(ServerId, _gone.Token);
            (_shown, _problem) = (read.Value ?? _shown, read.Failure?.Message);
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            // The panel has gone.
        }
    }

    private void Edit()
    {
        var owner = _shown!.Owner;
        _people = [.. Service.GetPeople(Site)];
        if (owner is { PersonId: not null } && _people.All(person => person.PersonId != owner.PersonId))
        {
            _people = [.. _people, owner];
        }

        (_tags, _notes, _problem, _isEditing) = (string.Join(", ", _shown.Tags), _shown.Notes, null, true);
        (_owner, _ownerName) = owner switch
        {
            null => (Nobody, ""),
            { PersonId: { } id } => (id, ""),
            _ => (Other, owner.Name),
        };
    }

    private string NameOf(string? owner) => owner switch
    {
        null or Nobody => "nobody",
        Other => "someone else…",
        _ => _people.FirstOrDefault(person => person.PersonId == owner)?.Name ?? owner,
    };

    private async Task CancelAsync()
    {
        _isEditing = false;
        await ReadAsync();
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
            var saved = await Service.ChangeAsync(ServerId, ToChange(), _shown!.Revision, _gone.Token);
            _problem = saved.Failure?.Message;
            if (saved.IsSuccess)
            {
                (_shown, _isEditing) = (saved.Value, false);
            }
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            // The panel has gone; what was stored stays.
        }
        finally
        {
            _isBusy = false;
        }
    }

    private DescriptionChange ToChange() => new(
        [.. _tags.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)],
        _owner is Nobody or Other || _owner == _shown!.Owner?.PersonId ? null : _owner,
        _owner is Nobody ? "" : _owner is Other ? _ownerName : null,
        _notes);
}
