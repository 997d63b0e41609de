using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using MudBlazor;
using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Features.People;

/// <summary>Who may come in, and as what.</summary>
public sealed partial class PeoplePage
{
    private int _page = 1;
    private string? _name = "";
    private Role _role = Role.Viewer;
    private string _sites = "";
    private string? _error;
    private string? _link;
    private string _linkOf = "";
    private string? _edited;
    private Role _editedRole;
    private string _editedSites = "";

    [Inject]
    private PeopleService People { get; set; } = null!;

    [Inject]
    private Confirmation Confirmation { get; set; } = null!;

    [Inject]
    private ISnackbar Messages { get; set; } = null!;

    protected override void ReadAddress(string uri) =>
        _page = QueryHelpers.ParseQuery(new Uri(uri).Query).TryGetValue("page", out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var page) ? Math.Clamp(page, 1, 1_000_000) : 1;

    protected override async Task<Paged<PersonRow>?> LoadAsync(CancellationToken cancellationToken) => (await People.ListAsync(null, _page, cancellationToken)).Value;

    private static string StateOf(PersonRow person) => person.IsDisabled ? "disabled" : person.IsLocked ? "locked for a few minutes" : person.IsInvited ? "invited" : person.IsExternal ? "active, signs in elsewhere" : "active";

    private static string LinkToPage(int page) => Links.With(Links.People, ("page", page == 1 ? null : page.ToString(CultureInfo.InvariantCulture)));

    private async Task InviteAsync()
    {
        var outcome = await People.InviteAsync(_name ?? "", GrantLabels.Read(_role, _sites), CancellationToken.None);
        _error = outcome.Failure?.Message;
        if (outcome.IsSuccess)
        {
            ShowLink(outcome.Value, _name?.Trim() ?? "");
            _name = "";
            await RefreshAsync();
        }
    }

    private async Task InviteAgainAsync(PersonRow person)
    {
        var outcome = await People.InviteAgainAsync(person.Id, CancellationToken.None);
        _error = outcome.Failure?.Message;
        if (outcome.IsSuccess)
        {
            ShowLink(outcome.Value, person.Name);
        }
    }

    private void ShowLink(string path, string name) => (_link, _linkOf) = (new Uri(new Uri(Navigation.BaseUri), path).ToString(), name);

    private void Edit(PersonRow person)
    {
        _edited = person.Id;
        var first = person.Grants.Count > 0 ? person.Grants[0] : new Grant(Role.Viewer, SiteScope.WholeFleet);
        (_editedRole, _editedSites) = (first.Role, string.Join(", ", first.Scope.Sites));
    }

    private async Task SaveAsync(PersonRow person)
    {
        var outcome = await People.SetGrantsAsync(person.Id, GrantLabels.Read(_editedRole, _editedSites), CancellationToken.None);
        Messages.Show(outcome.Failure?.Message ?? $"Saved the role for {person.Name}.", !outcome.IsSuccess);
        if (outcome.IsSuccess)
        {
            _edited = null;
            await RefreshAsync();
        }
    }

    private Task SignOutAsync(PersonRow person) => AskAsync(
        new() { Title = $"Sign {person.Name} out everywhere?", Consequence = $"This signs {person.Name} out of every browser immediately. API tokens keep working.", Verb = $"Sign {person.Name} out" },
        () => People.SignOutEverywhereAsync(person.Id, CancellationToken.None));

    private Task SetDisabledAsync(PersonRow person) => AskAsync(
        new()
        {
            Title = person.IsDisabled ? $"Enable {person.Name}?" : $"Disable {person.Name}?",
            Consequence = person.IsDisabled ? $"{person.Name} can sign in again, with the same roles as before." : $"This signs {person.Name} out everywhere immediately and blocks sign-in. {person.Name}'s API tokens stop working. Running repairs continue.",
            Verb = person.IsDisabled ? $"Enable {person.Name}" : $"Disable {person.Name}",
            IsDangerous = !person.IsDisabled,
        },
        () => People.SetDisabledAsync(person.Id, !person.IsDisabled, CancellationToken.None));

    private async Task AskAsync(ConfirmRequest question, Func<Task<Outcome<Done>>> verb)
    {
        if (await Confirmation.AskAsync(question) is null)
        {
            return;
        }

        var outcome = await verb();
        Messages.Show(outcome.Failure?.Message ?? $"{question.Verb}: done.", !outcome.IsSuccess);
        await RefreshAsync();
    }
}
