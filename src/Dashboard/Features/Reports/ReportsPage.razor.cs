using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Callers;

namespace WsusDashboard.Dashboard.Features.Reports;

/// <summary>All reports that the viewer may read, and the form for a new one; kind and page are in the address.</summary>
public sealed partial class ReportsPage : LoadedPage<Paged<ReportRow>>
{
    /// <summary>What the form calls the whole fleet; a site begins otherwise.</summary>
    private const string Fleet = "fleet";
    private const string SitePrefix = "site:";

    private static readonly (ReportKind Kind, string Word)[] Kinds = [(ReportKind.Weekly, "Weekly"), (ReportKind.PatchTuesday, "Patch Tuesday"), (ReportKind.Requested, "On request")];

    private ReportQuery _query = new();
    private string _site = "";
    private int _days = NewReportJson.DefaultDays;
    private bool _isBusy;
    private Failure? _failure;

    [Inject]
    private ReportService Reports { get; set; } = null!;

    [Inject]
    private Caller Caller { get; set; } = null!;

    [Inject]
    private Viewer Viewer { get; set; } = null!;

    protected override void ReadAddress(string uri)
    {
        var fields = QueryHelpers.ParseQuery(new Uri(uri).Query);
        _query = new()
        {
            Kind = fields.TryGetValue("kind", out var kind) && Enum.TryParse<ReportKind>(kind, ignoreCase: true, out var known) && Enum.IsDefined(known) ? known : null,
            Page = fields.TryGetValue("page", out var page) && int.TryParse(page, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Clamp(number, 1, 1_000_000) : 1,
        };
        _site = _site.Length > 0 ? _site : Reports.MayMakeOfFleet ? Fleet : Reports.GetSites() is [var first, ..] ? SitePrefix + first : "";
    }

    protected override async Task<Paged<ReportRow>?> LoadAsync(CancellationToken cancellationToken) => await Reports.GetPageAsync(_query, cancellationToken);

    private static string Address(ReportQuery query) => Links.With(
        Links.Reports,
        ("kind", query.Kind?.ToString().ToLowerInvariant()),
        ("page", query.Page == 1 ? null : query.Page.ToString(CultureInfo.InvariantCulture)));

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string WordOf(string? choice) => choice switch
    {
        Fleet => "The whole fleet",
        null or "" => "",
        SitePrefix => "Servers without a site",
        _ => choice[SitePrefix.Length..],
    };

    private async Task MakeAsync()
    {
        if (_isBusy || _site.Length == 0)
        {
            return;
        }

        _isBusy = true;
        try
        {
            var made = await Reports.MakeAsync(_site == Fleet ? null : _site[SitePrefix.Length..], _days, CancellationToken.None);
            _failure = made.Failure;
            if (made.IsSuccess)
            {
                Navigation.NavigateTo(Links.Report(made.Value.Row.Id));
            }
        }
        finally
        {
            _isBusy = false;
        }
    }
}
