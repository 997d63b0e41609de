using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;

namespace WsusDashboard.Dashboard.Features.Disputes;

/// <summary>Every cause that someone disputes, newest first; filter and page are in the address.</summary>
public sealed partial class DisputesPage : LoadedPage<Paged<CauseDispute>>
{
    private CauseDisputeQuery _query = new();
    private bool _withComments;

    [Inject]
    private CauseDisputeService Disputes { get; set; } = null!;

    [Inject]
    private VisibleServers Live { get; set; } = null!;

    [Inject]
    private Viewer Viewer { get; set; } = null!;

    protected override void ReadAddress(string uri)
    {
        var fields = QueryHelpers.ParseQuery(new Uri(uri).Query);
        _query = new()
        {
            ServerId = int.TryParse(Field("server"), NumberStyles.None, CultureInfo.InvariantCulture, out var server) ? server : null,
            Cause = Field("cause"),
            Page = int.TryParse(Field("page"), NumberStyles.None, CultureInfo.InvariantCulture, out var page) ? Math.Clamp(page, 1, 1_000_000) : 1,
        };

        string? Field(string name) => fields.TryGetValue(name, out var text) && text.ToString() is { Length: > 0 and <= CauseDisputeQuery.MaximumCauseLength } value ? value : null;
    }

    protected override async Task<Paged<CauseDispute>?> LoadAsync(CancellationToken cancellationToken) => await Disputes.GetPageAsync(_query, cancellationToken);

    private static string Address(CauseDisputeQuery query) => Links.With(
        Links.Disputes,
        ("server", query.ServerId?.ToString(CultureInfo.InvariantCulture)),
        ("cause", query.Cause),
        ("page", query.Page == 1 ? null : query.Page.ToString(CultureInfo.InvariantCulture)));
}
