using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Security.Callers;

namespace WsusDashboard.Dashboard.Features.Audit;

/// <summary>Who did what, newest first. Filter and page are in the address; the exports take the same filter.</summary>
public sealed partial class AuditPage
{
    private static readonly (string Value, string Word)[] Whats =
    [
        ("", "Everything"), ("repair", "Repairs"), ("intent", "Before commands"), ("problem", "Problems"), ("service", "Services"), ("pool", "Pools"), ("sync", "Syncs"), ("server", "Servers"),
        ("person", "People and sign-ins"), ("account", "Accounts"), ("token", "API tokens"), ("enrolment", "Enrolment"),
        ("hub", "Dashboard keys"), ("cluster", "Dashboards"), ("database", "Database"), ("access", "Refusals"),
    ];

    private AuditQuery _query = new();
    private AuditVerdict? _verdict;
    private string? _text = "";
    private string? _server = "";
    private string? _person = "";
    private string? _ticket = "";
    private bool _isVerifying;

    [Inject]
    private AuditService Audit { get; set; } = null!;

    [Inject]
    private Caller Caller { get; set; } = null!;

    [Inject]
    private Viewer Viewer { get; set; } = null!;

    protected override void ReadAddress(string uri)
    {
        var fields = QueryHelpers.ParseQuery(new Uri(uri).Query);
        _query = new()
        {
            Text = Field("text"),
            What = Whats.Any(what => what.Value == Field("what")) ? Field("what") : null,
            ServerId = int.TryParse(Field("server"), NumberStyles.None, CultureInfo.InvariantCulture, out var server) ? server : null,
            Server = Field("serverName"),
            Person = Field("person"),
            Ticket = Field("ticket"),
            Page = int.TryParse(Field("page"), NumberStyles.None, CultureInfo.InvariantCulture, out var page) ? Math.Clamp(page, 1, 1_000_000) : 1,
        };
        (_text, _server, _person, _ticket) = (_query.Text ?? "", _query.Server ?? "", _query.Person ?? "", _query.Ticket ?? "");

        string? Field(string name) => fields.TryGetValue(name, out var text) && text.ToString() is { Length: > 0 and <= AuditQuery.MaximumTextLength } value ? value : null;
    }

    protected override async Task<Paged<AuditRow>?> LoadAsync(CancellationToken cancellationToken) => await Audit.GetPageAsync(_query, cancellationToken);

    private void Search() => Navigation.NavigateTo(Address(_query with { Text = _text?.Trim(), Server = _server?.Trim(), Person = _person?.Trim(), Ticket = _ticket?.Trim(), Page = 1 }));

    private static string WordOf(string? what) => Array.Find(Whats, known => known.Value == (what ?? "")).Word ?? Whats[0].Word;

    private void ChooseWhat(string? what) => Navigation.NavigateTo(Address(_query with { What = what, Page = 1 }));

    private string LinkToPage(int page) => Address(_query with { Page = page });

    private string Export(string format) => Address(_query with { Page = 1 }, $"/api/v1/audit.{format}");

    private static string Address(AuditQuery query, string path = Links.Audit) => Links.With(
        path,
        ("text", query.Text),
        ("what", query.What),
        ("serverName", query.Server),
        ("person", query.Person),
        ("ticket", query.Ticket),
        ("server", query.ServerId?.ToString(CultureInfo.InvariantCulture)),
        ("page", query.Page == 1 ? null : query.Page.ToString(CultureInfo.InvariantCulture)));

    private async Task VerifyAsync()
    {
        _isVerifying = true;
        var verdict = await Audit.VerifyAsync(Gone);
        _verdict = verdict.IsSuccess ? verdict.Value : new(false, 0, null, verdict.Failure.Message);
        _isVerifying = false;
    }
}
