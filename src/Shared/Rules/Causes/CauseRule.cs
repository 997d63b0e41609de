using WsusDashboard.Shared.Errors;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules.Causes;

/// <summary>How much a piece of evidence weighs. A cause is likely from 60 on; certain needs 100, and more than one kind of evidence (see the README of the rules).</summary>
internal static class Weight
{
    /// <summary>It names the cause by itself.</summary>
    public const int Names = 100;

    public const int Strong = 60;

    /// <summary>It points to the cause, but everyday reasons of other kinds give the same line: possible alone, likely with something else.</summary>
    public const int Suggests = 50;

    public const int Supports = 30;

    /// <summary>Context: it never names anything, however many of its kind there are.</summary>
    public const int Hint = 10;

    public const int SpeaksAgainst = -10;
    public const int Contradicts = -60;
}

/// <summary>Where evidence comes from. Two of a kind have one witness between them: a log line and the error text that repeats it are not two.</summary>
internal enum EvidenceKind
{
    /// <summary>What the site says of a sync: wsyncmgr.log and the run's own error.</summary>
    Site = 0,

    /// <summary>What the site says when it sets WSUS up or checks it: WCM.log and WSUSCtrl.log.</summary>
    Configuration = 1,

    /// <summary>WSUS's history and SoftwareDistribution.log.</summary>
    Wsus = 2,

    /// <summary>HTTP.sys and IIS: HTTPERR and the web site's log.</summary>
    WebServer = 3,

    /// <summary>Windows events.</summary>
    Event = 4,

    /// <summary>What was read of pools, services, settings and counts.</summary>
    State = 5,

    /// <summary>Other servers, as the dashboard knows them.</summary>
    OtherServers = 6,

    /// <summary>What someone did through this product.</summary>
    Person = 7,
}

/// <summary>One piece of evidence and its weight; a negative weight speaks against the cause.</summary>
/// <param name="Evidence">What is shown.</param>
/// <param name="Weight">As in <see cref="Causes.Weight"/>.</param>
/// <param name="Kind">Whose witness it is.</param>
/// <param name="IsDecisive">By its nature it needs no second witness: a pool that is stopped while requests get 503, a service that isn't running.</param>
internal sealed record WeightedEvidence(Evidence Evidence, int Weight, EvidenceKind Kind, bool IsDecisive = false);

/// <summary>Where a sign is looked for.</summary>
internal enum SignPlace
{
    /// <summary>Wherever a sync's own error may stand.</summary>
    Anywhere = 0,

    /// <summary>In what tells of the way from the site to its own WSUS.</summary>
    SiteToWsus = 1,

    /// <summary>In what tells of the way from WSUS to its update source, or doesn't say of which way.</summary>
    WsusToSource = 2,

    /// <summary>In what the site's own database answered.</summary>
    SiteDatabase = 3,

    /// <summary>In what the site's maintenance of WSUS says, which fails no sync.</summary>
    Maintenance = 4,

    /// <summary>In what tells of the site's own WSUS, or doesn't say of which way: not in an answer of the update source.</summary>
    OwnWsus = 6,

    /// <summary>In the logs of HTTP.sys and IIS, where every client's request stands too.</summary>
    WebServer = 5,
}

/// <summary>What in an error or a log line speaks for a cause: a sign of any language, or words that are the same on every server.</summary>
/// <param name="Words">Any of these; null where the signs or the shape say all.</param>
/// <param name="What">What it is, for a person.</param>
/// <param name="Weight">As in <see cref="Causes.Weight"/>.</param>
/// <param name="Place">Where it counts.</param>
internal sealed record TextSign(PhraseSet? Words, string What, int Weight = Weight.Names, SignPlace Place = SignPlace.Anywhere)
{
    public TextSign(FailureSign signs, string what, int weight = Causes.Weight.Names, SignPlace place = SignPlace.Anywhere)
        : this((PhraseSet?)null, what, weight, place) => Signs = signs;

    public TextSign(Phrase[] words, string what, int weight = Causes.Weight.Names, SignPlace place = SignPlace.Anywhere)
        : this(new PhraseSet(words), what, weight, place)
    {
    }

    public TextSign(Func<string, bool> shape, string what, int weight = Causes.Weight.Names, SignPlace place = SignPlace.Anywhere)
        : this((PhraseSet?)null, what, weight, place) => Shape = shape;

    /// <summary>Any of these, or all of them where <see cref="NeedsAll"/>.</summary>
    public FailureSign Signs { get; init; }

    public bool NeedsAll { get; init; }

    /// <summary>True for a text of a form that words alone don't give; null where there is none.</summary>
    public Func<string, bool>? Shape { get; init; }

    /// <summary>The program names the cause itself, and nothing else writes these words.</summary>
    public bool IsDecisive { get; init; }

    public bool IsIn(LoggedStatement statement) => IsAt(statement.Route) && Speaks(statement);

    /// <summary>Whether the words say it, wherever they stand.</summary>
    public bool Speaks(LoggedStatement statement) =>
        ((statement.Signs & Signs) is var found && found != 0 && (!NeedsAll || found == Signs)) || Words?.IsIn(statement.Text) == true || Shape?.Invoke(statement.Text) == true;

    private bool IsAt(StatementRoute route) => Place switch
    {
        SignPlace.SiteToWsus => route is StatementRoute.SiteToWsus,
        SignPlace.OwnWsus => route is StatementRoute.SiteToWsus or StatementRoute.Unknown,
        SignPlace.WsusToSource => route is StatementRoute.WsusToSource or StatementRoute.Unknown,
        SignPlace.SiteDatabase => route is StatementRoute.SiteDatabase,
        SignPlace.Maintenance => route is StatementRoute.Maintenance,
        SignPlace.WebServer => route is StatementRoute.WebServer,
        _ => route is StatementRoute.Unknown or StatementRoute.SiteToWsus or StatementRoute.WsusToSource,
    };
}

/// <summary>One cause: what it is called, what speaks for it, where that is known from, what helps. Texts may hold {pool}, {source}, {proxy}, {point}, {limit}, {recycles}, {categories} and {server}.</summary>
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
