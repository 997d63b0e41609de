using System.Text.RegularExpressions;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Shared.Rules.Causes;

/// <summary>How much a piece of evidence weighs. A cause is likely from 60 on, certain from 100 on.</summary>
internal static class Weight
{
    /// <summary>It names the cause by itself.</summary>
    public const int Names = 100;

    public const int Strong = 60;
    public const int Supports = 30;

    /// <summary>Context: it never names anything, however many of its kind there are.</summary>
    public const int Hint = 10;

    public const int SpeaksAgainst = -10;
    public const int Contradicts = -60;
}

/// <summary>One piece of evidence and its weight; a negative weight speaks against the cause.</summary>
internal sealed record WeightedEvidence(Evidence Evidence, int Weight);

/// <summary>Where a sign is looked for.</summary>
internal enum SignPlace
{
    Anywhere = 0,

    /// <summary>In what tells of the way from the site to its own WSUS.</summary>
    SiteToWsus = 1,

    /// <summary>In what tells of the way from WSUS to its update source.</summary>
    WsusToSource = 2,
}

/// <summary>Words of an error or a log line that speak for a cause.</summary>
/// <param name="Pattern">A regular expression without a look at what is before or behind; upper and lower case are the same.</param>
/// <param name="What">What it is, for a person.</param>
/// <param name="Weight">As in <see cref="Causes.Weight"/>.</param>
/// <param name="Place">Where it counts.</param>
internal sealed record TextSign(string Pattern, string What, int Weight = Weight.Names, SignPlace Place = SignPlace.Anywhere)
{
    /// <summary>Takes as long as the text is, whatever stands in it; and what is looked at is short (see <see cref="SyncRunAnalysis.LongestText"/>).</summary>
    private readonly Regex _regex = new(Pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    public bool IsIn(LoggedStatement saying) =>
        (Place is SignPlace.Anywhere || (Place is SignPlace.SiteToWsus) == saying.IsSiteToWsus) && _regex.IsMatch(saying.Text);
}

/// <summary>One cause: what it is called, what speaks for it, where that is known from, what helps. Texts may hold {pool}, {source}, {proxy}, {point}, {limit}, {recycles} and {server}.</summary>
internal sealed record CauseRule
{
    /// <summary>Its number in configmgr.md, 6b.</summary>
    public required int Number { get; init; }

    /// <summary>One of <see cref="FindingIds"/>.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>What it means, in one or two sentences.</summary>
    public required string Meaning { get; init; }

    /// <summary>How a sentence goes on after "because".</summary>
    public required string Because { get; init; }

    public required string Helps { get; init; }

    public required string LookNext { get; init; }

    public required string Source { get; init; }

    /// <summary>Among causes that are equally sure: the reason comes before what follows from it. Higher is first.</summary>
    public required int Precedence { get; init; }

    public CauseQuestion Question { get; init; }

    /// <summary>Numbers of the run's error that name it.</summary>
    public IReadOnlyList<uint> ErrorCodes { get; init; } = [];

    public IReadOnlyList<TextSign> Signs { get; init; } = [];

    /// <summary>What else speaks for it or against it.</summary>
    public Func<SyncRunAnalysis, IEnumerable<WeightedEvidence>>? Look { get; init; }

    /// <summary>False where what is found makes no sense for this server, whatever the words say.</summary>
    public Func<SyncRunAnalysis, bool>? AppliesTo { get; init; }

    /// <summary>The playbook that helps, where one really does.</summary>
    public Func<SyncRunAnalysis, string?>? Playbook { get; init; }
}
