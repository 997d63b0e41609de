using System.Globalization;
using Microsoft.AspNetCore.Components;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Errors;
using WsusDashboard.Shared.Rules;

namespace WsusDashboard.Dashboard.Features.Explain;

/// <summary>What an error number means; where the text has none, the errors with its words.</summary>
public sealed partial class ExplainPage
{
    private const int PageSize = 50;

    private IReadOnlyList<ExplainedError> _explained = [];
    private Paged<KnownError> _found = new([], 0, 1, PageSize);
    private string? _text = "";

    /// <summary>What was asked: a number, a name, a line of a log, or words.</summary>
    [SupplyParameterFromQuery]
    public string? Code { get; set; }

    /// <summary>From 1.</summary>
    [SupplyParameterFromQuery]
    public string? Page { get; set; }

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    private string Asked => Code?.Trim() is { Length: <= ExplainInput.MaximumCodeLength } text ? text : "";

    protected override void OnParametersSet()
    {
        _text = Asked;
        _explained = ErrorCauses.Explain(Asked);
        _found = _explained.Count > 0 ? new([], 0, 1, PageSize) : Find();
    }

    private Paged<KnownError> Find()
    {
        var all = ErrorNumbers.Search(Asked).ToList();
        var pages = Math.Max(1, (all.Count + PageSize - 1) / PageSize);
        var page = int.TryParse(Page, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Clamp(number, 1, pages) : 1;
        return new([.. all.Skip((page - 1) * PageSize).Take(PageSize)], all.Count, page, PageSize);
    }

    private void Search() => Navigation.NavigateTo(Links.Explain(_text?.Trim() ?? ""));
}
