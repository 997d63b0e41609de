using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Posture;

namespace WsusDashboard.Dashboard.Features.Posture;

/// <summary>Which findings about the fleet's posture, and which page of them. What the page shows stands in its address.</summary>
public sealed record PostureQuery
{
    public const int MaximumPageSize = 200;
    public const int MaximumFindingLength = 60;

    public PostureKind? Kind { get; init; }

    /// <summary>At least this severe.</summary>
    public PostureSeverity? Severity { get; init; }

    /// <summary>Exactly this answer.</summary>
    public PostureAnswer? Answer { get; init; }

    public string? Site { get; init; }

    public int? ServerId { get; init; }

    /// <summary>Id of a finding.</summary>
    public string? Finding { get; init; }

    /// <summary>True: only what someone has accepted; false: only what nobody has.</summary>
    public bool? IsAcknowledged { get; init; }

    /// <summary>From 1.</summary>
    public int Page { get; init; } = 1;

    public int PageSize { get; init; } = 50;

    /// <summary>Page of the calendar, from 1.</summary>
    public int CalendarPage { get; init; } = 1;

    /// <summary>True where anything narrows the list.</summary>
    public bool IsFiltered => Kind is not null || Severity is not null || Answer is not null || Site is not null || ServerId is not null || Finding is not null || IsAcknowledged is not null;

    /// <summary>Reads a page's address; what can't be read there is left out, so that an old link still opens.</summary>
    public static PostureQuery FromUri(string uri)
    {
        var fields = QueryHelpers.ParseQuery(new Uri(uri).Query);
        return new()
        {
            Kind = Word<PostureKind>("kind"),
            Severity = Word<PostureSeverity>("severity"),
            Answer = Word<PostureAnswer>("answer"),
            Site = Text("site", ServerInput.MaximumSiteLength),
            ServerId = Number("server"),
            Finding = Text("finding", MaximumFindingLength),
            IsAcknowledged = bool.TryParse(Text("acknowledged", 5), out var acknowledged) ? acknowledged : null,
            Page = Math.Clamp(Number("page") ?? 1, 1, 1_000_000),
            CalendarPage = Math.Clamp(Number("calendar") ?? 1, 1, 1_000_000),
        };

        string? Text(string name, int most) => fields.TryGetValue(name, out var text) && text.ToString() is { Length: > 0 } value && value.Length <= most ? value : null;

        int? Number(string name) => int.TryParse(Text(name, 10), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

        T? Word<T>(string name)
            where T : struct, Enum => Enum.TryParse<T>(Text(name, 30), ignoreCase: true, out var value) && Enum.IsDefined(value) ? value : null;
    }

    /// <summary>The address of this view, with only what differs from the default.</summary>
    public string ToUri() => Links.With(
        Links.Posture,
        ("kind", Word(Kind)),
        ("severity", Word(Severity)),
        ("answer", Word(Answer)),
        ("site", Site),
        ("server", ServerId?.ToString(CultureInfo.InvariantCulture)),
        ("finding", Finding),
        ("acknowledged", IsAcknowledged switch { true => "true", false => "false", null => null }),
        ("page", Page == 1 ? null : Page.ToString(CultureInfo.InvariantCulture)),
        ("calendar", CalendarPage == 1 ? null : CalendarPage.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The same findings as a file.</summary>
    public string ToCsvUri() => "/api/v1/posture.csv" + (this with { Page = 1, CalendarPage = 1 }).ToUri()[Links.Posture.Length..];

    public bool Includes(PostureRow row) =>
        (Kind is null || row.Finding.Kind == Kind)
        && (Severity is null || row.Finding.Severity >= Severity)
        && (Answer is null || row.Finding.Answer == Answer)
        && (Finding is null || row.Finding.Id == Finding)
        && (IsAcknowledged is null || (row.Acknowledgement is not null) == IsAcknowledged);

    private static string? Word<T>(T? value)
        where T : struct, Enum => value is { } known ? char.ToLowerInvariant(known.ToString()[0]) + known.ToString()[1..] : null;
}
