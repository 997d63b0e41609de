using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Security.Accounts;

namespace WsusDashboard.Dashboard.Problems;

/// <summary>The people that problems are assigned to, as their accounts are now. From memory.</summary>
internal sealed class Assignees(AccessCache people)
{
    /// <summary>The assignment with the name and the state of now.</summary>
    /// <param name="assignment">As it was stored.</param>
    /// <param name="sites">The sites that it is for.</param>
    public ProblemAssignment AsTheyAre(ProblemAssignment assignment, IReadOnlyCollection<string> sites) => people.FindPerson(assignment.PersonId) switch
    {
        null => assignment with { State = AssigneeState.Deleted },
        { IsDisabled: true } person => assignment with { Name = person.Name, State = AssigneeState.Disabled },
        var person => assignment with { Name = person.Name, State = sites.All(person.ScopeOf(Permission.View).Permits) ? AssigneeState.Active : AssigneeState.WithoutAccess },
    };

    /// <summary>The account; null where there is none, or where it is disabled.</summary>
    public KnownPerson? Find(string personId) => people.FindPerson(personId) is { IsDisabled: false } person ? person : null;

    /// <summary>The name of an account now, also of a disabled one; null where there is none.</summary>
    public string? FindName(string personId) => people.FindPerson(personId)?.Name;

    /// <summary>Who may act on one of these sites, by name.</summary>
    public IReadOnlyList<KnownPerson> For(IReadOnlyCollection<string> sites) =>
    [
        .. people.GetPeople()
            .Where(person => person.ScopeOf(Permission.Operate) is var scope && sites.Any(scope.Permits))
            .OrderBy(person => person.Name, StringComparer.OrdinalIgnoreCase)
            .ThenBy(person => person.Id, StringComparer.Ordinal),
    ];
}
